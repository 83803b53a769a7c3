"""Which resources of a stack wait for which, as far as CDK knows it before it writes the template.

What a shift is watched by must not wait for the alias that it moves.
"""

from collections import deque
from collections.abc import Collection, Mapping, Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch, aws_codedeploy, aws_lambda
from constructs import IValidation

from ..errors import InvalidArgumentError
from ..template.intrinsics import references


def resources_of(stack: cdk.Stack) -> dict[str, cdk.CfnResource]:
    """Maps logical ids to the stack's resources."""
    found = [node for node in stack.node.find_all() if isinstance(node, cdk.CfnResource) and node.stack is stack]
    names = stack.resolve([resource.logical_id for resource in found])
    return dict(zip(names, found, strict=True))


def dependencies(stack: cdk.Stack, resources: Mapping[str, cdk.CfnResource]) -> dict[str, set[str]]:
    """Maps each resource's logical id to those that it waits for.

    Args:
        stack: The stack.
        resources: Its resources.
    """
    contents = [
        [
            resource._cfn_properties,
            resource.cfn_options.update_policy,
            [
                {"Ref": other.logical_id}
                for other in resource.obtain_dependencies()
                if isinstance(other, cdk.CfnResource)
            ],
        ]
        for resource in resources.values()
    ]
    resolved = stack.resolve(contents)
    return {name: set(references(body)) & resources.keys() for name, body in zip(resources, resolved, strict=True)}


def path(graph: Mapping[str, set[str]], start: str, goal: str) -> list[str]:
    """Finds a shortest path along the graph, both ends included; empty if there is none."""
    paths = deque([[start]])
    seen = {start}
    while paths:
        so_far = paths.popleft()
        if so_far[-1] == goal:
            return so_far
        for other in sorted(graph[so_far[-1]] - seen):
            seen.add(other)
            paths.append([*so_far, other])
    return []


_REMEDIES = {
    "alarms": "Build the distribution's origin from the API's id (prod_one_box.rest_api_origin), or let the alarm "
    "watch the bake instead of the shift: OneBoxFrontend(alarms=…).",
    "pre_hook": "Name what the hook calls by a literal instead of a reference.",
    "post_hook": "Name what the hook calls by a literal instead of a reference.",
}


@jsii.implements(IValidation)
class NoDependencyCycle:
    """Refuses alarms and hooks that wait for the alias, which CloudFormation calls a circular dependency.

    The alias waits for its deployment group and its hooks, and the group for its alarms. A canary's alarm waits for
    the canary, the canary for the distribution whose address it calls, the distribution for its origins; and both the
    stage of a REST API and a function URL wait for the alias behind them. Without this, only a deployment shows it.

    What escape hatches (`add_property_override`) put into a resource is not seen.
    """

    def __init__(
        self,
        *,
        alias: aws_lambda.CfnAlias,
        group: aws_codedeploy.CfnDeploymentGroup,
        default_alarms: Collection[aws_cloudwatch.CfnAlarm],
    ) -> None:
        """Remembers what to look at when everything is known.

        Args:
            alias: The alias.
            group: Its deployment group.
            default_alarms: The group's alarms that wait for the version alone.
        """
        self._alias = alias
        self._group = group
        self._default_alarms = default_alarms

    def validate(self) -> list[str]:
        """Describes each alarm and hook that waits for the alias."""
        watchers = self._watchers()
        if not any(watchers.values()):
            return []
        resources = resources_of(self._alias.stack)
        graph = dependencies(self._alias.stack, resources)
        alias_id = self._alias.stack.resolve(self._alias.logical_id)
        return [
            self._fault(argument, [resources[step].node.path.removesuffix("/Resource") for step in way])
            for argument, names in watchers.items()
            for name in sorted(names & graph.keys())
            if (way := path(graph, name, alias_id))
        ]

    def _watchers(self) -> dict[str, set[str]]:
        """Maps each argument to the logical ids that the alias waits for because of it."""
        stack = self._alias.stack
        # All at once, since each property that is read by its name is a question to Node, and not
        # `group.alarm_configuration`, because reading that from Python empties it.
        group, defaults, options = stack.resolve(
            [
                self._group._cfn_properties,
                [alarm.logical_id for alarm in self._default_alarms],
                self._alias.cfn_options,
            ]
        )
        policy = options["updatePolicy"]["codeDeployLambdaAliasUpdate"]
        return {
            "alarms": {*references(group.get("alarmConfiguration"))} - {*defaults},
            "pre_hook": set(references(policy.get("beforeAllowTrafficHook"))),
            "post_hook": set(references(policy.get("afterAllowTrafficHook"))),
        }

    def _fault(self, argument: str, way: Sequence[str]) -> str:
        error = InvalidArgumentError(
            path=self._alias.node.path.removesuffix("/Alias/Resource"),
            argument=argument,
            given=f"{way[0]}, which waits for " + ", which waits for ".join(way[1:]),
            allowed="what does not wait for the alias, because the alias waits for it",
            remedy=_REMEDIES[argument],
        )
        return str(error)
