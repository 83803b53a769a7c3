"""Which alias names a function can be given."""

import re

from aws_cdk import Stack, Token
from aws_cdk import aws_lambda as lambda_

from .errors import InvalidArgumentError

_ALLOWED = re.compile(r"(?!^[0-9]+$)[a-zA-Z0-9_-]{1,128}")


def check_alias_name(*, path: str, alias_name: str) -> None:
    """Refuses a name that Lambda refuses: Lambda API reference, 'CreateAlias'.

    Args:
        path: The construct's path.
        alias_name: The name.

    Raises:
        InvalidArgumentError: If Lambda would refuse the name.
    """
    if not Token.is_unresolved(alias_name) and not _ALLOWED.fullmatch(alias_name):
        raise InvalidArgumentError(
            path=path,
            argument="alias_name",
            given=repr(alias_name),
            allowed="1 to 128 letters, digits, hyphens and underscores, not digits alone",
        )


def check_alias_is_free(function: lambda_.Function, *, path: str, alias_name: str) -> None:
    """Refuses a name that another alias of the function has, which Lambda would refuse when it is deployed.

    Args:
        function: The function.
        path: The construct's path.
        alias_name: The name.

    Raises:
        InvalidArgumentError: If the function has such an alias already.
    """
    stack = Stack.of(function)
    name = stack.resolve(function.function_name)
    for node in stack.node.find_all():
        if not isinstance(node, lambda_.CfnAlias) or node.name != alias_name:
            continue
        if stack.resolve(node.function_name) in (name, stack.resolve(function.function_arn)):
            raise InvalidArgumentError(
                path=path,
                argument="alias_name",
                given=f"{alias_name!r}, which {node.node.path.removesuffix('/Resource')} is called already",
                allowed="a name that no other alias of the function has",
                remedy="Give another alias_name, and send the requests to this construct's alias.",
            )
