"""Which resources of a stack wait for which, as far as CDK knows it before it writes the template."""

from collections import deque
from collections.abc import Mapping

import aws_cdk as cdk

from ..references import references


def resources_of(stack: cdk.Stack) -> dict[str, cdk.CfnResource]:
    """Maps logical ids to the stack's resources."""
    found = [node for node in stack.node.find_all() if isinstance(node, cdk.CfnResource) and node.stack is stack]
    names = stack.resolve([resource.logical_id for resource in found])
    return dict(zip(names, found, strict=True))


def dependencies(stack: cdk.Stack, resources: Mapping[str, cdk.CfnResource]) -> dict[str, set[str]]:
    """Maps each resource's logical id to those that it waits for.

    Args:
        stack: The stack.
        resources: Its resources.
    """
    contents = [
        [
            resource._cfn_properties,
            resource.cfn_options.update_policy,
            [
                {"Ref": other.logical_id}
                for other in resource.obtain_dependencies()
                if isinstance(other, cdk.CfnResource)
            ],
        ]
        for resource in resources.values()
    ]
    resolved = stack.resolve(contents)
    return {name: set(references(body)) & resources.keys() for name, body in zip(resources, resolved, strict=True)}


def path(graph: Mapping[str, set[str]], start: str, goal: str) -> list[str]:
    """Finds a shortest path along the graph, both ends included; empty if there is none."""
    paths = deque([[start]])
    seen = {start}
    while paths:
        so_far = paths.popleft()
        if so_far[-1] == goal:
            return so_far
        for other in sorted(graph[so_far[-1]] - seen):
            seen.add(other)
            paths.append([*so_far, other])
    return []
