"""JavaScript as a syntax tree, which tree-sitter parses, with the scopes of its names."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node as ParsedNode
    from tree_sitter import Parser

FUNCTIONS: Final = {"arrow_function", "function_declaration", "function_expression", "method_definition"}
VARIABLES: Final = {"identifier", "shorthand_property_identifier"}
"""The nodes that name a variable."""

_BLOCKS: Final = {*FUNCTIONS, "catch_clause", "for_in_statement", "for_statement", "statement_block", "switch_body"}
_PARAMETERS: Final = {"formal_parameters", "rest_pattern"}
_LONGEST_EXCERPT: Final = 40


class Node:
    """A node of a syntax tree.

    Attributes:
        type: Its type in tree-sitter's grammar of JavaScript; that of a keyword or punctuation mark is its own text.
        field: Its role in its parent, such as `left`.
        parent: The node around it.
        children: The nodes in it, in the order of the text.
        start: Its first byte in the source.
        end: The byte after its last.
        is_named: Whether it is more than a keyword or punctuation mark.
        is_error: Whether it could not be parsed.
        is_missing: Whether it is empty, in the place of something required.
    """

    def __init__(self, source: bytes, parsed: "ParsedNode", field: str | None, parent: "Node | None") -> None:
        self._source = source
        self.type = parsed.type
        self.field = field
        self.parent = parent
        self.children: list[Node] = []
        self.start, self.end = parsed.start_byte, parsed.end_byte
        self.is_named, self.is_error, self.is_missing = parsed.is_named, parsed.is_error, parsed.is_missing

    @property
    def text(self) -> str:
        """Its source text."""
        return self._source[self.start : self.end].decode()

    @property
    def named_children(self) -> "list[Node]":
        """The children without keywords and punctuation marks."""
        return [child for child in self.children if child.is_named]

    @property
    def line(self) -> int:
        """The line that it starts in, from 1."""
        return self._source.count(b"\n", 0, self.start) + 1

    @property
    def place(self) -> str:
        """The line and the column, in characters, where it starts; both from 1."""
        before = self._source[: self.start].decode()
        return f"line {self.line}, column {len(before) - before.rfind(chr(10))}"

    @property
    def excerpt(self) -> str:
        """The start of its text, on one line, with its place."""
        text = " ".join(self.text.split())
        shortened = text if len(text) <= _LONGEST_EXCERPT else f"{text[:_LONGEST_EXCERPT]}…"
        return f"`{shortened}` ({self.place})"

    @property
    def literal(self) -> str | None:
        """The value of a string without escapes; None for anything else."""
        plain = self.type == "string" and all(child.type == "string_fragment" for child in self.named_children)
        return self.text[1:-1] if plain else None

    @property
    def is_typeof_operand(self) -> bool:
        """Whether it is the operand of `typeof`, which may be an undefined name."""
        around = next((node for node in self.around() if node.type != "parenthesized_expression"), None)
        return around is not None and around.text_of("operator") == "typeof"

    def text_of(self, field: str) -> str:
        """Return the text of the child in a role; "" without one."""
        child = self.child(field)
        return "" if child is None else child.text

    def child(self, field: str) -> "Node | None":
        """Return the child in a role, such as `name`."""
        return next((child for child in self.children if child.field == field), None)

    def has(self, *tokens: str) -> bool:
        """Return whether one of some keywords or punctuation marks is among its children."""
        return any(child.type in tokens for child in self.children)

    def walk(self) -> "Iterator[Node]":
        """Yield the node and all nodes in it, in the order of the text."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending += reversed(node.children)

    def around(self) -> "Iterator[Node]":
        """Yield the nodes around it, the innermost first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def syntax_errors(self) -> "Iterator[Node]":
        """Yield the nodes in it that could not be parsed or are missing.

        A missing semicolon at the end of a line, where JavaScript inserts one, is not an error.
        """
        for node in self.walk():
            if node.is_error or (node.is_missing and not (node.type == ";" and node._ends_a_line())):
                yield node

    def _ends_a_line(self) -> bool:
        siblings = self.parent.parent.named_children if self.parent and self.parent.parent else []
        following = [one for one in siblings if one.start >= self.end and one.type != "comment"]
        return not following or following[0].line > self.line


def parse(source: str) -> Node:
    """Parse a module; `Node.syntax_errors` yields its errors."""
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
    """Return a source text with some nodes of its tree replaced; none may contain another."""
    text, pieces, place = source.encode(), [], 0
    for node, replacement in sorted(replacements.items(), key=lambda one: one[0].start):
        pieces += [text[place : node.start], replacement.encode()]
        place = node.end
    return b"".join([*pieces, text[place:]]).decode()


@cache
def _parser() -> "Parser":
    # Imported on first use: most apps have no code to parse.
    import tree_sitter_javascript  # noqa: PLC0415
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_javascript.language()))


class Binding(NamedTuple):
    """A name, and the node in which it is declared; None for a global name."""

    scope: Node | None
    name: str


class Scopes:
    """The names that a module declares, and the places that use them.

    Patterns and classes are not covered: CloudFront's engine does not run them, and they are refused before.
    """

    def __init__(self, root: Node) -> None:
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
        """Return the declaration that a name refers to or is part of."""
        text = name.text
        return Binding(next((scope for scope in name.around() if text in self._declared.get(scope, ())), None), text)

    def is_global(self, name: Node) -> bool:
        """Return whether nothing in the module declares a name."""
        return self.binding_of(name).scope is None


def _scope_declared_by(name: Node) -> Node | None:
    """Return the node in which an identifier declares a name; None for one that uses a name."""
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
    """Return the innermost node of some types around a node; else the program."""
    around = list(node.around())
    return next((one for one in around if one.type in types), around[-1])
