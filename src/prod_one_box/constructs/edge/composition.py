"""Joins a user's CloudFront Function with the library's, since CloudFront allows one for each event."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ...errors import InvalidArgumentError
from .early_errors import early_error
from .edge_code import USER_HANDLER
from .engine_limits import SUPPORTED_MODULES, Finding, doubtful, refused, restricted
from .javascript import VARIABLES, Binding, Node, Scopes, parse, rewrite

_RUNTIME: Final = 'CloudFront developer guide, "JavaScript runtime 2.0 features for CloudFront Functions"'
_TOKEN: Final = re.compile(r"\$\{Token\[[a-zA-Z0-9:._-]+\]\}")
_IMPORT_LINES: Final = re.compile(r"(?:import .*\n)*")
_LIBRARY_NAMES: Final = {"cloudfront": "oneBoxCf"}


@dataclass(frozen=True, kw_only=True)
class UserCode:
    """A user's function, checked and prepared for joining.

    Attributes:
        imports: The import statements that it needs at the top.
        text: The rest of it, with its handler under the name that the library calls.
        is_async: Whether its handler is declared async.
        doubts: The features that AWS does not document for CloudFront's engine, each with its place.
    """

    imports: tuple[str, ...]
    text: str
    is_async: bool
    doubts: tuple[Finding, ...]

    def joined_to(self, library_code: str) -> str:
        """Let the library's handler call the user's, with all imports at the top, each once.

        If the user's handler is declared async, the library's becomes async too, which is what CloudFront documents.
        The library's part waits for promises without asynchronous closures, which CloudFront's engine lacks.

        Args:
            library_code: Code whose `handler` calls `oneBoxUserHandler(event)`, after its imports.
        """
        if self.is_async:
            library_code = library_code.replace("function handler(", "async function handler(")
        head = _IMPORT_LINES.match(library_code)
        assert head is not None  # noqa: S101  # it also matches nothing
        imports = dict.fromkeys([*head[0].splitlines(), *self.imports])
        return "\n".join([*imports, library_code[head.end() :], f"{self.text.strip()}\n"])


def read_user_code(source: str, *, path: str, argument: str) -> UserCode:
    """Check a user's function, and prepare it for joining.

    Raises:
        InvalidArgumentError: If the text is not JavaScript, uses what CloudFront's engine does not run, does not
            declare one `function handler`, chooses an origin, or uses a name of the library's.
    """
    return _UserCodeReader(source, path, argument).read()


class _UserCodeReader:
    def __init__(self, source: str, path: str, argument: str) -> None:
        self._source = source
        # What a CDK token becomes is known only at deployment; a name of the same length can stand wherever it can.
        self._known_source = _TOKEN.sub(lambda token: "_" * len(token[0]), source)
        self._root = parse(self._known_source)
        self._path = path
        self._argument = argument

    def read(self) -> UserCode:
        self._check_syntax()
        self._check_engine(refused(self._root))
        scopes = Scopes(self._root)
        self._check_engine(restricted(scopes))
        imports = _Imports(self._root, scopes)
        self._check_modules(imports)
        self._check_origin(imports)
        self._check_names()
        handler = self._handler()
        self._check_early_errors()
        return UserCode(
            imports=tuple(imports.lines),
            text=rewrite(self._source, {**imports.replacements, **self._handler_names()}),
            is_async=handler.has("async"),
            doubts=tuple(doubtful(self._root, scopes)),
        )

    def _refused(self, given: str, *, allowed: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(
            path=self._path, argument=self._argument, given=given, allowed=allowed, remedy=remedy
        )

    def _check_syntax(self) -> None:
        for error in self._root.syntax_errors():
            raise self._refused(
                f"no `{error.type}` at {error.place}" if error.is_missing else f"a syntax error at {error.excerpt}",
                allowed="the source text of a CloudFront Function in JavaScript",
                remedy="Correct it there; compile TypeScript first.",
            )

    def _check_early_errors(self) -> None:
        error = early_error(self._known_source, self._root)
        if error is not None:
            raise self._refused(
                f"a syntax error: {error}",
                allowed=f"JavaScript in strict mode ({_RUNTIME})",
                remedy="Correct it there.",
            )

    def _check_engine(self, found: Iterable[Finding]) -> None:
        first_of_each = {finding.limit.what: finding for finding in reversed(list(found))}
        findings = sorted(first_of_each.values(), key=lambda finding: finding.node.start)
        if findings:
            raise self._refused(
                "; ".join(map(str, findings)),
                allowed=f"what CloudFront's engine runs ({_RUNTIME})",
                remedy=" ".join(dict.fromkeys(finding.limit.instead for finding in findings)),
            )

    def _check_modules(self, imports: "_Imports") -> None:
        modules = {**imports.statements, **imports.required}
        for node in [*(node for node, module in modules.items() if module not in SUPPORTED_MODULES), *imports.unclear]:
            raise self._refused(
                node.excerpt,
                allowed=f"the modules {', '.join(SUPPORTED_MODULES)}, each named by a literal ({_RUNTIME})",
                remedy="Put what you need from elsewhere into the code itself.",
            )

    def _check_origin(self, imports: "_Imports") -> None:
        for use in filter(_may_choose_origin, imports.uses_of("cloudfront")):
            raise self._refused(
                f"{(use.parent or use).excerpt}, which may choose an origin",
                allowed="code that leaves the origin to this edge, which sends every request to its partition's, "
                "and that names what it uses of the module cloudfront, as in cf.kvs()",
                remedy="Give requests for another origin a behavior without the edge's functions.",
            )

    def _check_names(self) -> None:
        for node in self._root.walk():
            if node.type in VARIABLES and node.text.startswith("oneBox"):
                raise self._refused(
                    f"the name {node.excerpt}",
                    allowed="names that do not start with oneBox, which are the library's",
                    remedy="Rename it.",
                )

    def _handler(self) -> Node:
        declarations = [
            node
            for node in self._root.named_children
            if node.type == "function_declaration" and node.text_of("name") == "handler"
        ]
        if len(declarations) != 1:
            raise self._refused(
                f"{len(declarations)} declarations `function handler(event)` at the top level",
                allowed="exactly one, sync or async",
                remedy="Declare it as `function handler(event) { … }`.",
            )
        return declarations[0]

    def _handler_names(self) -> dict[Node, str]:
        """Rename every variable `handler`: since no other variable has the new name, nothing else changes."""
        kinds = {"identifier": USER_HANDLER, "shorthand_property_identifier": f"handler: {USER_HANDLER}"}
        return {node: kinds[node.type] for node in self._root.walk() if node.type in kinds and node.text == "handler"}


class _Imports:
    """The imports of a module and its calls of `require`.

    Attributes:
        statements: The module that each import statement names.
        required: The module that each call names.
        unclear: Other uses of `require`, except `typeof require`.
    """

    def __init__(self, root: Node, scopes: Scopes) -> None:
        self._scopes = scopes
        self.statements = {
            node: next(filter(None, (child.literal for child in node.children)), "")
            for node in root.named_children
            if node.type == "import_statement"
        }
        self.required: dict[Node, str] = {}
        self.unclear: list[Node] = []
        for name in scopes.references:
            if name.text == "require" and scopes.is_global(name):
                self._add_require(name)

    @property
    def lines(self) -> list[str]:
        """The import statements for the top of the composed function, also for what is required."""
        required = [f"import {_library_name(module)} from '{module}';" for module in self.required.values()]
        return required + [f"import {_clause(one).text} from '{module}';" for one, module in self.statements.items()]

    @property
    def replacements(self) -> dict[Node, str]:
        """The code in the place of imports and calls; `;` because the next line may continue a statement."""
        names = {call: _library_name(module) for call, module in self.required.items()}
        return {**dict.fromkeys(self.statements, ";"), **names}

    def uses_of(self, module: str) -> Iterator[Node]:
        """Yield the places that use a module, under any name that an import or a declaration gives it."""
        names = {self._scopes.binding_of(_clause(one)) for one, its in self.statements.items() if its == module}
        calls = [call for call, its in self.required.items() if its == module]
        known = -1
        while known < len(names):
            known = len(names)
            places = [*calls, *self._references(names)]
            names |= {self._scopes.binding_of(name) for place in places if (name := _alias(place)) is not None}
        yield from (place for place in places if _alias(place) is None)

    def _references(self, names: set[Binding]) -> list[Node]:
        return [name for name in self._scopes.references if self._scopes.binding_of(name) in names]

    def _add_require(self, name: Node) -> None:
        call = name.parent
        assert call is not None  # noqa: S101  # an identifier is never the root
        arguments = call.child("arguments")
        values = [] if arguments is None else arguments.named_children
        module = values[0].literal if call.type == "call_expression" and len(values) == 1 else None
        if module is not None and name.field == "function":
            self.required[call] = module
        elif not name.is_typeof_operand:
            self.unclear.append(name)


def _may_choose_origin(use: Node) -> bool:
    """Return whether a use of CloudFront's module may choose an origin.

    The methods that do so have "Origin" in their names (CloudFront developer guide, "Helper methods for origin
    modification"). A use other than of one plainly named member may be a use of any.
    """
    if use.is_typeof_operand:
        return False
    parent = use.parent
    if parent is None or use.field != "object":
        return True
    index = parent.child("index")
    member = parent.text_of("property") if index is None else index.literal
    return member is None or "origin" in member.lower()


def _library_name(module: str) -> str:
    """Return the name under which the library's code imports a module."""
    return _LIBRARY_NAMES.get(module, f"oneBox{re.sub(r'[^A-Za-z0-9]', '', module).capitalize()}")


def _clause(statement: Node) -> Node:
    """Return the name in `import name from 'module'`."""
    return next(node for node in statement.walk() if node.type == "identifier")


def _alias(use: Node) -> Node | None:
    """Return the name that a declaration gives to what is used, as `a` in `const a = cf;`."""
    parent = use.parent
    if parent is None or parent.type != "variable_declarator" or use.field != "value":
        return None
    return parent.child("name")
