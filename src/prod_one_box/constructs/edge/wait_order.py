"""The order between a stack's edge and its waits: the edge changes after the preflight and the gate.

An edge in a nested stack is held by the waits of the stacks around it through the resource that holds the nested one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import jsii
from aws_cdk import Annotations, Aspects, CfnResource, IAspect, NestedStack, Stack
from constructs import IConstruct

from ...vocabulary import METADATA_KEY, SPLIT
from ..enclosing_stacks import enclosing_stacks
from ..jsii_cache import key_of, path_of, resources_of_type, stack_of
from ..resource_graph import ResourceGraph
from ..synth_check import check_at_synth

_WAIT: Final = "Custom::ProdOneBoxDeployWait"

ORIGINS: Final = "Origins"
"""The property of a wait with the origins of each edge, as the waits' handler knows it."""

_NOT_HELD: Final = "prod-one-box:edgeNotHeld"


def change_after_waits(
    distribution: CfnResource, functions: Iterable[CfnResource], origins: Callable[[], Mapping[str, str]]
) -> None:
    """Let a distribution and its edge functions wait for what must pass before visitors are sent elsewhere.

    These are the preflight, which refuses a release that also changes the split, and the gate, which passes once every
    partition can answer. They may be made later in the same stack: they are found when CDK synthesizes. They get the
    address of each partition's origin, as a text without references, since another origin is another split.
    """
    stack = stack_of(distribution)
    edge = [distribution, *(each for each in functions if key_of(stack_of(each)) == key_of(stack))]
    Aspects.of(distribution).add(_AfterWaits(edge, origins))
    if isinstance(stack, NestedStack):
        # Only then does CDK know what the outer stacks need of the nested one.
        check_at_synth(distribution, lambda: _hold_nested(distribution, origins()))


@jsii.implements(IAspect)
class _AfterWaits:
    """Adds the dependencies before CDK renders them."""

    def __init__(self, edge: list[CfnResource], origins: Callable[[], Mapping[str, str]]) -> None:
        self._edge = edge
        self._origins = origins

    def visit(self, node: IConstruct) -> None:
        origins = self._origins()
        for wait in _own_waits(stack_of(node)):
            _hold(wait, node, self._edge, origins)


def _hold_nested(distribution: CfnResource, origins: Mapping[str, str]) -> None:
    """Let the nested stack of a distribution wait like the distribution, except for waits that need that stack."""
    for outer, nested in enclosing_stacks(stack_of(distribution)):
        waits = _own_waits(outer)
        graph = ResourceGraph(outer) if waits else None
        for wait in waits:
            name = outer.resolve(wait.logical_id)
            circle = next(graph.paths_to(nested, starts=[name]), None) if graph else None
            if circle is None:
                _hold(wait, distribution, [nested], origins)
                continue
            said = (
                f"This edge is not updated after {path_of(wait)}, since that waits for the edge's nested stack: "
                f"{circle}. Change the split in an update of its own, and add a wave with share=0 before you raise its "
                "share; or put the edge or what the wait needs into another stack."
            )
            Annotations.of(distribution).add_warning_v2(_NOT_HELD, said)


def _hold(wait: CfnResource, distribution: IConstruct, held: Iterable[CfnResource], origins: Mapping[str, str]) -> None:
    wait.add_property_override(f"{ORIGINS}.{distribution.node.addr[-8:]}", origins)
    for each in held:
        each.add_resource_dependency(wait)


def _own_waits(stack: Stack) -> list[CfnResource]:
    """Return the waits of a stack's front ends that are not in stacks nested in it."""
    return [wait for wait, _ in _waits_of_front_ends(stack) if key_of(stack_of(wait)) == key_of(stack)]


def shares_of_waits(stack: Stack) -> list[dict[str, float]]:
    """Return the shares of each front end of a stack, as its gate's metadata says them."""
    return [dict(role["Shares"]) for _, role in _waits_of_front_ends(stack) if role["Phase"] == SPLIT]


def _waits_of_front_ends(stack: Stack) -> Iterator[tuple[CfnResource, Mapping[str, Any]]]:
    """Yield each preflight and each gate with its metadata; a wait that the user made has no shares."""
    for wait in resources_of_type(stack, _WAIT):
        role = wait.get_metadata(METADATA_KEY) or {}
        if "Shares" in role:
            yield wait, role
