"""Which stacks a user means by a name."""

from collections.abc import Sequence

from .cloud_assembly import AssemblyError, StackTemplate


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
