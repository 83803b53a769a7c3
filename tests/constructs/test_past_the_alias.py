"""A resource that calls a released function past its alias is named at synth and by the tools."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import aws_cdk as cdk
import pytest
from aws_cdk import (
    aws_apigateway,
    aws_apigatewayv2,
    aws_cloudwatch,
    aws_cloudwatch_actions,
    aws_cognito,
    aws_events,
    aws_events_targets,
    aws_iam,
    aws_lambda,
    aws_lambda_event_sources,
    aws_s3,
    aws_s3_notifications,
    aws_scheduler,
    aws_scheduler_targets,
    aws_sns,
    aws_sns_subscriptions,
    aws_sqs,
    aws_stepfunctions,
    aws_stepfunctions_tasks,
)
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from functions import a_function, pages
from prod_one_box import DeployWaitResource, OneBoxFrontend, TrafficShiftedFunction
from prod_one_box.template.cloud_assembly import read_assembly
from prod_one_box.template.links import Links
from prod_one_box.template.routing import Routing, routing_to_functions

Called = aws_lambda.IFunction
SIGN = "[ack: prod-one-box:pastTheAlias]"


def a_rest_api(scope: Construct, called: Called) -> None:
    aws_apigateway.LambdaRestApi(scope, "Rest", handler=called)


def an_http_api(scope: Construct, called: Called) -> None:
    aws_apigatewayv2.HttpApi(scope, "Http", default_integration=HttpLambdaIntegration("Integration", called))


def a_rule(scope: Construct, called: Called) -> None:
    rate = aws_events.Schedule.rate(cdk.Duration.hours(1))
    aws_events.Rule(scope, "Rule", schedule=rate, targets=[aws_events_targets.LambdaFunction(called)])


def a_schedule(scope: Construct, called: Called) -> None:
    rate = aws_scheduler.ScheduleExpression.rate(cdk.Duration.hours(1))
    aws_scheduler.Schedule(scope, "Schedule", schedule=rate, target=aws_scheduler_targets.LambdaInvoke(called))


def an_event_source(scope: Construct, called: Called) -> None:
    aws_lambda_event_sources.SqsEventSource(aws_sqs.Queue(scope, "Queue")).bind(called)


def a_bucket(scope: Construct, called: Called) -> None:
    bucket = aws_s3.Bucket(scope, "Bucket")
    bucket.add_event_notification(aws_s3.EventType.OBJECT_CREATED, aws_s3_notifications.LambdaDestination(called))


def a_topic(scope: Construct, called: Called) -> None:
    aws_sns.Topic(scope, "Topic").add_subscription(aws_sns_subscriptions.LambdaSubscription(called))


def a_state_machine(scope: Construct, called: Called) -> None:
    step = aws_stepfunctions_tasks.LambdaInvoke(scope, "Step", lambda_function=called)
    body = aws_stepfunctions.DefinitionBody.from_chainable(step)
    aws_stepfunctions.StateMachine(scope, "Machine", definition_body=body)


def a_user_pool(scope: Construct, called: Called) -> None:
    triggers = aws_cognito.UserPoolTriggers(pre_sign_up=called)
    aws_cognito.UserPool(scope, "Pool", lambda_triggers=triggers)


def a_permission_alone(_scope: Construct, called: Called) -> None:
    called.grant_invoke(aws_iam.ServicePrincipal("lex.amazonaws.com"))


def a_function_url(_scope: Construct, called: Called) -> None:
    called.add_function_url()


def a_universal_schedule(scope: Construct, called: Called) -> None:
    invoke = aws_scheduler_targets.Universal(
        service="lambda",
        action="invoke",
        input=aws_scheduler.ScheduleTargetInput.from_object({"FunctionName": called.function_arn, "Payload": "{}"}),
    )
    rate = aws_scheduler.ScheduleExpression.rate(cdk.Duration.hours(1))
    aws_scheduler.Schedule(scope, "Universal", schedule=rate, target=invoke)


def a_state_machine_with_variables(scope: Construct, called: Called) -> None:
    body = aws_stepfunctions.DefinitionBody.from_string(
        '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${Api}", "End": true}}}'
    )
    aws_stepfunctions.StateMachine(
        scope, "WithVariables", definition_body=body, definition_substitutions={"Api": called.function_arn}
    )


def an_environment(scope: Construct, called: Called) -> None:
    caller = a_function(scope, "Caller")
    caller.add_environment("API", called.function_arn)
    called.grant_invoke(caller)


def an_alarm(scope: Construct, called: Called) -> None:
    metric = aws_cloudwatch.Metric(namespace="Shop", metric_name="Orders")
    alarm = metric.create_alarm(scope, "Alarm", threshold=1, evaluation_periods=1)
    alarm.add_alarm_action(aws_cloudwatch_actions.LambdaAction(called))


def a_custom_resource(scope: Construct, called: Called) -> None:
    cdk.CustomResource(scope, "Custom", service_token=called.function_arn)


def an_integration_by_hand(scope: Construct, called: Called) -> None:
    uri = f"arn:aws:apigateway:{cdk.Aws.REGION}:lambda:path/2015-03-31/functions/{called.function_arn}/invocations"
    aws_apigatewayv2.CfnIntegration(scope, "I", api_id="a1", integration_type="AWS_PROXY", integration_uri=uri)


def a_resource_without_a_class(scope: Construct, called: Called) -> None:
    target = {"EndpointType": "x", "Endpoint": called.function_arn, "Protocol": "lambda", "TopicArn": "a"}
    cdk.CfnResource(scope, "Plain", type="AWS::SNS::Subscription", properties=target)


CALLERS = [
    a_resource_without_a_class,
    a_rest_api,
    an_http_api,
    a_rule,
    a_schedule,
    an_event_source,
    a_bucket,
    a_topic,
    a_state_machine,
    a_user_pool,
    a_permission_alone,
    a_universal_schedule,
    a_state_machine_with_variables,
    an_environment,
    an_alarm,
    a_custom_resource,
    a_function_url,
    an_integration_by_hand,
]
# CDK puts something of the others beside the function, which would make the stacks wait for each other.
APART = [
    a_resource_without_a_class,
    a_rest_api,
    an_http_api,
    a_schedule,
    a_state_machine,
    a_state_machine_with_variables,
    an_environment,
    a_custom_resource,
    an_integration_by_hand,
]
PAST: dict[str, Callable[[aws_lambda.Function], Called]] = {
    "the function itself": lambda function: function,
    "$LATEST": lambda function: function.latest_version,
    "its version": lambda function: function.current_version,
    "another alias": lambda function: function.add_alias("other"),
}
REFUSED = {
    (a_function_url, "$LATEST"),
    (a_function_url, "its version"),
    (a_permission_alone, "$LATEST"),
    (an_alarm, "$LATEST"),  # Lambda takes no policy for $LATEST, so the alarm could not call it
}
WAYS = [(caller, called) for caller in CALLERS for called in (*PAST, "the alias")]
WAYS = [way for way in WAYS if way not in REFUSED]


class Shop:
    """An app with a released function in one stack, and callers of it in that stack or another."""

    def __init__(self, *, apart: bool) -> None:
        self.app = cdk.App(outdir=mkdtemp(), context={"@aws-cdk/core:stackResourceLimit": 0})
        self.functions = cdk.Stack(self.app, "Functions")
        self.callers = cdk.Stack(self.app, "Callers") if apart else self.functions

    def add(self, name: str, caller: Callable[[Construct, Called], None], called: str) -> None:
        scope = Construct(self.functions, name)
        function = a_function(scope, "Api")
        backend = TrafficShiftedFunction(scope, "Backend", function=function, thresholds=None)
        target = backend.alias if called == "the alias" else PAST[called](function)
        caller(Construct(self.callers, f"{name}Caller"), target)

    def synth(self) -> tuple[list[str], Routing]:
        """The paths that synth warned of, and what the tools find."""
        assembly = self.app.synth()
        messages = [message for stack in assembly.stacks for message in stack.messages]
        warned = [message.id for message in messages if SIGN in str(message.entry.data)]
        links = Links(read_assembly(Path(self.app.outdir)))
        return warned, routing_to_functions(links, ["Functions"])


def name_of(caller: Callable[..., None], called: str) -> str:
    return "".join(each.title() for each in f"{caller.__name__} {called}".replace("$", "").replace("_", " ").split())


@cache
def every_way(apart: bool) -> tuple[list[str], Routing]:
    shop = Shop(apart=apart)
    for caller, called in WAYS:
        if not apart or caller in APART:
            shop.add(name_of(caller, called), caller, called)
    return shop.synth()


@pytest.mark.parametrize("apart", [False, True])
def test_synth_and_the_tools_name_every_way_past_the_alias_and_none_by_it(apart: bool) -> None:
    warned, routing = every_way(apart)

    for caller, called in WAYS:
        name = name_of(caller, called)
        if apart and caller not in APART:
            continue
        is_past = called != "the alias"
        assert any(f"/{name}/" in each or f"/{name}Caller/" in each for each in warned) is is_past, name
        assert any(f"/{name}/" in each for each in routing.past) is is_past, name
    assert routing.checked >= len(routing.past)


def test_a_front_end_and_a_wait_of_its_own_are_watched_too() -> None:
    shop = Shop(apart=False)
    front = OneBoxFrontend(shop.functions, "Frontend", build_function=pages)
    front.one_box.function.add_function_url()
    lone = a_function(shop.functions, "Lone")
    lone.add_function_url()
    DeployWaitResource(shop.functions, "Wait", duration=cdk.Duration.minutes(1), release_id=lone.current_version)

    warned, routing = shop.synth()

    assert warned == ["/Functions/Frontend/OneBox/Pages/FunctionUrl/Resource"]
    assert len(routing.past) == 1


def test_a_stack_with_the_same_ids_that_calls_both_functions_calls_its_own_as_it_likes() -> None:
    app = cdk.App(outdir=mkdtemp())
    one, two = cdk.Stack(app, "One"), cdk.Stack(app, "Two")
    backend = TrafficShiftedFunction(one, "Backend", function=a_function(one, "Api"), thresholds=None)
    own = aws_stepfunctions_tasks.LambdaInvoke(two, "Own", lambda_function=a_function(two, "Api"))
    other = aws_stepfunctions_tasks.LambdaInvoke(two, "Other", lambda_function=backend.alias)
    body = aws_stepfunctions.DefinitionBody.from_chainable(own.next(other))
    aws_stepfunctions.StateMachine(two, "Machine", definition_body=body)

    messages = [message for stack in app.synth().stacks for message in stack.messages]

    assert not [message.id for message in messages if SIGN in str(message.entry.data)]
    assert not routing_to_functions(Links(read_assembly(Path(app.outdir))), ["One"]).past


def test_a_function_of_a_nested_stack_with_the_same_id_is_another() -> None:
    shop = Shop(apart=False)
    TrafficShiftedFunction(shop.functions, "Backend", function=a_function(shop.functions, "Api"), thresholds=None)
    a_function(cdk.NestedStack(shop.functions, "Inside"), "Api").add_function_url()

    assert shop.synth() == ([], Routing())


def test_functions_of_another_stack_with_the_same_ids_are_others() -> None:
    app = cdk.App(outdir=mkdtemp())
    for name, is_released in (("One", True), ("Two", False)):
        stack = cdk.Stack(app, name)
        function = a_function(stack, "Api")
        if is_released:
            backend = TrafficShiftedFunction(stack, "Backend", function=function, thresholds=None)
            backend.alias.add_function_url()
        else:
            function.add_function_url()

    assembly = app.synth()

    assert not [message for stack in assembly.stacks for message in stack.messages if SIGN in str(message.entry.data)]
    assert not routing_to_functions(Links(read_assembly(Path(app.outdir))), ["One", "Two"]).past


def test_a_call_in_a_nested_stack_is_found() -> None:
    shop = Shop(apart=False)
    shop.callers = cdk.NestedStack(shop.functions, "Inside")
    shop.add("Url", an_http_api, "the function itself")

    warned, routing = shop.synth()

    assert len(warned) == len(routing.past) == 1


def test_a_stage_is_an_app_of_its_own() -> None:
    app = cdk.App(outdir=mkdtemp())
    stack = cdk.Stack(cdk.Stage(app, "Prod"), "Shop")
    function = a_function(stack, "Api")
    TrafficShiftedFunction(stack, "Backend", function=function, thresholds=None)
    function.add_function_url()

    messages = app.synth().get_nested_assembly("assembly-Prod").stacks[0].messages

    assert [each.id for each in messages if SIGN in str(each.entry.data)] == ["/Prod/Shop/Api/FunctionUrl/Resource"]


def test_a_name_that_the_template_gives_is_the_function_too() -> None:
    shop = Shop(apart=True)
    function = aws_lambda.Function(
        shop.functions,
        "Api",
        function_name="shop-api",
        runtime=aws_lambda.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=aws_lambda.Code.from_inline("def handler(event, context): ..."),
    )
    TrafficShiftedFunction(shop.functions, "Backend", function=function, thresholds=None)
    an_http_api(shop.callers, aws_lambda.Function.from_function_name(shop.callers, "Imported", "shop-api"))

    warned, routing = shop.synth()

    assert len(warned) == len(routing.past) == 1


def test_a_way_that_is_meant_says_why_and_is_a_note() -> None:
    shop = Shop(apart=False)
    shop.add("Meant", a_function_url, "the function itself")
    (url,) = cdk.ConstructSelector.resources_of_type("AWS::Lambda::Url").select(shop.functions)
    url.add_metadata("ProdOneBoxBypass", "smoke tests of the newest code")

    warned, routing = shop.synth()

    assert (warned, routing.past) == ([], ())
    assert "smoke tests of the newest code" in "".join(routing.meant)


def test_what_is_said_names_who_calls_what_it_misses_and_what_to_do() -> None:
    shop = Shop(apart=False)
    shop.add("Url", a_function_url, "the function itself")

    _, routing = shop.synth()

    assert routing.past == (
        "Functions/Url/Api/FunctionUrl (AWS::Lambda::Url) calls $LATEST of Functions/Url/Api instead of the alias that "
        "releases move. These requests get new code as soon as the stack is updated: no bake holds it back, and an "
        "aborted release does not take it back. Use the alias. If this is intended, give the reason in the resource's "
        'metadata: add_metadata("ProdOneBoxBypass", "…").',
    )
