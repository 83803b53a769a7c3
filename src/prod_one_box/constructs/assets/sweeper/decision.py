"""Which files go: too late is fine, too early never.

A file goes when two clocks agree. No sweep for `keep_for` (and the length of a release) has found it in the
release of the template; and nobody has uploaded it in as long. The first counts from when it was superseded,
however old it is. The second covers a release that came back and went again between two sweeps, since going
back uploads its files once more.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LONGEST_RELEASE: Final = timedelta(days=1)
"""The former release serves until the promotion, hours after a sweep may have read the next one's list."""


@dataclass(frozen=True)
class Sweep:
    """What a sweep does.

    Attributes:
        superseded: Since when each file of the bucket that is not the release's was seen as such.
        expired: Those of them to delete.
    """

    superseded: dict[str, datetime]
    expired: frozenset[str]


def decide(
    *,
    current: Collection[str],
    uploaded: Mapping[str, datetime],
    superseded: Mapping[str, datetime],
    now: datetime,
    keep_for: timedelta,
) -> Sweep:
    """Decides about every file of the bucket.

    Args:
        current: The keys of the release that the template names.
        uploaded: When each key of the bucket was uploaded last.
        superseded: The former sweep's, which is remembered only here; what is not in it counts from now.
        now: The time.
        keep_for: How long a superseded file stays.
    """
    since = {key: superseded.get(key, now) for key in uploaded if key not in current}
    if not current or not uploaded.keys() >= set(current):
        # A release that is not whole in the bucket is not the one that visitors see: its upload runs, or failed.
        return Sweep(since, frozenset())
    expired = frozenset(
        key
        for key, seen in since.items()
        if seen + keep_for + LONGEST_RELEASE <= now and uploaded[key] + keep_for <= now
    )
    return Sweep(since, expired)
