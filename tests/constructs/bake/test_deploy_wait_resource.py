"""The waits of a release as they are synthesized."""

import json
import re
from itertools import chain

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.assertions import Template
from bake.release_stack import a_function, a_release, an_alarm, an_alias, version_id

from masked import masked
from prod_one_box import DeployWaitResource, Guard, InsufficientData, InvalidArgumentError
from prod_one_box.constructs.bake.handler.request import RED_ALARMS, ROLLBACK_DISABLED, SPLIT_CHANGED, Settings


def waits(template):
    found = (each for each in template["Resources"].values() if each["Type"] == "Custom::ProdOneBoxDeployWait")
    return {each["Metadata"]["ProdOneBox"]["Phase"]: each for each in found}


def references(value):
    """Every Ref and GetAtt in a part of a template."""
    if isinstance(value, list):
        return list(chain.from_iterable(map(references, value)))
    if not isinstance(value, dict):
        return []
    own = [value[key] for key in ("Ref", "Fn::GetAtt") if key in value]
    return own + list(chain.from_iterable(map(references, value.values())))


@pytest.fixture
def stack():
    return cdk.Stack(cdk.App(), "Shop")


@pytest.fixture
def one_box(stack):
    return an_alias(stack, "OneBox", a_function(stack, "Function"))


def test_a_wait_refers_to_nothing_but_its_provider(release_template):
    for wait in waits(release_template).values():
        properties = {key: value for key, value in wait["Properties"].items() if key != "ServiceToken"}
        assert references(properties) == []


def test_a_wait_waits_for_nothing_that_it_was_not_told_to(release_template):
    found = waits(release_template)
    assert "DependsOn" not in found["preflight"]
    one_box = [key for key in release_template["Resources"] if re.fullmatch("OneBox[0-9A-F]{8}", key)]
    assert found["bake"]["DependsOn"] == one_box


def test_nothing_waits_for_the_permission_on_the_partitions_functions(release_template):
    resources = release_template["Resources"]
    permissions = {key for key in resources if "MovesAliases" in key}
    assert len(permissions) == 1
    for resource in resources.values():
        assert not permissions & set(resource.get("DependsOn", []))
        assert not permissions & {each if isinstance(each, str) else each[0] for each in references(resource)}


def test_the_names_in_the_properties_are_those_of_resources_in_the_template(release_template):
    properties = waits(release_template)["bake"]["Properties"]
    resources = release_template["Resources"]
    named = [*properties["Baked"], *properties["Contained"]]
    assert {resources[each["Alias"]]["Type"] for each in named} == {"AWS::Lambda::Alias"}
    assert {resources[each["Version"]]["Type"] for each in named} == {"AWS::Lambda::Version"}
    assert {resources[each["LogicalId"]]["Type"] for each in properties["Alarms"]} == {"AWS::CloudWatch::Alarm"}
    assert resources[properties["StartedBy"]]["Type"] == "Custom::ProdOneBoxDeployWait"
    assert resources[properties["ReleaseId"]]["Type"] == "AWS::Lambda::Version"


def test_the_handler_reads_what_the_construct_wrote(release_template):
    settings = Settings.of(waits(release_template)["bake"]["Properties"])
    assert (settings.duration.total_seconds(), settings.grace.total_seconds()) == (600, 120)
    assert set(settings.baked) <= set(settings.contained)
    assert len(settings.baked) == 1
    assert len(settings.contained) == 2
    assert settings.alarms[0].logical_id
    assert settings.started_by
    assert not settings.no_data_is_red


USUAL = {"duration": cdk.Duration.minutes(5), "release_id": "r1"}


def test_reasons_and_what_no_data_means_reach_the_handler(stack):
    override = {Guard.RED_ALARMS: "the fix", Guard.ROLLBACK_DISABLED: "a trial"}
    DeployWaitResource(stack, "Wait", **USUAL, insufficient_data=InsufficientData.RED, override=override)
    settings = Settings.of(waits(Template.from_stack(stack).to_json())["bake"]["Properties"])
    assert settings.overrides == {"RED_ALARMS": "the fix", "ROLLBACK_DISABLED": "a trial"}
    assert settings.no_data_is_red


def test_the_handler_knows_every_guard():
    assert [each.value for each in Guard] == [RED_ALARMS, ROLLBACK_DISABLED, SPLIT_CHANGED]


