"""The front end: two partitions from one recipe, one order, and what it watches."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from dependency_graph import cycles, dependencies, of_type, upstream
from prod_one_box import Guard, InsufficientData, InvalidArgumentError, OneBoxFrontend, TrafficShiftedFunction, Wave

WAIT = "Custom::ProdOneBoxDeployWait"


def pages(scope: Construct, partition: str) -> lambda_.Function:
    return lambda_.Function(
        scope,
        f"{partition}-pages",
        runtime=lambda_.Runtime.NODEJS_24_X,
        handler="index.handler",
        code=lambda_.Code.from_inline("exports.handler = async () => ({ statusCode: 200 });"),
    )


def new_stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Shop", env=cdk.Environment(region="eu-west-1"))


def watching(stack: cdk.Stack) -> list[dict[str, Any]]:
    """The waits of a release; the gate before the edge watches nothing."""
    waits = of_type(assertions.Template.from_stack(stack).to_json(), WAIT).values()
    return [each for each in waits if each["Metadata"]["ProdOneBox"]["Phase"] != "split"]


@pytest.fixture(scope="module")
def frontend() -> OneBoxFrontend:
    return OneBoxFrontend(new_stack(), "Frontend", build_function=pages)


@pytest.fixture(scope="module")
def template(frontend: OneBoxFrontend) -> dict[str, Any]:
    return assertions.Template.from_stack(cdk.Stack.of(frontend)).to_json()


def test_the_recipe_is_called_once_for_each_partition_with_its_name() -> None:
    called: list[str] = []

    def recipe(scope: Construct, partition: str) -> lambda_.Function:
        called.append(partition)
        return pages(scope, partition)

    OneBoxFrontend(new_stack(), "Frontend", build_function=recipe)
    assert called == ["one-box", "regular"]


def test_each_partition_has_a_live_alias_and_an_api_in_front_of_it(template: dict[str, Any]) -> None:
    aliases = of_type(template, "AWS::Lambda::Alias")
    assert [alias["Properties"]["Name"] for alias in aliases.values()] == ["live", "live"]
    integrated = [
        integration["Properties"]["IntegrationUri"]["Ref"]
        for integration in of_type(template, "AWS::ApiGatewayV2::Integration").values()
    ]
    assert sorted(integrated) == sorted(aliases)


def test_without_a_backend_the_preflight_stands_before_the_one_box(template: dict[str, Any]) -> None:
    aliases = of_type(template, "AWS::Lambda::Alias")
    assert sorted(alias["Metadata"]["ProdOneBox"]["Phase"] for alias in aliases.values()) == ["one-box", "regular"]
    preflight = next(
        name for name, body in of_type(template, WAIT).items() if body["Metadata"]["ProdOneBox"]["Phase"] == "preflight"
    )
    assert all(preflight in upstream(dependencies(template), alias) for alias in aliases)


def test_both_waits_watch_each_partitions_alarms_and_the_users() -> None:
    stack = new_stack()
    mine = cloudwatch.Alarm(
        stack,
        "Mine",
        metric=cloudwatch.Metric(namespace="Shop", metric_name="Orders", period=cdk.Duration.minutes(1)),
        threshold=1,
        evaluation_periods=1,
    )
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, alarms=[mine])
    own = [*frontend.one_box.alarms, *frontend.regular.alarms]
    assert len(own) == 4, "error rate and latency of each partition"
    expected = {stack.get_logical_id(alarm.node.default_child) for alarm in [*own, mine]}
    for wait in watching(stack):
        assert expected == set(wait["Metadata"]["ProdOneBox"]["Alarms"])


def test_the_users_alarms_can_stand_instead_of_the_default_ones() -> None:
    stack = new_stack()
    mine = cloudwatch.Alarm.from_alarm_arn(stack, "Mine", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:mine")
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, thresholds=None, alarms=[mine])
    assert frontend.alarms == (mine,)


def test_a_bake_that_nothing_watches_is_refused_by_name() -> None:
    with pytest.raises(InvalidArgumentError, match="alarms: got none, and thresholds=None"):
        OneBoxFrontend(new_stack(), "Frontend", build_function=pages, thresholds=None)


def test_functions_that_exist_already_keep_their_place() -> None:
    stack = new_stack()
    existing = {name: pages(stack, name) for name in ("one-box", "regular")}
    before = {stack.get_logical_id(function.node.default_child) for function in existing.values()}
    OneBoxFrontend(stack, "Frontend", build_function=lambda scope, partition: existing[partition])
    template = assertions.Template.from_stack(stack).to_json()
    assert before <= set(of_type(template, "AWS::Lambda::Function"))


def test_without_apis_the_alarms_watch_the_aliases_and_there_is_no_origin() -> None:
    stack = new_stack()
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, create_apis=False)
    template = assertions.Template.from_stack(stack).to_json()
    assert of_type(template, "AWS::ApiGatewayV2::Api") == {}
    assert len(frontend.one_box.alarms) == 2
    with pytest.raises(InvalidArgumentError, match=r"Shop/Frontend/OneBox: create_apis: got False"):
        _ = frontend.one_box.origin


def test_a_backend_of_another_stack_goes_first_and_keeps_its_own_preflight_out() -> None:
    app = cdk.App()
    behind, before = cdk.Stack(app, "Behind"), cdk.Stack(app, "Before")
    backend = TrafficShiftedFunction(behind, "Backend", function=pages(behind, "api"))
    OneBoxFrontend(before, "Frontend", build_function=pages, after=[backend.alias])
    assert behind in before.dependencies
    assert cycles(assertions.Template.from_stack(before).to_json()) == []


def test_one_function_for_both_partitions_is_refused_by_name() -> None:
    stack = new_stack()
    shared = pages(stack, "shared")
    with pytest.raises(InvalidArgumentError, match=r"Shop/Frontend: build_function: got the function Shop/shared"):
        OneBoxFrontend(stack, "Frontend", build_function=lambda scope, partition: shared)


def test_a_function_of_another_stack_is_refused_by_name() -> None:
    app = cdk.App()
    other = cdk.Stack(app, "Other")
    with pytest.raises(InvalidArgumentError, match=r"build_function: got a function of another stack, Other/"):
        OneBoxFrontend(
            cdk.Stack(app, "Shop"), "Frontend", build_function=lambda scope, partition: pages(other, partition)
        )


def test_an_alias_name_that_lambda_refuses_is_refused_by_name() -> None:
    with pytest.raises(InvalidArgumentError, match=r"Shop/Frontend: alias_name: got '\$LATEST'"):
        OneBoxFrontend(new_stack(), "Frontend", build_function=pages, alias_name="$LATEST")


@pytest.mark.parametrize(
    ("seconds", "given", "allowed"),
    [(0, "0 s", "at least 4 min,"), (239, "3 min 59 s", "at least 4 min,"), (5400, "90 min", "at most 52 min,")],
)
def test_a_bake_that_cannot_be_names_the_argument_that_the_user_wrote(seconds: int, given: str, allowed: str) -> None:
    with pytest.raises(
        InvalidArgumentError, match=rf"Shop/Frontend: waves\[0\].bake_time: got {given}; allowed: {allowed}"
    ):
        OneBoxFrontend(
            new_stack(), "Frontend", build_function=pages, waves=[Wave(bake_time=cdk.Duration.seconds(seconds))]
        )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"watch_time": 10}, "Frontend: watch_time: got 10; allowed: a Duration"),
        ({"build_function": lambda scope, partition: None}, "OneBox: build_function: got None; allowed: a recipe"),
        ({"after": ["live"]}, "Frontend: after: got 'live'; allowed: a list of constructs of this app"),
        ({"after": 5}, "Frontend: after: got 5; allowed: a list of constructs of this app"),
        ({"alarms": ["errors"]}, "Frontend: alarms: got 'errors'; allowed: a list of alarms"),
        ({"alarms": "errors"}, "Frontend: alarms: got 'errors'; allowed: a list of alarms"),
        ({"thresholds": {"error_rate": 5}}, "Frontend: thresholds: got a dict; allowed: Thresholds"),
        ({"insufficient_data": "RED"}, "insufficient_data: got 'RED'; allowed: InsufficientData.QUIET or"),
        ({"override": {Guard.RED_ALARMS: True}}, r"override\[Guard.RED_ALARMS\]: got True; allowed: why"),
        (
            {"reserved_wait_concurrency": 5},
            "Split: reserved_wait_concurrency: got 5; allowed: at least 6, 2 for each of",
        ),
    ],
)
def test_plausible_mistakes_name_the_argument(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        OneBoxFrontend(new_stack(), "Frontend", **{"build_function": pages, **wrong})


def test_a_function_that_has_such_an_alias_already_is_refused_by_name() -> None:
    stack = new_stack()
    existing = pages(stack, "existing")
    existing.add_alias("live")
    with pytest.raises(InvalidArgumentError, match=r"alias_name: got 'live', which Shop/existing-pages/.* is called"):
        OneBoxFrontend(stack, "Frontend", build_function=lambda scope, partition: existing)


@pytest.mark.parametrize(
    ("given", "rendered"),
    [
        ({"override": {Guard.RED_ALARMS: "the fix"}}, {"Overrides": {"RED_ALARMS": "the fix"}}),
        ({"expedited_reason": "the fix"}, {"ExpeditedReason": "the fix"}),
    ],
)
def test_a_reason_and_what_no_data_means_reach_both_waits(given: dict[str, Any], rendered: dict[str, Any]) -> None:
    stack = new_stack()
    OneBoxFrontend(stack, "Frontend", build_function=pages, insufficient_data=InsufficientData.RED, **given)
    for wait in watching(stack):
        assert rendered.items() <= wait["Properties"].items()
        assert wait["Properties"]["InsufficientData"] == "RED"


def test_an_alarm_that_is_made_later_is_watched_by_both_waits() -> None:
    stack = new_stack()
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages)
    late = cloudwatch.Alarm.from_alarm_arn(stack, "Late", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:late")
    frontend.add_alarm(late)
    assert late in frontend.alarms
    for wait in watching(stack):
        assert "late" in wait["Metadata"]["ProdOneBox"]["Alarms"]
