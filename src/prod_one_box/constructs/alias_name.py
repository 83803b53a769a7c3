"""Which alias names a function can be given."""

import re
from collections.abc import Sequence
from typing import Final, cast

from aws_cdk import Stack, Token
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ..errors import InvalidArgumentError
from .jsii_cache import key_of, made_in, resource_of, resources_of_type, stack_of
from .release_checks import watch_alias

_MADE_HERE: Final[dict[str, tuple[lambda_.Function, str]]] = {}
"""The functions and names of this library's aliases, as they were made: each look at an alias is a question to Node."""

_ALLOWED = re.compile(r"(?!^[0-9]+$)[a-zA-Z0-9_-]{1,128}")


def check_alias_name(*, path: str, alias_name: str) -> None:
    """Refuses a name that Lambda refuses: Lambda API reference, 'CreateAlias'.

    Args:
        path: The construct's path.
        alias_name: The name.

    Raises:
        InvalidArgumentError: If Lambda would refuse the name.
    """
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
    """Makes an alias of a function, which releases move, and remembers its name.

    Args:
        scope: Where the alias belongs.
        id: Its id there.
        alias_name: The alias's name, which is free.
        version: The function's version that it is on.
        function: The function.
    """
    alias = made_in(scope, lambda_.Alias(scope, id, alias_name=alias_name, version=version), id)
    _MADE_HERE[key_of(cast("lambda_.CfnAlias", resource_of(alias)))] = function, alias_name
    watch_alias(function, version, alias, alias_name)
    return alias


def check_alias_is_free(function: lambda_.Function, *, path: str, alias_name: str) -> None:
    """Refuses a name that another alias of the function has, which Lambda would refuse when it is deployed.

    Args:
        function: The function.
        path: The construct's path.
        alias_name: The name.

    Raises:
        InvalidArgumentError: If the function has such an alias already.
    """
    stack = stack_of(function)
    found = cast("list[lambda_.CfnAlias]", resources_of_type(stack, "AWS::Lambda::Alias"))
    taken = [made for made in found if _MADE_HERE.get(key_of(made)) == (function, alias_name)]
    others = [made for made in found if _MADE_HERE.get(key_of(made)) is None and made.name == alias_name]
    own, theirs = _names(stack, function, others) if others else ([], [])
    taken += [alias for alias, function_name in zip(others, theirs, strict=True) if function_name in own]
    for alias in taken:
        raise InvalidArgumentError(
            path=path,
            argument="alias_name",
            given=f"{alias_name!r}, which {alias.node.path.removesuffix('/Resource')} is called already",
            allowed="a name that no other alias of the function has",
            remedy="Give another alias_name, and send the requests to this construct's alias.",
        )


def _names(
    stack: Stack, function: lambda_.Function, aliases: Sequence[lambda_.CfnAlias]
) -> tuple[Sequence[object], Sequence[object]]:
    """Reads what a function can be called by, and what aliases call theirs."""
    own, theirs = stack.resolve(
        [[function.function_name, function.function_arn], [each.function_name for each in aliases]]
    )
    return own, theirs
