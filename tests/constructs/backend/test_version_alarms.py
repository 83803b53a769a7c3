"""Each version has alarms of its own; alarms that CodeDeploy would refuse are refused."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.assertions import Template
from constructs import Construct

from dependency_graph import dependencies, of_type
from prod_one_box import InvalidArgumentError, TrafficShiftedFunction
from prod_one_box.constructs.backend.version_alarms import check_group_alarms


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


HOME = cdk.Environment(account="123456789012", region="eu-central-1")
AWAY = cdk.Environment(account="123456789012", region="us-east-1")


def alarm_in(stack, name="Alarm"):
    metric = cloudwatch.Metric(namespace="Shop", metric_name="Orders")
    return cloudwatch.Alarm(stack, name, metric=metric, threshold=1, evaluation_periods=1)


def by_arn(stack, region, name="Imported"):
    arn = f"arn:aws:cloudwatch:{region}:123456789012:alarm:orders"
    return cloudwatch.Alarm.from_alarm_arn(stack, name, arn)


def check(alarms, region="eu-central-1", default_alarms=2):
    check_group_alarms(path="Shop/Backend", region=region, alarms=alarms, default_alarms=default_alarms)


def test_ten_alarms_pass_and_eleven_do_not(make_stack):
    stack = make_stack(env=HOME)
    alarms = [alarm_in(stack, f"Alarm{number}") for number in range(9)]
    check(alarms[:8])
    check(alarms, default_alarms=1)
    with pytest.raises(InvalidArgumentError, match="alarms: got 9 and 2 default alarms; allowed: at most 10 together"):
        check(alarms)


@pytest.mark.parametrize("make", [alarm_in, lambda stack: by_arn(stack, "us-east-1")])
def test_an_alarm_of_another_region_is_refused_by_name(make_stack, make):
    away = make(make_stack(env=AWAY))
    with pytest.raises(InvalidArgumentError, match=f"{away.node.path} of us-east-1; allowed: alarms of eu-central-1"):
        check([away])


def test_the_arn_of_an_imported_alarm_says_its_region_not_the_stack_that_imports_it(make_stack):
    check([by_arn(make_stack(env=AWAY), "eu-central-1")])
    with pytest.raises(InvalidArgumentError, match="us-east-1"):
        check([by_arn(make_stack(env=HOME), "us-east-1")])


def test_a_composite_alarm_counts_by_its_stack(make_stack):
    def composite(stack):
        rule = cloudwatch.AlarmRule.from_alarm(alarm_in(stack), cloudwatch.AlarmState.ALARM)
        return cloudwatch.CompositeAlarm(stack, "Composite", alarm_rule=rule)

    check([composite(make_stack(env=HOME))])
    with pytest.raises(InvalidArgumentError, match="Shop/Composite of us-east-1"):
        check([composite(make_stack(env=AWAY))])


def test_regions_known_only_at_deploy_time_pass(make_stack):
    check([alarm_in(make_stack())])
    check([alarm_in(make_stack(env=AWAY))], region=cdk.Aws.REGION)
    check([cloudwatch.Alarm.from_alarm_name(make_stack(), "Named", "orders")])
