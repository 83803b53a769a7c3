"""The rule of a composite alarm: which states of other alarms make it red."""

import re
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

AlarmState: TypeAlias = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
"""The states of a CloudWatch alarm."""

Rule: TypeAlias = Callable[[Callable[[str], AlarmState | None]], bool | None]
"""Decides whether a rule holds, given the states of alarms by logical id; None if that depends on an unknown state."""

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"()]+))\s*\)
        |(?P<word>AND|OR|NOT|TRUE|FALSE)\b
        |(?P<sign>[()]))""",
    re.VERBOSE,
)


class RuleError(Exception):
    """A rule that is not understood, with the part that is to blame."""


def parse_rule(rule: str, logical_id_of: Callable[[str], str | None]) -> Rule:
    """Parse a rule (CloudWatch API reference, 'PutCompositeAlarm', AlarmRule).

    Raises:
        RuleError: If the rule does not follow the syntax, or `logical_id_of` does not find a name or an ARN in it.
    """
    parser = _Parser(rule, logical_id_of)
    parsed = parser.disjunction()
    if parser.tokens:
        raise RuleError(f"'{parser.tokens[0][0].strip()}'")
    return parsed


def _negated(rule: Rule) -> Rule:
    def decide(state_of: Callable[[str], AlarmState | None]) -> bool | None:
        holds = rule(state_of)
        return None if holds is None else not holds

    return decide


def _joined(left: Rule, right: Rule, *, decisive: bool) -> Rule:
    """Join two rules: `decisive` is the value of either that decides alone, False for AND and True for OR."""

    def decide(state_of: Callable[[str], AlarmState | None]) -> bool | None:
        sides = {left(state_of), right(state_of)}
        if decisive in sides:
            return decisive
        return None if None in sides else not decisive

    return decide


def _in_state(alarm: str, wanted: str) -> Rule:
    def decide(state_of: Callable[[str], AlarmState | None]) -> bool | None:
        state = state_of(alarm)
        return None if state is None else state == wanted

    return decide


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

    def disjunction(self) -> Rule:
        rule = self._conjunction()
        while self._take("OR"):
            rule = _joined(rule, self._conjunction(), decisive=True)
        return rule

    def _conjunction(self) -> Rule:
        rule = self._operand()
        while self._take("AND"):
            rule = _joined(rule, self._operand(), decisive=False)
        return rule

    def _operand(self) -> Rule:
        if self._take("NOT"):
            return _negated(self._operand())
        if self._take("("):
            rule = self.disjunction()
            if not self._take(")"):
                raise RuleError("a parenthesis that is not closed")
            return rule
        if self._take("TRUE"):
            return lambda _: True
        if self._take("FALSE"):
            return lambda _: False
        return self._state()

    def _state(self) -> Rule:
        if not self.tokens or not self.tokens[0]["state"]:
            raise RuleError(f"'{self.tokens[0][0].strip()}'" if self.tokens else "its end, which is too early")
        token = self.tokens.pop(0)
        name = token["quoted"] or token["plain"]
        alarm = self._logical_id_of(name)
        if alarm is None:
            raise RuleError(f"the alarm {name}, which is not in this stack")
        return _in_state(alarm, token["state"])

    def _take(self, wanted: str) -> bool:
        if self.tokens and self.tokens[0][0].strip() == wanted:
            self.tokens.pop(0)
            return True
        return False
