"""What a release does before its one-box: the backend's aliases move, and the pages' files are uploaded.

A construct in `after` can come first only if it holds something, and none of that waits for the one-box.
"""

from collections.abc import Iterator, Sequence
from typing import cast

import aws_cdk as cdk
import jsii
from aws_cdk import CfnResource
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IValidation

from ...errors import InvalidArgumentError, check_list
from ..assets.retained_assets import RetainedAssets
from ..jsii_cache import path_of, resource_of, stack_of
from ..resource_graph import dependencies, path, resources_of


@jsii.implements(IValidation)
class FirstForSure:
    """Refuses a construct without resources, and one that waits for the one-box's alias: CloudFormation's circle.

    What escape hatches (`add_property_override`) put into a resource is not seen.
    """

    def __init__(self, earlier: Construct, *, one_box: lambda_.CfnAlias, path: str) -> None:
        """Remember what to look at when everything is known.

        Args:
            earlier: The construct.
            one_box: The one-box's alias.
            path: The front end's path.
        """
        self._earlier = earlier
        self._one_box = one_box
        self._path = path

    def validate(self) -> list[str]:
        """Describe what keeps the construct from coming first."""
        inside = [each for each in self._earlier.node.find_all() if isinstance(each, CfnResource)]
        if not inside:
            given = f"{path_of(self._earlier)}, which is imported or empty: CloudFormation makes nothing of it"
            return [self._fault(given)]
        stack = stack_of(self._one_box)
        resources = resources_of(stack)
        graph = dependencies(stack, resources)
        goal = stack.resolve(self._one_box.logical_id)
        for name in sorted(stack.resolve([each.logical_id for each in inside if each.stack is stack])):
            way = [resources[step].node.path.removesuffix("/Resource") for step in path(graph, name, goal)]
            if way:
                return [self._fault(f"{way[0]}, which waits for {', which waits for '.join(way[1:])}")]
        return []

    def _fault(self, given: str) -> str:
        error = InvalidArgumentError(
            path=self._path,
            argument="after",
            given=given,
            allowed="constructs with resources that do not wait for the one-box",
            remedy="Give what must come first itself, not what holds more.",
        )
        return str(error)


Earlier = Construct
"""A backend's alias, files that pages load, or any other construct, with everything in it."""


def check_after(after: Sequence[Earlier], *, scope: Construct, path: str) -> None:
    """Raise unless a one-box can wait for everything in the list.

    Args:
        after: What the user gave.
        scope: Where the front end is made.
        path: The front end's path.

    Raises:
        InvalidArgumentError: If it is not a list of constructs, or one of them holds the front end.
    """
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


def aliases_among(after: Sequence[Earlier], *, stack: cdk.Stack) -> list[lambda_.Alias]:
    """Find the aliases of a stack in what comes first: they move in this release, so they wait for its preflight.

    Args:
        after: What the user gave.
        stack: The front end's stack.
    """
    found = dict.fromkeys(alias for each in after for alias in _aliases_in(each))
    return [alias for alias in found if stack_of(alias) is stack]


def put_before(one_box: lambda_.CfnAlias, earlier: Earlier, *, path: str) -> None:
    """Let the one-box's alias wait for what comes before it.

    Args:
        one_box: The alias.
        earlier: What comes before; of an alias that alone, of assets their upload, else every resource in it.
        path: The front end's path.
    """
    if isinstance(earlier, RetainedAssets):
        earlier.upload_before(one_box)
    elif isinstance(earlier, lambda_.Alias):
        one_box.add_resource_dependency(cast("cdk.CfnResource", resource_of(earlier)))
    else:
        # CDK finds the resources when it synthesizes, also those that are put into the construct later.
        one_box.node.add_dependency(earlier)
        for each in earlier.node.find_all():
            if isinstance(each, RetainedAssets):
                each.upload_before(one_box)
        one_box.node.add_validation(FirstForSure(earlier, one_box=one_box, path=path))


def _is_whole(earlier: Earlier) -> bool:
    """Tell whether everything in a construct is waited for."""
    return not isinstance(earlier, lambda_.Alias | RetainedAssets)


def _aliases_in(earlier: Earlier) -> Iterator[lambda_.Alias]:
    if isinstance(earlier, lambda_.Alias):
        yield earlier
    elif _is_whole(earlier):
        made = (each for each in earlier.node.find_all() if isinstance(each, lambda_.Alias))
        yield from (each for each in made if isinstance(resource_of(each.version), lambda_.CfnVersion))
