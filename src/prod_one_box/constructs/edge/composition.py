"""Puts a user's CloudFront Function and the library's into one: CloudFront allows one for each event.

Reads the source text of a user's CloudFront Function.

The modules that a user's function takes, and what it does with CloudFront's own.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_cloudfront as cloudfront

from ...errors import InvalidArgumentError, check_kind
from .early_errors import early_error
from .engine_limits import SUPPORTED_MODULES, Finding, doubtful, refused, restricted
from .javascript import VARIABLES, Binding, Node, Scopes, parse, rewrite

_TOKEN: Final = re.compile(r"\$\{Token\[[a-zA-Z0-9:._-]+\]\}")


def source_text(given: str | cloudfront.FunctionCode, *, path: str, argument: str) -> str:
    """Return the source text, which CDK reads from a file where `FunctionCode.from_file` names one.

    Args:
        given: The text, or CDK's object for it.
        path: The construct's path, for errors.
        argument: The argument that it was given as, for errors.

    Raises:
        InvalidArgumentError: If it is neither.
    """
    allowed = "the source text of a CloudFront Function, or a cloudfront.FunctionCode"
    check_kind(given, (str, cloudfront.FunctionCode), path=path, argument=argument, allowed=allowed)
    return given if isinstance(given, str) else given.render()


def without_tokens(source: str) -> str:
    """Put a name of the same length in the place of each CDK token, such as the id of a key value store.

    What a token becomes is known only when the stack is deployed; a name may stand wherever it may.
    """
    return _TOKEN.sub(lambda token: "_" * len(token[0]), source)


_OWN_NAMES: Final = {"cloudfront": "oneBoxCf"}


class Imports:
    """The imports of a module and its calls of `require`.

    Attributes:
        statements: Each import statement's module by the statement.
        required: Each call's module by the call.
        unclear: Uses of `require` that do not say which module; `typeof require` is none.
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
                self._note(name)

    @property
    def lines(self) -> list[str]:
        """The import statements for the head of the composed function; what is required is imported there, too."""
        own = [f"import {own_name(module)} from '{module}';" for module in self.required.values()]
        return own + [f"import {_clause(one).text} from '{module}';" for one, module in self.statements.items()]

    @property
    def replacements(self) -> dict[Node, str]:
        """What stands in the code instead of imports and calls; `;` since the next line may continue a statement."""
        names = {call: own_name(module) for call, module in self.required.items()}
        return {**dict.fromkeys(self.statements, ";"), **names}

    def uses_of(self, module: str) -> Iterator[Node]:
        """Find the places that use a module, under any name that it was given by an import or a declaration."""
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

    def _note(self, require: Node) -> None:
        call = require.parent
        assert call is not None  # noqa: S101  # an identifier is never the root
        arguments = call.child("arguments")
        given = [] if arguments is None else arguments.named_children
        module = given[0].literal if call.type == "call_expression" and len(given) == 1 else None
        if module is not None and require.field == "function":
            self.required[call] = module
        elif not require.is_asked_for:
            self.unclear.append(require)


def own_name(module: str) -> str:
    """Name a module as the library's code imports it."""
    return _OWN_NAMES.get(module, f"oneBox{re.sub(r'[^A-Za-z0-9]', '', module).capitalize()}")


def chooses_origin(use: Node) -> bool:
    """Return whether a use of CloudFront's module may choose an origin.

    The methods that do have "Origin" in their names (CloudFront developer guide, "Helper methods for origin
    modification"). A use that is not of one member with a plain name could be of any; `typeof` of it is none.
    """
    if use.is_asked_for:
        return False
    parent = use.parent
    if parent is None or use.field != "object":
        return True
    index = parent.child("index")
    member = parent.text_of("property") if index is None else index.literal
    return member is None or "origin" in member.lower()


def _clause(statement: Node) -> Node:
    """Find the name in `import name from 'module'`."""
    return next(node for node in statement.walk() if node.type == "identifier")


def _alias(use: Node) -> Node | None:
    """Find the name that a declaration gives to what is used, as `a` in `const a = cf;`."""
    parent = use.parent
    if parent is None or parent.type != "variable_declarator" or use.field != "value":
        return None
    return parent.child("name")


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
