"""Each version has alarms of its own, so that no version is judged by another's."""

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from constructs import Construct

from dependency_graph import dependencies, of_type
from prod_one_box import InvalidArgumentError, TrafficShiftedFunction


def synthesized(make_stack, make_function, *, late_environment=None, **how):
    stack = make_stack()
    function = make_function(stack, **how)
    backend = TrafficShiftedFunction(stack, "Backend", function=function)
    cdk.CfnOutput(stack, "Red", value=backend.version_alarms[0].alarm_name)
    if late_environment:
        function.add_environment("TABLE_NAME", late_environment)
    return Template.from_stack(stack).to_json()


def group_alarms(template):
    (group,) = of_type(template, "AWS::CodeDeploy::DeploymentGroup").values()
    return [alarm["Name"]["Ref"] for alarm in group["Properties"]["AlarmConfiguration"]["Alarms"]]


def version_id(template):
    (name,) = of_type(template, "AWS::Lambda::Version")
    return name


@pytest.fixture(scope="module")
def releases(make_stack, make_function):
    """The same stack before a change, after it, and with the change made after the construct was."""
    return {
        "old": synthesized(make_stack, make_function),
        "same": synthesized(make_stack, make_function),
        "new": synthesized(make_stack, make_function, environment={"TABLE_NAME": "orders"}),
        "late": synthesized(make_stack, make_function, late_environment="orders"),
    }


def test_a_new_version_has_new_alarms_and_the_same_version_the_same(releases):
    assert not set(group_alarms(releases["old"])) & set(group_alarms(releases["new"]))
    assert group_alarms(releases["old"]) == group_alarms(releases["same"])


@pytest.mark.parametrize("release", ["old", "new", "late"])
def test_the_alarms_end_in_their_versions_id(releases, release):
    template = releases[release]
    assert all(name.endswith(version_id(template)) for name in group_alarms(template))


@pytest.mark.parametrize("length", [60, 150])
def test_long_ids_stay_apart_and_within_what_cloudformation_takes(make_stack, make_function, length):
    stack = make_stack()
    function = make_function(Construct(stack, "F" * length), "Function")
    for name in ("One", "Other"):
        TrafficShiftedFunction(Construct(stack, name + "B" * 230), "Backend", function=function, alias_name=name)
    alarms = of_type(Template.from_stack(stack).to_json(), "AWS::CloudWatch::Alarm")
    assert len(alarms) == 8
    assert all(len(name) <= 255 for name in alarms)


def test_a_function_whose_ids_leave_the_alarms_no_room_is_refused(make_stack, make_function):
    stack = make_stack()
    function = make_function(Construct(stack, "F" * 200), "Function")
    with pytest.raises(
        InvalidArgumentError, match="Shop/Backend: function: got one whose version has a logical id of 2"
    ):
        TrafficShiftedFunction(stack, "Backend", function=function)


def test_a_change_made_after_the_construct_counts(releases):
    assert group_alarms(releases["late"]) == group_alarms(releases["new"])


@pytest.mark.parametrize("release", ["old", "new", "late"])
def test_whatever_names_the_alarms_finds_them(releases, release):
    template = releases[release]
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    (alias,) = of_type(template, "AWS::Lambda::Alias").values()
    assert set(group_alarms(template)) < set(alarms)
    assert alias["Metadata"]["ProdOneBox"]["Alarms"] == group_alarms(template)
    assert template["Outputs"]["Red"]["Value"] == {"Ref": group_alarms(template)[0]}
    assert all(version_id(template) in dependencies(template)[name] for name in group_alarms(template))


def test_the_alarms_on_the_alias_stay_and_are_not_in_the_group(releases):
    old, new = (
        set(of_type(releases[release], "AWS::CloudWatch::Alarm")) - set(group_alarms(releases[release]))
        for release in ("old", "new")
    )
    assert old == new
    assert len(old) == 2


def test_no_alarm_has_a_name_that_a_second_one_could_not_have(releases):
    for alarm in of_type(releases["old"], "AWS::CloudWatch::Alarm").values():
        assert "AlarmName" not in alarm["Properties"]
