"""Why an alarm is in its state, a sentence, where CloudWatch would give its own reason."""

from typing import Final

from .alarm_definition import COMPARISONS, MetricWatch
from .composite_rule import AlarmState, Rule

_WORDS: Final = {
    "GreaterThanOrEqualToThreshold": "at or above",
    "GreaterThanThreshold": "above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at or below",
}
_COMPARED: Final = {COMPARISONS[name]: words for name, words in _WORDS.items()}


def reason_of(state: AlarmState, watches: MetricWatch | Rule | None) -> str:
    """Says why.

    Args:
        state: The state that its metrics, or the alarms that it names, gave it.
        watches: What it watches; None if that is not understood.
    """
    if state == "INSUFFICIENT_DATA" or watches is None:
        return "it has no data."
    if not isinstance(watches, MetricWatch):
        return "its rule holds." if state == "ALARM" else "its rule does not hold."
    if state == "OK":
        return "its data points are well."
    of = f"{watches.datapoints_to_alarm} of {watches.evaluation_periods} data points"
    missing = " or missing" if watches.missing == "breaching" else ""
    return f"{of} were {_COMPARED[watches.breaches]} {watches.threshold:g}{missing}."