def test_an_expedited_release_may_override_disabled_rollback(stack):
    override = {Guard.RED_ALARMS: None, Guard.ROLLBACK_DISABLED: "a trial"}
    DeployWaitResource(stack, "Wait", **USUAL, override=override, expedited_reason="at once")
    settings = Settings.of(waits(Template.from_stack(stack).to_json())["bake"]["Properties"])
    assert (settings.expedited_reason, settings.overrides) == ("at once", {"ROLLBACK_DISABLED": "a trial"})


@pytest.mark.parametrize("override", [None, {}, {Guard.RED_ALARMS: None}])
def test_without_a_reason_the_template_says_nothing_of_overrides(stack, override):
    DeployWaitResource(stack, "Wait", **USUAL, override=override)
    assert "Overrides" not in waits(Template.from_stack(stack).to_json())["bake"]["Properties"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"override": {Guard.RED_ALARMS: "the fix"}, "expedited_reason": "at once"},
            r"override, expedited_reason: got both, with Guard.RED_ALARMS; allowed: one of them\. An expedited release",
        ),
        ({"expedited_reason": " "}, "expedited_reason: got an empty reason"),
        ({"release_id": ""}, "release_id: got ''"),
        ({"release_id": 5}, "release_id: got 5; allowed: a string"),
        ({"duration": 300}, "duration: got 300; allowed: a Duration"),
        ({"alarms": [["errors"]]}, "alarms: got a list; allowed: a list of alarms"),
        ({"alarms": ["errors"]}, "alarms: got 'errors'; allowed: a list of alarms"),
        ({"alarms": "errors"}, "alarms: got 'errors'; allowed: a list of alarms"),
        ({"alarms": 5}, "alarms: got 5; allowed: a list of alarms"),
        ({"baked": cdk.App()}, r"baked: got an App; allowed: a list of lambda_.Alias, .*\. Of a Partition"),
        ({"contained": [cdk.App()]}, r"contained: got an App; allowed: a list of lambda_.Alias, .*\. Of a Partition"),
        ({"started_by": "Preflight"}, "started_by: got 'Preflight'; allowed: a DeployWaitResource"),
        ({"insufficient_data": "RED"}, "insufficient_data: got 'RED'; allowed: InsufficientData.QUIET or"),
        ({"override": "the fix"}, r"override: got 'the fix'; allowed: a mapping from Guard.RED_ALARMS or Guard\.ROLL"),
        ({"override": {"RED_ALARMS": "the fix"}}, "override: got 'RED_ALARMS'; allowed: a mapping from Guard"),
        (
            {"override": {Guard.RED_ALARMS: True}},
            r"override\[Guard.RED_ALARMS\]: got True; allowed: why, in a few words",
        ),
        ({"override": {Guard.ROLLBACK_DISABLED: " "}}, r"override\[Guard.ROLLBACK_DISABLED\]: got an empty reason"),
        ({"reserved_wait_concurrency": 1}, "reserved_wait_concurrency: got 1; allowed: a whole number .*, 2 or more"),
        ({"reserved_wait_concurrency": True}, "reserved_wait_concurrency: got True; allowed: a whole number"),
        ({"reserved_wait_concurrency": 2.5}, "reserved_wait_concurrency: got 2.5; allowed: a whole number"),
        ({"expedited_reason": 7}, "expedited_reason: got 7; allowed: why"),
    ],
)
def test_what_could_not_work_is_refused_by_name(stack, wrong, message):
    with pytest.raises(InvalidArgumentError, match=f"Shop/Wait: {message}"):
        DeployWaitResource(stack, "Wait", **{**USUAL, **wrong})


def test_one_alias_is_no_list_of_them(stack, one_box):
    with pytest.raises(InvalidArgumentError, match="Shop/Wait: contained: got an Alias; allowed: a list of"):
        DeployWaitResource(stack, "Wait", **USUAL, contained=one_box)


def test_a_function_of_its_own_is_held_by_its_version_after_its_alias(stack):
    function = a_function(stack, "Function")
    alias = an_alias(stack, "Live", function)
    wait = DeployWaitResource(
        stack, "Wait", duration=cdk.Duration.minutes(5), release_id=function.current_version, baked=[alias]
    )
    body = waits(Template.from_stack(stack).to_json())["bake"]
    version = function.current_version.node.default_child.logical_id
    assert body["Properties"]["ReleaseId"] == stack.resolve(version)
    assert body["DependsOn"] == [stack.resolve(alias.node.default_child.logical_id)]
    assert wait.cfn_resource.cfn_resource_type == "Custom::ProdOneBoxDeployWait"


