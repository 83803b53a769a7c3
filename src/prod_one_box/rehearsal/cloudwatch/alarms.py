"""The alarms of a rehearsal: their states as time goes on, by CloudWatch's rules."""

from collections.abc import Mapping, Sequence
from math import floor
from typing import Final, NamedTuple

from ..assumptions import Assumptions
from .alarm_definition import AlarmDefinition, MetricWatch, next_state, only_measured, reason_of
from .alarm_reading import read_alarms
from .composite_rule import AlarmState, Rule, holds
from .metrics import MINUTE, MetricStore

__all__ = ["AlarmBoard", "AlarmChange", "AlarmDefinition", "AlarmState", "only_measured", "read_alarms"]

_NEW: Final[AlarmState] = "INSUFFICIENT_DATA"


class AlarmChange(NamedTuple):
    """An alarm that came into another state.

    Attributes:
        time: When, in seconds.
        logical_id: The alarm.
        before: Its state until then.
        after: Its state from then on.
    """

    time: float
    logical_id: str
    before: AlarmState
    after: AlarmState


class AlarmBoard:
    """The state of every alarm.

    CloudWatch user guide, 'Evaluating an alarm': alarms are evaluated every minute, on the periods that end with it.

    Attributes:
        history: Every change of a state, in order.
    """

    def __init__(
        self, definitions: Mapping[str, AlarmDefinition], store: MetricStore, assumptions: Assumptions
    ) -> None:
        """Begins with the alarms that exist already, all of them OK.

        Args:
            definitions: Those alarms, by logical id.
            store: The metrics.
            assumptions: How old a metric must be before it counts, and how far back CloudWatch looks for data.
        """
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
        """Creates an alarm, which begins without data, or changes one, which keeps its state.

        CloudFormation user guide, 'AWS::CloudWatch::Alarm'.
        """
        self._definitions[definition.logical_id] = definition
        self._states.setdefault(definition.logical_id, _NEW)

    def delete(self, logical_id: str) -> None:
        """Deletes an alarm; one that does not exist is deleted already."""
        self._definitions.pop(logical_id, None)
        self._states.pop(logical_id, None)
        self._forced.discard(logical_id)

    def __contains__(self, logical_id: object) -> bool:
        """Whether an alarm exists."""
        return logical_id in self._states

    def state(self, logical_id: str) -> AlarmState:
        """The state of an alarm; one that is not created yet, or deleted again, has no data."""
        return self._states.get(logical_id, _NEW)

    def reason(self, logical_id: str) -> str:
        """Why an alarm is in its state, a sentence."""
        if logical_id in self._forced:
            return "it was red before the release."
        definition = self._definitions.get(logical_id)
        return reason_of(self.state(logical_id), definition.watches if definition else None)

    def force(self, logical_id: str, state: AlarmState, time: float = 0.0) -> None:
        """Holds an alarm in a state from now on, whatever its metrics say: an alarm that is red already.

        Raises:
            KeyError: If it does not exist.
        """
        self._forced.discard(logical_id)
        self._change(logical_id, state, time)
        self._forced.add(logical_id)

    def evaluate(self, now: float) -> list[AlarmChange]:
        """Evaluates every alarm for each minute that became old enough since the last time, and returns the changes.

        Args:
            now: The time; what visitors did until then must be in the store.
        """
        delay = self._assumptions.metric_delay_seconds
        latest = floor((now - delay) / MINUTE)
        first = latest if self._judged is None else self._judged + 1
        begun = len(self.history)
        for minute in range(first, latest + 1):
            self._evaluate(end=minute * MINUTE, time=minute * MINUTE + delay)
        self._judged = max(first - 1, latest)
        return self.history[begun:]

    def _evaluate(self, *, end: float, time: float) -> None:
        composites = []
        for logical_id, definition in self._definitions.items():
            watches = definition.watches
            if isinstance(watches, MetricWatch):
                self._change(logical_id, self._by_metric(watches, self._states[logical_id], end), time)
            elif watches is not None:
                composites.append((logical_id, watches))
        for logical_id, state in self._by_rule(composites):
            self._change(logical_id, state, time)

    def _by_rule(self, composites: Sequence[tuple[str, Rule]]) -> list[tuple[str, AlarmState]]:
        unknown = {name for name, each in self._definitions.items() if each.not_understood} - self._forced
        states: dict[str, AlarmState | None] = {
            name: None if name in unknown else state for name, state in self._states.items()
        }
        # A composite alarm can name others: repeated as often as there are any, every order is right.
        for _ in composites:
            for logical_id, rule in composites:
                held = holds(rule, lambda name: states.get(name, _NEW))
                if logical_id not in self._forced:
                    states[logical_id] = None if held is None else "ALARM" if held else "OK"
        return [(logical_id, states[logical_id] or _NEW) for logical_id, _ in composites]

    def _by_metric(self, watch: MetricWatch, current: AlarmState, end: float) -> AlarmState:
        count = watch.evaluation_periods + self._assumptions.spare_datapoints
        values = watch.query.values(self._store, end=end, count=count)
        return next_state(
            [None if value is None else watch.breaches(value, watch.threshold) for value in values],
            of=watch.evaluation_periods,
            needed=watch.datapoints_to_alarm,
            missing=watch.missing,
            current=current,
        )

    def _change(self, logical_id: str, after: AlarmState, time: float) -> None:
        before = self._states[logical_id]
        if before != after and logical_id not in self._forced:
            self._states[logical_id] = after
            self.history.append(AlarmChange(time, logical_id, before, after))
