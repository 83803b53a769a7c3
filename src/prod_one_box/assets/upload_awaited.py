"""A one-box that does not wait for the files that its pages name would send visitors to files that are not there."""

import jsii
from aws_cdk import CfnResource
from aws_cdk import aws_lambda as lambda_
from constructs import IValidation

from ..errors import InvalidArgumentError
from ..vocabulary import METADATA_KEY, ONE_BOX


@jsii.implements(IValidation)
class UploadAwaited:
    """Refuses an upload that no alias waits for, in a stack whose one-box could."""

    def __init__(self, upload: CfnResource, *, path: str) -> None:
        """Remembers what to look for when everything is made.

        Args:
            upload: The upload.
            path: The path of the construct that it belongs to.
        """
        self._upload = upload
        self._path = path

    def validate(self) -> list[str]:
        """Describes an upload that comes too late."""
        aliases = [each for each in self._upload.stack.node.find_all() if isinstance(each, lambda_.CfnAlias)]
        if not any(map(_is_one_box, aliases)) or any(map(self._is_awaited, aliases)):
            return []
        error = InvalidArgumentError(
            path=self._path,
            argument="directory",
            given="files for which no front end of this stack waits",
            allowed="files that are uploaded before the one-box serves pages that name them",
            remedy="Give this construct to OneBoxFrontend(after=[…]).",
        )
        return [str(error)]

    def _is_awaited(self, alias: lambda_.CfnAlias) -> bool:
        upload = self._upload.node.path
        return any(each.node.path == upload for each in alias.obtain_dependencies())


def _is_one_box(alias: lambda_.CfnAlias) -> bool:
    role = alias.get_metadata(METADATA_KEY)
    return isinstance(role, dict) and role.get("Phase") == ONE_BOX
