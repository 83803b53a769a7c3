"""What a `PartitionEdge` was asked for, checked, and as its code reads it.

The secret by which testers and canaries choose their partition; only its digest is known here.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from aws_cdk import Token
from aws_cdk import aws_cloudfront as cloudfront

from ...errors import InvalidArgumentError, check_kind
from ...vocabulary import BUCKETS, ONE_BOX, TESTER_COOKIE, one_box_buckets
from .edge_code import EdgeEvent
from .partition_origins import check_origin
from .stickiness import COOKIE_ATTRIBUTES, Stickiness

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


@dataclass(frozen=True, kw_only=True)
class EdgeSettings:
    """The arguments of a `PartitionEdge` that its runtimes need.

    Attributes:
        path: The construct's path.
        one_box: The one-box's origin.
        share: The percentage of visitors in the one-box.
        stickiness: By what a visitor is recognized.
        salt: What makes this site's buckets its own.
        tester_secret_digest: The SHA-256 of the testers' secret; None means that nobody chooses a partition.
        user_code: The user's CloudFront Functions to compose with.
    """

    path: str
    one_box: cloudfront.IOrigin
    share: float
    stickiness: Stickiness
    salt: str
    tester_secret_digest: str | None
    user_code: dict[EdgeEvent, str]

    def __post_init__(self) -> None:
        check_origin(self.one_box, path=self.path, argument="one_box", partition=ONE_BOX)
        self._check_share()
        self._check_stickiness()
        self._check_salt()
        tester_config(self.tester_secret_digest, path=self.path)

    @property
    def changes_responses(self) -> bool:
        """Whether a viewer's response depends on more than the partition: a cookie to set, or a tester to notice."""
        return self.stickiness.bucket_cookie is not None or self.tester_secret_digest is not None

    def decisions(self) -> dict[str, object]:
        """Builds the part of the configuration that both runtimes decide by."""
        return {
            "buckets": BUCKETS,
            "oneBoxBuckets": one_box_buckets(self.share),
            "salt": self.salt,
            "bucketCookie": self.stickiness.bucket_cookie,
            "identityHeader": self.stickiness.identity_header,
            "identityCookie": self.stickiness.identity_cookie,
            "headers": list(self.stickiness.headers),
            "viewerAddress": self.stickiness.viewer_address,
            "cookieAttributes": COOKIE_ATTRIBUTES,
            "tester": tester_config(self.tester_secret_digest, path=self.path),
        }

    def _check_share(self) -> None:
        given: object = self.share
        try:
            if isinstance(given, bool) or not isinstance(given, (int, float)):
                raise ValueError(f"{given!r} is no number")
            one_box_buckets(given)
        except (ValueError, ArithmeticError) as error:
            raise InvalidArgumentError(
                path=self.path,
                argument="share",
                given=repr(given),
                allowed="a percentage of visitors, 0 to 100 in steps of 0.01",
            ) from error

    def _check_stickiness(self) -> None:
        check_kind(
            self.stickiness,
            Stickiness,
            path=self.path,
            argument="stickiness",
            allowed="a Stickiness, such as Stickiness.cookie()",
            remedy="Call one of its three constructors, with the parentheses.",
        )

    def _check_salt(self) -> None:
        given: object = self.salt
        if not isinstance(given, str) or Token.is_unresolved(given):
            raise InvalidArgumentError(
                path=self.path,
                argument="salt",
                given="a token" if Token.is_unresolved(given) else repr(given),
                allowed="a text that is known at synth: the functions hold it as it is",
                remedy="Write it as a literal; it is no secret.",
            )
