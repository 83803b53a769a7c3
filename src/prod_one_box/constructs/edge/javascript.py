"""Reads JavaScript as a syntax tree, with the parser of tree-sitter.

Tells which declaration a name in JavaScript refers to.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tree_sitter import Node as ParsedNode
    from tree_sitter import Parser
from collections import defaultdict
from typing import NamedTuple

_LONGEST_EXCERPT: Final = 40


class Node:
    """A node of a syntax tree, of a type that tree-sitter's grammar of JavaScript names.

    Attributes:
        type: Its type; a keyword or sign is of the type of its own text, and not named.
        field: What it is in its parent, such as `left`.
        parent: The node around it.
        children: The nodes in it, in the order of the text.
        start: Where it begins in the source, in bytes.
        end: Where it ends.
        is_named: Whether it is more than a keyword or sign.
        is_error: Whether it is what could not be parsed.
        is_missing: Whether it is empty, for what should have been there.
    """

    def __init__(self, source: bytes, parsed: "ParsedNode", field: str | None, parent: "Node | None") -> None:
        """Take over what tree-sitter found, which does not keep parents."""
        self._source = source
        self.type = parsed.type
        self.field = field
        self.parent = parent
        self.children: list[Node] = []
        self.start, self.end = parsed.start_byte, parsed.end_byte
        self.is_named, self.is_error, self.is_missing = parsed.is_named, parsed.is_error, parsed.is_missing

    @property
    def text(self) -> str:
        """The text that it stands for."""
        return self._source[self.start : self.end].decode()

    @property
    def named_children(self) -> "list[Node]":
        """The children but keywords and signs."""
        return [child for child in self.children if child.is_named]

    @property
    def line(self) -> int:
        """The line that it begins in, from 1."""
        return self._source.count(b"\n", 0, self.start) + 1

    @property
    def place(self) -> str:
        """The line and the column that it begins in, both from 1; the column in characters."""
        before = self._source[: self.start].decode()
        return f"line {self.line}, column {len(before) - before.rfind(chr(10))}"

    @property
    def excerpt(self) -> str:
        """The beginning of its text, on one line, with its place."""
        text = " ".join(self.text.split())
        shortened = text if len(text) <= _LONGEST_EXCERPT else f"{text[:_LONGEST_EXCERPT]}…"
        return f"`{shortened}` ({self.place})"

    @property
    def literal(self) -> str | None:
        """The value of a string without escapes; None for anything else."""
        plain = self.type == "string" and all(child.type == "string_fragment" for child in self.named_children)
        return self.text[1:-1] if plain else None

    @property
    def is_asked_for(self) -> bool:
        """Whether it is the operand of `typeof`, which may name what is not there."""
        around = next((node for node in self.around() if node.type != "parenthesized_expression"), None)
        return around is not None and around.text_of("operator") == "typeof"

    def text_of(self, field: str) -> str:
        """Return the text of the child that is something in it; nothing without one."""
        child = self.child(field)
        return "" if child is None else child.text

    def child(self, field: str) -> "Node | None":
        """Find the child that is something in it, such as its `name`."""
        return next((child for child in self.children if child.field == field), None)

    def has(self, *tokens: str) -> bool:
        """Return whether one of some keywords or signs is among its children."""
        return any(child.type in tokens for child in self.children)

    def walk(self) -> "Iterator[Node]":
        """Walk through itself and all nodes in it, in the order of the text."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending += reversed(node.children)

    def around(self) -> "Iterator[Node]":
        """Walk through the nodes around it, the innermost first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def syntax_errors(self) -> "Iterator[Node]":
        """Find what could not be parsed in it, and what should have been there.

        A semicolon that JavaScript inserts itself at the end of a line is no error, though the parser may miss it.
        """
        for node in self.walk():
            if node.is_error or (node.is_missing and not (node.type == ";" and node._ends_a_line())):
                yield node

    def _ends_a_line(self) -> bool:
        siblings = self.parent.parent.named_children if self.parent and self.parent.parent else []
        following = [one for one in siblings if one.start >= self.end and one.type != "comment"]
        return not following or following[0].line > self.line


def parse(source: str) -> Node:
    """Parse a module; `Node.syntax_errors` tells whether it is one."""
    text = source.encode()
    cursor = _parser().parse(text).walk()
    root = node = Node(text, cursor.node, None, None)  # type: ignore[arg-type]
    while True:
        if not cursor.goto_first_child():
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent() or node.parent is None:
                    return root
                node = node.parent
            parent = node.parent
        else:
            parent = node
        node = Node(text, cursor.node, cursor.field_name, parent)  # type: ignore[arg-type]
        if parent is not None:
            parent.children.append(node)


def rewrite(source: str, replacements: Mapping[Node, str]) -> str:
    """Return a source text with some of its tree's nodes replaced, none of which contains another."""
    text, pieces, place = source.encode(), [], 0
    for node, replacement in sorted(replacements.items(), key=lambda one: one[0].start):
        pieces += [text[place : node.start], replacement.encode()]
        place = node.end
    return b"".join([*pieces, text[place:]]).decode()


@cache
def _parser() -> "Parser":
    # Loaded when there is code to read: most apps have none.
    import tree_sitter_javascript  # noqa: PLC0415
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_javascript.language()))


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
