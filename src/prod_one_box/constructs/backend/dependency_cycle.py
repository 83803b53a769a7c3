"""Refuses alarms and hooks of a shift that wait for the alias which the shift moves."""

from collections.abc import Collection
from typing import Final

import jsii
from aws_cdk import aws_cloudwatch, aws_codedeploy, aws_lambda
from constructs import IValidation

from ...errors import InvalidArgumentError
from ...template.intrinsics import references
from ..resource_graph import ResourceGraph

_HOOK_REMEDY: Final = "Name what the hook calls by a literal instead of a reference."
_REMEDIES: Final = {
    "alarms": "Build the distribution's origin from the API's id (prod_one_box.rest_api_origin), or let the alarm "
    "watch the bake instead of the shift: OneBoxFrontend(alarms=…).",
    "pre_hook": _HOOK_REMEDY,
    "post_hook": _HOOK_REMEDY,
}


@jsii.implements(IValidation)
class NoDependencyCycle:
    """Reports alarms and hooks that wait for the alias, which CloudFormation calls a circular dependency.

    The alias waits for its deployment group and its hooks, and the group for its alarms. A canary's alarm waits for
    the canary, the canary for the distribution whose address it calls, the distribution for its origins; and both the
    stage of a REST API and a function URL wait for the alias behind them.
    """

    def __init__(
        self,
        *,
        alias: aws_lambda.CfnAlias,
        group: aws_codedeploy.CfnDeploymentGroup,
        default_alarms: Collection[aws_cloudwatch.CfnAlarm],
    ) -> None:
        """Keep what to check at the end of synth.

        Args:
            alias: The alias.
            group: Its deployment group.
            default_alarms: The group's alarms that wait for the version alone.
        """
        self._alias = alias
        self._group = group
        self._default_alarms = default_alarms

    def validate(self) -> list[str]:
        """Return an error for each alarm and hook that waits for the alias."""
        watchers = self._watchers()
        if not any(watchers.values()):
            return []
        graph = ResourceGraph(self._alias.stack)
        return [
            self._error(argument, path)
            for argument, names in watchers.items()
            for path in graph.paths_to(self._alias, starts=names)
        ]

    def _watchers(self) -> dict[str, set[str]]:
        """Return, for each argument, the logical ids that the alias waits for because of it."""
        # In one call, since reading each property by its name would be a call to Node; and not from
        # `group.alarm_configuration`, because reading that from Python empties it.
        group, defaults, options = self._alias.stack.resolve(
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

    def _error(self, argument: str, path: str) -> str:
        error = InvalidArgumentError(
            path=self._alias.node.path.removesuffix("/Alias/Resource"),
            argument=argument,
            given=path,
            allowed="what does not wait for the alias, because the alias waits for it",
            remedy=_REMEDIES[argument],
        )
        return str(error)
