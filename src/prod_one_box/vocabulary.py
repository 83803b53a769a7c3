"""The words and the bucket arithmetic that all parts of the library share.

Plain Python without dependencies. The edge code repeats the bucket arithmetic in JavaScript; tests check both against
the same cases.
"""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

PREFLIGHT: Final = "preflight"
"""Phase: a release does not start while an alarm is in ALARM."""

BACKEND: Final = "backend"
"""Phase: the backend's aliases shift to the new version."""

ONE_BOX: Final = "one-box"
"""Phase and partition: the small partition, which gets a release first."""

BAKE: Final = "bake"
"""Phase: alarms and canaries are watched while the one-box serves the release."""

REGULAR: Final = "regular"
"""Phase and partition: all other visitors; its switch is the promotion."""

PHASES: Final = (PREFLIGHT, BACKEND, ONE_BOX, BAKE, REGULAR)
"""The phases of a release in their order."""

PARTITIONS: Final = (ONE_BOX, REGULAR)
"""The two groups of visitors, each served by its own front end."""

BUCKETS: Final = 10_000
"""The number of buckets: a visitor's bucket is 0 to 9999, so a share has steps of 0.01 %."""

PARTITION_HEADER: Final = "X-Req-Partition"
"""The request and response header that names the visitor's partition."""

TESTER_COOKIE: Final = "__Host-one-box-tester"
"""The cookie by which testers and canaries choose a partition: its name, a dot, and the tester's secret."""

METADATA_KEY: Final = "ProdOneBox"
"""The key of a resource's `Metadata` for the resource's role in a release, written by the constructs."""

BYPASS_KEY: Final = "ProdOneBoxBypass"
"""The key of a resource's `Metadata` for the user's reason why it may bypass a released alias."""


def one_box_buckets(share: float) -> int:
    """Return the number of the one-box's buckets: a visitor is in the one-box if their bucket is below it.

    Args:
        share: The percentage of visitors in the one-box, 0 to 100, in steps of 0.01.

    Raises:
        ValueError: If the share is outside 0 to 100 or not a multiple of 0.01.
    """
    buckets = Decimal(str(share)) * BUCKETS / 100
    if not buckets.is_finite() or not 0 <= buckets <= BUCKETS:
        raise ValueError(f"{share} is outside 0 to 100")
    if buckets != int(buckets):
        raise ValueError(f"{share} is not a multiple of 0.01")
    return int(buckets)


def bucket_of(salt: str, attributes: Iterable[str]) -> int:
    """Return the bucket that the edge gives to a visitor without a cookie.

    It is the first 32 bits of the SHA-256 of the salt and the attributes, joined by line feeds (which no header value
    can contain), modulo the number of buckets.

    Args:
        salt: The distribution's salt.
        attributes: The attributes of the stickiness strategy, in its order; an absent one is an empty string.
    """
    digest = hashlib.sha256("\n".join([salt, *attributes]).encode()).hexdigest()
    return int(digest[:8], 16) % BUCKETS
