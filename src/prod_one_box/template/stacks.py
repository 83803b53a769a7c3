"""Which stacks a user means by a name.

The order in which `cdk deploy` updates the stacks of an assembly: each after those that it depends on.

CDK developer guide, 'cdk deploy': dependencies are deployed too, unless `--exclusively` is given.

What CloudFormation must have created or updated before a resource, read from the template itself.
"""

from collections.abc import Mapping, Sequence

from .cloud_assembly import AssemblyError, Json, Resource, StackTemplate
from .intrinsics import references


def stacks_called(stacks: Sequence[StackTemplate], name: str | None) -> list[StackTemplate]:
    """Finds the stack of a name, and those nested in it.

    Args:
        stacks: The assembly's stacks.
        name: As `cdk ls` prints it, its id in the assembly, or its name in CloudFormation; None means all stacks.

    Raises:
        AssemblyError: If there is none, or several have that name.
    """
    if name is None:
        return list(stacks)
    found = [each for each in stacks if name == each.name] or [each for each in stacks if name in _other_names(each)]
    if not found:
        raise AssemblyError(f"this assembly has no stack {name}; it has {_listed(stacks)}")
    if len(found) > 1:
        raise AssemblyError(f"several stacks are called {name}; name one of {_listed(found)}")
    inside = {found[0].name}
    for each in stacks:  # a nested stack comes after the one that holds it
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
    """Puts each stack after those that it depends on; otherwise they stay in the assembly's order.

    Args:
        stacks: The stacks of an assembly. Nested ones come with the stack that holds them.
    """
    earlier = earlier_stacks(stacks)
    return sorted(stacks, key=lambda stack: len(earlier[stack.name]))


def earlier_stacks(stacks: Sequence[StackTemplate]) -> dict[str, frozenset[str]]:
    """For each stack, the names of all stacks that are updated before it, nested ones included.

    Args:
        stacks: The stacks of an assembly.
    """
    members: dict[str, set[str]] = {}
    direct: dict[str, frozenset[str]] = {}
    for each in stacks:
        members.setdefault(each.artifact, set()).add(each.name)
        direct[each.artifact] = each.depends_on
    return {
        each.name: frozenset(name for artifact in _all_before(each.artifact, direct) for name in members[artifact])
        for each in stacks
    }


def _all_before(artifact: str, direct: Mapping[str, frozenset[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [artifact]
    while waiting:
        fresh = (direct[waiting.pop()] & direct.keys()) - found
        found |= fresh
        waiting.extend(fresh)
    return found - {artifact}


def direct_dependencies(resources: Mapping[str, Resource]) -> dict[str, set[str]]:
    """For each resource, the resources that it names: `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn`."""
    return {
        logical_id: {name for name in references(_ordering_parts(resource)) if name in resources}
        for logical_id, resource in resources.items()
    }


def all_dependencies(resources: Mapping[str, Resource]) -> dict[str, set[str]]:
    """For each resource, everything that stands before it, directly or through others."""
    direct = direct_dependencies(resources)
    closure: dict[str, set[str]] = {}
    for logical_id in direct:
        seen: set[str] = set()
        waiting = [logical_id]
        while waiting:
            new = direct[waiting.pop()] - seen
            seen |= new
            waiting.extend(new)
        closure[logical_id] = seen
    return closure


def _ordering_parts(resource: Resource) -> Json:
    depends_on = resource.body.get("DependsOn", [])
    named = depends_on if isinstance(depends_on, list) else [depends_on]
    explicit: list[Json] = [{"Ref": name} for name in named]
    return [resource.body.get("Properties"), resource.body.get("UpdatePolicy"), explicit]
