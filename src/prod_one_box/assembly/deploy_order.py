"""The order in which `cdk deploy` updates the stacks of an assembly: each after those that it depends on.

CDK developer guide, 'cdk deploy': dependencies are deployed too, unless `--exclusively` is given.
"""

from collections.abc import Mapping, Sequence

from .cloud_assembly import StackTemplate


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
