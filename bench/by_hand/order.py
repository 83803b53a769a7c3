"""The order of a release: preflight, backend, one-box, bake, regular."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from .partition import Partition
from .waits import Waits


def order(
    *, backend: lambda_.Alias, upload: cdk.CfnResource, waits: Waits, one_box: Partition, regular: Partition
) -> None:
    """Makes CloudFormation walk it."""
    _cfn(backend).add_resource_dependency(waits.preflight)
    for earlier in (upload, _cfn(backend), waits.preflight):
        _cfn(one_box.alias).add_resource_dependency(earlier)
    waits.bake.add_resource_dependency(_cfn(one_box.alias))
    _cfn(regular.alias).add_resource_dependency(waits.bake)


def _cfn(alias: lambda_.Alias) -> cdk.CfnResource:
    return cast("cdk.CfnResource", alias.node.default_child)
