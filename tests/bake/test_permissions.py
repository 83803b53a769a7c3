"""What the handler may do: exactly what it needs."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.assertions import Template

from prod_one_box import DeployWaitResource


def statements(template, part):
    policies = {key: each for key, each in template["Resources"].items() if each["Type"] == "AWS::IAM::Policy"}
    found = (each for key, each in policies.items() if part in key)
    return [statement for policy in found for statement in policy["Properties"]["PolicyDocument"]["Statement"]]


def test_a_wait_may_read_its_alarms_and_move_the_aliases_of_its_functions(release_template):
    resources = release_template["Resources"]
    (aliases,) = statements(release_template, "BakePermissions")
    for alarms in statements(release_template, "ProviderReads"):
        assert alarms["Action"] == ["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"]
        assert resources[alarms["Resource"]["Fn::GetAtt"][0]]["Type"] == "AWS::CloudWatch::Alarm"
    assert aliases["Action"] == ["lambda:GetAlias", "lambda:UpdateAlias"]
    functions = [resources[each["Fn::GetAtt"][0]]["Type"] for each in aliases["Resource"]]
    assert functions == ["AWS::Lambda::Function", "AWS::Lambda::Function"]


def test_the_handler_itself_may_write_its_log_and_read_its_stack(release_template):
    found = statements(release_template, "ProviderRole")
    assert [(each["Action"], each["Resource"]) for each in found[1:]] == [
        ("cloudformation:ListStackResources", {"Ref": "AWS::StackId"}),
        ("cloudformation:DescribeStacks", {"Ref": "AWS::StackId"}),
    ]
    assert found[0]["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert "Fn::GetAtt" in found[0]["Resource"]


def test_in_a_nested_stack_it_may_read_the_roots_status_too():
    root = cdk.Stack(cdk.App(), "Root")
    inner = cdk.NestedStack(cdk.NestedStack(root, "Outer"), "Inner")
    DeployWaitResource(inner, "Wait", duration=cdk.Duration.minutes(5), release_id="r1")
    template = Template.from_stack(inner).to_json()
    read = next(
        each for each in statements(template, "ProviderRole") if each["Action"] == "cloudformation:DescribeStacks"
    )
    own, top = read["Resource"]
    assert own == {"Ref": "AWS::StackId"}
    assert top["Ref"] in template["Parameters"]


def test_only_what_may_be_a_composite_alarm_needs_a_permission_on_every_alarm():
    stack = cdk.Stack(cdk.App(), "Shop")
    imported = cloudwatch.Alarm.from_alarm_name(stack, "Imported", "errors")
    DeployWaitResource(stack, "Wait", duration=cdk.Duration.minutes(5), release_id="r1", alarms=[imported])
    (alarms,) = statements(Template.from_stack(stack).to_json(), "ProviderReads")
    assert alarms["Resource"] == "*"


def test_each_alarm_has_a_policy_of_its_own_however_many_waits_watch_it():
    """An alarm that CloudFormation creates late must not keep the handler from the others."""
    stack = cdk.Stack(cdk.App(), "Shop")
    alarms = [cloudwatch.Alarm.from_alarm_name(stack, name, name) for name in ("One", "Two")]
    for wait in ("First", "Second"):
        DeployWaitResource(stack, wait, duration=cdk.Duration.minutes(5), release_id="r1", alarms=alarms)
    assert len(statements(Template.from_stack(stack).to_json(), "ProviderReads")) == 2


def test_a_wait_that_watches_nothing_gets_no_policy():
    stack = cdk.Stack(cdk.App(), "Shop")
    DeployWaitResource(stack, "Wait", duration=cdk.Duration.minutes(5), release_id="r1")
    assert statements(Template.from_stack(stack).to_json(), "WaitPermissions") == []
