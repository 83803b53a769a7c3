"""Alarms that CodeDeploy would refuse are refused."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch

from prod_one_box import InvalidArgumentError
from prod_one_box.constructs.backend.version_alarms import check_group_alarms

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
