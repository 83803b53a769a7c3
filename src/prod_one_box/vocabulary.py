"""The words, the bucket arithmetic and the limits that every part of the library agrees on.

Plain Python without any dependency, so that what runs beside a synth, after it, or on a reader's
desk can use it alike. The edge code repeats the bucket arithmetic in JavaScript; the tests hold both
against the same cases.
"""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

PREFLIGHT: Final = "preflight"
"""Phase: a site that is red already gets no release."""

BACKEND: Final = "backend"
"""Phase: the backend's aliases shift to the new version."""

ONE_BOX: Final = "one-box"
"""Phase and partition: the small partition, which gets a release first."""

BAKE: Final = "bake"
"""Phase: alarms and canaries are watched while the one-box serves the release."""

REGULAR: Final = "regular"
"""Phase and partition: everybody else; its switch is the promotion."""

PHASES: Final = (PREFLIGHT, BACKEND, ONE_BOX, BAKE, REGULAR)
"""The phases of a release in their order."""

PARTITIONS: Final = (ONE_BOX, REGULAR)
"""The two groups of visitors, each served by its own front end."""

BUCKETS: Final = 10_000
"""How many buckets there are: a visitor's bucket is one of 0 to 9999, so a share moves in steps of 0.01 %."""

PARTITION_HEADER: Final = "X-Req-Partition"
"""The request and response header that names the visitor's partition."""

TESTER_COOKIE: Final = "__Host-one-box-tester"
"""The cookie by which testers and canaries choose a partition: the partition's name, a dot, and the tester's secret."""

METADATA_KEY: Final = "ProdOneBox"
"""The key of a resource's `Metadata` under which the constructs say what the resource is to a release."""

BYPASS_KEY: Final = "ProdOneBoxBypass"
"""The key of a resource's `Metadata` under which a user says why it may call a released function past its alias."""


def one_box_buckets(share: float) -> int:
    """Counts the buckets that a share gives to the one-box: the visitor of bucket b is in it if b is below the count.

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
    """Computes the bucket that the edge gives to a visitor without a cookie.

    The first 32 bits of the SHA-256 of the salt and the attributes, joined by line feeds (which no
    header value can hold), modulo the number of buckets.

    Args:
        salt: The distribution's salt.
        attributes: What the stickiness strategy names, in its order; an absent one is an empty string.
    """
    digest = hashlib.sha256("\n".join([salt, *attributes]).encode()).hexdigest()
    return int(digest[:8], 16) % BUCKETS
