"""The rule of a composite alarm: which states of other alarms make it red."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

AlarmState: TypeAlias = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
"""The states that a CloudWatch alarm can be in."""

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<asked>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"()]+))\s*\)
        |(?P<word>AND|OR|NOT|TRUE|FALSE)\b
        |(?P<sign>[()]))""",
    re.VERBOSE,
)


class RuleError(Exception):
    """A rule that is not understood, with the part that is to blame."""


@dataclass(frozen=True)
class Asked:
    """Whether an alarm is in a state."""

    state: str
    alarm: str


@dataclass(frozen=True)
class Constant:
    """TRUE or FALSE."""

    value: bool


@dataclass(frozen=True)
class Not:
    """The opposite of a rule."""

    rule: "Rule"


@dataclass(frozen=True)
class Both:
    """Whether both of two rules hold."""

    left: "Rule"
    right: "Rule"


@dataclass(frozen=True)
class Either:
    """Whether one of two rules holds, or both."""

    left: "Rule"
    right: "Rule"


Rule: TypeAlias = Asked | Constant | Not | Both | Either


def holds(rule: Rule, state_of: Callable[[str], AlarmState | None]) -> bool | None:
    """Decides a rule by the states of the alarms it names; None if it hangs on one whose state nobody knows."""
    match rule:
        case Asked(wanted, alarm):
            state = state_of(alarm)
            return None if state is None else state == wanted
        case Constant(value):
            return value
        case Not(negated):
            held = holds(negated, state_of)
            return None if held is None else not held
        case Both(left, right):
            return _decided({holds(left, state_of), holds(right, state_of)}, by=False)
        case Either(left, right):
            return _decided({holds(left, state_of), holds(right, state_of)}, by=True)


def _decided(sides: set[bool | None], *, by: bool) -> bool | None:
    if by in sides:
        return by
    return None if None in sides else not by


def alarms_of(rule: Rule) -> Iterator[str]:
    """Yields the alarms that a rule names."""
    match rule:
        case Asked(_, alarm):
            yield alarm
        case Not(negated):
            yield from alarms_of(negated)
        case Both(left, right) | Either(left, right):
            yield from alarms_of(left)
            yield from alarms_of(right)


def parse_rule(rule: str, logical_id_of: Callable[[str], str | None]) -> Rule:
    """Reads a rule (CloudWatch API reference, 'PutCompositeAlarm', AlarmRule).

    Args:
        rule: The rule in canonical text.
        logical_id_of: Finds an alarm by the name or the ARN that the rule gives.

    Raises:
        RuleError: If the rule does not follow the syntax, or names an alarm that is not found.
    """
    parser = _Parser(rule, logical_id_of)
    parsed = parser.either()
    if parser.tokens:
        raise RuleError(f"'{parser.tokens[0][0].strip()}'")
    return parsed


class _Parser:
    def __init__(self, rule: str, logical_id_of: Callable[[str], str | None]) -> None:
        self._logical_id_of = logical_id_of
        self.tokens: list[re.Match[str]] = []
        position, text = 0, rule.rstrip()
        while position < len(text):
            found = _TOKEN.match(text, position)
            if not found:
                raise RuleError(f"'{text[position:].strip()[:40]}'")
            self.tokens.append(found)
            position = found.end()

    def either(self) -> Rule:
        rule = self._both()
        while self._takes("OR"):
            rule = Either(rule, self._both())
        return rule

    def _both(self) -> Rule:
        rule = self._one()
        while self._takes("AND"):
            rule = Both(rule, self._one())
        return rule

    def _one(self) -> Rule:
        if self._takes("NOT"):
            return Not(self._one())
        if self._takes("("):
            rule = self.either()
            if not self._takes(")"):
                raise RuleError("a parenthesis that is not closed")
            return rule
        for word in ("TRUE", "FALSE"):
            if self._takes(word):
                return Constant(word == "TRUE")
        return self._asked()

    def _asked(self) -> Asked:
        if not self.tokens or not self.tokens[0]["asked"]:
            raise RuleError(f"'{self.tokens[0][0].strip()}'" if self.tokens else "its end, which is too early")
        token = self.tokens.pop(0)
        named = token["quoted"] or token["plain"]
        alarm = self._logical_id_of(named)
        if alarm is None:
            raise RuleError(f"the alarm {named}, which is not in this stack")
        return Asked(token["asked"], alarm)

    def _takes(self, wanted: str) -> bool:
        if self.tokens and self.tokens[0][0].strip() == wanted:
            self.tokens.pop(0)
            return True
        return False
