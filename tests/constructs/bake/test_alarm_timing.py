"""An alarm must be able to turn red while the bake still watches it."""

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudwatch as cloudwatch
from bake.release_stack import a_function, an_alarm, an_alias

from functions import pages
from prod_one_box import DeployWaitResource, InvalidArgumentError, OneBoxFrontend, Thresholds, Wave, http_api_alarms
from prod_one_box.constructs.bake.alarm_timing import allow_short_bakes


def slow(period, **evaluation):
    stack = cdk.Stack(cdk.App(), "Shop")
    metric = cloudwatch.Metric(namespace="Shop", metric_name="Errors", period=cdk.Duration.minutes(period))
    return cloudwatch.Alarm(stack, "Slow", metric=metric, threshold=1, **evaluation)


def hold(alarm, seconds):
    duration = cdk.Duration.seconds(seconds)
    DeployWaitResource(alarm.stack, f"Wait{seconds}", duration=duration, release_id="r1", alarms=[alarm])


@pytest.mark.parametrize(
    ("period", "evaluation", "needed"),
    [
        (1, {"evaluation_periods": 3}, 300),
        (5, {"evaluation_periods": 1}, 420),
        (1, {"evaluation_periods": 10, "datapoints_to_alarm": 2}, 240),
    ],
)
def test_period_times_datapoints_and_two_minutes_must_fit(period, evaluation, needed):
    alarm = slow(period, **evaluation)
    hold(alarm, needed)
    with pytest.raises(InvalidArgumentError, match=f"Shop/Slow, which needs .* in a bake of {needed - 1} s"):
        hold(alarm, needed - 1)


@jsii.implements(cdk.IStableNumberProducer)
class Three:
    def produce(self):
        return 3


def test_a_number_that_cdk_computes_late_counts_as_what_it_becomes():
    alarm = slow(1, evaluation_periods=cdk.Lazy.number(Three()))
    hold(alarm, 300)
    with pytest.raises(InvalidArgumentError, match="needs 3 x 60 s"):
        hold(alarm, 299)


def test_the_slowest_metric_of_an_expression_counts():
    stack = cdk.Stack(cdk.App(), "Shop")
    rate = cloudwatch.MathExpression(
        expression="errors / requests",
        using_metrics={name: cloudwatch.Metric(namespace="Shop", metric_name=name) for name in ("errors", "requests")},
        period=cdk.Duration.minutes(5),
    )
    alarm = cloudwatch.Alarm(stack, "Rate", metric=rate, threshold=1, evaluation_periods=2)
    hold(alarm, 720)
    with pytest.raises(InvalidArgumentError, match="needs 2 x 300 s"):
        hold(alarm, 719)


def test_composite_and_imported_alarms_cannot_be_judged():
    stack = cdk.Stack(cdk.App(), "Shop")
    imported = cloudwatch.Alarm.from_alarm_name(stack, "Imported", "some-alarm")
    composite = cloudwatch.CompositeAlarm(stack, "Any", alarm_rule=cloudwatch.AlarmRule.any_of(imported))
    wait = DeployWaitResource(
        stack, "Wait", duration=cdk.Duration.seconds(1), release_id="r1", alarms=[imported, composite]
    )
    assert len(wait.cfn_resource.get_metadata("ProdOneBox")["Alarms"]) == 2


def test_a_bake_refuses_the_alarm_and_a_preflight_takes_it():
    stack = cdk.Stack(cdk.App(), "Shop")
    alias = an_alias(stack, "OneBox", a_function(stack, "Function"))
    alarms = [an_alarm(stack, "Errors", alias, period=cdk.Duration.minutes(5))]
    DeployWaitResource(stack, "Preflight", duration=cdk.Duration.minutes(0), release_id="r1", alarms=alarms)
    with pytest.raises(InvalidArgumentError, match="Shop/Bake: alarms: got Shop/Errors"):
        DeployWaitResource(stack, "Bake", duration=cdk.Duration.minutes(10), release_id="r1", alarms=alarms)


def test_the_librarys_own_alarms_are_judged_as_they_are_after_a_users_change():
    stack = cdk.Stack(cdk.App(), "Shop")
    slower, quicker = http_api_alarms(
        stack, api=apigatewayv2.HttpApi(stack, "Api"), thresholds=Thresholds(datapoints=3)
    )
    slower.node.default_child.evaluation_periods = 60
    quicker.node.default_child.datapoints_to_alarm = 1
    hold(quicker, 180)
    with pytest.raises(InvalidArgumentError, match=r"needs 60 x 60 s .* in a bake of 600 s"):
        hold(slower, 600)


def test_a_test_that_sets_its_alarms_by_hand_may_bake_for_less_and_only_inside_the_seam():
    stack = cdk.Stack(cdk.App(), "Shop")
    with allow_short_bakes():
        hold(slow(5, evaluation_periods=1), 10)
        OneBoxFrontend(stack, "Short", build_function=pages, waves=[Wave(bake_time=cdk.Duration.seconds(10))])
    with pytest.raises(InvalidArgumentError, match=r"Shop/Slow, which needs .* in a bake of 10 s"):
        hold(slow(5, evaluation_periods=1), 10)
    with pytest.raises(InvalidArgumentError, match=r"waves\[0\].bake_time: got 10 s; allowed: at least 4 min"):
        OneBoxFrontend(stack, "Frontend", build_function=pages, waves=[Wave(bake_time=cdk.Duration.seconds(10))])
