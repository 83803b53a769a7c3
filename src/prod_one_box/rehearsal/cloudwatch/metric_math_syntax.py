"""The syntax of CloudWatch's metric math: from an expression's text to a tree."""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
        |(?P<word>[A-Za-z_]\w*)
        |(?P<quoted>"[^"]*"|'[^']*')
        |(?P<sign><=|>=|==|!=|&&|\|\||[-+*/^<>(),\[\]]))""",
    re.VERBOSE,
)
_LEVELS: Final = (("OR",), ("AND",), ("==", "!=", "<=", ">=", "<", ">"), ("+", "-"), ("*", "/"))
"""The operators, those that bind weakest first."""

_SPELLED: Final = {"&&": "AND", "||": "OR"}


class MathError(Exception):
    """An expression that is not understood, with the part that is to blame."""


@dataclass(frozen=True)
class Number:
    """A scalar."""

    value: float


@dataclass(frozen=True)
class Name:
    """The id of a metric or of another expression, or a word such as REPEAT."""

    name: str


@dataclass(frozen=True)
class Quoted:
    """A string, such as the one in METRICS("errors")."""

    content: str


@dataclass(frozen=True)
class Listed:
    """An array of time series."""

    items: "tuple[Node, ...]"


@dataclass(frozen=True)
class FunctionCall:
    """A function and its arguments."""

    function: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True)
class Operation:
    """An operator between two operands."""

    operator: str
    left: "Node"
    right: "Node"


Node: TypeAlias = Number | Name | Quoted | Listed | FunctionCall | Operation


def parse(expression: str) -> Node:
    """Parse an expression; raise `MathError` if it does not follow the syntax."""
    parser = _Parser(expression)
    node = parser.level(0)
    if parser.next is not None:
        raise MathError(f"'{parser.next}' in {expression}")
    return node


def _tokens(expression: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    text = expression.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            raise MathError(f"'{text[position:].strip()[:20]}' in {expression}")
        tokens.append(found[0].strip())
        position = found.end()
    return tokens


class _Parser:
    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = _tokens(expression)
        self._position = 0

    @property
    def next(self) -> str | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _take(self) -> str:
        token = self.next
        if token is None:
            raise MathError(f"the end of {self._expression}, which is too early")
        self._position += 1
        return token

    def _expect(self, wanted: str) -> None:
        given = self._take()
        if given != wanted:
            raise MathError(f"'{given}' instead of '{wanted}' in {self._expression}")

    def level(self, binding: int) -> Node:
        if binding == len(_LEVELS):
            return self._signed()
        node = self.level(binding + 1)
        while self.next and _SPELLED.get(self.next, self.next) in _LEVELS[binding]:
            operator = self._take()
            node = Operation(_SPELLED.get(operator, operator), node, self.level(binding + 1))
        return node

    def _signed(self) -> Node:
        if self.next == "-":
            self._take()
            return Operation("*", Number(-1.0), self._signed())
        node = self._operand()
        if self.next == "^":
            self._take()
            return Operation("^", node, self._signed())
        return node

    def _operand(self) -> Node:
        given = self._take()
        if given == "(":
            node = self.level(0)
            self._expect(")")
            return node
        if given == "[" and self.next != "]":
            return Listed(self._items("]"))
        if given[0] in "\"'":
            return Quoted(given[1:-1])
        if given[0].isdigit() or given[0] == ".":
            return Number(float(given))
        if not given[0].isalpha():
            raise MathError(f"'{given}' in {self._expression}")
        if self.next != "(":
            return Name(given)
        self._take()
        return FunctionCall(given, self._items(")"))

    def _items(self, closing: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while self.next != closing:
            if items:
                self._expect(",")
            items.append(self.level(0))
        self._expect(closing)
        return tuple(items)
