"""The default alarms are red when enough requests go wrong for long enough, and hang on nothing they need not."""

import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from dependency_graph import cycles, dependencies, of_type, upstream
from prod_one_box import InvalidArgumentError, Thresholds
from prod_one_box.constructs.watch.alarms import alarms_on, http_api_alarms, rest_api_alarms
from prod_one_box.constructs.watch.signals import alias_signals, version_signals

STRICT = Thresholds(error_rate=1, latency=cdk.Duration.millis(250), minimum_requests=50, datapoints=3)


@pytest.fixture(scope="module")
def template():
    """One stack with an alias, its version, an HTTP API and a REST API, each with its alarms."""
    stack = cdk.Stack(cdk.App(), "Shop")
    function = lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): return {'statusCode': 200}"),
    )
    alias = lambda_.Alias(stack, "Alias", alias_name="live", version=function.current_version)
    http_api = apigatewayv2.HttpApi(stack, "HttpApi")
    rest_api = apigateway.LambdaRestApi(stack, "RestApi", handler=alias, rest_api_name="shop-backend")
    version = function.current_version
    alarms_on(alias_signals(function=function, alias_name="live"), stack, Thresholds())
    alarms_on(version_signals(function=function, version=version, alias_name="live"), stack, STRICT)
    http_api_alarms(stack, api=http_api, thresholds=Thresholds())
    rest_api_alarms(stack, api=rest_api, stage_name="prod", thresholds=Thresholds())
    return Template.from_stack(stack).to_json()


@pytest.fixture(scope="module")
def alarms(template):
    return {
        re.sub(r"[0-9A-F]{8}$", "", name): body["Properties"]
        for name, body in of_type(template, "AWS::CloudWatch::Alarm").items()
    }


def measured(alarm):
    """Maps each metric of an alarm's expression to its name, statistic and period."""
    stats = {metric["Id"]: metric["MetricStat"] for metric in alarm["Metrics"] if "MetricStat" in metric}
    return {name: (stat["Metric"]["MetricName"], stat["Stat"], stat["Period"]) for name, stat in stats.items()}


def dimensions(alarm):
    """Lists the dimensions that all metrics of an alarm share."""
    (shared,) = {
        tuple(sorted((each["Name"], str(each["Value"])) for each in metric["MetricStat"]["Metric"]["Dimensions"]))
        for metric in alarm["Metrics"]
        if "MetricStat" in metric
    }
    return dict(shared)


def test_each_subject_has_an_alarm_on_its_error_rate_and_one_on_its_latency(alarms):
    subjects = ("Alias", "Version", "HttpApi", "RestApi")
    assert set(alarms) == {f"{subject}{kind}" for subject in subjects for kind in ("ErrorRate", "Latency")}


def test_too_few_requests_count_as_no_errors(alarms):
    alarm = alarms["AliasErrorRate"]
    (expression,) = [metric["Expression"] for metric in alarm["Metrics"] if "Expression" in metric]
    assert expression == "IF(requests >= 20, 100 * errors / requests, 0)"
    assert measured(alarm) == {"requests": ("Invocations", "Sum", 60), "errors": ("Errors", "Sum", 60)}
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (5, 2)


def test_the_slowest_tenth_of_enough_requests_is_the_latency(alarms):
    alarm = alarms["VersionLatency"]
    (expression,) = [metric["Expression"] for metric in alarm["Metrics"] if "Expression" in metric]
    assert expression == "IF(requests >= 50, latency, 0)"
    assert measured(alarm) == {"requests": ("Invocations", "Sum", 60), "latency": ("Duration", "p90", 60)}
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (250, 3)


def test_more_than_the_threshold_is_red_and_silence_is_not(alarms):
    assert {alarm["ComparisonOperator"] for alarm in alarms.values()} == {"GreaterThanThreshold"}
    assert {alarm["TreatMissingData"] for alarm in alarms.values()} == {"notBreaching"}


def test_an_alias_is_measured_with_all_its_versions_and_a_version_alone(alarms):
    assert set(dimensions(alarms["AliasErrorRate"])) == {"FunctionName", "Resource"}
    assert set(dimensions(alarms["VersionErrorRate"])) == {"FunctionName", "Resource", "ExecutedVersion"}
    assert ":live" in dimensions(alarms["VersionErrorRate"])["Resource"]


def test_apis_are_measured_by_their_answers_not_by_lambdas_errors(alarms):
    assert measured(alarms["HttpApiErrorRate"])["errors"][0] == "5xx"
    assert measured(alarms["RestApiErrorRate"])["errors"][0] == "5XXError"
    assert set(dimensions(alarms["HttpApiErrorRate"])) == {"ApiId"}
    assert dimensions(alarms["RestApiErrorRate"]) == {"ApiName": "shop-backend", "Stage": "prod"}


def test_no_alarm_waits_for_an_alias_a_stage_or_a_deployment(template):
    graph = dependencies(template)
    waited_for = upstream(graph, of_type(template, "AWS::CloudWatch::Alarm"))
    types = {template["Resources"][name]["Type"] for name in waited_for}
    assert types == {"AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::IAM::Role", "AWS::ApiGatewayV2::Api"}
    assert cycles(template) == []


def test_an_alarm_that_is_not_wanted_is_not_made():
    stack = cdk.Stack(cdk.App(), "Shop")
    api = apigatewayv2.HttpApi(stack, "HttpApi")
    assert http_api_alarms(stack, api=api, thresholds=Thresholds(error_rate=None, latency=None)) == []
    (alarm,) = http_api_alarms(stack, api=api, thresholds=Thresholds(latency=None))
    assert alarm.node.id == "HttpApiErrorRate"


def test_a_latency_known_only_at_deployment_reaches_the_threshold_and_the_description():
    stack = cdk.Stack(cdk.App(), "Shop")
    latency = cdk.Duration.millis(cdk.CfnParameter(stack, "Latency", type="Number").value_as_number)
    http_api_alarms(stack, api=apigatewayv2.HttpApi(stack, "HttpApi"), thresholds=Thresholds(latency=latency))
    found = of_type(Template.from_stack(stack).to_json(), "AWS::CloudWatch::Alarm").values()
    (alarm,) = (each["Properties"] for each in found if each["Properties"]["Threshold"] == {"Ref": "Latency"})
    assert alarm["AlarmDescription"]["Fn::Join"][1][1:] == [{"Ref": "Latency"}, " ms."]


def test_thresholds_of_another_kind_are_refused_by_name():
    stack = cdk.Stack(cdk.App(), "Shop")
    for make, api in (
        (http_api_alarms, apigatewayv2.HttpApi(stack, "HttpApi")),
        (rest_api_alarms, apigateway.RestApi(stack, "RestApi")),
    ):
        with pytest.raises(InvalidArgumentError, match=f"{make.__name__}: thresholds: got a dict; allowed: Thresholds"):
            make(stack, api=api, thresholds={"error_rate": 5})


def test_a_reference_to_the_stage_is_refused():
    stack = cdk.Stack(cdk.App(), "Shop")
    api = apigateway.RestApi(stack, "RestApi")
    with pytest.raises(InvalidArgumentError, match="stage_name: got a reference to the stage"):
        rest_api_alarms(stack, api=api, stage_name=api.deployment_stage.stage_name, thresholds=Thresholds())