def imported_alarms(stack: cdk.Stack, number: int, length: int) -> list[cloudwatch.IAlarm]:
    arn = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:"
    names = [f"{place}".ljust(length, "-") for place in range(number)]
    return [cloudwatch.Alarm.from_alarm_arn(stack, f"Imported{name}", arn + name) for name in names]


def test_alarms_that_step_functions_could_not_take_twice_are_refused(stack):
    alarms = imported_alarms(stack, 400, 250)
    said = (
        r"Shop/Wait: alarms: got 400 alarms, whose names take 1\d\d,\d{3} bytes; allowed: names of 78,000 bytes in all"
    )
    with pytest.raises(InvalidArgumentError, match=said):
        DeployWaitResource(stack, "Wait", duration=cdk.Duration.minutes(1), release_id="1", alarms=alarms)


def test_the_largest_request_that_is_allowed_fits_into_an_execution(stack):
    """Beside twice 44,000 bytes for the partitions and their metrics."""
    alarms = imported_alarms(stack, 250, 250)
    DeployWaitResource(stack, "Wait", duration=cdk.Duration.minutes(1), release_id="1", alarms=alarms)
    (wait,) = waits(Template.from_stack(stack).to_json()).values()
    said = json.dumps(wait["Properties"], separators=(",", ":"))
    assert 145_000 < 2 * len(said) < 160_000


def test_an_alarm_that_is_made_later_is_watched_as_well(stack):
    alias = an_alias(stack, "OneBox", a_function(stack, "Function"))
    wait = DeployWaitResource(stack, "Wait", **USUAL)
    wait.add_alarm(an_alarm(stack, "Late", alias, evaluation_periods=2))
    body = waits(Template.from_stack(stack).to_json())["bake"]
    assert len(body["Properties"]["Alarms"]) == len(body["Metadata"]["ProdOneBox"]["Alarms"]) == 1


def test_the_framework_and_cloudformation_give_up_one_after_the_other(release_template):
    assert waits(release_template)["bake"]["Properties"]["ServiceTimeout"] == "3540"
    machines = [r for r in release_template["Resources"].values() if r["Type"] == "AWS::StepFunctions::StateMachine"]
    definition = str(machines[0]["Properties"]["DefinitionString"])
    assert '"IntervalSeconds":10,"MaxAttempts":348' in definition


def test_another_release_changes_the_properties_and_another_alarm_threshold_does_not():
    def properties(code, threshold):
        stack = cdk.Stack(cdk.App(), "Shop")
        alias = an_alias(stack, "OneBox", a_function(stack, "Function", code))
        alarms = [an_alarm(stack, "Errors", alias, threshold=threshold)]
        release = {"release_id": version_id(alias), "alarms": alarms, "baked": [alias], "contained": [alias]}
        DeployWaitResource(stack, "Wait", duration=cdk.Duration.minutes(10), **release)
        return waits(Template.from_stack(stack).to_json())["bake"]["Properties"]

    first = properties("a = 1", 5)
    assert properties("a = 1", 7) == first
    assert properties("a = 2", 5)["ReleaseId"] != first["ReleaseId"]


def test_a_wait_of_another_stack_begins_no_release_of_this_one(stack):
    other = cdk.Stack(stack.node.root, "Other")
    first = DeployWaitResource(other, "Preflight", duration=cdk.Duration.minutes(0), release_id="r1")
    with pytest.raises(InvalidArgumentError, match="started_by: got Other/Preflight"):
        DeployWaitResource(stack, "Wait", duration=cdk.Duration.minutes(5), release_id="r1", started_by=first)


def test_a_release_in_a_nested_stack_synthesizes_without_a_cycle():
    parent = cdk.Stack(cdk.App(), "Parent")
    nested = cdk.NestedStack(parent, "Shop")
    a_release(nested)
    template = Template.from_stack(nested).to_json()
    Template.from_stack(parent)
    for wait in waits(template).values():
        assert references({key: each for key, each in wait["Properties"].items() if key != "ServiceToken"}) == []


def test_the_release_looks_like_this(release_template, snapshot):
    kept = ("Custom::ProdOneBoxDeployWait", "AWS::Lambda::Alias", "AWS::IAM::Policy")
    resources = {key: each for key, each in release_template["Resources"].items() if each["Type"] in kept}
    ours = {key: each for key, each in resources.items() if key.startswith("Bake")}
    assert masked(ours) == snapshot
