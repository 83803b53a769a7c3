"""Whether what was given as alarms are some."""

from aws_cdk import aws_cloudwatch

from ..errors import check_list


def check_alarms(alarms: object, *, path: str) -> None:
    """Refuses names and other things that are no alarms.

    Args:
        alarms: What the user gave.
        path: The construct's path.

    Raises:
        InvalidArgumentError: If it is no list of alarms.
    """
    check_list(
        alarms,
        aws_cloudwatch.IAlarm,
        path=path,
        argument="alarms",
        allowed="a list of alarms (cloudwatch.IAlarm)",
        remedy="An alarm that exists elsewhere: cloudwatch.Alarm.from_alarm_arn(…).",
    )
