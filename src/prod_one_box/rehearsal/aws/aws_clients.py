"""The AWS that the waits' code calls in a rehearsal: it answers from the world and changes nothing else."""

# ruff: noqa: N803  # The arguments are named as boto3 names them.
from collections.abc import Mapping
from typing import Any, Final

from ...sandbox.client_stubs import refuse
from ..plan.release_plan import ReleasePlan
from .aliases import AliasState
from .cloudwatch_client import CloudWatchClient
from .stack_state import STACK_ID, StackState
from .world import World

CONTAINED: Final = "containment"
"""Why an alias moved when the waits' code moved it."""


class AwsClients:
    """The clients of one rehearsal."""

    def __init__(self, world: World, plan: ReleasePlan, stack: StackState) -> None:
        self._clients: dict[str, object] = {
            "cloudformation": _CloudFormationClient(world, stack),
            "lambda": _LambdaClient(world, stack, without_containment="containment" in plan.without),
            "cloudwatch": CloudWatchClient(world, plan, stack),
        }

    def ask(self, service: str, operation: str, arguments: Mapping[str, object]) -> object:
        """Answer a call of the waits' code, which may be any call.

        Raises:
            ClientError: If the call is refused or unknown here.
        """
        client = self._clients.get(service)
        if operation.startswith("_") or not hasattr(client, operation):
            raise refuse("UnknownOperationException", operation)
        try:
            return getattr(client, operation)(**arguments)
        except (LookupError, TypeError, ValueError) as error:
            raise refuse(type(error).__name__, operation) from error


class _CloudFormationClient:
    def __init__(self, world: World, stack: StackState) -> None:
        self._world = world
        self._stack = stack

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:
        updated_at = self._world.date(self._stack.updated_at)
        said = {"StackStatus": self._stack.status, "LastUpdatedTime": updated_at, "DisableRollback": False}
        return {"Stacks": [{"StackId": StackName, **said}]}

    def list_stack_resources(self, *, StackName: str) -> dict[str, Any]:
        if StackName != STACK_ID:
            raise refuse("ValidationError", "ListStackResources")
        rows = [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": row.physical_id,
                "ResourceStatus": row.status,
                "LastUpdatedTimestamp": self._world.date(row.updated_at),
            }
            for name, row in self._stack.rows.items()
        ]
        return {"StackResourceSummaries": rows}


class _LambdaClient:
    def __init__(self, world: World, stack: StackState, *, without_containment: bool) -> None:
        self._world = world
        self._stack = stack
        self._without_containment = without_containment

    def get_alias(self, *, FunctionName: str, Name: str) -> dict[str, Any]:
        alias = self._alias(FunctionName, Name, "GetAlias")
        found = self._world.aliases.state(alias)
        return {
            "Name": Name,
            "FunctionVersion": str(self._stack.numbers[found.version]),
            "RoutingConfig": {
                "AdditionalVersionWeights": {str(self._stack.numbers[name]): part for name, part in found.weights}
            },
            "RevisionId": self._world.aliases.revision(alias),
        }

    def update_alias(
        self, *, FunctionName: str, Name: str, FunctionVersion: str, RevisionId: str, RoutingConfig: Mapping[str, Any]
    ) -> dict[str, Any]:
        alias = self._alias(FunctionName, Name, "UpdateAlias")
        if RevisionId != self._world.aliases.revision(alias):
            raise refuse("PreconditionFailedException", "UpdateAlias")
        if self._without_containment:
            self._world.note("alias", f"{alias} was not contained: this rehearsal goes without")
            return self.get_alias(FunctionName=FunctionName, Name=Name)
        version = self._version(FunctionName, FunctionVersion)
        weights = RoutingConfig.get("AdditionalVersionWeights") or {}
        parts = tuple((self._version(FunctionName, number), float(part)) for number, part in weights.items())
        self._world.move(alias, AliasState(version, parts), CONTAINED)
        self._world.note("alias", f"{alias} is contained: {AliasState(version, parts)}")
        return self.get_alias(FunctionName=FunctionName, Name=Name)

    def _alias(self, function: str, name: str, operation: str) -> str:
        alias = self._stack.aliases.get((function, name))
        if alias is None or alias not in self._world.aliases:
            raise refuse("ResourceNotFoundException", operation)
        return alias

    def _version(self, function: str, number: str) -> str:
        wanted = f"{function}:{number}"
        found = next((name for name, row in self._stack.rows.items() if row.physical_id == wanted), None)
        if found is None or found not in self._stack.numbers:
            raise refuse("ResourceNotFoundException", "UpdateAlias")
        return found
