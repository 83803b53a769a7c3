"""CloudWatch as the waits' code calls it in a rehearsal: alarms, their histories, and metrics."""

# ruff: noqa: N803  # The arguments are named as boto3 names them.
import json
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from math import ceil, floor
from typing import Any, Final

from ..cloudwatch.metrics import MINUTE, MetricKey
from ..plan.release_plan import ReleasePlan
from .stack_state import StackState
from .world import World

_COMPOSITE: Final = "AWS::CloudWatch::CompositeAlarm"


class _Series:
    """The minutes of a statistic from a time on, as far as they have been asked for: minutes that are over stay."""

    def __init__(self, begin: float) -> None:
        self.next = begin
        self.dates: list[datetime] = []
        self.values: list[float] = []


class CloudWatchClient:
    """The operations of CloudWatch that the waits' code calls."""

    def __init__(self, world: World, plan: ReleasePlan, stack: StackState) -> None:
        self._world = world
        self._stack = stack
        self._start = world.now
        self._series: dict[tuple[MetricKey, str, float], _Series] = {}
        self._types = {
            name: resource.type
            for stack in (plan.old, plan.new)
            for name, resource in stack.resources.items()
            if resource.type.startswith("AWS::CloudWatch::")
        }

    def describe_alarms(self, *, AlarmNames: Sequence[str], AlarmTypes: Collection[str]) -> dict[str, Any]:
        """Describe alarms by name."""
        # An alarm that no template of the rehearsal holds is assumed to be OK, as the plan's notes say.
        found = [name for name in AlarmNames if name in self._world.alarms or name not in self._types]
        metric = [self._describe(name) for name in found if self._types.get(name) != _COMPOSITE]
        composite = [self._describe(name) for name in found if self._types.get(name) == _COMPOSITE]
        return {"MetricAlarms": metric, "CompositeAlarms": composite if "CompositeAlarm" in AlarmTypes else []}

    def describe_alarm_history(self, *, AlarmName: str, StartDate: datetime, **_order: object) -> dict[str, Any]:
        """Return an alarm's changes since a time."""
        items = [
            {
                "AlarmName": AlarmName,
                "Timestamp": self._world.date(change.time),
                "HistoryData": json.dumps(
                    {"oldState": {"stateValue": change.before}, "newState": {"stateValue": change.after}}
                ),
            }
            for change in self._world.changes_of(AlarmName)
            if self._world.date(change.time) >= StartDate
        ]
        return {"AlarmHistoryItems": items}

    def get_metric_statistics(
        self,
        *,
        Namespace: str,
        MetricName: str,
        Dimensions: Sequence[Mapping[str, str]],
        StartTime: datetime,
        EndTime: datetime,
        Period: int,
        Statistics: Sequence[str],
    ) -> dict[str, Any]:
        """Return one statistic of a metric, period by period."""
        (statistic,) = Statistics
        key = self._key(Namespace, MetricName, Dimensions)
        begin, newest = self._seconds(StartTime), self._readable(EndTime) - Period
        starts = (begin + Period * number for number in range(max(0, floor((newest - begin) / Period) + 1)))
        found = ((start, self._world.metrics.statistic(key, start, Period, statistic)) for start in starts)
        points = [{"Timestamp": self._world.date(start), statistic: n} for start, n in found if n is not None]
        return {"Datapoints": points}

    def get_metric_data(
        self, *, MetricDataQueries: Sequence[Mapping[str, Any]], StartTime: datetime, EndTime: datetime
    ) -> dict[str, Any]:
        """Answer queries of one statistic each: each minute that starts before the end and has data."""
        begin, until = self._seconds(StartTime), self._readable(EndTime)
        return {"MetricDataResults": [self._result(query, begin, until) for query in MetricDataQueries]}

    def _result(self, query: Mapping[str, Any], begin: float, until: float) -> dict[str, Any]:
        asked = query["MetricStat"]
        if asked["Period"] != MINUTE:
            raise ValueError(asked["Period"])
        metric = asked["Metric"]
        key = self._key(metric["Namespace"], metric["MetricName"], metric["Dimensions"])
        found = self._series.setdefault((key, asked["Stat"], begin), _Series(self._next_minute(begin)))
        while found.next + MINUTE <= until:
            value = self._world.metrics.statistic(key, found.next, MINUTE, asked["Stat"])
            if value is not None:
                found.dates.append(self._world.date(found.next))
                found.values.append(value)
            found.next += MINUTE
        last = bisect_right(found.dates, self._world.date(until - MINUTE))
        return {
            "Id": query["Id"],
            "StatusCode": "Complete",
            "Timestamps": found.dates[:last],
            "Values": found.values[:last],
        }

    def _next_minute(self, time: float) -> int:
        """Return when the first minute starts that does not start before a time."""
        store = self._world.metrics
        return store.start_of(ceil((time + store.phase) / MINUTE))

    def _key(self, namespace: str, name: str, dimensions: Sequence[Mapping[str, str]]) -> MetricKey:
        """Return a metric's identity, in which a resource of the stack has its canonical text."""
        values = ((each["Name"], each["Value"]) for each in dimensions)
        named = ((name, f"${{{value}}}" if value in self._stack.rows else value) for name, value in values)
        return MetricKey(namespace, name, frozenset(named))

    def _seconds(self, date: datetime) -> float:
        return (date - self._world.date(0)).total_seconds()

    def _readable(self, end: datetime) -> float:
        """Return the end of the time that CloudWatch has metrics of by now, up to `end`."""
        return min(self._seconds(end), self._world.now - self._world.assumptions.metric_delay_seconds)

    def _describe(self, name: str) -> dict[str, Any]:
        changes = self._world.changes_of(name)
        state = self._world.alarms.state(name) if name in self._world.alarms else "OK"
        return {
            "AlarmName": name,
            "StateValue": state,
            "StateReason": self._world.alarms.reason(name),
            # An alarm that has not changed was in its state before the update started.
            "StateTransitionedTimestamp": self._world.date(changes[-1].time if changes else self._start - 1),
        }
