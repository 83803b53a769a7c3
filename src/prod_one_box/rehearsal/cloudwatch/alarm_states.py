"""The states of a rehearsal's alarms as time goes on, by CloudWatch's rules."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Final, NamedTuple

from ..assumptions import Assumptions
from .alarm_definition import AlarmDefinition, MetricWatch, TreatMissingData
from .composite_rule import AlarmState, Rule
from .metric_math_functions import Series
from .metrics import MetricStore

_NEW: Final[AlarmState] = "INSUFFICIENT_DATA"


class AlarmChange(NamedTuple):
    """A change of an alarm's state.

    Attributes:
        time: When it changed, in seconds.
        logical_id: The alarm.
        before: Its state until then.
        after: Its state from then on.
    """

    time: float
    logical_id: str
    before: AlarmState
    after: AlarmState


def next_state(
    points: Sequence[bool | None], *, of: int, needed: int, missing: TreatMissingData, current: AlarmState
) -> AlarmState:
    """Return the state of an alarm for which `needed` out of `of` data points must breach.

    CloudWatch user guide, 'How alarm state is evaluated when data is missing': a missing data point is replaced by an
    older one in the evaluation range, and only where these are not enough does it count as the alarm says.

    `points` is the evaluation range, the oldest first: whether each data point breaches, None if it is missing.
    """
    real = [point for point in points if point is not None][-of:]
    breaching, absent = sum(real), of - len(real)
    if breaching >= needed or (missing == "breaching" and breaching + absent >= needed):
        return "ALARM"
    if not absent or missing in {"breaching", "notBreaching"} or False in real:
        return "OK"
    if missing == "ignore":
        return current
    # CloudWatch user guide, 'Avoiding premature transitions to alarm state': a breaching data point with only missing
    # ones beside it must be as old as the data points to alarm, since the next one may be good.
    return "ALARM" if any(points[: len(points) - needed + 1]) else "INSUFFICIENT_DATA"


class KnownValues:
    """The data points of alarms at times until which several plays are the same, so that each computes them once."""

    def __init__(self) -> None:
        """Start without data points."""
        self._known: dict[tuple[str, float], tuple[MetricWatch, Series]] = {}

    def values(self, logical_id: str, watch: MetricWatch, store: MetricStore, end: float, count: int) -> Series:
        """Return the last `count` data points of an alarm until `end`, which a play may have computed before."""
        known = self._known.get((logical_id, end))
        if known is None or known[0] != watch:
            known = watch, watch.query.values(store, end=end, count=count)
            self._known[logical_id, end] = known
        return known[1]


class AlarmBoard:
    """The state of every alarm.

    CloudWatch user guide, 'Evaluating an alarm': alarms are evaluated every minute, on the periods that end with it.

    Attributes:
        history: Every change of a state, in order.
    """

    def __init__(
        self,
        definitions: Mapping[str, AlarmDefinition],
        store: MetricStore,
        assumptions: Assumptions,
        *,
        known: KnownValues | None = None,
        known_until: float = -inf,
    ) -> None:
        """Start with the deployed alarms, all of them OK; `known` has their data points until a time, in seconds."""
        self._known = known or KnownValues()
        self._known_until = known_until
        self._definitions = dict(definitions)
        self._states: dict[str, AlarmState] = {
            logical_id: "OK" if definition.not_understood is None else _NEW
            for logical_id, definition in definitions.items()
        }
        self._forced: set[str] = set()
        self._store = store
        self._assumptions = assumptions
        self._judged: int | None = None
        self.history: list[AlarmChange] = []

    def put(self, definition: AlarmDefinition) -> None:
        """Create an alarm, which starts without data, or change one, which keeps its state.

        CloudFormation user guide, 'AWS::CloudWatch::Alarm'.
        """
        self._definitions[definition.logical_id] = definition
        self._states.setdefault(definition.logical_id, _NEW)

    def delete(self, logical_id: str) -> None:
        """Delete an alarm if it exists."""
        self._definitions.pop(logical_id, None)
        self._states.pop(logical_id, None)
        self._forced.discard(logical_id)

    def __contains__(self, logical_id: object) -> bool:
        """Check whether an alarm exists."""
        return logical_id in self._states

    def state(self, logical_id: str) -> AlarmState:
        """Return the state of an alarm; one that does not exist has no data."""
        return self._states.get(logical_id, _NEW)

    def reason(self, logical_id: str) -> str:
        """Return why an alarm is in its state, a sentence."""
        if logical_id in self._forced:
            return "it was red before the release."
        definition, state = self._definitions.get(logical_id), self.state(logical_id)
        watches = definition.watches if definition else None
        if state == "INSUFFICIENT_DATA" or watches is None:
            return "it has no data."
        if not isinstance(watches, MetricWatch):
            return "its rule holds." if state == "ALARM" else "its rule does not hold."
        if state == "OK":
            return "its data points are well."
        of = f"{watches.datapoints_to_alarm} of {watches.evaluation_periods} data points"
        missing = " or missing" if watches.missing == "breaching" else ""
        return f"{of} were {watches.comparison.words} {watches.threshold:g}{missing}."

    def force(self, logical_id: str, state: AlarmState, time: float = 0.0) -> None:
        """Keep an alarm in a state from now on, whatever its metrics say.

        Raises:
            KeyError: If it does not exist.
        """
        self._forced.discard(logical_id)
        self._change(logical_id, state, time)
        self._forced.add(logical_id)

    def evaluate(self, now: float) -> list[AlarmChange]:
        """Evaluate every alarm for each minute that became old enough since the last time, and return the changes."""
        delay = self._assumptions.metric_delay_seconds
        latest = self._store.minute(now - delay)
        first = latest if self._judged is None else self._judged + 1
        changes_before = len(self.history)
        for minute in range(first, latest + 1):
            end = self._store.start_of(minute)
            self._evaluate(end=end, time=end + delay)
        self._judged = max(first - 1, latest)
        return self.history[changes_before:]

    def _evaluate(self, *, end: float, time: float) -> None:
        composites = []
        for logical_id, definition in self._definitions.items():
            watches = definition.watches
            if isinstance(watches, MetricWatch):
                self._change(logical_id, self._by_metric(logical_id, watches, end), time)
            elif watches is not None:
                composites.append((logical_id, watches))
        for logical_id, state in self._by_rule(composites):
            self._change(logical_id, state, time)

    def _by_rule(self, composites: Sequence[tuple[str, Rule]]) -> list[tuple[str, AlarmState]]:
        unknown = {name for name, each in self._definitions.items() if each.not_understood} - self._forced
        states: dict[str, AlarmState | None] = {
            name: None if name in unknown else state for name, state in self._states.items()
        }
        # Composite alarms can name each other: with as many passes as there are alarms, any order will do.
        for _ in composites:
            for logical_id, rule in composites:
                holds = rule(lambda name: states.get(name, _NEW))
                if logical_id not in self._forced:
                    states[logical_id] = None if holds is None else "ALARM" if holds else "OK"
        return [(logical_id, states[logical_id] or _NEW) for logical_id, _ in composites]

    def _by_metric(self, logical_id: str, watch: MetricWatch, end: float) -> AlarmState:
        count = watch.evaluation_periods + self._assumptions.spare_datapoints
        if end <= self._known_until:
            values = self._known.values(logical_id, watch, self._store, end, count)
        else:
            values = watch.query.values(self._store, end=end, count=count)
        return next_state(
            [None if value is None else watch.comparison.breaches(value, watch.threshold) for value in values],
            of=watch.evaluation_periods,
            needed=watch.datapoints_to_alarm,
            missing=watch.missing,
            current=self._states[logical_id],
        )

    def _change(self, logical_id: str, after: AlarmState, time: float) -> None:
        before = self._states[logical_id]
        if before != after and logical_id not in self._forced:
            self._states[logical_id] = after
            self.history.append(AlarmChange(time, logical_id, before, after))
