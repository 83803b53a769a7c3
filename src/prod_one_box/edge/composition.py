"""Puts a user's CloudFront Function and the library's into one: CloudFront allows one for each event."""

import re

from ..errors import InvalidArgumentError

USER_HANDLER = "oneBoxUserHandler"

_DEFINITION = re.compile(r"\b(async\s+)?function\s+handler\s*\(")
_CALL = re.compile(r"(?<![\w.$])handler\s*\(")
_IMPORT = re.compile(
    r"""^[ \t]*(?:import\s+(?P<a>\w+)\s+from\s+|(?:const|let|var)\s+(?P<b>crypto)\s*=\s*require\(\s*)"""
    r"""(?P<quote>['"])(?P<module>\w+)(?P=quote)\s*\)?[ \t]*;?[ \t]*$\n?""",
    re.MULTILINE,
)
_OUR_NAMES = re.compile(r"\boneBox\w*")


def hoist_imports(code: str) -> str:
    """Moves every import to the top, each once: a module may be imported by several of the joined files."""
    imports: dict[str, None] = {}
    for found in _IMPORT.finditer(code):
        imports[f"import {found['a'] or found['b']} from '{found['module']}';"] = None
    return "\n".join([*imports, _IMPORT.sub("", code).lstrip("\n")])


def join_user_code(library_code: str, user_code: str, *, path: str, argument: str) -> str:
    """Makes the library's handler call the user's, which becomes a function of another name.

    An asynchronous user handler makes the library's asynchronous too. CloudFront's engine has no
    asynchronous closures, so the handlers stay plain functions that call each other.

    Args:
        library_code: Code whose `handler` calls `oneBoxUserHandler(event)`.
        user_code: The source text of the user's function.
        path: The construct's path, for errors.
        argument: The argument that the text came from, for errors.

    Raises:
        InvalidArgumentError: If the text does not declare exactly one `function handler(`, or uses a name
            that the library's code needs.
    """
    _check(user_code, path=path, argument=argument)
    is_async = _DEFINITION.search(user_code)[1] is not None  # type: ignore[index]
    renamed = _DEFINITION.sub(lambda found: f"{found[1] or ''}function {USER_HANDLER}(", user_code)
    if is_async:
        library_code = library_code.replace("function handler(", "async function handler(")
        library_code = library_code.replace(f"{USER_HANDLER}(event)", f"await {USER_HANDLER}(event)")
    return hoist_imports(f"{library_code}\n{renamed.strip()}\n")


def _check(user_code: str, *, path: str, argument: str) -> None:
    """Refuses what could not be joined, or would behave differently joined."""
    definitions, calls = len(_DEFINITION.findall(user_code)), len(_CALL.findall(user_code))
    if definitions != 1 or calls != 1:
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=f"{definitions} declarations `function handler(` and {calls - definitions} other uses of `handler(`",
            allowed="the source text of a CloudFront Function with exactly one `function handler(event)`, sync or "
            "async, which nothing else calls",
        )
    clashes = {*_OUR_NAMES.findall(user_code), *_rebound_imports(user_code)}
    if clashes:
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=f"code that uses {', '.join(sorted(clashes))}",
            allowed="names that do not start with oneBox, and `crypto` and `cf` only for the modules `crypto` and "
            "`cloudfront`",
        )


def _rebound_imports(user_code: str) -> set[str]:
    """Finds declarations of the names under which the library imports its modules."""
    ours = {"crypto": "crypto", "cf": "cloudfront"}
    bound = {found["a"] or found["b"]: found["module"] for found in _IMPORT.finditer(user_code)}
    rest = _IMPORT.sub("", user_code)
    declared = {
        name for name in ours if re.search(rf"^(?:const|let|var|function|class)\s+{name}\b", rest, re.MULTILINE)
    }
    return declared | {name for name, module in bound.items() if ours.get(name, module) != module}
