"""What a release does before its one-box: the backend's aliases move, and the pages' files are uploaded."""

from collections.abc import Sequence
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from ..assets.retained_assets import RetainedAssets
from ..errors import check_list
from ..made import resource_of

Earlier = lambda_.Alias | RetainedAssets
"""A backend's alias, or files that pages load."""


def check_after(after: Sequence[Earlier], *, path: str) -> None:
    """Refuses what no one-box can wait for.

    Args:
        after: What the user gave.
        path: The construct's path.

    Raises:
        InvalidArgumentError: If it is no list of aliases and retained assets.
    """
    check_list(
        after,
        (lambda_.Alias, RetainedAssets),
        path=path,
        argument="after",
        allowed="a list of lambda_.Alias and RetainedAssets of this app",
        remedy="Of a TrafficShiftedFunction, give its `alias`.",
    )


def put_before(one_box: cdk.CfnResource, earlier: Earlier) -> None:
    """Lets the one-box's alias wait for what comes before it."""
    if isinstance(earlier, RetainedAssets):
        earlier.upload_before(one_box)
    else:
        one_box.add_resource_dependency(cast("cdk.CfnResource", resource_of(earlier)))
