"""A shift's duration follows from its configuration, and CloudFormation must be able to wait for it."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box import InvalidArgumentError
from prod_one_box.constructs.backend.shift_duration import (
    ALL_AT_ONCE,
    Shift,
    check_shift_duration,
    shift_name,
    shift_of,
)

PREDEFINED = codedeploy.LambdaDeploymentConfig
PERCENTAGES = st.integers(1, 99)
MINUTES = st.integers(1, 2880)


def custom(scope, name, routing):
    return codedeploy.LambdaDeploymentConfig(scope, name, traffic_routing=routing)


def linear(scope, name, percentage, minutes):
    interval = cdk.Duration.minutes(minutes)
    return custom(scope, name, codedeploy.TrafficRouting.time_based_linear(interval=interval, percentage=percentage))


def named(config):
    return shift_name(config, shift_of(config))


def check(config, hooks):
    check_shift_duration(path="Shop/Backend", config=config, shift=shift_of(config), hooks=hooks)


@given(PERCENTAGES, MINUTES)
def test_a_linear_shift_ends_with_the_part_that_completes_it(percentage, minutes):
    moved, clock = percentage, 0
    while moved < 100:
        moved, clock = moved + percentage, clock + minutes
    assert Shift(percentage=percentage, interval_minutes=minutes, linear=True).seconds == clock * 60


@given(PERCENTAGES, MINUTES)
def test_a_canary_shift_ends_after_its_one_interval(percentage, minutes):
    assert Shift(percentage=percentage, interval_minutes=minutes, linear=False).seconds == minutes * 60


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        (PREDEFINED.ALL_AT_ONCE, 0),
        (PREDEFINED.CANARY_10_PERCENT_5_MINUTES, 300),
        (PREDEFINED.CANARY_10_PERCENT_10_MINUTES, 600),
        (PREDEFINED.CANARY_10_PERCENT_15_MINUTES, 900),
        (PREDEFINED.CANARY_10_PERCENT_30_MINUTES, 1800),
        (PREDEFINED.LINEAR_10_PERCENT_EVERY_1_MINUTE, 540),
        (PREDEFINED.LINEAR_10_PERCENT_EVERY_2_MINUTES, 1080),
        (PREDEFINED.LINEAR_10_PERCENT_EVERY_3_MINUTES, 1620),
        (PREDEFINED.LINEAR_10_PERCENT_EVERY_10_MINUTES, 5400),
    ],
)
def test_every_predefined_configuration_is_read_from_its_name(config, seconds):
    assert shift_of(config).seconds == seconds
    assert named(config).startswith("CodeDeployDefault.Lambda")


def test_a_custom_configuration_is_read_from_its_resource(make_stack):
    stack = make_stack()
    canary = codedeploy.TrafficRouting.time_based_canary(interval=cdk.Duration.minutes(7), percentage=20)
    assert named(linear(stack, "Linear", 30, 7)) == "Linear 30 % every 7 min"
    assert named(custom(stack, "Canary", canary)) == "Canary 20 %, the rest after 7 min"
    assert shift_of(codedeploy.LambdaDeploymentConfig(stack, "Default")) == ALL_AT_ONCE


def test_what_is_known_by_name_only_passes(make_stack):
    unknown = codedeploy.LambdaDeploymentConfig.from_lambda_deployment_config_name(make_stack(), "Ours", "Ours")
    assert shift_of(unknown) is None
    assert named(unknown) == "Ours"
    check(config=unknown, hooks=[])


@pytest.mark.parametrize(
    ("timeouts", "allowed"),
    [([], True), ([840], True), ([899], True), ([900], False), ([450, 450], False), ([450, 447], True)],
)
def test_hooks_count_with_their_timeouts_against_two_hours(make_stack, make_function, timeouts, allowed):
    stack = make_stack()
    hooks = [
        make_function(stack, f"Hook{number}", timeout=cdk.Duration.seconds(seconds))
        for number, seconds in enumerate(timeouts)
    ]
    config = linear(stack, "Slow", 50, 105)
    if allowed:
        check(config=config, hooks=hooks)
        return
    with pytest.raises(InvalidArgumentError, match="105 min of shift and 15 min of hooks; allowed: less than 120 min"):
        check(config=config, hooks=hooks)


def test_a_hook_without_a_known_timeout_counts_as_lambdas_longest(make_stack, make_function):
    stack = make_stack()
    imported = lambda_.Function.from_function_name(stack, "Hook", "CodeDeployHook_check")
    with pytest.raises(InvalidArgumentError, match="15 min of hooks"):
        check(config=linear(stack, "Slow", 50, 106), hooks=[imported])
    by_default = make_function(stack, "Default")
    check(config=linear(stack, "Slower", 50, 119), hooks=[by_default])
