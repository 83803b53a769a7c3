"""The order of a release: preflight, backend, each wave and its bake, regular, watch."""

from collections.abc import Sequence
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from .partition import Partition
from .waits import Waits


def order(*, backend: lambda_.Alias, upload: cdk.CfnResource, waits: Waits, partitions: Sequence[Partition]) -> None:
    """Makes CloudFormation walk it."""
    aliases = [_cfn(each.alias) for each in partitions]
    _cfn(backend).add_resource_dependency(waits.preflight)
    for earlier in (upload, _cfn(backend), waits.preflight):
        aliases[0].add_resource_dependency(earlier)
    for number, wait in enumerate([*waits.bakes, waits.watch], 1):
        for alias in aliases[:number]:
            wait.add_resource_dependency(alias)
    for bake, following in zip(waits.bakes, aliases[1:], strict=True):
        following.add_resource_dependency(bake)


def edge_last(site: cdk.aws_cloudfront.Distribution, waits: Waits) -> None:
    """Makes the distribution and its functions wait for the preflight and the gate."""
    functions = [each for each in site.stack.node.children if isinstance(each, cdk.aws_cloudfront.Function)]
    for each in (site, *functions):
        for wait in (waits.preflight, waits.gate):
            cast("cdk.CfnResource", each.node.default_child).add_resource_dependency(wait)


def _cfn(alias: lambda_.Alias) -> cdk.CfnResource:
    return cast("cdk.CfnResource", alias.node.default_child)
