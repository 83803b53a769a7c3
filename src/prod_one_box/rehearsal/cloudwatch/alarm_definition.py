"""What an alarm watches and when it is red, as its template says.

How CloudWatch decides an alarm's state from its last data points.

Why an alarm is in its state, a sentence, where CloudWatch would give its own reason.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from .composite_rule import AlarmState, Rule
from .metric_math import MetricQuery
from .metrics import MetricKey

TreatMissingData: TypeAlias = Literal["missing", "ignore", "breaching", "notBreaching"]
"""What a missing data point counts as."""

TREATMENTS: Final[dict[str, TreatMissingData]] = {
    "missing": "missing",
    "ignore": "ignore",
    "breaching": "breaching",
    "notBreaching": "notBreaching",
}
"""The treatments by the words that a template uses."""


def next_state(
    points: Sequence[bool | None], *, of: int, needed: int, missing: TreatMissingData, current: AlarmState
) -> AlarmState:
    """Decides the state of an alarm of M out of N data points.

    CloudWatch user guide, 'How alarm state is evaluated when data is missing': what is missing is looked for further
    back in the evaluation range, and counts as the alarm says only as far as that is not enough.

    Args:
        points: The evaluation range, the oldest first: whether each data point breaches, None if it is missing.
        of: N, the evaluation periods.
        needed: M, the data points to alarm.
        missing: What a missing data point counts as.
        current: The state until now.
    """
    real = [point for point in points if point is not None][-of:]
    breaching, absent = sum(real), of - len(real)
    if breaching >= needed or (missing == "breaching" and breaching + absent >= needed):
        return "ALARM"
    if not absent or missing in {"breaching", "notBreaching"} or False in real:
        return "OK"
    if missing == "ignore":
        return current
    return "ALARM" if _waited_long_enough(points, needed) else "INSUFFICIENT_DATA"


def _waited_long_enough(points: Sequence[bool | None], needed: int) -> bool:
    """Whether a breaching data point, with nothing but missing ones beside, is as old as the data points to alarm.

    CloudWatch user guide, 'Avoiding premature transitions to alarm state'. A younger one leaves the alarm without
    enough data: the next data point may be good.
    """
    return any(points[: len(points) - needed + 1])


COMPARISONS: Final[dict[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
"""When a data point breaches, by the words that a template uses."""


@dataclass(frozen=True, kw_only=True)
class MetricWatch:
    """A watch on one time series.

    Attributes:
        query: The time series.
        evaluation_periods: N: how many periods are judged.
        datapoints_to_alarm: M: how many of them must breach.
        breaches: Whether a value, the first argument, breaches a threshold.
        threshold: The threshold.
        missing: What a missing data point counts as.
    """

    query: MetricQuery
    evaluation_periods: int
    datapoints_to_alarm: int
    breaches: Callable[[float, float], bool]
    threshold: float
    missing: TreatMissingData


@dataclass(frozen=True, kw_only=True)
class AlarmDefinition:
    """An alarm of a template.

    Attributes:
        logical_id: Its name in the template.
        watches: A time series, or the states of other alarms; None if it is not understood.
        not_understood: What of it is not understood, for people; such an alarm stays INSUFFICIENT_DATA.
    """

    logical_id: str
    watches: MetricWatch | Rule | None = None
    not_understood: str | None = None

    @property
    def metrics(self) -> frozenset[MetricKey]:
        """The metrics that it watches."""
        measures = self.watches.query.measures if isinstance(self.watches, MetricWatch) else {}
        return frozenset(measure.key for measure in measures.values())


def only_measured(
    definitions: Mapping[str, AlarmDefinition],
    measured: Callable[[MetricKey], bool],
    of_requests: Callable[[MetricKey], bool],
) -> dict[str, AlarmDefinition]:
    """Takes alarms for not understood that watch what a rehearsal does not measure, such as a queue or a canary.

    Without data such an alarm would be judged by how it treats missing data alone, and could stop a good release.

    Args:
        definitions: The alarms.
        measured: Whether the rehearsal measures a metric.
        of_requests: Whether it would if requests reached what the metric is about.
    """
    judged = dict(definitions)
    for logical_id, definition in definitions.items():
        foreign = sorted(f"{key.namespace} {key.name}" for key in definition.metrics if not measured(key))
        if foreign:
            unreached = all(of_requests(key) for key in definition.metrics if not measured(key))
            why = "of what no visitor is known to reach" if unreached else "which the rehearsal does not measure"
            reason = f"{', '.join(foreign)}, {why}"
            judged[logical_id] = replace(definition, watches=None, not_understood=reason)
    return judged


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
