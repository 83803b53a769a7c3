"""An alarm by the library's own rules."""

from aws_cdk import aws_cloudwatch
from constructs import Construct

from ..made import made_in
from .thresholds import Thresholds


class DefaultAlarm(aws_cloudwatch.Alarm):
    """An alarm that is red when a metric is above a limit for as many data points in a row as the thresholds say.

    Attributes:
        thresholds: When it is red.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        metric: aws_cloudwatch.IMetric,
        threshold: float,
        description: str,
        thresholds: Thresholds,
    ) -> None:
        """Makes the alarm.

        Args:
            scope: Where it belongs.
            id: Its id there.
            metric: What it watches.
            threshold: The limit.
            description: What red means, in words.
            thresholds: How long it must last, and how long a data point is.
        """
        super().__init__(
            scope,
            id,
            alarm_description=description,
            metric=metric,
            threshold=threshold,
            comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=thresholds.datapoints,
            # Without requests there are no data points: no traffic is no fault.
            treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        made_in(scope, self, id)
        self.thresholds = thresholds
