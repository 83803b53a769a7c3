"""The waits' code gets from CloudWatch what was counted, once it is old enough."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.rehearsal.aws.aws_clients import AwsClients
from prod_one_box.rehearsal.aws.stack_state import StackState
from prod_one_box.rehearsal.aws.world import World
from prod_one_box.rehearsal.cloudwatch.metrics import MetricKey
from prod_one_box.rehearsal.plan.release_plan import read_release
from prod_one_box.sandbox.client_stubs import ClientError
from rehearsal.shop_release import shop, stack, world

ALIAS = frozenset({("FunctionName", "${OneBoxFn}"), ("Resource", "${OneBoxFn}:live")})
API = frozenset({("ApiId", "${OneBoxFn}")})


class CloudWatch:
    """CloudWatch of a shop, some seconds after the start of its release."""

    def __init__(self, folder: Path, now: float) -> None:
        plan = read_release(stack(folder, shop("B")), stack(folder, shop("A")))
        self.world: World = world(plan)
        self._aws = AwsClients(self.world, plan, StackState(self.world, plan))
        self.pass_until(now)

    def pass_until(self, now: float) -> None:
        self.world.env.run(until=now)

    def series(
        self, name: str, stat: str = "Sum", *, since: float = -600, until: float = 6000, **metric: Any
    ) -> dict[float, float]:
        """A metric's values by the start of their minutes, in seconds."""
        asked = {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions(ALIAS), **metric}
        query = {"Id": "m0", "MetricStat": {"Metric": asked, "Period": 60, "Stat": stat}}
        times = {"StartTime": self.world.date(since), "EndTime": self.world.date(until)}
        (result,) = self.ask(MetricDataQueries=[query], **times)["MetricDataResults"]
        assert (result["Id"], result["StatusCode"]) == ("m0", "Complete")
        starts = [(each - self.world.date(0)) / timedelta(seconds=1) for each in result["Timestamps"]]
        return dict(zip(starts, result["Values"], strict=True))

    def ask(self, **arguments: object) -> Any:
        return self._aws.ask("cloudwatch", "get_metric_data", arguments)


def dimensions(pairs: frozenset[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in pairs]


@pytest.fixture
def cloudwatch(tmp_path: Path) -> CloudWatch:
    there = CloudWatch(tmp_path, now=200)
    for minute in range(-20, 5):
        there.world.metrics.count(MetricKey("AWS/Lambda", "Invocations", ALIAS), minute * 60, 100 + minute)
    return there


def test_a_minute_can_be_read_once_it_is_as_old_as_metrics_are(cloudwatch: CloudWatch) -> None:
    """At 3 min 20 s the minute from 1 min to 2 min is older than a minute, and the next is not."""
    assert list(cloudwatch.series("Invocations", since=-120)) == [-120, -60, 0, 60]
    cloudwatch.pass_until(240)
    cloudwatch.world.metrics.count(MetricKey("AWS/Lambda", "Invocations", ALIAS), 170, 1000)
    found = cloudwatch.series("Invocations", since=-120)
    assert list(found) == [-120, -60, 0, 60, 120]
    assert found[120] == 1102  # all of the minute, not what was there at the first question


def test_minutes_from_the_start_until_the_end_are_returned(cloudwatch: CloudWatch) -> None:
    assert cloudwatch.series("Invocations", since=-90, until=60) == {-60: 99, 0: 100}


def test_an_earlier_end_is_possible_after_a_later_one(cloudwatch: CloudWatch) -> None:
    assert list(cloudwatch.series("Invocations", since=-60)) == [-60, 0, 60]
    assert list(cloudwatch.series("Invocations", since=-60, until=0)) == [-60]


def test_a_resource_is_named_by_its_physical_id(cloudwatch: CloudWatch) -> None:
    """As `Ref` of an API is its id, which is the logical one here."""
    cloudwatch.world.metrics.count(MetricKey("AWS/ApiGateway", "Count", API), 0, 7)
    api = [{"Name": "ApiId", "Value": "OneBoxFn"}]
    assert cloudwatch.series("Count", Namespace="AWS/ApiGateway", Dimensions=api) == {0: 7}


def test_samples_above_a_bound_are_counted(cloudwatch: CloudWatch) -> None:
    for value in (1999.0, 2000.0, 2001.0, 9000.0):
        cloudwatch.world.metrics.sample(MetricKey("AWS/Lambda", "Duration", ALIAS), 30, value)
    assert cloudwatch.series("Duration", "TC(2000:)") == {0: 2}
    assert cloudwatch.series("Duration", "Maximum") == {0: 9000}


def test_marks_of_releases_have_no_data(cloudwatch: CloudWatch) -> None:
    assert cloudwatch.series("ReleaseStarted", "Maximum", Namespace="ProdOneBox") == {}


@pytest.mark.parametrize("changed", [{"Period": 300}, {"Stat": "IQM"}])
def test_what_the_rehearsal_does_not_know_is_refused(cloudwatch: CloudWatch, changed: dict[str, object]) -> None:
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Invocations", "Dimensions": dimensions(ALIAS)}
    query = {"Id": "m0", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum", **changed}}
    times: dict[str, datetime] = {"StartTime": cloudwatch.world.date(0), "EndTime": cloudwatch.world.date(60)}
    with pytest.raises(ClientError):
        cloudwatch.ask(MetricDataQueries=[query], **times)
