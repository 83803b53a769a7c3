"""The aliases that releases move, and the names that they can have."""

import re
from typing import Final, cast

from aws_cdk import Token
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ..errors import InvalidArgumentError
from .jsii_cache import key_of, remember_place, resource_of, resources_of_type, stack_of
from .past_the_alias import watch_alias
from .version_inputs import track_inputs

_OWN_ALIASES: Final[dict[str, tuple[lambda_.Function, str]]] = {}
"""The function and the name of each alias of this library, cached because a look at an alias is a call to Node."""

_ALLOWED = re.compile(r"(?!^[0-9]+$)[a-zA-Z0-9_-]{1,128}")


def check_alias_name(*, path: str, alias_name: str) -> None:
    """Raise if Lambda would refuse the name (Lambda API reference, "CreateAlias")."""
    if not _ALLOWED.fullmatch(alias_name) and not Token.is_unresolved(alias_name):
        raise InvalidArgumentError(
            path=path,
            argument="alias_name",
            given=repr(alias_name),
            allowed="1 to 128 letters, digits, hyphens and underscores, not digits alone",
        )


def make_alias(
    scope: Construct, id: str, *, alias_name: str, version: lambda_.Version, function: lambda_.Function
) -> lambda_.Alias:
    """Create the alias of a function that releases move."""
    alias = remember_place(scope, lambda_.Alias(scope, id, alias_name=alias_name, version=version), id)
    _OWN_ALIASES[key_of(cast("lambda_.CfnAlias", resource_of(alias)))] = function, alias_name
    track_inputs(function, version)
    watch_alias(function, version, alias, alias_name)
    return alias


def check_alias_is_free(function: lambda_.Function, *, path: str, alias_name: str) -> None:
    """Raise if another alias of the function has the name, which Lambda would refuse at deployment."""
    stack = stack_of(function)
    aliases = cast("list[lambda_.CfnAlias]", resources_of_type(stack, "AWS::Lambda::Alias"))
    taken = [alias for alias in aliases if _OWN_ALIASES.get(key_of(alias)) == (function, alias_name)]
    others = [alias for alias in aliases if _OWN_ALIASES.get(key_of(alias)) is None and alias.name == alias_name]
    if others:
        own, theirs = stack.resolve(
            [[function.function_name, function.function_arn], [each.function_name for each in others]]
        )
        taken += [alias for alias, function_name in zip(others, theirs, strict=True) if function_name in own]
    for alias in taken:
        raise InvalidArgumentError(
            path=path,
            argument="alias_name",
            given=f"{alias_name!r}, which {alias.node.path.removesuffix('/Resource')} is called already",
            allowed="a name that no other alias of the function has",
            remedy="Give another alias_name, and send the requests to this construct's alias.",
        )
