"""The order between a stack's edge and its waits: the edge changes after the preflight and the gate."""

from collections.abc import Iterable
from typing import Final

import jsii
from aws_cdk import Aspects, CfnResource, IAspect
from constructs import IConstruct

from ...vocabulary import METADATA_KEY, PREFLIGHT, SPLIT
from ..jsii_cache import key_of, resources_of_type, stack_of

_WAIT: Final = "Custom::ProdOneBoxDeployWait"


def change_after_waits(distribution: CfnResource, functions: Iterable[CfnResource]) -> None:
    """Let a distribution and its edge functions wait for what must pass before visitors are sent elsewhere.

    These are the preflight, which refuses a release that also changes the split, and the gate, which passes once every
    partition can answer. They may be made later in the same stack: they are found when CDK synthesizes.
    """
    own = key_of(stack_of(distribution))
    edge = [distribution, *(each for each in functions if key_of(stack_of(each)) == own)]
    Aspects.of(distribution).add(_AfterWaits(edge))


@jsii.implements(IAspect)
class _AfterWaits:
    """Adds the dependencies before CDK renders them."""

    def __init__(self, edge: list[CfnResource]) -> None:
        self._edge = edge

    def visit(self, node: IConstruct) -> None:
        stack = stack_of(node)
        for wait in resources_of_type(stack, _WAIT):
            role = wait.get_metadata(METADATA_KEY) or {}
            if role.get("Phase") in (PREFLIGHT, SPLIT) and key_of(stack_of(wait)) == key_of(stack):
                for each in self._edge:
                    each.add_resource_dependency(wait)
