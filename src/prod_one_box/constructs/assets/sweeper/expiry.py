"""Which files a sweep removes: rather too late than too early.

A file is removed when two conditions hold. For `keep_for` (and the length of a release) no sweep has found it in the
template's release, and for `keep_for` it has not been uploaded. The first counts from when the file was superseded,
however old it is. The second covers a release that came back and was superseded again between two sweeps, since a
rollback uploads its files again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LONGEST_RELEASE: Final = timedelta(days=1)
"""The former release serves until the promotion, hours after a sweep may have read the next release's list."""


@dataclass(frozen=True)
class Sweep:
    """The decisions of a sweep.

    Attributes:
        superseded: The time when each file in the bucket was first seen not to be the release's.
        expired: The superseded files to delete.
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
    """Decide about every file in the bucket.

    Args:
        current: The keys of the template's release.
        uploaded: The time of the last upload of each key in the bucket.
        superseded: The former sweep's; other files count from now.
        now: The time.
        keep_for: How long a superseded file stays.
    """
    since = {key: superseded.get(key, now) for key in uploaded if key not in current}
    if not current or not uploaded.keys() >= set(current):
        # A release with missing files is not the one that visitors see: its upload is running, or has failed.
        return Sweep(since, frozenset())
    expired = frozenset(
        key
        for key, seen in since.items()
        if seen + keep_for + LONGEST_RELEASE <= now and uploaded[key] + keep_for <= now
    )
    return Sweep(since, expired)
