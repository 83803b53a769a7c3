"""The alarm on a canary: red when visits fail, and when there are none."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_synthetics as synthetics
from constructs import Construct

RUNS_IN_PERIOD: Final = 2
"""A run may begin late and leave one interval without data; two intervals have some."""

PERIODS: Final = 3


def canary_alarm(
    scope: Construct, id: str, *, canary: synthetics.Canary, interval: Duration, partition: str
) -> cloudwatch.Alarm:
    """Makes the alarm: red when visits failed, or were missing, in three periods of two intervals each.

    A period without data counts as failed, so a canary that stops does not let releases pass: `FILL` says so
    while CloudWatch still sees older data, and "ignore" keeps the alarm red after that. A new canary has no
    older data, and its alarm stays in `INSUFFICIENT_DATA` until the first visit. Treating missing data as breaching
    would turn it red before that, and fail a release of the same update. `FILL` also fills the latest period before its
    data arrives; CloudWatch user guide, "Using math expressions with CloudWatch metrics", so one period never decides.

    Args:
        scope: Where the alarm is made.
        id: Its id.
        canary: The canary.
        interval: How often it runs.
        partition: The partition that it visits.
    """
    period = Duration.minutes(RUNS_IN_PERIOD * interval.to_minutes())
    success = canary.metric_success_percent(period=period, statistic="Average")
    return cloudwatch.Alarm(
        scope,
        id,
        alarm_description=f"Visits of the {partition} partition fail, or its canary has stopped.",
        metric=cloudwatch.MathExpression(
            expression="FILL(success, 0)", using_metrics={"success": success}, period=period
        ),
        threshold=100,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=PERIODS,
        treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
    )
