"""Find stacks by name, and the order of stacks and of resources.

`cdk deploy` updates a stack after those that it depends on (CDK developer guide, 'cdk deploy'), and CloudFormation a
resource after those that it names.
"""

from collections.abc import Mapping, Sequence, Set

from .cloud_assembly import AssemblyError, Json, Resource, StackTemplate, listing
from .intrinsics import references


def stacks_called(stacks: Sequence[StackTemplate], name: str | None) -> list[StackTemplate]:
    """Return the stack of a name and those nested in it; all stacks if the name is None.

    A name is what `cdk ls` prints, the stack's id in the assembly, or its name in CloudFormation.

    Raises:
        AssemblyError: If no stack or several stacks have that name.
    """
    if name is None:
        return list(stacks)
    found = [each for each in stacks if name == each.name] or [each for each in stacks if name in _other_names(each)]
    if not found:
        raise AssemblyError(f"this assembly has no stack {name}; it has {_listed(stacks)}")
    if len(found) > 1:
        raise AssemblyError(f"several stacks are called {name}; name one of {_listed(found)}")
    inside = {found[0].name}
    for each in stacks:  # a nested stack follows the one that holds it
        if each.nested_in and each.nested_in[0] in inside:
            inside.add(each.name)
    return [each for each in stacks if each.name in inside]


def _other_names(stack: StackTemplate) -> tuple[str, ...]:
    if stack.nested_in:
        return ("/".join(stack.nested_in),)
    return stack.artifact, stack.stack_name, f"{stack.name} ({stack.stack_name})"


def _listed(stacks: Sequence[StackTemplate]) -> str:
    return ", ".join(sorted(each.name for each in stacks)) or "none"


def deploy_order(stacks: Sequence[StackTemplate]) -> list[StackTemplate]:
    """Sort the stacks so that each follows those that it depends on, and otherwise in the assembly's order."""
    earlier = earlier_stacks(stacks)
    return sorted(stacks, key=lambda stack: len(earlier[stack.name]))


def earlier_stacks(stacks: Sequence[StackTemplate]) -> dict[str, frozenset[str]]:
    """Return, for each stack, the names of all stacks that are updated before it, including nested ones."""
    members: dict[str, set[str]] = {}
    direct: dict[str, frozenset[str]] = {}
    for each in stacks:
        members.setdefault(each.artifact, set()).add(each.name)
        direct[each.artifact] = each.depends_on
    return {
        each.name: frozenset(
            name for artifact in _reached(each.artifact, direct) - {each.artifact} for name in members[artifact]
        )
        for each in stacks
    }


def _reached(start: str, direct: Mapping[str, Set[str]]) -> set[str]:
    """Return everything before a start, directly or through others; the start is not included unless in a cycle."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = (direct[waiting.pop()] & direct.keys()) - found
        found |= fresh
        waiting.extend(fresh)
    return found


def direct_dependencies(resources: Mapping[str, Resource]) -> dict[str, set[str]]:
    """Return, for each resource, those that it names by `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn`."""
    return {
        logical_id: {name for name in references(_ordering_parts(resource)) if name in resources}
        for logical_id, resource in resources.items()
    }


def all_dependencies(resources: Mapping[str, Resource]) -> dict[str, set[str]]:
    """Return, for each resource, all those before it, directly or through others."""
    direct = direct_dependencies(resources)
    return {logical_id: _reached(logical_id, direct) for logical_id in direct}


def _ordering_parts(resource: Resource) -> Json:
    explicit: list[Json] = [{"Ref": name} for name in listing(resource.body.get("DependsOn"))]
    return [resource.body.get("Properties"), resource.body.get("UpdatePolicy"), explicit]
