"""Tells which declaration a name in JavaScript refers to."""

from collections import defaultdict
from typing import Final, NamedTuple

from .javascript import Node

FUNCTIONS: Final = {"arrow_function", "function_declaration", "function_expression", "method_definition"}
VARIABLES: Final = {"identifier", "shorthand_property_identifier"}
"""The nodes that name a variable."""

_BLOCKS: Final = {*FUNCTIONS, "catch_clause", "for_in_statement", "for_statement", "statement_block", "switch_body"}
_PARAMETERS: Final = {"formal_parameters", "rest_pattern"}


class Binding(NamedTuple):
    """A name, and the node in which it is declared; None for a global name, which the code does not declare."""

    scope: Node | None
    name: str


class Scopes:
    """The names that a module declares, and the places that use them.

    Covers what CloudFront's engine runs; patterns and classes are refused before.
    """

    def __init__(self, root: Node) -> None:
        """Find every name."""
        self._declared: dict[Node, set[str]] = defaultdict(set)
        self.references: list[Node] = []
        for node in root.walk():
            if node.type not in VARIABLES:
                continue
            scope = _scope_declared_by(node)
            if scope is None:
                self.references.append(node)
            else:
                self._declared[scope].add(node.text)

    def binding_of(self, name: Node) -> Binding:
        """Find the declaration that a name refers to, or that it makes."""
        text = name.text
        return Binding(next((scope for scope in name.around() if text in self._declared.get(scope, ())), None), text)

    def is_global(self, name: Node) -> bool:
        """Return whether nothing in the module declares a name."""
        return self.binding_of(name).scope is None


def _scope_declared_by(name: Node) -> Node | None:
    """Find the node in which an identifier declares a name; None for one that uses a name."""
    parent = name.parent
    assert parent is not None  # noqa: S101  # an identifier is never the root
    if parent.type in _PARAMETERS or (parent.type, name.field) == ("arrow_function", "parameter"):
        return _innermost(name, FUNCTIONS)
    if (parent.type, name.field) in {("function_expression", "name"), ("catch_clause", "parameter")}:
        return parent
    if (parent.type, name.field) == ("function_declaration", "name"):
        return _innermost(parent, _BLOCKS)
    if parent.type == "import_clause":
        return _innermost(parent, set())
    return _scope_of_variable(name, parent)


def _scope_of_variable(name: Node, parent: Node) -> Node | None:
    if (parent.type, name.field) == ("variable_declarator", "name"):
        is_var = parent.parent is not None and parent.parent.has("var")
        return _innermost(parent, FUNCTIONS if is_var else _BLOCKS)
    kind = parent.child("kind")
    if (parent.type, name.field) == ("for_in_statement", "left") and kind is not None:
        return _innermost(name, FUNCTIONS if kind.text == "var" else _BLOCKS)
    return None


def _innermost(node: Node, types: set[str]) -> Node:
    """Find the innermost node of some types around a node; else the program."""
    around = list(node.around())
    return next((one for one in around if one.type in types), around[-1])
