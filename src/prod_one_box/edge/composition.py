"""Puts a user's CloudFront Function and the library's into one: CloudFront allows one for each event."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ..errors import InvalidArgumentError
from .early_errors import early_error
from .engine_limits import SUPPORTED_MODULES, Finding, doubtful, refused, restricted
from .function_code import without_tokens
from .imports import Imports, chooses_origin
from .javascript import Node, parse, rewrite
from .javascript_scopes import VARIABLES, Scopes

USER_HANDLER: Final = "oneBoxUserHandler"

_RUNTIME: Final = 'CloudFront developer guide, "JavaScript runtime 2.0 features for CloudFront Functions"'
_IMPORT_LINES: Final = re.compile(r"(?:import .*\n)*")


@dataclass(frozen=True, kw_only=True)
class UserCode:
    """A user's function, checked and made ready to be joined with the library's.

    Attributes:
        imports: The import statements that it needs at the head.
        text: The rest of it, with its handler under the name that the library calls.
        is_async: Whether its handler is declared async.
        doubts: What AWS does not document that CloudFront's engine runs, each with its place.
    """

    imports: tuple[str, ...]
    text: str
    is_async: bool
    doubts: tuple[Finding, ...]


def read_user_code(source: str, *, path: str, argument: str) -> UserCode:
    """Check a user's function, and make it ready to be joined.

    Args:
        source: The source text of a CloudFront Function.
        path: The construct's path, for errors.
        argument: The argument that the text came from, for errors.

    Raises:
        InvalidArgumentError: If the text is not JavaScript, uses what CloudFront's engine does not run, does not
            declare one `function handler`, chooses an origin, or uses a name of the library's.
    """
    return _Reader(source, path, argument).read()


def join_user_code(library_code: str, user_code: UserCode) -> str:
    """Let the library's handler call the user's, with all imports at the head, each once.

    A user handler that is declared async makes the library's async too, since that is what CloudFront's
    documentation knows; the library's part waits for any promise by itself, without asynchronous
    closures, which CloudFront's engine does not have.

    Args:
        library_code: Code whose `handler` calls `oneBoxUserHandler(event)`, after its imports.
        user_code: The user's function.
    """
    if user_code.is_async:
        library_code = library_code.replace("function handler(", "async function handler(")
    head = _IMPORT_LINES.match(library_code)
    assert head is not None  # noqa: S101  # it matches nothing, too
    imports = dict.fromkeys([*head[0].splitlines(), *user_code.imports])
    return "\n".join([*imports, library_code[head.end() :], f"{user_code.text.strip()}\n"])


class _Reader:
    def __init__(self, source: str, path: str, argument: str) -> None:
        self._source = source
        self._root = parse(without_tokens(source))
        self._path = path
        self._argument = argument

    def read(self) -> UserCode:
        self._check_syntax()
        self._check_engine(refused(self._root))
        scopes = Scopes(self._root)
        self._check_engine(restricted(scopes))
        imports = Imports(self._root, scopes)
        self._check_modules(imports)
        self._check_origin(imports)
        self._check_names()
        handler = self._handler()
        self._check_early_errors()
        return UserCode(
            imports=tuple(imports.lines),
            text=rewrite(self._source, {**imports.replacements, **self._renamed()}),
            is_async=handler.has("async"),
            doubts=tuple(doubtful(self._root, scopes)),
        )

    def _refuse(self, *, given: str, allowed: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(
            path=self._path, argument=self._argument, given=given, allowed=allowed, remedy=remedy
        )

    def _check_syntax(self) -> None:
        first = next(self._root.syntax_errors(), None)
        if first is not None:
            raise self._refuse(
                given=f"no `{first.type}` at {first.place}"
                if first.is_missing
                else f"a syntax error at {first.excerpt}",
                allowed="the source text of a CloudFront Function in JavaScript",
                remedy="Correct it there; compile TypeScript first.",
            )

    def _check_early_errors(self) -> None:
        error = early_error(without_tokens(self._source), self._root)
        if error is not None:
            raise self._refuse(
                given=f"a syntax error: {error}",
                allowed=f"JavaScript in strict mode ({_RUNTIME})",
                remedy="Correct it there.",
            )

    def _check_engine(self, found: Iterable[Finding]) -> None:
        first_of_each = {finding.limit.what: finding for finding in reversed(list(found))}
        findings = sorted(first_of_each.values(), key=lambda finding: finding.node.start)
        if findings:
            raise self._refuse(
                given="; ".join(map(str, findings)),
                allowed=f"what CloudFront's engine runs ({_RUNTIME})",
                remedy=" ".join(dict.fromkeys(finding.limit.instead for finding in findings)),
            )

    def _check_modules(self, imports: Imports) -> None:
        modules = {**imports.statements, **imports.required}
        wrong = [node for node, module in modules.items() if module not in SUPPORTED_MODULES] + imports.unclear
        if wrong:
            raise self._refuse(
                given=wrong[0].excerpt,
                allowed=f"the modules {', '.join(SUPPORTED_MODULES)}, each named by a literal ({_RUNTIME})",
                remedy="Put what you need from elsewhere into the code itself.",
            )

    def _check_origin(self, imports: Imports) -> None:
        choice = next((use for use in imports.uses_of("cloudfront") if chooses_origin(use)), None)
        if choice is not None:
            raise self._refuse(
                given=f"{(choice.parent or choice).excerpt}, which may choose an origin",
                allowed="code that leaves the origin to this edge, which sends every request to its partition's, "
                "and that names what it uses of the module cloudfront, as in cf.kvs()",
                remedy="Give requests for another origin a behavior without the edge's functions.",
            )

    def _check_names(self) -> None:
        names = (node for node in self._root.walk() if node.type in VARIABLES)
        clash = next((name for name in names if name.text.startswith("oneBox")), None)
        if clash is not None:
            raise self._refuse(
                given=f"the name {clash.excerpt}",
                allowed="names that do not start with oneBox, which are the library's",
                remedy="Rename it.",
            )

    def _handler(self) -> Node:
        declared = [
            node
            for node in self._root.named_children
            if node.type == "function_declaration" and node.text_of("name") == "handler"
        ]
        if len(declared) != 1:
            raise self._refuse(
                given=f"{len(declared)} declarations `function handler(event)` at the top level",
                allowed="exactly one, sync or async",
                remedy="Declare it as `function handler(event) { … }`.",
            )
        return declared[0]

    def _renamed(self) -> dict[Node, str]:
        """Give every variable `handler` the same new name, which changes nothing: no other has it."""
        kinds = {"identifier": USER_HANDLER, "shorthand_property_identifier": f"handler: {USER_HANDLER}"}
        return {node: kinds[node.type] for node in self._root.walk() if node.type in kinds and node.text == "handler"}
