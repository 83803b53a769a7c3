"""Which resources of a stack depend on which, as far as CDK knows before it writes the template.

It shows what CloudFormation would refuse as a circular dependency only at deployment. What escape hatches
(`add_property_override`) put into a resource is not seen.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping

from aws_cdk import CfnResource, Stack

from ..template.intrinsics import references


class ResourceGraph:
    """The dependencies between the resources of one stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        resources = [each for each in stack.node.find_all() if isinstance(each, CfnResource) and each.stack is stack]
        names = stack.resolve([resource.logical_id for resource in resources])
        self._resources = dict(zip(names, resources, strict=True))
        self._dependencies = self._read_dependencies(self._resources)

    def _read_dependencies(self, resources: Mapping[str, CfnResource]) -> dict[str, set[str]]:
        contents = [
            [
                resource._cfn_properties,
                resource.cfn_options.update_policy,
                [{"Ref": each.logical_id} for each in resource.obtain_dependencies() if isinstance(each, CfnResource)],
            ]
            for resource in resources.values()
        ]
        resolved = self._stack.resolve(contents)
        return {name: set(references(body)) & resources.keys() for name, body in zip(resources, resolved, strict=True)}

    def paths_to(self, goal: CfnResource, *, starts: Collection[str]) -> Iterator[str]:
        """Describe how resources depend on another one, in the sorted order of their logical ids.

        Args:
            goal: The resource on which nothing may depend.
            starts: The logical ids of the resources; those of other stacks are skipped.

        Yields:
            A shortest path, in words, for each resource that depends on the goal or is the goal.
        """
        end = self._stack.resolve(goal.logical_id)
        for start in sorted(self._resources.keys() & {*starts}):
            path = self._shortest_path(start, end)
            if path:
                names = (self._resources[each].node.path.removesuffix("/Resource") for each in path)
                yield ", which waits for ".join(names)

    def _shortest_path(self, start: str, goal: str) -> list[str]:
        paths = deque([[start]])
        seen = {start}
        while paths:
            path = paths.popleft()
            if path[-1] == goal:
                return path
            for other in sorted(self._dependencies[path[-1]] - seen):
                seen.add(other)
                paths.append([*path, other])
        return []
