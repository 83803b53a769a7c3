"""The words and the bucket arithmetic that all parts of the library share.

Plain Python without dependencies. The edge code repeats the bucket arithmetic in JavaScript; tests check both against
the same cases.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

PREFLIGHT: Final = "preflight"
"""Phase: a release does not start while an alarm is in ALARM."""

BACKEND: Final = "backend"
"""Phase: the backend's aliases shift to the new version."""

ONE_BOX: Final = "one-box"
"""Partition, and the phase in which its alias switches: the first wave of a release."""

BAKE: Final = "bake"
"""Phase: alarms and canaries are watched while the waves so far serve the release."""

REGULAR: Final = "regular"
"""Partition, and the phase in which its alias switches: all other visitors; its switch is the promotion."""

WATCH: Final = "watch"
"""Phase: alarms are watched for a while after the promotion."""

SPLIT: Final = "split"
"""Phase of an update that changes which partitions there are: the edge waits until new ones can answer."""

_WAVE: Final = re.compile(r"wave-([2-9]|[1-9][0-9]+)")

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


def partition_names(waves: int) -> tuple[str, ...]:
    """Return the names of the partitions in the order of a release: `one-box`, `wave-2` and so on, `regular`.

    Args:
        waves: The number of partitions before the regular one, at least 1.
    """
    return (ONE_BOX, *(f"wave-{number}" for number in range(2, waves + 1)), REGULAR)


def is_partition(name: object) -> bool:
    """Return whether a name is a partition's."""
    return name in (ONE_BOX, REGULAR) or (isinstance(name, str) and _WAVE.fullmatch(name) is not None)


def in_release_order(names: Iterable[str]) -> list[str]:
    """Sort names of partitions: the one-box, the other waves by their number, the regular partition.

    Raises:
        ValueError: If one of them is not a partition's name.
    """
    return sorted(names, key=_position)


def _position(name: str) -> float:
    wave = _WAVE.fullmatch(name)
    if wave:
        return int(wave[1])
    if name not in (ONE_BOX, REGULAR):
        raise ValueError(f"{name!r} is not a partition")
    return 1 if name == ONE_BOX else float("inf")


def buckets_of_share(share: float) -> int:
    """Return the number of buckets of a share.

    Args:
        share: A percentage of visitors, 0 to 100, in steps of 0.01.

    Raises:
        ValueError: If the share is outside 0 to 100 or not a multiple of 0.01.
    """
    buckets = Decimal(str(share)) * BUCKETS / 100
    if not buckets.is_finite() or not 0 <= buckets <= BUCKETS:
        raise ValueError(f"{share} is outside 0 to 100")
    if buckets != int(buckets):
        raise ValueError(f"{share} is not a multiple of 0.01")
    return int(buckets)


def bucket_bounds(shares: Sequence[float]) -> list[int]:
    """Cut the buckets into partitions, one after the other in the order of a release.

    Args:
        shares: The percentage of visitors of every partition but the regular one, which has all other buckets.

    Returns:
        For each of them the first bucket that belongs to a later one: a visitor is in the first partition whose bound
        is above their bucket, or else in the regular one.

    Raises:
        ValueError: If a share is no percentage in steps of 0.01, or they are more than 100 % together.
    """
    bounds: list[int] = []
    for share in shares:
        bounds.append((bounds[-1] if bounds else 0) + buckets_of_share(share))
    if bounds and bounds[-1] > BUCKETS:
        raise ValueError(f"{' + '.join(f'{share:g}' for share in shares)} is more than 100")
    return bounds


def regular_share(shares: Iterable[float]) -> float:
    """Return what is left for the regular partition, in percent."""
    return (BUCKETS - sum(map(buckets_of_share, shares))) * 100 / BUCKETS


def bounds_of(shares: Mapping[str, float]) -> list[int]:
    """Return the bounds of named shares, as in the metadata of a distribution; see `bucket_bounds`."""
    return bucket_bounds([shares[name] for name in in_release_order(shares) if name != REGULAR])


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
