"""A one-box that does not wait for the files that its pages name would send visitors to files that are not there."""

import jsii
from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct, IValidation

from ..errors import InvalidArgumentError
from ..vocabulary import METADATA_KEY, ONE_BOX


@jsii.implements(IValidation)
class UploadAwaited:
    """Refuses an upload that nothing waits for, in a stack whose one-box could.

    Attributes:
        is_awaited: Whether anything waits for it.
    """

    def __init__(self, assets: Construct, *, path: str) -> None:
        """Begins with nothing that waits.

        Args:
            assets: The construct that uploads.
            path: Its path.
        """
        self.is_awaited = False
        self._assets = assets
        self._path = path

    def validate(self) -> list[str]:
        """Describes an upload that comes too late."""
        if self.is_awaited or not any(map(_is_one_box, Stack.of(self._assets).node.find_all())):
            return []
        error = InvalidArgumentError(
            path=self._path,
            argument="directory",
            given="files for which no front end of this stack waits",
            allowed="files that are uploaded before the one-box serves pages that name them",
            remedy="Give this construct to OneBoxFrontend(after=[…]).",
        )
        return [str(error)]


def _is_one_box(node: IConstruct) -> bool:
    role = node.get_metadata(METADATA_KEY) if isinstance(node, lambda_.CfnAlias) else None
    return isinstance(role, dict) and role.get("Phase") == ONE_BOX
