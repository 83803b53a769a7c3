"""An alarm that stays as it was set by hand."""

import threading

from botocore.exceptions import BotoCoreError, ClientError

from emulator.aws import Aws

_AGAIN_SECONDS = 2


class HeldAlarm:
    """Sets an alarm's state, and sets it again whenever it is another, until released.

    CloudWatch gives an alarm back its real state when it next evaluates it, seconds or minutes after SetAlarmState
    (CloudWatch API reference, "SetAlarmState"); what holds an alarm red is a fault that goes on.

    Args:
        aws: The account.
        name: The alarm.
        state: OK or ALARM.
    """

    def __init__(self, aws: Aws, name: str, state: str) -> None:
        self._aws = aws
        self._wanted = {"AlarmName": name, "StateValue": state, "StateReason": "set by a scenario"}
        self._released = threading.Event()
        self._thread = threading.Thread(target=self._hold, daemon=True)
        aws.cloudwatch.set_alarm_state(**self._wanted)
        self._thread.start()

    def release(self) -> None:
        """Leave the alarm to CloudWatch."""
        self._released.set()
        self._thread.join()

    def _hold(self) -> None:
        while not self._released.wait(_AGAIN_SECONDS) and self._exists():
            pass

    def _exists(self) -> bool:
        """Set the state if it is another, and say whether there is such an alarm still."""
        cloudwatch = self._aws.cloudwatch
        try:
            found = cloudwatch.describe_alarms(AlarmNames=[self._wanted["AlarmName"]])["MetricAlarms"]
            if found and found[0]["StateValue"] != self._wanted["StateValue"]:
                cloudwatch.set_alarm_state(**self._wanted)
            return bool(found)
        except ClientError as error:
            return error.response["Error"]["Code"] != "ResourceNotFound"
        except BotoCoreError:
            return True  # A call that failed says nothing of the alarm.
        return True
