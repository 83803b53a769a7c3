"""What the bakes of a front end compare, as their template says it."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.assertions import Template

from functions import pages
from prod_one_box import (
    Comparison,
    ComparisonAction,
    InvalidArgumentError,
    OneBoxFrontend,
    Thresholds,
    TooFewRequests,
    Wave,
)
from prod_one_box.constructs.bake.handler.compared import Action, Compared, Part, PartOf, Signal, TooFew

MINUTES = cdk.Duration.minutes


def a_stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Shop", env=cdk.Environment(account="123456789012", region="eu-central-1"))


def a_front_end(stack: cdk.Stack, **changed: Any) -> OneBoxFrontend:
    return OneBoxFrontend(stack, "Frontend", **{"build_function": pages, **changed})


def waits(stack: cdk.Stack) -> dict[str, dict[str, Any]]:
    found = Template.from_stack(stack).find_resources("Custom::ProdOneBoxDeployWait")
    return {
        each["Metadata"]["ProdOneBox"].get("Partition", each["Metadata"]["ProdOneBox"]["Phase"]): each
        for each in found.values()
    }


def compared(stack: cdk.Stack, partition: str = "one-box") -> Compared:
    found = Compared.of(waits(stack)[partition]["Properties"]["Comparison"])
    assert found
    return found


def test_every_bake_compares_the_5xx_of_the_apis_and_may_abort_and_no_other_wait_does() -> None:
    stack = a_stack()
    front_end = a_front_end(stack, waves=[Wave(share=1), Wave(share=9)], watch_time=MINUTES(10))
    assert {name for name, each in waits(stack).items() if "Comparison" in each["Properties"]} == {"one-box", "wave-2"}
    found = compared(stack)
    assert found.signals == {Signal.SERVER_ERRORS: Action.ABORT, Signal.SLOW: Action.REPORT}
    assert (found.false_alarms, found.tolerance, found.minimum_requests, found.too_few) == (0.05, 1.5, 20, TooFew.GO_ON)
    resources = Template.from_stack(stack).to_json()["Resources"]
    for each, partition in zip(found.partitions, front_end.partitions, strict=True):
        assert resources[each.alias]["Type"] == "AWS::Lambda::Alias"
        ((name, (api,)),) = each.requests.dimensions
        assert (name, resources[api.value]["Type"]) == ("ApiId", "AWS::ApiGatewayV2::Api")
        assert partition.http_api is not None
        assert each.failures[Signal.SLOW].statistic == "TC(2000:)"


def test_a_bake_holds_until_its_last_minutes_can_be_compared() -> None:
    stack = a_stack()
    a_front_end(stack, waves=[Wave(bake_time=MINUTES(52))], watch_time=MINUTES(10))
    assert waits(stack)["one-box"]["Properties"]["DurationSeconds"] == str(55 * 60)
    assert waits(stack)["watch"]["Properties"]["DurationSeconds"] == "600"


def test_without_a_comparison_a_bake_ends_on_time_and_reads_no_metrics() -> None:
    stack = a_stack()
    a_front_end(stack, waves=[Wave(bake_time=MINUTES(55))], comparison=None)
    assert waits(stack)["one-box"]["Properties"]["DurationSeconds"] == str(55 * 60)
    assert "Comparison" not in waits(stack)["one-box"]["Properties"]
    assert "cloudwatch:GetMetricData" not in str(Template.from_stack(stack).to_json())


def test_a_wait_depends_on_nothing_that_it_compares() -> None:
    stack = a_stack()
    a_front_end(stack)
    properties = waits(stack)["one-box"]["Properties"]["Comparison"]
    assert "Ref" not in str(properties)
    assert "Fn::" not in str(properties)


def test_every_setting_reaches_the_handler() -> None:
    stack = a_stack()
    settings = Comparison(
        false_alarms=0.01,
        tolerance=2,
        minimum_requests=500,
        too_few=TooFewRequests.HOLD,
        client_errors=ComparisonAction.ABORT,
        slow_requests=ComparisonAction.ABORT,
    )
    a_front_end(stack, comparison=settings, thresholds=Thresholds(latency=cdk.Duration.millis(750)))
    found = compared(stack)
    assert (found.false_alarms, found.tolerance, found.minimum_requests, found.too_few) == (0.01, 2, 500, TooFew.HOLD)
    assert set(found.signals) == set(Signal)
    assert set(found.signals.values()) == {Action.ABORT}
    assert found.partitions[0].failures[Signal.SLOW].statistic == "TC(750:)"


def test_a_bake_that_nobody_visits_neither_holds_nor_aborts_for_requests() -> None:
    stack = a_stack()
    settings = Comparison(too_few=TooFewRequests.HOLD)
    a_front_end(stack, waves=[Wave(share=0), Wave(share=5), Wave(share=0)], comparison=settings)
    endings = [compared(stack, each).too_few for each in ("one-box", "wave-2", "wave-3")]
    assert endings == [TooFew.GO_ON, TooFew.HOLD, TooFew.HOLD]


def test_the_choices_of_the_constructs_are_the_handlers() -> None:
    assert [each.value for each in ComparisonAction] == [each.value for each in Action]
    assert [each.value for each in TooFewRequests] == [each.value for each in TooFew]


def test_partitions_without_an_api_are_compared_by_their_aliases_and_only_reported() -> None:
    stack = a_stack()
    a_front_end(stack, create_apis=False)
    found = compared(stack)
    assert found.signals == {Signal.SERVER_ERRORS: Action.REPORT, Signal.SLOW: Action.REPORT}
    assert [name for name, _ in found.partitions[0].requests.dimensions] == ["FunctionName", "Resource"]


def own_metric(name: str, **dimensions: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(namespace="Mine", metric_name=name, statistic="Sum", dimensions_map=dimensions)


def test_metrics_of_every_partitions_own_origin_make_the_comparison_abort_again() -> None:
    stack = a_stack()
    front_end = a_front_end(stack, create_apis=False)
    for partition in front_end.partitions:
        api = apigateway.LambdaRestApi(stack, f"Api{partition.partition_name}", handler=partition.alias)
        by = {"ApiName": f"shop-{partition.partition_name}", "Id": api.rest_api_id}
        front_end.compare_by(partition, requests=own_metric("All", **by), errors=own_metric("Bad", **by))
    found = compared(stack)
    assert found.signals == {Signal.SERVER_ERRORS: Action.ABORT}
    names = dict(found.partitions[0].requests.dimensions)
    assert names["ApiName"] == (Part("shop-one-box", PartOf.TEXT),)
    resources = Template.from_stack(stack).to_json()["Resources"]
    (api,) = names["Id"]
    assert resources[api.value]["Type"] == "AWS::ApiGateway::RestApi"


def test_metrics_of_function_urls_are_named_by_their_functions() -> None:
    stack = a_stack()
    front_end = a_front_end(stack, create_apis=False)
    for each in front_end.partitions:
        front_end.compare_by(
            each,
            requests=each.alias.metric("UrlRequestCount", statistic="Sum"),
            errors=each.alias.metric("Url5xxCount", statistic="Sum"),
        )
    resources = Template.from_stack(stack).to_json()["Resources"]
    named = dict(compared(stack).partitions[0].requests.dimensions)
    function, alias = named["Resource"]
    assert resources[function.value]["Type"] == "AWS::Lambda::Function"
    assert alias == Part(":live", PartOf.TEXT)


def test_one_partition_without_metrics_of_its_own_origin_is_not_enough() -> None:
    stack = a_stack()
    front_end = a_front_end(stack, create_apis=False)
    front_end.compare_by(front_end.one_box, requests=own_metric("All"), errors=own_metric("Bad"))
    assert compared(stack).signals == {Signal.SERVER_ERRORS: Action.REPORT}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"false_alarms": 0}, "false_alarms: got 0; allowed: a chance above 0, up to 0.5"),
        ({"false_alarms": 0.6}, "false_alarms: got 0.6"),
        ({"false_alarms": float("nan")}, "false_alarms: got nan"),
        ({"tolerance": 0.9}, "tolerance: got 0.9; allowed: a factor of 1 to 100"),
        ({"tolerance": "much"}, "tolerance: got much"),
        ({"minimum_requests": -1}, "minimum_requests: got -1; allowed: a whole number of requests"),
        ({"minimum_requests": True}, "minimum_requests: got True"),
        ({"minimum_requests": 2.5}, "minimum_requests: got 2.5"),
        ({"too_few": "HOLD"}, "too_few: got 'HOLD'; allowed: TooFewRequests.GO_ON or"),
        ({"action": None}, "action: got None; allowed: ComparisonAction.ABORT or"),
        ({"client_errors": "ABORT"}, "client_errors: got 'ABORT'"),
        ({"slow_requests": True}, "slow_requests: got True"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError) as raised:
        Comparison(**given)
    assert f"Comparison: {message}" in str(raised.value)


@pytest.mark.parametrize(
    ("given", "settings", "message"),
    [
        (
            {"create_apis": False},
            {"client_errors": ComparisonAction.REPORT},
            "comparison.client_errors: got ComparisonAction.REPORT; allowed: None for partitions without HTTP APIs",
        ),
        (
            {"thresholds": Thresholds(latency=None)},
            {"slow_requests": ComparisonAction.ABORT},
            "comparison.slow_requests: got ComparisonAction.ABORT; allowed: REPORT or None",
        ),
        (
            {"waves": [Wave(bake_time=MINUTES(5)), Wave(bake_time=MINUTES(5))]},
            {"slow_requests": ComparisonAction.ABORT},
            "with bakes of 5 minutes, 5 minutes; allowed: ABORT with 3 minutes of all bakes after the first 4 of each",
        ),
    ],
)
def test_what_is_asked_for_and_cannot_be_compared_is_refused(given: Any, settings: Any, message: str) -> None:
    with pytest.raises(InvalidArgumentError) as raised:
        a_front_end(a_stack(), comparison=Comparison(**settings), **given)
    assert message in str(raised.value)


def test_bakes_that_see_enough_slow_requests_together_are_accepted() -> None:
    waves = [Wave(bake_time=MINUTES(5)), Wave(bake_time=MINUTES(6))]
    a_front_end(a_stack(), waves=waves, comparison=Comparison(slow_requests=ComparisonAction.ABORT))


def test_a_long_latency_is_written_in_full() -> None:
    stack = a_stack()
    a_front_end(stack, thresholds=Thresholds(latency=cdk.Duration.millis(1_234_567)))
    assert compared(stack).partitions[0].failures[Signal.SLOW].statistic == "TC(1234567:)"
    other = a_stack()
    a_front_end(other, thresholds=Thresholds(latency=MINUTES(30)))
    assert compared(other).partitions[0].failures[Signal.SLOW].statistic == "TC(1800000:)"


def test_what_is_no_comparison_is_refused() -> None:
    with pytest.raises(
        InvalidArgumentError, match=r"Shop/Frontend: comparison: got True; allowed: Comparison\(…\), or"
    ):
        a_front_end(a_stack(), comparison=True)


def test_metrics_are_refused_where_nothing_is_compared_or_the_handler_could_not_read_them() -> None:
    stack = a_stack()
    front_end = a_front_end(stack)
    fine = own_metric("All")
    with pytest.raises(InvalidArgumentError, match="requests: got a metric whose dimension Arn is"):
        front_end.compare_by(
            front_end.one_box, requests=own_metric("All", Arn=front_end.one_box.function.function_arn), errors=fine
        )
    elsewhere = cdk.Stack(stack.node.root, "Elsewhere")
    api = apigateway.RestApi(elsewhere, "Api", deploy=False)
    parameter = cdk.CfnParameter(stack, "Name")
    for dimension, value in (
        ("Api", api.rest_api_id),
        ("Region", cdk.Aws.REGION),
        ("Name", parameter.value_as_string),
    ):
        with pytest.raises(InvalidArgumentError, match=f"requests: got a metric whose dimension {dimension} is"):
            front_end.compare_by(front_end.one_box, requests=own_metric("All", **{dimension: value}), errors=fine)
    usual = cloudwatch.Metric(namespace="Mine", metric_name="Bad")
    with pytest.raises(InvalidArgumentError, match="errors: got the statistic Average"):
        front_end.compare_by(front_end.one_box, requests=fine, errors=usual)
    for named in ({"region": "us-east-1"}, {"account": "999999999999"}):
        ((what, value),) = named.items()
        other_metric = cloudwatch.Metric(namespace="Mine", metric_name="Bad", statistic="Sum", **named)
        with pytest.raises(InvalidArgumentError, match=f"errors: got a metric of the {what} {value}"):
            front_end.compare_by(front_end.one_box, requests=fine, errors=other_metric)
    with pytest.raises(InvalidArgumentError, match="errors: got"):
        front_end.compare_by(front_end.one_box, requests=fine, errors="Bad")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match="partition: got 'one-box'; allowed: one of this front end's"):
        front_end.compare_by("one-box", requests=fine, errors=fine)  # type: ignore[arg-type]
    other = OneBoxFrontend(stack, "Other", build_function=pages, comparison=None)
    with pytest.raises(InvalidArgumentError, match="comparison: got None"):
        other.compare_by(other.one_box, requests=fine, errors=fine)
