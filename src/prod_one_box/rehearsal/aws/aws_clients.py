"""The AWS that the waits' code talks to in a rehearsal: it answers from the world, and changes only the world."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from math import floor
from typing import Any, Final

from ...sandbox.client_stubs import refuse
from ..cloudwatch.metrics import MetricKey
from ..plan.release_plan import ReleasePlan
from .aliases import AliasState
from .stack_state import STACK_ID, StackState
from .world import AlarmWatch, World

CONTAINED: Final = "containment"
"""Why an alias moved, when the waits' code moved it."""

_COMPOSITE: Final = "AWS::CloudWatch::CompositeAlarm"


class AwsClients:
    """Every client of one rehearsal."""

    def __init__(self, world: World, plan: ReleasePlan, state: StackState, watch: AlarmWatch) -> None:
        left_out = "containment" in plan.without
        self._clients: dict[str, object] = {
            "cloudformation": CloudFormationClient(world, state),
            "lambda": LambdaClient(world, state, without_containment=left_out),
            "cloudwatch": CloudWatchClient(world, plan, watch),
        }

    def ask(self, service: str, operation: str, arguments: Mapping[str, object]) -> object:
        """Answers a question of the waits' code; what it asks is its own, so nothing about it is certain.

        Raises:
            ClientError: If the call is refused, or this AWS does not know it.
        """
        client = self._clients.get(service)
        if operation.startswith("_") or not hasattr(client, operation):
            raise refuse("UnknownOperationException", operation)
        try:
            return getattr(client, operation)(**arguments)
        except (LookupError, TypeError, ValueError) as error:
            raise refuse(type(error).__name__, operation) from error


class CloudFormationClient:
    """Answers what becomes of the stack."""

    def __init__(self, world: World, state: StackState) -> None:
        self._world = world
        self._state = state

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803
        """Describes the stack."""
        updated_at = self._world.date(self._state.updated_at)
        said = {"StackStatus": self._state.status, "LastUpdatedTime": updated_at, "DisableRollback": False}
        return {"Stacks": [{"StackId": StackName, **said}]}

    def list_stack_resources(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803
        """Lists the stack's resources, all on one page."""
        if StackName != STACK_ID:
            raise refuse("ValidationError", "ListStackResources")
        rows = [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": row.physical_id,
                "ResourceStatus": row.status,
                "LastUpdatedTimestamp": self._world.date(row.updated_at),
            }
            for name, row in self._state.rows.items()
        ]
        return {"StackResourceSummaries": rows}


class LambdaClient:
    """Answers where the aliases point, and moves them."""

    def __init__(self, world: World, state: StackState, *, without_containment: bool) -> None:
        self._world = world
        self._state = state
        self._without_containment = without_containment

    def get_alias(self, *, FunctionName: str, Name: str) -> dict[str, Any]:  # noqa: N803
        """Reads an alias."""
        alias = self._alias(FunctionName, Name, "GetAlias")
        found = self._world.aliases.state(alias)
        return {
            "Name": Name,
            "FunctionVersion": str(self._state.numbers[found.version]),
            "RoutingConfig": {
                "AdditionalVersionWeights": {str(self._state.numbers[name]): part for name, part in found.weights}
            },
            "RevisionId": self._world.aliases.revision(alias),
        }

    def update_alias(
        self,
        *,
        FunctionName: str,  # noqa: N803
        Name: str,  # noqa: N803
        FunctionVersion: str,  # noqa: N803
        RevisionId: str,  # noqa: N803
        RoutingConfig: Mapping[str, Any],  # noqa: N803
    ) -> dict[str, Any]:
        """Moves an alias, if nobody has since its revision was read."""
        alias = self._alias(FunctionName, Name, "UpdateAlias")
        if RevisionId != self._world.aliases.revision(alias):
            raise refuse("PreconditionFailedException", "UpdateAlias")
        if self._without_containment:
            self._world.note("alias", f"{alias} was not contained: this rehearsal goes without")
            return self.get_alias(FunctionName=FunctionName, Name=Name)
        version = self._version(FunctionName, FunctionVersion)
        weights = RoutingConfig.get("AdditionalVersionWeights") or {}
        parts = tuple((self._version(FunctionName, number), float(part)) for number, part in weights.items())
        self._world.aliases.move(alias, AliasState(version, parts), self._world.now, CONTAINED)
        self._world.note("alias", f"{alias} is contained: {AliasState(version, parts)}")
        return self.get_alias(FunctionName=FunctionName, Name=Name)

    def _alias(self, function: str, name: str, operation: str) -> str:
        alias = self._state.aliases.get((function, name))
        if alias is None or alias not in self._world.aliases:
            raise refuse("ResourceNotFoundException", operation)
        return alias

    def _version(self, function: str, number: str) -> str:
        wanted = f"{function}:{number}"
        found = next((name for name, row in self._state.rows.items() if row.physical_id == wanted), None)
        if found is None or found not in self._state.numbers:
            raise refuse("ResourceNotFoundException", "UpdateAlias")
        return found


