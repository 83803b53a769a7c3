"""The graph of a synthesized template: which resources CloudFormation finishes before it starts another.

`dependencies` is the graph; everything else asks it. An edge is a `Ref`, `Fn::GetAtt` or `Fn::Sub`
anywhere in a resource (its UpdatePolicy included), or a name in its `DependsOn`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Graph = dict[str, set[str]]


def dependencies(template: Mapping[str, Any]) -> Graph:
    """Maps each resource's logical id to the logical ids that it waits for."""
    resources = template["Resources"]
    return {name: {other for other in _names(body) if other in resources} for name, body in resources.items()}


def dependents(graph: Graph) -> Graph:
    """Turns the graph around: maps each resource to those that wait for it."""
    return {name: {other for other, needed in graph.items() if name in needed} for name in graph}


def upstream(graph: Graph, start: str | Iterable[str]) -> set[str]:
    """Finds all that must be finished before `start`, one name or several; itself only if in a cycle."""
    found: set[str] = set()
    waiting = [start] if isinstance(start, str) else list(start)
    while waiting:
        new = graph[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


def downstream(graph: Graph, start: str | Iterable[str]) -> set[str]:
    """Finds all that cannot begin before `start` (one name or several) is finished."""
    return upstream(dependents(graph), start)


def cycles(template: Mapping[str, Any]) -> list[set[str]]:
    """Finds the groups of resources that wait for each other; each is a "circular dependency" to CloudFormation."""
    graph = dependencies(template)
    above = {name: upstream(graph, name) for name in graph}
    tangled = {name for name in graph if name in above[name]}
    groups = {frozenset(other for other in above[name] if name in above[other]) for name in tangled}
    return sorted((set(group) for group in groups), key=sorted)


def explicit_order(template: Mapping[str, Any]) -> Graph:
    """Maps each resource that has a `DependsOn` to the names in it."""
    return {
        name: set(_listed(body["DependsOn"])) for name, body in template["Resources"].items() if body.get("DependsOn")
    }


def of_type(template: Mapping[str, Any], resource_type: str) -> dict[str, Any]:
    """Picks the resources of one type, by logical id."""
    return {name: body for name, body in template["Resources"].items() if body["Type"] == resource_type}


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _names(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _names_under(key, value)


def _names_under(key: str, value: Any) -> Iterator[str]:
    if key == "Ref" and isinstance(value, str):
        yield value
    elif key == "Fn::GetAtt":
        yield value.split(".")[0] if isinstance(value, str) else value[0]
    elif key == "DependsOn":
        yield from _listed(value)
    elif key == "Fn::Sub":
        text, own = (value, {}) if isinstance(value, str) else value
        yield from (name for name in re.findall(r"\$\{([^!}.]+)[^}]*\}", text) if name not in own)
        yield from _names(own)
    else:
        yield from _names(value)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
