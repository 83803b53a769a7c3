"""The alarms that can end a release, each as it stands now."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from ..bake.same_stack import is_same_stack
from ..bake.watched_alarm import WatchedAlarm
from ..made import stack_of

_ALARMS_A_WIDGET: Final = 100
"""CloudWatch API reference, "Dashboard Body Structure and Syntax", 'Properties of an Alarm Status Widget Object'."""


def alarm_rows(
    scope: Construct, id: str, title: str, alarms: Sequence[cloudwatch.IAlarm]
) -> list[list[cloudwatch.IWidget]]:
    """Makes a row that shows alarms, or several if they are more than a widget takes.

    Args:
        scope: The dashboard's construct.
        id: What the alarms' ids there begin with.
        title: What these alarms end.
        alarms: The alarms; one of another stack is named as a wait names it, so that it makes no circle of stacks.
    """
    here = stack_of(scope)
    named = [_named(scope, f"{id}{number}", alarm, here) for number, alarm in enumerate(alarms)]
    return [
        [
            cloudwatch.AlarmStatusWidget(
                title=title, alarms=named[start : start + _ALARMS_A_WIDGET], width=24, height=_height(len(named))
            )
        ]
        for start in range(0, len(named), _ALARMS_A_WIDGET)
    ]


def _named(scope: Construct, id: str, alarm: cloudwatch.IAlarm, here: Stack) -> cloudwatch.IAlarm:
    if is_same_stack(stack_of(alarm), here):
        return alarm
    return cloudwatch.Alarm.from_alarm_arn(scope, id, WatchedAlarm.of(alarm, watcher=scope, here=here).arn)


def _height(alarms: int) -> int:
    """Gives a line to each six alarms, and one to the title."""
    return 1 + -(-min(alarms, _ALARMS_A_WIDGET) // 6)
