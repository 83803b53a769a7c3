"""Which resources of a stack wait for which, as far as CDK knows it before it writes the template."""

import re
from collections import deque
from collections.abc import Iterator, Mapping

import aws_cdk as cdk

_SUBSTITUTED = re.compile(r"\$\{([^!}.]+)")


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


def references(value: object) -> Iterator[str]:
    """Yields the logical ids that a resolved value names."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref":
                yield str(item)
            elif key == "Fn::GetAtt":
                yield item.split(".")[0] if isinstance(item, str) else item[0]
            else:
                yield from (_SUBSTITUTED.findall(str(item)) if key == "Fn::Sub" else ())
                yield from references(item)
