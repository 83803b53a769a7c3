"""A shift is read from the deployment group, in whatever way it says its steps."""

import pytest

from prod_one_box.rehearsal.plan.step_settings import TrafficShift, read_shift
from prod_one_box.template.cloud_assembly import Resource
from rehearsal.shop_release import backend

MINUTE = 60.0


def shift(config: object, **changed: dict) -> TrafficShift:
    bodies = {**backend("Api", "B", config), **changed}
    resources = {name: Resource(logical_id=name, type=body["Type"], body=body) for name, body in bodies.items()}
    found = read_shift(resources["ApiAlias"], resources)
    assert found is not None
    return found


def own(routing: dict) -> dict:
    properties = {"TrafficRoutingConfig": routing}
    return {"Config": {"Type": "AWS::CodeDeploy::DeploymentConfig", "Properties": properties}}


def timed(kind: str, percentage: float, minutes: float) -> dict:
    steps = {f"{kind}Percentage": percentage, f"{kind}Interval": minutes}
    return own({"Type": f"TimeBased{kind}", f"TimeBased{kind}": steps})


@pytest.mark.parametrize(
    ("found", "steps"),
    [
        (shift("CodeDeployDefault.LambdaAllAtOnce"), [(0, 1)]),
        (shift("CodeDeployDefault.LambdaCanary10Percent5Minutes"), [(0, 0.1), (5 * MINUTE, 1)]),
        (shift({"Ref": "Config"}, **timed("Canary", 25, 3)), [(0, 0.25), (3 * MINUTE, 1)]),
        (shift({"Ref": "Config"}, **timed("Linear", 40, 2)), [(0, 0.4), (2 * MINUTE, 0.8), (4 * MINUTE, 1)]),
        (shift({"Ref": "Config"}, **own({"Type": "AllAtOnce"})), [(0, 1)]),
    ],
)
def test_the_steps_are_those_of_the_configuration(found: TrafficShift, steps: list[tuple[float, float]]) -> None:
    assert list(found.steps) == steps
    assert found.not_understood == ()


def test_a_linear_shift_of_a_tenth_each_minute_takes_nine_minutes() -> None:
    assert shift("CodeDeployDefault.LambdaLinear10PercentEvery1Minute").seconds == 9 * MINUTE


def test_its_alarms_are_those_of_the_group_and_one_of_another_stack_is_named() -> None:
    group = backend("Api", "B")["ApiGroup"]
    group["Properties"]["AlarmConfiguration"]["Alarms"].append({"Name": "far"})
    found = shift("", ApiGroup=group)
    assert found.alarms == ("ApiRedB",)
    assert "ApiAlias: alarm far is not in this template, so it never stops the shift" in found.not_understood


def test_a_group_that_ignores_its_alarms_has_none() -> None:
    group = backend("Api", "B")["ApiGroup"]
    group["Properties"]["AlarmConfiguration"]["Enabled"] = False
    assert shift("", ApiGroup=group).alarms == ()


def test_hooks_are_named_as_taken_to_succeed() -> None:
    alias = backend("Api", "B")["ApiAlias"]
    alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["BeforeAllowTrafficHook"] = "hook"
    found = shift("CodeDeployDefault.LambdaAllAtOnce", ApiAlias=alias)
    assert found.not_understood == ("ApiAlias: its BeforeAllowTrafficHook is assumed to succeed immediately",)


@pytest.mark.parametrize(
    "found",
    [
        shift("CodeDeployDefault.LambdaLinear0PercentEvery1Minute"),
        shift("CodeDeployDefault.LambdaCanary0Percent5Minutes"),
        shift("CodeDeployDefault.LambdaLinear10PercentEvery0Minutes"),
        shift("CodeDeployDefault.LambdaCanary110Percent5Minutes"),
        shift("Nobodys"),
        shift({"Ref": "Config"}, **timed("Linear", 0, 1)),
        shift({"Ref": "Config"}, **timed("Linear", 1e-308, 1)),
        shift({"Ref": "Config"}, **timed("Canary", 10, 0)),
        shift({"Ref": "Config"}, **timed("Canary", 10, 1e308)),
        shift({"Ref": "Config"}, **timed("Canary", 101, 5)),
    ],
)
def test_steps_that_no_shift_can_have_are_named_and_taken_for_all_at_once(found: TrafficShift) -> None:
    assert found.steps == ((0, 1),)
    assert not found.is_understood
    assert found.not_understood == (
        "ApiAlias: its deployment configuration is not understood, so it shifts all at once",
    )
