"""The order between a stack's edge and its waits: the edge changes after the preflight and the gate."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import jsii
from aws_cdk import Aspects, CfnResource, IAspect, Stack
from constructs import IConstruct

from ...vocabulary import METADATA_KEY, SPLIT
from ..jsii_cache import key_of, resources_of_type, stack_of

_WAIT: Final = "Custom::ProdOneBoxDeployWait"

ORIGINS: Final = "Origins"
"""The property of a wait with the origins of each edge, as the waits' handler knows it."""


def change_after_waits(
    distribution: CfnResource, functions: Iterable[CfnResource], origins: Callable[[], Mapping[str, str]]
) -> None:
    """Let a distribution and its edge functions wait for what must pass before visitors are sent elsewhere.

    These are the preflight, which refuses a release that also changes the split, and the gate, which passes once every
    partition can answer. They may be made later in the same stack: they are found when CDK synthesizes. They get the
    address of each partition's origin, as a text without references, since another origin is another split.
    """
    own = key_of(stack_of(distribution))
    edge = [distribution, *(each for each in functions if key_of(stack_of(each)) == own)]
    Aspects.of(distribution).add(_AfterWaits(edge, origins))


@jsii.implements(IAspect)
class _AfterWaits:
    """Adds the dependencies before CDK renders them."""

    def __init__(self, edge: list[CfnResource], origins: Callable[[], Mapping[str, str]]) -> None:
        self._edge = edge
        self._origins = origins

    def visit(self, node: IConstruct) -> None:
        stack, origins = stack_of(node), self._origins()
        for wait, _ in _waits_of_front_ends(stack):
            if key_of(stack_of(wait)) == key_of(stack):
                wait.add_property_override(f"{ORIGINS}.{node.node.addr[-8:]}", origins)
                for each in self._edge:
                    each.add_resource_dependency(wait)


def shares_of_waits(stack: Stack) -> list[dict[str, float]]:
    """Return the shares of each front end of a stack, as its gate's metadata says them."""
    return [dict(role["Shares"]) for _, role in _waits_of_front_ends(stack) if role["Phase"] == SPLIT]


def _waits_of_front_ends(stack: Stack) -> Iterator[tuple[CfnResource, Mapping[str, Any]]]:
    """Yield each preflight and each gate with its metadata; a wait that the user made has no shares."""
    for wait in resources_of_type(stack, _WAIT):
        role = wait.get_metadata(METADATA_KEY) or {}
        if "Shares" in role:
            yield wait, role
