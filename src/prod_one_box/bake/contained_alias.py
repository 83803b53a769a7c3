"""An alias that a wait watches or contains, as the handler gets it."""

from typing import Final

import jsii
from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IValidation

from ..errors import InvalidArgumentError, check_kind, check_list
from ..made import resource_of, stack_of
from .handler import wire
from .same_stack import is_same_stack

_ALLOWED: Final = "lambda_.Alias, made in the wait's own stack"
_REMEDY: Final = "Of a Partition or a TrafficShiftedFunction, give its `alias`."


def check_aliases(*, baked: object, contained: object, path: str) -> None:
    """Refuses functions, partitions and other things that are no aliases.

    Args:
        baked: What the user gave; None if no alias is watched.
        contained: What the user gave.
        path: The wait's path.

    Raises:
        InvalidArgumentError: If one is no alias.
    """
    if baked is not None:
        check_kind(baked, lambda_.Alias, path=path, argument="baked", allowed=f"a {_ALLOWED}", remedy=_REMEDY)
    check_list(
        contained, lambda_.Alias, path=path, argument="contained", allowed=f"a list of {_ALLOWED}", remedy=_REMEDY
    )


def place(alias: lambda_.Alias, *, argument: str, waiter: Construct, here: Stack) -> dict[str, str]:
    """Names an alias and the version that the release puts it on, as plain logical ids.

    Args:
        alias: The alias.
        argument: The name of the wait's argument.
        waiter: The wait.
        here: The wait's stack.

    Raises:
        InvalidArgumentError: If the handler could not find the alias or its versions, or must not move it.
    """
    version = alias.version
    cfn_alias, cfn_version = resource_of(alias), resource_of(version)
    if not isinstance(cfn_alias, lambda_.CfnAlias) or not is_same_stack(stack_of(alias), here):
        raise _refusal(alias, argument, waiter, allowed="an alias that is made in the wait's own stack")
    # Containment takes the version with the higher number for the failed one, which holds only for versions that
    # Lambda publishes one after the other as the function changes.
    is_current = version.node.id == "CurrentVersion" and is_same_stack(stack_of(version), here)
    if not isinstance(cfn_version, lambda_.CfnVersion) or not is_current:
        raise _refusal(alias, argument, waiter, allowed="an alias on the current_version of a function of this stack")
    if _managed_by_codedeploy(cfn_alias):
        raise _refusal(alias, argument, waiter, allowed="an alias that CodeDeploy does not manage")
    waiter.node.add_validation(_StillUnmanaged(cfn_alias, argument))
    return {wire.ALIAS: cfn_alias.logical_id, wire.VERSION: cfn_version.logical_id}


def _refusal(alias: lambda_.Alias, argument: str, waiter: Construct, *, allowed: str) -> InvalidArgumentError:
    return InvalidArgumentError(path=waiter.node.path, argument=argument, given=alias.node.path, allowed=allowed)


def _managed_by_codedeploy(cfn_alias: lambda_.CfnAlias) -> bool:
    policy = cfn_alias.cfn_options.update_policy
    return policy is not None and policy.code_deploy_lambda_alias_update is not None


@jsii.implements(IValidation)
class _StillUnmanaged:
    """Looks again when everything is made: a deployment group may be added to the alias after the wait."""

    def __init__(self, cfn_alias: lambda_.CfnAlias, argument: str) -> None:
        self._cfn_alias = cfn_alias
        self._argument = argument

    def validate(self) -> list[str]:
        if not _managed_by_codedeploy(self._cfn_alias):
            return []
        path = self._cfn_alias.node.path.removesuffix("/Resource")
        return [f"{self._argument}: {path} is managed by CodeDeploy, which alone may move it"]
