"""Refuses alarms and hooks of a shift that wait for the alias which the shift moves."""

from collections.abc import Collection
from typing import Final

from aws_cdk import aws_cloudwatch, aws_codedeploy, aws_lambda

from ...errors import InvalidArgumentError
from ...template.intrinsics import references
from ..jsii_cache import logical_id_of
from ..resource_graph import ResourceGraph

_HOOK_REMEDY: Final = "Name what the hook calls by a literal instead of a reference."
_REMEDIES: Final = {
    "alarms": "Build the distribution's origin from the API's id (prod_one_box.rest_api_origin), or let the alarm "
    "watch the bake instead of the shift: OneBoxFrontend(alarms=…).",
    "pre_hook": _HOOK_REMEDY,
    "post_hook": _HOOK_REMEDY,
}


def cycle_faults(
    alias: aws_lambda.CfnAlias,
    group: aws_codedeploy.CfnDeploymentGroup,
    default_alarms: Collection[aws_cloudwatch.CfnAlarm],
) -> list[str]:
    """Find alarms and hooks that wait for the alias, which CloudFormation calls a circular dependency.

    The alias waits for its deployment group and its hooks, and the group for its alarms. A canary's alarm waits for
    the canary, the canary for the distribution whose address it calls, the distribution for its origins; and both the
    stage of a REST API and a function URL wait for the alias behind them.

    Args:
        alias: The alias.
        group: Its deployment group.
        default_alarms: The group's alarms that wait for the version alone.
    """
    # In one call, since reading each property by its name would be a call to Node; and not from
    # `group.alarm_configuration`, because reading that from Python empties it.
    properties, defaults, options = alias.stack.resolve(
        [group._cfn_properties, [logical_id_of(alarm) for alarm in default_alarms], alias.cfn_options]
    )
    policy = options["updatePolicy"]["codeDeployLambdaAliasUpdate"]
    watchers = {
        "alarms": {*references(properties.get("alarmConfiguration"))} - {*defaults},
        "pre_hook": {*references(policy.get("beforeAllowTrafficHook"))},
        "post_hook": {*references(policy.get("afterAllowTrafficHook"))},
    }
    if not any(watchers.values()):
        return []
    graph = ResourceGraph(alias.stack)
    return [
        _fault(alias, argument, path)
        for argument, names in watchers.items()
        for path in graph.paths_to(alias, starts=names)
    ]


def _fault(alias: aws_lambda.CfnAlias, argument: str, path: str) -> str:
    error = InvalidArgumentError(
        path=alias.node.path.removesuffix("/Alias/Resource"),
        argument=argument,
        given=path,
        allowed="what does not wait for the alias, because the alias waits for it",
        remedy=_REMEDIES[argument],
    )
    return str(error)
