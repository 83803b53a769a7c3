"""The secret by which testers and canaries choose their partition; only its digest is known here."""

import hashlib
import re
from typing import Final

from aws_cdk import Token

from ..errors import InvalidArgumentError
from ..vocabulary import TESTER_COOKIE

_DIGEST: Final = re.compile(r"[0-9a-fA-F]{64}")
_OF_NOTHING: Final = {hashlib.sha256(nothing).hexdigest() for nothing in (b"", b"\n", b"\r\n")}


def tester_config(digest: str | None, *, path: str) -> dict[str, str] | None:
    """Builds what the edge's code knows of testers; None means that there are none.

    Args:
        digest: The SHA-256 of the secret, in hexadecimal.
        path: The construct's path, for errors.

    Raises:
        InvalidArgumentError: If it is no such digest that is known at synth, or that of an empty text.
    """
    if digest is None:
        return None
    given: object = digest
    if not isinstance(given, str):
        raise _refused(path, f"a value of the class {type(given).__name__}")
    if Token.is_unresolved(given):
        raise _refused(path, "a token")
    if not _DIGEST.fullmatch(given):
        raise _refused(path, "another text, not shown here since it may be the secret itself")
    if given.lower() in _OF_NOTHING:
        raise _refused(path, "the digest of an empty text")
    return {"cookie": TESTER_COOKIE, "digest": given.lower()}


def _refused(path: str, given: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        path=path,
        argument="tester_secret_digest",
        given=given,
        allowed="the SHA-256 of a secret as 64 hexadecimal digits that are known at synth",
        remedy="Make the secret of 20 to 128 letters, digits, - and _, and hash it without a line's end.",
    )
