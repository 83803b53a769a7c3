"""Which alias names a function can be given."""

import re

from aws_cdk import Token
from aws_cdk import aws_lambda as lambda_

from .errors import InvalidArgumentError
from .made import stack_of

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
    aliases = [each for each in stack.node.find_all() if isinstance(each, lambda_.CfnAlias)]
    namesakes = [each for each in aliases if each.name == alias_name]
    if not namesakes:
        return
    own, theirs = stack.resolve(
        [[function.function_name, function.function_arn], [each.function_name for each in namesakes]]
    )
    for alias, function_name in zip(namesakes, theirs, strict=True):
        if function_name in own:
            raise InvalidArgumentError(
                path=path,
                argument="alias_name",
                given=f"{alias_name!r}, which {alias.node.path.removesuffix('/Resource')} is called already",
                allowed="a name that no other alias of the function has",
                remedy="Give another alias_name, and send the requests to this construct's alias.",
            )
