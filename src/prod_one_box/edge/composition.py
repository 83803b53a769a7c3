"""Puts a user's CloudFront Function and the library's into one: CloudFront allows one for each event."""

import re
from typing import Final

from ..errors import InvalidArgumentError
from .imports import hoist_imports, unsupported_imports
from .javascript_text import code_alone

USER_HANDLER: Final = "oneBoxUserHandler"

_DEFINITION: Final = re.compile(r"(?<![\w$.])(?P<async>async\s+)?function\s+(?P<name>handler)\s*\(")
_CALL: Final = re.compile(r"(?<![\w.$])handler\s*\(")
_OUR_NAMES: Final = re.compile(r"(?<![\w$])oneBox\w*")


def join_user_code(library_code: str, user_code: str, *, path: str, argument: str) -> str:
    """Makes the library's handler call the user's, which becomes a function of another name.

    A user handler that is declared async makes the library's async too, since that is what CloudFront's
    documentation knows; the library's part waits for any promise by itself, without asynchronous
    closures, which CloudFront's engine does not have.

    Args:
        library_code: Code whose `handler` calls `oneBoxUserHandler(event)`.
        user_code: The source text of the user's function.
        path: The construct's path, for errors.
        argument: The argument that the text came from, for errors.

    Raises:
        InvalidArgumentError: If the text does not declare exactly one `function handler(`, imports something in
            a form that CloudFront does not run, or uses a name of the library's.
    """
    definition = _check(user_code, path=path, argument=argument)
    renamed = user_code[: definition.start("name")] + USER_HANDLER + user_code[definition.end("name") :]
    if definition["async"]:
        library_code = library_code.replace("function handler(", "async function handler(")
    return hoist_imports(f"{library_code}\n{renamed.strip()}\n")


def _check(user_code: str, *, path: str, argument: str) -> re.Match[str]:
    """Refuses what could not be joined, or would behave differently joined; finds the handler."""
    text = code_alone(user_code)
    definitions, calls = list(_DEFINITION.finditer(text)), len(_CALL.findall(text))
    if len(definitions) != 1 or calls != 1:
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=f"{len(definitions)} declarations `function handler(` and {calls - len(definitions)} other uses of "
            "`handler(`",
            allowed="the source text of a CloudFront Function with exactly one `function handler(event)`, sync or "
            "async, which nothing else calls",
        )
    _check_imports(user_code, path=path, argument=argument)
    clashes = sorted({*_OUR_NAMES.findall(text)})
    if clashes:
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=f"code that uses {', '.join(clashes)}",
            allowed="names that do not start with oneBox, which are the library's",
        )
    return definitions[0]


def _check_imports(user_code: str, *, path: str, argument: str) -> None:
    unsupported = unsupported_imports(user_code)
    if unsupported:
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=f"`{unsupported[0]}`",
            allowed="imports of a module as a whole, since CloudFront's engine has no others",
            remedy="Write `import name from 'module'`, and take what you need from `name`.",
        )
