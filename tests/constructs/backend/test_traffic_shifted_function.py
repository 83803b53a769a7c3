"""A user's function behind an alias that CodeDeploy moves: what the template says, and what is refused."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from dependency_graph import cycles, dependencies, explicit_order, of_type, upstream
from prod_one_box import InvalidArgumentError, Thresholds, TrafficShiftedFunction


def only(template, resource_type):
    (body,) = of_type(template, resource_type).values()
    return body


def an_alarm(scope, name="Orders", **how):
    metric = cloudwatch.Metric(namespace="Shop", metric_name=name)
    return cloudwatch.Alarm(scope, name, metric=metric, threshold=1, evaluation_periods=1, **how)


@pytest.fixture(scope="module")
def template(make_stack, make_function):
    """The construct as it is without options."""
    stack = make_stack()
    TrafficShiftedFunction(stack, "Backend", function=make_function(stack))
    return Template.from_stack(stack).to_json()


@pytest.fixture(scope="module")
def full_template(make_stack, make_function):
    """The construct with all its options, beside a second one that shares its application."""
    stack = make_stack()
    application = codedeploy.LambdaApplication(stack, "Application")
    routing = codedeploy.TrafficRouting.time_based_linear(interval=cdk.Duration.minutes(3), percentage=20)
    backend = TrafficShiftedFunction(
        stack,
        "Backend",
        function=make_function(stack),
        alias_name="prod",
        application=application,
        deployment_config=codedeploy.LambdaDeploymentConfig(stack, "Config", traffic_routing=routing),
        thresholds=Thresholds(latency=None),
        alarms=[an_alarm(stack), cloudwatch.Alarm.from_alarm_name(stack, "Pager", "pager")],
        pre_hook=make_function(stack, "Before"),
        post_hook=make_function(stack, "After"),
    )
    backend.add_alarm(an_alarm(stack, "Payments"))
    TrafficShiftedFunction(
        stack, "Second", function=make_function(stack, "Other"), application=application, thresholds=None
    )
    return Template.from_stack(stack).to_json()


def test_the_alias_points_at_the_new_version_so_a_first_deployment_needs_no_second_pass(template):
    (version,) = of_type(template, "AWS::Lambda::Version")
    alias = only(template, "AWS::Lambda::Alias")
    assert alias["Properties"]["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}
    assert alias["Properties"]["Name"] == "live"
    assert "RoutingConfig" not in alias["Properties"]


def test_every_later_version_is_shifted_by_the_deployment_group(template):
    (group,) = of_type(template, "AWS::CodeDeploy::DeploymentGroup")
    policy = only(template, "AWS::Lambda::Alias")["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert policy["DeploymentGroupName"] == {"Ref": group}
    shift = template["Resources"][group]["Properties"]["DeploymentConfigName"]
    assert shift == "CodeDeployDefault.LambdaLinear10PercentEvery1Minute"


def test_whatever_ends_a_shift_early_rolls_it_back(template):
    rollback = only(template, "AWS::CodeDeploy::DeploymentGroup")["Properties"]["AutoRollbackConfiguration"]
    events = {"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM"}
    assert rollback["Enabled"]
    assert set(rollback["Events"]) == events


def test_the_shift_watches_the_new_version_only(template):
    group = only(template, "AWS::CodeDeploy::DeploymentGroup")["Properties"]["AlarmConfiguration"]
    watched = {alarm["Name"]["Ref"] for alarm in group["Alarms"]}
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    assert watched == {name for name, alarm in alarms.items() if "ExecutedVersion" in str(alarm)}
    assert group["Enabled"]
    assert (len(watched), len(alarms)) == (2, 4)


def test_the_alias_moves_after_all_that_its_shift_needs_without_any_explicit_order(template):
    (alias,) = of_type(template, "AWS::Lambda::Alias")
    needed = {template["Resources"][name]["Type"] for name in upstream(dependencies(template), alias)}
    assert {"AWS::CodeDeploy::DeploymentGroup", "AWS::CloudWatch::Alarm", "AWS::Lambda::Version"} < needed
    assert alias not in explicit_order(template)


def test_the_template_says_what_the_alias_and_the_alarms_are_to_a_release(template):
    (first, second) = (
        alarm["Name"]["Ref"]
        for alarm in only(template, "AWS::CodeDeploy::DeploymentGroup")["Properties"]["AlarmConfiguration"]["Alarms"]
    )
    assert only(template, "AWS::Lambda::Alias")["Metadata"]["ProdOneBox"] == {
        "Phase": "backend",
        "Shift": "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
        "ShiftSeconds": 540,
        "Alarms": [first, second],
    }
    for alarm in of_type(template, "AWS::CloudWatch::Alarm").values():
        assert alarm["Metadata"]["ProdOneBox"] == {"Watches": "backend"}


def test_a_custom_configuration_and_the_users_alarms_are_described_too(full_template):
    aliases = of_type(full_template, "AWS::Lambda::Alias")
    (described,) = (body["Metadata"]["ProdOneBox"] for name, body in aliases.items() if name.startswith("Backend"))
    (other,) = (body["Metadata"]["ProdOneBox"] for name, body in aliases.items() if name.startswith("Second"))
    assert (described["Shift"], described["ShiftSeconds"]) == ("Linear 20 % every 3 min", 720)
    assert described["Alarms"][0].startswith("BackendVersionErrorRate")
    assert described["Alarms"][2] == "Shop/Pager"
    assert {described["Alarms"][1], described["Alarms"][3]} < set(full_template["Resources"])
    assert other["Alarms"] == []


def test_the_users_alarms_stand_beside_the_default_ones_or_instead(full_template):
    groups = of_type(full_template, "AWS::CodeDeploy::DeploymentGroup")
    alarms = {
        name[:6]: body["Properties"].get("AlarmConfiguration", {}).get("Alarms", []) for name, body in groups.items()
    }
    default, *own = [alarm["Name"] if alarm["Name"] == "pager" else alarm["Name"]["Ref"] for alarm in alarms["Backen"]]
    assert default.startswith("BackendVersionErrorRate")
    assert [name[:6] for name in own] == ["Orders", "pager", "Paymen"]
    assert alarms["Second"] == []


def test_without_any_alarm_a_failed_or_stopped_shift_still_rolls_back(full_template):
    groups = of_type(full_template, "AWS::CodeDeploy::DeploymentGroup")
    (second,) = (body["Properties"] for name, body in groups.items() if name.startswith("Second"))
    assert second["AutoRollbackConfiguration"]["Events"] == ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"]


@pytest.mark.parametrize("flag", [None, False, True])
def test_a_group_without_alarms_gives_up_those_that_it_had_whatever_the_apps_feature_flags(make_function, flag):
    """CodeDeploy keeps the alarms of a group that is updated without a word of them, and they are deleted by then."""
    context = {} if flag is None else {"@aws-cdk/aws-codedeploy:removeAlarmsFromDeploymentGroup": flag}
    stack = cdk.Stack(cdk.App(context=context), "Shop")
    TrafficShiftedFunction(stack, "Quiet", function=make_function(stack, "One"), thresholds=None)
    later = TrafficShiftedFunction(stack, "Later", function=make_function(stack, "Two"), thresholds=None)
    later.deployment_group.add_alarm(an_alarm(stack))
    groups = of_type(Template.from_stack(stack).to_json(), "AWS::CodeDeploy::DeploymentGroup")
    alarms = {name[:5]: group["Properties"].get("AlarmConfiguration") for name, group in groups.items()}
    assert alarms["Quiet"] == {"Enabled": False}
    assert (alarms["Later"]["Enabled"], len(alarms["Later"]["Alarms"])) == (True, 1)


def test_several_functions_share_one_application(full_template):
    (application,) = of_type(full_template, "AWS::CodeDeploy::Application")
    groups = of_type(full_template, "AWS::CodeDeploy::DeploymentGroup").values()
    assert [group["Properties"]["ApplicationName"] for group in groups] == [{"Ref": application}] * 2


def test_hooks_may_be_called_and_may_answer_before_the_alias_moves(full_template):
    (alias,) = (name for name in of_type(full_template, "AWS::Lambda::Alias") if name.startswith("Backend"))
    before = upstream(dependencies(full_template), alias)
    granted = {
        statement["Action"]
        for name, policy in of_type(full_template, "AWS::IAM::Policy").items()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if name in before
    }
    assert granted == {"lambda:InvokeFunction", "codedeploy:PutLifecycleEventHookExecutionStatus"}
    policy = full_template["Resources"][alias]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert policy["BeforeAllowTrafficHook"]["Ref"].startswith("Before")
    assert policy["AfterAllowTrafficHook"]["Ref"].startswith("After")


def rest_api(stack, alias):
    apigateway.LambdaRestApi(stack, "Api", handler=alias)


def http_api(stack, alias):
    integration = integrations.HttpLambdaIntegration("Integration", alias)
    apigatewayv2.HttpApi(stack, "Api", default_integration=integration)


def function_url(stack, alias):
    alias.add_function_url()


def nothing(stack, alias):
    pass


@pytest.mark.parametrize("caller", [rest_api, http_api, function_url, nothing])
def test_any_caller_or_none_calls_the_alias_without_a_cycle(make_stack, make_function, caller):
    stack = make_stack()
    backend = TrafficShiftedFunction(stack, "Backend", function=make_function(stack))
    caller(stack, backend.alias)
    made = Template.from_stack(stack).to_json()
    (alias,) = of_type(made, "AWS::Lambda::Alias")
    for permission in of_type(made, "AWS::Lambda::Permission").values():
        assert alias in str(permission)
    assert cycles(made) == []


def refusal(scope, **how):
    with pytest.raises(InvalidArgumentError) as raised:
        TrafficShiftedFunction(scope, "Backend", **how)
    return str(raised.value)


def test_a_function_without_versions_of_its_own_is_refused(make_stack):
    stack = make_stack()
    imported = lambda_.Function.from_function_name(stack, "Function", "shop-backend")
    message = refusal(stack, function=imported)
    assert "Shop/Backend: function: got a FunctionBase; allowed: a lambda_.Function" in message
    assert "An imported function has no versions here" in message


def test_a_function_of_another_stack_is_refused_by_name(make_stack, make_function):
    stack = make_stack()
    function = make_function(cdk.Stack(cdk.App(), "Other"))
    message = refusal(stack, function=function)
    assert "Shop/Backend: function: got Other/Function, which is in another stack; allowed" in message


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"deployment_config": "LINEAR"}, "deployment_config: got 'LINEAR'; allowed: a deployment configuration"),
        ({"thresholds": {"error_rate": 5}}, "thresholds: got a dict; allowed: Thresholds(…), or None"),
        ({"alarms": ["orders"]}, "alarms: got 'orders'; allowed: a list of alarms"),
        ({"alarms": 5}, "alarms: got 5; allowed: a list of alarms"),
    ],
)
def test_an_argument_of_another_kind_is_refused_by_name(make_stack, make_function, wrong, message):
    stack = make_stack()
    assert f"Shop/Backend: {message}" in refusal(stack, function=make_function(stack), **wrong)


def test_each_refusal_names_the_construct_and_the_argument(make_stack, make_function):
    stack = make_stack(env=cdk.Environment(account="123456789012", region="eu-central-1"))
    function = make_function(stack)
    away = cloudwatch.Alarm.from_alarm_arn(stack, "Away", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:orders")
    routing = codedeploy.TrafficRouting.time_based_linear(interval=cdk.Duration.minutes(12), percentage=9)
    slow = codedeploy.LambdaDeploymentConfig(stack, "Slow", traffic_routing=routing)
    assert "Shop/Backend: alias_name: got '$LATEST'" in refusal(stack, function=function, alias_name="$LATEST")
    assert "Shop/Backend: deployment_config: got Linear 9 % every 12 min: 132 min of shift" in refusal(
        stack, function=function, deployment_config=slow
    )
    assert "alarms: got Shop/Away of us-east-1" in refusal(
        cdk.NestedStack(stack, "Nested"), function=make_function(stack.node.find_child("Nested")), alarms=[away]
    )
