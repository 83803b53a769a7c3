"""A shift may watch anything that does not depend on its alias; what depends on it is refused by name."""

import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_synthetics as synthetics
from aws_cdk.assertions import Template

from dependency_graph import cycles, dependencies, of_type, upstream
from prod_one_box import TrafficShiftedFunction, rest_api_origin
from prod_one_box.constructs.backend import traffic_shifted_function


def rest_api(scope, alias):
    return apigateway.LambdaRestApi(scope, "Api", handler=alias)


def by_stage(scope, alias):
    return origins.RestApiOrigin(rest_api(scope, alias))


def by_id(scope, alias):
    return rest_api_origin(rest_api(scope, alias))


def by_url(scope, alias):
    return origins.FunctionUrlOrigin(alias.add_function_url())


def by_private_url(scope, alias):
    url = alias.add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM)
    return origins.FunctionUrlOrigin.with_origin_access_control(url)


def canary_alarm(scope, distribution):
    """An alarm that waits for a canary, which waits for the distribution."""
    canary = synthetics.Canary(
        scope,
        "Canary",
        runtime=synthetics.Runtime.SYNTHETICS_NODEJS_PUPPETEER_13_0,
        test=synthetics.Test.custom(
            code=synthetics.Code.from_inline("exports.handler = async () => {}"), handler="index.handler"
        ),
        environment_variables={"SITE": distribution.domain_name},
    )
    return cloudwatch.Alarm(
        scope, "CanaryAlarm", metric=canary.metric_success_percent(), threshold=90, evaluation_periods=1
    )


def rate_alarm(scope, distribution):
    """An alarm on what CloudFront measures, which waits for the distribution."""
    metric = cloudwatch.Metric(
        namespace="AWS/CloudFront",
        metric_name="5xxErrorRate",
        dimensions_map={"DistributionId": distribution.distribution_id, "Region": "Global"},
    )
    return cloudwatch.Alarm(scope, "RateAlarm", metric=metric, threshold=5, evaluation_periods=1)


@pytest.fixture
def build(make_stack, make_function):
    """Builds a site behind a distribution, with an alarm that hangs on it, in the shift or not."""

    def build_site(origin, *, alarm=canary_alarm, in_shift=True):
        stack = make_stack()
        backend = TrafficShiftedFunction(stack, "Backend", function=make_function(stack))
        behavior = cloudfront.BehaviorOptions(origin=origin(stack, backend.alias))
        hanging = alarm(stack, cloudfront.Distribution(stack, "Site", default_behavior=behavior))
        if in_shift:
            backend.add_alarm(hanging)
        return stack

    return build_site


@pytest.mark.parametrize("alarm", [canary_alarm, rate_alarm])
@pytest.mark.parametrize("origin", [by_stage, by_url, by_private_url])
def test_an_alarm_that_waits_for_the_alias_is_refused_in_the_shift_with_its_way_and_the_remedy(build, origin, alarm):
    with pytest.raises(RuntimeError) as raised:
        Template.from_stack(build(origin, alarm=alarm))
    message = str(raised.value)
    first = "Shop/CanaryAlarm, which waits for Shop/Canary" if alarm is canary_alarm else "Shop/RateAlarm"
    assert f"Shop/Backend: alarms: got {first}, which waits for Shop/Site, which waits for Shop/" in message
    assert "which waits for Shop/Backend/Alias; allowed:" in message
    assert "rest_api_origin" in message
    assert "OneBoxFrontend(alarms=…)" in message


@pytest.mark.parametrize("origin", [by_stage, by_url, by_private_url])
def test_what_is_refused_is_a_cycle_of_the_template(build, origin, monkeypatch):
    monkeypatch.setattr(traffic_shifted_function, "check_at_synth", lambda construct, faults: None)
    stack = build(origin)
    template = Template.from_stack(stack, skip_cyclical_dependencies_check=True).to_json()
    (alias,) = of_type(template, "AWS::Lambda::Alias")
    (group,) = cycles(template)
    assert alias in group
    assert set(of_type(template, "AWS::Synthetics::Canary")) < group


@pytest.mark.parametrize("origin", [by_stage, by_id, by_url, by_private_url])
def test_the_same_alarm_outside_the_shift_makes_no_cycle(build, origin):
    assert cycles(Template.from_stack(build(origin, in_shift=False)).to_json()) == []


def test_with_an_origin_built_from_the_apis_id_the_shift_may_watch_the_canary(build):
    template = Template.from_stack(build(by_id)).to_json()
    (alias,) = of_type(template, "AWS::Lambda::Alias")
    assert cycles(template) == []
    assert set(of_type(template, "AWS::CloudFront::Distribution")) < upstream(dependencies(template), alias)


def test_an_alarm_on_a_stage_is_refused_and_one_on_the_apis_name_is_not(make_stack, make_function):
    def template(metric):
        stack = make_stack()
        backend = TrafficShiftedFunction(stack, "Backend", function=make_function(stack))
        api = rest_api(stack, backend.alias)
        backend.add_alarm(cloudwatch.Alarm(stack, "ApiAlarm", metric=metric(api), threshold=1, evaluation_periods=1))
        return Template.from_stack(stack).to_json()

    assert cycles(template(lambda api: api.metric_server_error())) == []
    with pytest.raises(RuntimeError, match=r"Shop/ApiAlarm, which waits for Shop/Api/DeploymentStage\.prod"):
        template(lambda api: api.deployment_stage.metric_server_error())


def test_a_hook_that_waits_for_the_alias_is_refused_by_its_argument(make_stack, make_function):
    stack = make_stack()
    hook = make_function(stack, "Hook")
    backend = TrafficShiftedFunction(stack, "Backend", function=make_function(stack), post_hook=hook)
    hook.add_environment("CALLS", backend.alias.function_arn)
    with pytest.raises(RuntimeError, match="post_hook: got Shop/Hook, which waits for Shop/Backend/Alias; allowed"):
        Template.from_stack(stack)


def test_looking_for_cycles_leaves_the_template_as_it_is(build, monkeypatch):
    looked_at = Template.from_stack(build(by_id)).to_json()
    monkeypatch.setattr(traffic_shifted_function, "check_at_synth", lambda construct, faults: None)
    assert looked_at == Template.from_stack(build(by_id)).to_json()