class CloudWatchClient:
    """Answers what the alarms say."""

    def __init__(self, world: World, plan: ReleasePlan, watch: AlarmWatch) -> None:
        self._world = world
        self._watch = watch
        self._began = world.now
        self._types = {
            name: resource.type
            for stack in (plan.old, plan.new)
            for name, resource in stack.resources.items()
            if resource.type.startswith("AWS::CloudWatch::")
        }

    def describe_alarms(self, *, AlarmNames: Sequence[str], AlarmTypes: Collection[str]) -> dict[str, Any]:  # noqa: N803
        """Describes alarms; one that no template of the rehearsal holds is OK, which the plan says."""
        found = [name for name in AlarmNames if name in self._world.alarms or name not in self._types]
        metric = [self._describe(name) for name in found if self._types.get(name) != _COMPOSITE]
        composite = [self._describe(name) for name in found if self._types.get(name) == _COMPOSITE]
        return {"MetricAlarms": metric, "CompositeAlarms": composite if "CompositeAlarm" in AlarmTypes else []}

    def describe_alarm_history(
        self,
        *,
        AlarmName: str,  # noqa: N803
        StartDate: datetime,  # noqa: N803
        **_order: object,
    ) -> dict[str, Any]:
        """Gives the changes of an alarm's state since a time, the first one first."""
        items = [
            {
                "AlarmName": AlarmName,
                "Timestamp": self._world.date(change.time),
                "HistoryData": json.dumps(
                    {"oldState": {"stateValue": change.before}, "newState": {"stateValue": change.after}}
                ),
            }
            for change in self._watch.changes_of(AlarmName)
            if self._world.date(change.time) >= StartDate
        ]
        return {"AlarmHistoryItems": items}

    def get_metric_statistics(
        self,
        *,
        Namespace: str,  # noqa: N803
        MetricName: str,  # noqa: N803
        Dimensions: Sequence[Mapping[str, str]],  # noqa: N803
        StartTime: datetime,  # noqa: N803
        EndTime: datetime,  # noqa: N803
        Period: int,  # noqa: N803
        Statistics: Sequence[str],  # noqa: N803
    ) -> dict[str, Any]:
        """Gives one statistic of the visitors' requests, for each period that is old enough."""
        (statistic,) = Statistics
        key = MetricKey(Namespace, MetricName, frozenset((each["Name"], each["Value"]) for each in Dimensions))
        begin, end = ((each - self._world.date(0)).total_seconds() for each in (StartTime, EndTime))
        newest = min(end, self._world.now - self._world.assumptions.metric_delay_seconds) - Period
        starts = (begin + Period * number for number in range(max(0, floor((newest - begin) / Period) + 1)))
        found = ((start, self._world.metrics.statistic(key, start, Period, statistic)) for start in starts)
        points = [{"Timestamp": self._world.date(start), statistic: n} for start, n in found if n is not None]
        return {"Datapoints": points}

    def _describe(self, name: str) -> dict[str, Any]:
        changes = self._watch.changes_of(name)
        state = self._world.alarms.state(name) if name in self._world.alarms else "OK"
        return {
            "AlarmName": name,
            "StateValue": state,
            "StateReason": self._world.alarms.reason(name),
            # Without a change it has been so since before the update.
            "StateTransitionedTimestamp": self._world.date(changes[-1].time if changes else self._began - 1),
        }
