"""What a dashboard cannot show is refused by name."""

import aws_cdk as cdk
import pytest
from edge.deployed import one_box, regular

from functions import pages
from partitions import partitions
from prod_one_box import InvalidArgumentError, OneBoxFrontend, ReleaseDashboard, StickyPartitionDistribution


@pytest.fixture(scope="module")
def frontend() -> OneBoxFrontend:
    return OneBoxFrontend(cdk.Stack(cdk.App(), "Shop"), "Frontend", build_function=pages)


def a_site(frontend: OneBoxFrontend) -> StickyPartitionDistribution:
    return StickyPartitionDistribution(frontend, "Site", partitions=partitions(one_box(), regular()))


@pytest.mark.parametrize(
    ("argument", "make", "message"),
    [
        ("frontend", lambda _: cdk.App(), "got an App; allowed: a OneBoxFrontend"),
        ("backends", lambda frontend: frontend, "got a OneBoxFrontend; allowed: a list of TrafficShiftedFunction"),
        ("backends", lambda frontend: [frontend.one_box.alias], "got an Alias; allowed: a list of TrafficShifted"),
        ("distribution", a_site, r"got a StickyPartitionDistribution; .*\. Of a Sticky.*, give its `distribution`"),
        ("distribution", lambda _: "E123", "got 'E123'; allowed: a distribution"),
        ("canaries", lambda _: "visitor", "got 'visitor'; allowed: a list of ReleaseCanary and synthetics.Canary"),
        ("canaries", lambda _: [None], "got None; allowed: a list of ReleaseCanary"),
    ],
)
def test_arguments_that_it_cannot_show_are_refused(frontend, argument, make, message):
    with pytest.raises(InvalidArgumentError, match=message) as caught:
        ReleaseDashboard(cdk.Stack(cdk.App(), "Ops"), "Releases", **{"frontend": frontend, argument: make(frontend)})
    assert (caught.value.path, caught.value.argument) == ("Ops/Releases", argument)
