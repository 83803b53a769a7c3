"""How alarms and aliases are named to the handler, and which are refused."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from bake.release_stack import a_function, an_alias

from prod_one_box import DeployWaitResource, InvalidArgumentError
from prod_one_box.constructs.bake.watched_resources import WatchedAlarm

HERE = cdk.Environment(account="123456789012", region="eu-central-1")
CDN = cdk.Environment(account="123456789012", region="us-east-1")


@pytest.fixture
def shop():
    return cdk.Stack(cdk.App(), "Shop", env=HERE)


def an_alarm(scope, **named):
    metric = cloudwatch.Metric(namespace="Shop", metric_name="Errors")
    return cloudwatch.Alarm(scope, "Errors", metric=metric, threshold=1, evaluation_periods=1, **named)


def watched(alarm, stack):
    found = WatchedAlarm.of(alarm, watcher=stack, here=stack)
    return stack.resolve(found.properties), stack.resolve(found.arn), found.composite


def test_an_alarm_of_the_same_stack_is_a_plain_logical_id(shop):
    properties, arn, composite = watched(an_alarm(shop), shop)
    assert list(properties) == ["LogicalId"]
    assert isinstance(properties["LogicalId"], str)
    assert arn == ""
    assert not composite


def test_a_composite_alarm_is_marked(shop):
    any_of = cloudwatch.CompositeAlarm(shop, "Any", alarm_rule=cloudwatch.AlarmRule.any_of(an_alarm(shop)))
    properties, _, composite = watched(any_of, shop)
    assert (properties["Composite"], composite) == ("true", True)


def test_a_named_alarm_of_another_stack_and_region_makes_no_dependency_between_the_stacks(shop):
    cdn = cdk.Stack(shop.node.root, "Cdn", env=CDN)
    properties, arn, _ = watched(an_alarm(cdn, alarm_name="cdn-errors"), shop)
    assert properties == {"Name": "cdn-errors", "Region": "us-east-1"}
    assert arn["Fn::Join"][1][-1] == ":cloudwatch:us-east-1:123456789012:alarm:cdn-errors"
    assert not shop.dependencies


def test_an_unnamed_alarm_of_another_stack_of_the_region_is_referred_to(shop):
    other = cdk.Stack(shop.node.root, "Other", env=HERE)
    found = WatchedAlarm.of(an_alarm(other), watcher=shop, here=shop)
    cdk.CfnOutput(shop, "Name", value=found.properties["Name"])
    template = shop.node.root.synth().get_stack_by_name("Shop").template
    assert "Fn::ImportValue" in template["Outputs"]["Name"]["Value"]
    assert found.label == "Other/Errors"


def test_an_unnamed_alarm_of_another_region_is_refused(shop):
    cdn = cdk.Stack(shop.node.root, "Cdn", env=CDN)
    with pytest.raises(InvalidArgumentError, match=r"Cdn/Errors, an alarm of us-east-1.*Give the alarm an alarm_name"):
        WatchedAlarm.of(an_alarm(cdn), watcher=shop, here=shop)


def test_an_imported_alarm_keeps_the_region_of_its_arn_and_may_be_composite(shop):
    arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:cdn-errors"
    properties, found, composite = watched(cloudwatch.Alarm.from_alarm_arn(shop, "Imported", arn), shop)
    assert properties == {"Name": "cdn-errors", "Region": "us-east-1", "Composite": "true"}
    assert (found, composite) == (arn, True)


def test_an_alarm_of_another_account_is_refused(shop):
    arn = "arn:aws:cloudwatch:eu-central-1:111111111111:alarm:errors"
    with pytest.raises(InvalidArgumentError, match="an alarm of account 111111111111"):
        WatchedAlarm.of(cloudwatch.Alarm.from_alarm_arn(shop, "Imported", arn), watcher=shop, here=shop)


def test_an_alarm_of_a_stack_whose_region_is_not_known_is_taken_to_be_of_this_one():
    app = cdk.App()
    here, there = cdk.Stack(app, "Here"), cdk.Stack(app, "There")
    properties, _, _ = watched(an_alarm(there, alarm_name="errors"), here)
    assert properties == {"Name": "errors", "Region": {"Ref": "AWS::Region"}}


def test_an_alarm_of_the_parent_is_not_of_the_nested_stack(shop):
    nested = cdk.NestedStack(shop, "Nested")
    properties, _, _ = watched(an_alarm(shop, alarm_name="errors"), nested)
    assert properties == {"Name": "errors", "Region": "eu-central-1"}


@pytest.fixture
def stack():
    return cdk.Stack(cdk.App(), "Shop")


def a_wait(stack, **aliases):
    return DeployWaitResource(stack, "Wait", duration=cdk.Duration.minutes(5), release_id="r1", **aliases)


def test_an_alias_that_codedeploy_manages_is_refused(stack):
    alias = an_alias(stack, "Backend", a_function(stack, "Function"))
    codedeploy.LambdaDeploymentGroup(stack, "Group", alias=alias)
    with pytest.raises(InvalidArgumentError, match=r"contained: got Shop/Backend; .* CodeDeploy does not manage"):
        a_wait(stack, contained=[alias])


def test_one_that_codedeploy_gets_to_manage_later_is_refused_at_synth(stack):
    alias = an_alias(stack, "Backend", a_function(stack, "Function"))
    a_wait(stack, baked=[alias])
    codedeploy.LambdaDeploymentGroup(stack, "Group", alias=alias)
    with pytest.raises(RuntimeError, match=r"baked: got Shop/Backend; .* CodeDeploy does not manage"):
        stack.node.root.synth()


def test_an_alias_of_another_stack_is_refused(stack):
    other = cdk.Stack(stack.node.root, "Other")
    alias = an_alias(other, "OneBox", a_function(other, "Function"))
    with pytest.raises(InvalidArgumentError, match=r"baked: got Other/OneBox; .* the wait's own stack"):
        a_wait(stack, baked=[alias])


def test_an_alias_on_a_version_that_does_not_follow_the_function_is_refused(stack):
    version = lambda_.Version(stack, "Version", lambda_=a_function(stack, "Function"))
    alias = lambda_.Alias(stack, "OneBox", alias_name="live", version=version)
    with pytest.raises(InvalidArgumentError, match=r"contained: got Shop/OneBox; .* current_version"):
        a_wait(stack, contained=[alias])


def test_an_alias_on_an_imported_version_is_refused(stack):
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop:7"
    version = lambda_.Version.from_version_arn(stack, "Version", arn)
    alias = lambda_.Alias(stack, "OneBox", alias_name="live", version=version)
    with pytest.raises(InvalidArgumentError, match=r"current_version"):
        a_wait(stack, contained=[alias])
