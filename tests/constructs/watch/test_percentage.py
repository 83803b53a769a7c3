"""A percentage below 1 gets a warning, since a fraction of 1 may have been meant; a warning ends no synth."""

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Annotations, Match
from constructs import Construct
from edge.deployed import one_box, regular

from functions import a_function, pages
from partitions import partitions
from prod_one_box import OneBoxFrontend, StickyPartitionDistribution, Thresholds, TrafficShiftedFunction
from prod_one_box.constructs.watch.thresholds import warn_of_fraction


def warnings(stack: cdk.Stack) -> list[tuple[str, str]]:
    found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("of 100"))
    return [(one.id, str(one.entry.data)) for one in found]


@pytest.fixture
def stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Shop")


def site(stack: cdk.Stack, share: float) -> Construct:
    return StickyPartitionDistribution(stack, "Site", partitions=partitions(one_box(), regular(), shares=(share,)))


def test_a_share_that_may_be_a_fraction_gets_a_warning_that_can_be_acknowledged(stack):
    made = site(stack, 0.2)
    ((path, text),) = warnings(stack)
    assert path == "/Shop/Site/Edge"
    said = "partitions[0].share: 0.2 means 0.2 %, of 100. For 20 % write 20. [ack: prod-one-box:belowOnePercent]"
    assert text.startswith(said)
    cdk.Annotations.of(made).acknowledge_warning("prod-one-box:belowOnePercent", "A large site.")
    assert warnings(stack) == []


@pytest.mark.parametrize("given", [0, 1, 20, 100])
def test_other_shares_get_no_warning(stack, given):
    site(stack, given)
    assert warnings(stack) == []


def test_an_error_rate_that_may_be_a_fraction_gets_a_warning_wherever_alarms_use_it(stack):
    thresholds = Thresholds(error_rate=0.05)
    TrafficShiftedFunction(stack, "Backend", function=a_function(stack, "Orders"), thresholds=thresholds)
    OneBoxFrontend(stack, "Frontend", build_function=pages, thresholds=thresholds)
    text = "Thresholds.error_rate: 0.05 means 0.05 %, of 100. For 5 % write 5. [ack: prod-one-box:belowOnePercent]"
    places = ["/Shop/Backend", "/Shop/Frontend/OneBox", "/Shop/Frontend/Regular"]
    assert warnings(stack) == [(place, text) for place in places]


@pytest.mark.parametrize("given", [None, 0, 1, 5])
def test_other_error_rates_get_no_warning(stack, given):
    warn_of_fraction(stack, argument="Thresholds.error_rate", given=given)
    assert warnings(stack) == []
