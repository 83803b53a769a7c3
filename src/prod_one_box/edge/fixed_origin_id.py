"""Gives an origin an id that does not depend on what else the distribution has."""

import re
from typing import Final

import jsii
from aws_cdk import Aspects, IAspect
from aws_cdk import aws_cloudfront as cloudfront
from constructs import IConstruct

from .existing_distribution import ExistingDistribution

_GENERATED: Final = re.compile(r"Origin\d+[0-9A-F]{8}$")
"""How CDK ends an id that it makes: the origin's number among the distribution's, and a hash of that."""


def fixed_origin_id(distribution: cloudfront.Distribution, id: str, *, fixed: str) -> str:
    """Let an origin have a fixed id in the template, unless the user gave it one.

    CDK numbers the origins in the order of the behaviors, so that a behavior more or less gives another id to an
    origin. The first one's, which the default behavior has, is always the same.

    Args:
        distribution: The distribution, which has the origin.
        id: The origin's id there.
        fixed: The id to have instead.

    Returns:
        The id that the origin will have.
    """
    if not _GENERATED.search(id):
        return id
    cfn = ExistingDistribution(distribution).cfn
    Aspects.of(cfn).add(_Renamed(distribution, id, fixed))
    return fixed


@jsii.implements(IAspect)
class _Renamed:
    """Renames an origin and all that names it, when the distribution has all its behaviors."""

    def __init__(self, distribution: cloudfront.Distribution, id: str, fixed: str) -> None:
        self._distribution = distribution
        self._id = id
        self._fixed = fixed

    def visit(self, node: IConstruct) -> None:  # noqa: ARG002  # the distribution's resource, the one that it is added to
        ExistingDistribution(self._distribution).rename_origin(self._id, self._fixed)
