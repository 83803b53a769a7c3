"""What a release does before its one-box: the backend's aliases move, and the pages' files are uploaded."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import cast

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ...errors import InvalidArgumentError, check_list
from ..assets.retained_assets import RetainedAssets
from ..jsii_cache import path_of, resource_of, stack_of
from ..resource_graph import ResourceGraph
from ..synth_check import check_at_synth

Earlier = Construct
"""A backend's alias, the files that pages load, or any other construct with everything in it."""


def check_after(after: Sequence[Earlier], *, scope: Construct, path: str) -> None:
    """Raise unless `after` is a list of constructs, none of which holds the front end to be made in `scope`."""
    allowed = "a list of constructs of this app, such as a lambda_.Alias, RetainedAssets or a BucketDeployment"
    check_list(after, Construct, path=path, argument="after", allowed=allowed)
    holders = scope.node.scopes if any(_is_whole(each) for each in after) else []
    for each in after:
        if each in holders:
            raise InvalidArgumentError(
                path=path,
                argument="after",
                given=f"{path_of(each) or 'the app'}, which holds this front end",
                allowed=allowed,
                remedy="Give what must come first itself.",
            )


def aliases_among(after: Sequence[Earlier], *, stack: Stack) -> list[lambda_.Alias]:
    """Return a stack's aliases among the prerequisites: this release moves them, so they wait for its preflight."""
    found = dict.fromkeys(alias for each in after for alias in _aliases_in(each))
    return [alias for alias in found if stack_of(alias) is stack]


def put_before(one_box: lambda_.CfnAlias, earlier: Earlier, *, path: str) -> None:
    """Make the one-box's alias wait for an alias, for the upload of assets, or for every resource in a construct."""
    if isinstance(earlier, RetainedAssets):
        earlier.upload_before(one_box)
    elif isinstance(earlier, lambda_.Alias):
        one_box.add_resource_dependency(cast("CfnResource", resource_of(earlier)))
    else:
        # CDK finds the resources when it synthesizes, including those that are added to the construct later.
        one_box.node.add_dependency(earlier)
        for each in earlier.node.find_all():
            if isinstance(each, RetainedAssets):
                each.upload_before(one_box)
        check_at_synth(one_box, partial(_check_order, earlier, one_box, path))


def resources_of(earlier: Earlier) -> list[CfnResource]:
    """Return the resources that come before the one-box with a prerequisite; of an alias, its function."""
    if isinstance(earlier, lambda_.Alias):
        function = resource_of(earlier.lambda_)
        return [function] if function else []
    if isinstance(earlier, RetainedAssets):
        return []
    return [each for each in earlier.node.find_all() if isinstance(each, CfnResource)]


def _is_whole(earlier: Earlier) -> bool:
    """Return whether the one-box waits for everything in a construct."""
    return not isinstance(earlier, lambda_.Alias | RetainedAssets)


def _aliases_in(earlier: Earlier) -> Iterator[lambda_.Alias]:
    if isinstance(earlier, lambda_.Alias):
        yield earlier
    elif _is_whole(earlier):
        aliases = (each for each in earlier.node.find_all() if isinstance(each, lambda_.Alias))
        yield from (each for each in aliases if isinstance(resource_of(each.version), lambda_.CfnVersion))


def _check_order(earlier: Construct, one_box: lambda_.CfnAlias, path: str) -> None:
    """Raise if a construct cannot come first: it has no resources, or one waits for the one-box's alias."""
    inside = [each for each in earlier.node.find_all() if isinstance(each, CfnResource)]
    stack = stack_of(one_box)
    names = stack.resolve([each.logical_id for each in inside if each.stack is stack])
    given = (
        next(ResourceGraph(stack).paths_to(one_box, starts=names), None)
        if inside
        else (f"{path_of(earlier)}, which is imported or empty: CloudFormation makes nothing of it")
    )
    if given is not None:
        raise InvalidArgumentError(
            path=path,
            argument="after",
            given=given,
            allowed="constructs with resources that do not wait for the one-box",
            remedy="Give what must come first itself, not what holds more.",
        )
