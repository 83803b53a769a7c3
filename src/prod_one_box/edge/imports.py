"""The modules that a user's function takes, and what it does with CloudFront's own."""

import re
from collections.abc import Iterator
from typing import Final

from .javascript import Node
from .javascript_scopes import Binding, Scopes

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
