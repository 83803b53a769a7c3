"""Find the resources that send requests to a function, and the version that they call."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ..vocabulary import BYPASS_KEY
from .call_targets import ENVIRONMENTS, PERMISSION, POLICIES
from .intrinsics import text

Resources: TypeAlias = "Mapping[str, tuple[str, Mapping[str, object]]]"
"""The type and the properties of resources by their names."""

VERSION: Final = "AWS::Lambda::Version"
ALIAS: Final = "AWS::Lambda::Alias"

_NEWEST: Final = "$LATEST"
_WORDS: Final = {VERSION: "version {}", ALIAS: "alias {}"}


@dataclass(frozen=True, kw_only=True)
class ReleasedFunction:
    """A function whose requests a release moves with an alias.

    Attributes:
        function: Its name among the resources.
        alias_names: The names of the aliases that a release moves.
        physical_name: Its name in the template; default: "", the template gives none.
        others: Its versions and other aliases in words, by their names among the resources.
    """

    function: str
    alias_names: frozenset[str]
    physical_name: str = ""
    others: Mapping[str, str] = field(default_factory=dict)

    def is_called_by(self, target: str) -> bool:
        """Check whether a target is this function in any form except a reference to its alias."""
        return bool(self._found(target)) or any(f"${{{name}}}" in target for name in self.others)

    def called_instead(self, target: str) -> str | None:
        """Return what a target calls instead of a released alias, in words.

        None means another function, a released alias, or a qualifier that is known only after deployment.
        """
        for name, words in self.others.items():
            if f"${{{name}}}" in target:
                return words
        return next(filter(None, map(self._instead, self._found(target))), None)

    def _found(self, target: str) -> list[str]:
        """Return the qualifier of each mention of the function; "" for one without a qualifier."""
        name, literal = re.escape(self.function), re.escape(self.physical_name)
        named = rf"\$\{{{name}(?:\.Arn)?\}}"
        if self.physical_name:
            named += rf"|(?<=:function:){literal}(?![\w-])|^{literal}(?=$|:)"
        return re.findall(rf"(?:{named})(?::(\$\{{[^}}]*\}}|[\w$*-]+))?", target)

    def _instead(self, qualifier: str) -> str | None:
        if qualifier in self.alias_names:
            return None
        if qualifier in ("", _NEWEST):
            return _NEWEST
        if qualifier.startswith("${"):
            return self.others.get(qualifier[2:-1].removesuffix(".Version"))
        return f"version {qualifier}" if qualifier.isdigit() else f"alias {qualifier}"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A resource that calls a released function.

    Attributes:
        caller: The resource's name.
        function: The function's name.
        instead: What it calls instead of a released alias, in words; None if it calls the alias.
    """

    caller: str
    function: str
    instead: str | None


def released_functions(resources: Resources, aliases: Collection[str]) -> list[ReleasedFunction]:
    """Return the functions of some aliases."""
    owners = owners_of(resources)
    return [
        ReleasedFunction(
            function=function,
            alias_names=frozenset(_name(resources[each]) for each in aliases if owners[each] == function),
            physical_name=_physical_name(resources.get(function)),
            others={
                name: _WORDS[resources[name][0]].format(name)
                for name, owner in owners.items()
                if owner == function and name not in aliases
            },
        )
        for function in sorted({owners[each] for each in aliases} - {""})
    ]


def owners_of(resources: Resources) -> dict[str, str]:
    """Return the function of each version and alias; "" if the template does not name a resource."""
    return {name: _owner(properties) for name, (kind, properties) in resources.items() if kind in _WORDS}


def calls(
    named: Mapping[str, tuple[str, Sequence[str]]], released: Sequence[ReleasedFunction], through: Mapping[str, str]
) -> Iterator[Call]:
    """Yield the calls of released functions.

    A permission counts only if no other resource shows who uses it. A function's name in an environment variable counts
    only if a policy of the app allows the call.

    `named` has the type and the targets of resources by their names, and `through` the function of each alias that a
    release moves, by the names of both.
    """
    found = [
        (kind, call)
        for name, (kind, named_there) in named.items()
        for each in released
        for call in _calls_of(name, named_there, each, [alias for alias in through if through[alias] == each.function])
    ]
    granted = {(call.function, call.instead) for kind, call in found if kind in POLICIES}
    found = [
        (kind, call)
        for kind, call in found
        if kind not in POLICIES and (kind not in ENVIRONMENTS or (call.function, call.instead) in granted)
    ]
    shown = {(call.function, call.instead) for kind, call in found if kind != PERMISSION}
    for kind, call in found:
        if kind != PERMISSION or (call.function, call.instead) not in shown:
            yield call


def bypass(kind: str, instead: str, function: str) -> str:
    """Return a sentence, without its subject, on a resource that bypasses the released alias, with the remedy."""
    does = "lets its principal call" if kind == PERMISSION else "calls"
    return (
        f"{does} {instead} of {function} instead of the alias that releases move. These requests get new code as soon "
        "as the stack is updated: no bake holds it back, and an aborted release does not take it back. Use the alias. "
        f'If this is intended, give the reason in the resource\'s metadata: add_metadata("{BYPASS_KEY}", "…").'
    )


def _calls_of(caller: str, named: Sequence[str], each: ReleasedFunction, aliases: Sequence[str]) -> Iterator[Call]:
    instead = dict.fromkeys(filter(None, map(each.called_instead, named)))
    for words in instead:
        yield Call(caller=caller, function=each.function, instead=words)
    by_alias = any(f"${{{alias}}}" in target for alias in aliases for target in named)
    if not instead and (by_alias or any(map(each.is_called_by, named))):
        yield Call(caller=caller, function=each.function, instead=None)


def _owner(properties: Mapping[str, object]) -> str:
    """Return the function of a version or an alias; "" if the template does not name a resource."""
    named = re.fullmatch(r"\$\{([^}]+?)(?:\.Arn)?\}", text(_property(properties, "functionname")))
    return named[1] if named else ""


def _name(alias: tuple[str, Mapping[str, object]]) -> str:
    return text(_property(alias[1], "name"))


def _physical_name(function: tuple[str, Mapping[str, object]] | None) -> str:
    name = _property(function[1], "functionname") if function else None
    return name if isinstance(name, str) else ""


def _property(properties: Mapping[str, object], name: str) -> object:
    return next((value for key, value in properties.items() if key.lower() == name), None)
