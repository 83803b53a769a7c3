"""Which alias names Lambda accepts."""

import re

from aws_cdk import Token

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
