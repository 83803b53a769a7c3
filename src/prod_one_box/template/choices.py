"""Replace a template's choices, by mappings and conditions, with what they choose, as far as the template decides it.

CDK's hash of a function contains the calls of `Fn::FindInMap` and `Fn::If`, not what they choose. Lambda publishes no
version of a function that has not changed (Lambda API reference, "PublishVersion"), and CloudFormation then fails.
So a mapping's other entries, such as those of other regions, must not count.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

CHOICE_FUNCTIONS: Final = ("Fn::FindInMap", "Fn::If")
"""The functions that choose."""


class Choices(NamedTuple):
    """The choices of a stack's template.

    Attributes:
        mappings: The template's mappings by logical id.
        conditions: The expressions of its conditions by logical id.
        known: The pseudo parameters whose values are known, such as `AWS::Region`.
    """

    mappings: Mapping[str, object] = {}
    conditions: Mapping[str, object] = {}
    known: Mapping[str, str] = {}


def chosen(value: object, choices: Choices) -> object:
    """Replace each choice with what it chooses.

    A lookup by an unknown key stays. An undecided condition is replaced by its expression.
    """
    if isinstance(value, list):
        return [chosen(item, choices) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Fn::FindInMap": [_, _, _, *_] as asked}:
            return _found(asked, choices)
        case {"Fn::If": [str(name), then, otherwise]}:
            verdict = _decided({"Condition": name}, choices, frozenset())
            if isinstance(verdict, bool):
                return chosen(then if verdict else otherwise, choices)
            return {"Fn::If": [verdict, chosen(then, choices), chosen(otherwise, choices)]}
    return {key: chosen(item, choices) for key, item in value.items()}


def _found(asked: Sequence[object], choices: Choices) -> object:
    """Look a value up; if it is not found, the fourth argument may give a default."""
    keys = [_known(each, choices) for each in asked[:3]]
    found: object = choices.mappings
    for key in keys:
        if not isinstance(key, str):
            return {"Fn::FindInMap": [*keys, *asked[3:]]}
        found = found.get(key) if isinstance(found, Mapping) else None
    match found, asked[3:]:
        case None, [{"DefaultValue": default}]:
            return chosen(default, choices)
        case None, _:
            return {"Fn::FindInMap": list(asked)}
    return found


def _known(value: object, choices: Choices) -> object:
    match value:
        case {"Ref": str(name)}:
            return choices.known.get(name, value)
        case {"Fn::FindInMap": [_, _, _, *_] as asked}:
            return _found(asked, choices)
    return value


def _decided(expression: object, choices: Choices, within: frozenset[str]) -> object:
    """Decide a condition, or return its expression, with the expressions of the conditions that it names."""
    match expression:
        case {"Condition": str(name)} if name in choices.conditions and name not in within:
            return _decided(choices.conditions[name], choices, within | {name})
        case {"Fn::Equals": [one, other]}:
            sides = [_known(one, choices), _known(other, choices)]
            return sides[0] == sides[1] if all(isinstance(each, str) for each in sides) else {"Fn::Equals": sides}
        case {"Fn::Not": [one]}:
            verdict = _decided(one, choices, within)
            return not verdict if isinstance(verdict, bool) else {"Fn::Not": [verdict]}
        case {"Fn::And": list(parts)}:
            return _joined("Fn::And", [_decided(each, choices, within) for each in parts])
        case {"Fn::Or": list(parts)}:
            return _joined("Fn::Or", [_decided(each, choices, within) for each in parts])
    return expression


def _joined(function: str, verdicts: list[object]) -> object:
    decides = function == "Fn::Or"
    if any(each is decides for each in verdicts):
        return decides
    undecided = [each for each in verdicts if not isinstance(each, bool)]
    return {function: undecided} if undecided else not decides
