"""A construct in `after` can come first only if it holds something, and none of that waits for the one-box."""

import jsii
from aws_cdk import CfnResource
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IValidation

from ..backend.resource_graph import dependencies, path, resources_of
from ..errors import InvalidArgumentError
from ..made import path_of, stack_of


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
