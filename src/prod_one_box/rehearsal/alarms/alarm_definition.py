"""What an alarm watches and when it is red, as its template says."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..metrics.metric_query import MetricQuery
from ..metrics.metrics import MetricKey
from .alarm_rules import TreatMissingData
from .composite_rule import Rule

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
