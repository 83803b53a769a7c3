"""The arguments of a `PartitionEdge`, checked, and the configuration that the edge code reads."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from aws_cdk import Token
from aws_cdk import aws_cloudfront as cloudfront

from ...errors import InvalidArgumentError, check_kind
from ...vocabulary import BUCKETS, TESTER_COOKIE
from .edge_code import EdgeEvent
from .given_partitions import Split
from .stickiness import Stickiness

_DIGEST: Final = re.compile(r"[0-9a-fA-F]{64}")
_EMPTY_DIGESTS: Final = {hashlib.sha256(empty).hexdigest() for empty in (b"", b"\n", b"\r\n")}


@dataclass(frozen=True, kw_only=True)
class EdgeSettings:
    """The arguments of a `PartitionEdge` that its runtimes need.

    Attributes:
        path: The construct's path.
        split: The partitions.
        stickiness: How visitors are recognized.
        salt: Makes this site's buckets differ from another site's.
        tester_secret_digest: The SHA-256 of the testers' secret; None: testers cannot choose a partition. The secret
            itself is not known here.
        user_code: The source text of the user's CloudFront Functions to compose with.
    """

    path: str
    split: Split
    stickiness: Stickiness
    salt: str
    tester_secret_digest: str | None
    user_code: dict[EdgeEvent, str]

    def __post_init__(self) -> None:
        check_kind(
            self.stickiness,
            Stickiness,
            path=self.path,
            argument="stickiness",
            allowed="a Stickiness, such as Stickiness.cookie()",
            remedy="Call one of its three constructors, with the parentheses.",
        )
        self._check_salt()
        self._check_digest()

    @property
    def changes_responses(self) -> bool:
        """Whether a response depends on more than the partition: it may set a cookie, or answer a tester."""
        return self.stickiness.bucket_cookie is not None or self.tester_secret_digest is not None

    def decision_config(self) -> dict[str, object]:
        """Return the configuration by which both runtimes choose a partition: only the settings that are in use."""
        digest = self.tester_secret_digest
        settings = {
            "buckets": BUCKETS,
            "partitions": list(self.split.shares),
            "bounds": self.split.bounds,
            "salt": self.salt,
            "bucketCookie": self.stickiness.bucket_cookie,
            "identityHeader": self.stickiness.identity_header,
            "identityCookie": self.stickiness.identity_cookie,
            "headers": list(self.stickiness.headers) or None,
            "viewerAddress": self.stickiness.viewer_address or None,
            "tester": None if digest is None else {"cookie": TESTER_COOKIE, "digest": digest.lower()},
        }
        return {name: value for name, value in settings.items() if value is not None}

    def _check_salt(self) -> None:
        given: object = self.salt
        if not isinstance(given, str) or Token.is_unresolved(given):
            raise InvalidArgumentError(
                path=self.path,
                argument="salt",
                given="a token" if Token.is_unresolved(given) else repr(given),
                allowed="a string that is known at synth: the functions contain it as it is",
                remedy="Write it as a literal; it is no secret.",
            )

    def _check_digest(self) -> None:
        digest: object = self.tester_secret_digest
        given = ""
        if digest is not None and not isinstance(digest, str):
            given = f"a value of the class {type(digest).__name__}"
        elif digest is not None and Token.is_unresolved(digest):
            given = "a token"
        elif digest is not None and not _DIGEST.fullmatch(digest):
            given = "another string, not shown here since it may be the secret itself"
        elif digest is not None and digest.lower() in _EMPTY_DIGESTS:
            given = "the digest of an empty string"
        if given:
            raise InvalidArgumentError(
                path=self.path,
                argument="tester_secret_digest",
                given=given,
                allowed="the SHA-256 of a secret as 64 hexadecimal digits that are known at synth",
                remedy="Make the secret of 20 to 128 letters, digits, - and _, and hash it without a trailing newline.",
            )


def source_text(given: str | cloudfront.FunctionCode, *, path: str, argument: str) -> str:
    """Return the source text, which CDK reads from a file for `FunctionCode.from_file`."""
    allowed = "the source text of a CloudFront Function, or a cloudfront.FunctionCode"
    check_kind(given, (str, cloudfront.FunctionCode), path=path, argument=argument, allowed=allowed)
    return given if isinstance(given, str) else given.render()
