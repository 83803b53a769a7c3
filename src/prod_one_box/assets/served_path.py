"""The path under which the files are served, and where they are in the bucket for it."""

import re
from typing import Final

from ..errors import InvalidArgumentError, check_kind

_PATTERN: Final = re.compile(r"/((?:[A-Za-z0-9_][A-Za-z0-9_.-]*/)+)\*")
_LONGEST: Final = 100  # of the prefix, which CDK's bucket deployment puts into a tag


def key_prefix(served: str, *, path: str) -> str:
    """Reads what the keys start with: CloudFront asks S3 for the whole path, without its first slash.

    Args:
        served: The path pattern, such as `/assets/*`.
        path: The construct's path.

    Raises:
        InvalidArgumentError: If it is no folder of the site and all that is in it.
    """
    check_kind(served, str, path=path, argument="path", allowed="a path pattern such as '/assets/*', as a str")
    match = _PATTERN.fullmatch(served)
    if match is None or len(match[1]) > _LONGEST:
        raise InvalidArgumentError(
            path=path,
            argument="path",
            given=repr(served),
            allowed=f"'/' and folders and '/*', such as '/assets/*', of letters, digits, _ . -, up to {_LONGEST} long",
            remedy="Everything under it is answered from the bucket: keep it apart from pages and from the API.",
        )
    return match[1]
