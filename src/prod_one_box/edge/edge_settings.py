"""What a `PartitionEdge` was asked for, checked, and as its code reads it."""

from dataclasses import dataclass

from aws_cdk import Token
from aws_cdk import aws_cloudfront as cloudfront

from ..errors import InvalidArgumentError, check_kind
from ..vocabulary import BUCKETS, ONE_BOX, one_box_buckets
from .edge_code import EdgeEvent
from .given_origin import check_origin
from .stickiness import COOKIE_ATTRIBUTES, Stickiness
from .tester_secret import tester_config


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
