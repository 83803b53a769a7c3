"""A release by hand: which version each alias serves, and which share of visitors each partition has."""

from bisect import bisect_right
from random import Random
from typing import Final

from ..template.links import Place
from ..vocabulary import BUCKETS, ONE_BOX, REGULAR, bounds_of, bucket_bounds, regular_share
from .site.site import ServedSite

STABLE: Final = "stable"
"""The stage before and after a release: all partitions are on one version."""


class ReleaseError(Exception):
    """The release cannot do what was asked at this stage."""


class Release:
    """The version that is deployed, and the one that is released over it.

    Attributes:
        deployed: The site that is deployed in all partitions.
        candidate: The site that is, or can be, released; None: there is none.
    """

    def __init__(self, deployed: ServedSite, candidate: ServedSite | None) -> None:
        """Start with all partitions on the deployed site."""
        self.deployed = deployed
        self.candidate = candidate
        self._switched = 0

    @property
    def under_way(self) -> bool:
        """Whether some partitions are on the new version and others are not."""
        return self._switched > 0

    @property
    def current(self) -> ServedSite:
        """The site whose distribution is in place: edge code and routes change for all visitors with the release."""
        return self.candidate if self.under_way and self.candidate is not None else self.deployed

    @property
    def partitions(self) -> tuple[str, ...]:
        """The partitions of the current site, in the order of a release."""
        return self.current.distribution.partitions

    @property
    def stage(self) -> str:
        """How far the release is: the last partition that is on the new version, or `stable`."""
        return self.partitions[self._switched - 1] if self.under_way else STABLE

    @property
    def next_partition(self) -> str | None:
        """The partition that gets the new version next; None if no release is under way."""
        return self.partitions[self._switched] if self.under_way else None

    def serving(self, phase: str) -> ServedSite:
        """Return the site whose code serves an alias: of a partition that the release has not reached, the old code."""
        return self.deployed if phase in self.partitions[self._switched :] else self.current

    def site_of(self, alias: Place) -> ServedSite:
        """Return the site whose code serves an alias of the current distribution."""
        site = self.serving(self.current.phases.get(alias, ""))
        return site if site.resource(alias) is not None else self.current

    def start(self) -> ServedSite:
        """Put the new version on the backend and the one-box; return the site that is being released.

        Raises:
            ReleaseError: If there is no new version, or it is on the one-box already.
        """
        if self.candidate is None:
            raise ReleaseError("there is no other version: start the preview with --against OLD_ASSEMBLY")
        if self.under_way:
            raise ReleaseError("the new version is on the one-box already: continue, promote it or abort")
        self._switched = 1
        return self.candidate

    def advance(self) -> None:
        """Put the new version on the next partition; after the regular one, the release is over.

        Raises:
            ReleaseError: If no release is under way.
        """
        if self.next_partition == REGULAR:
            self.promote()
        else:
            self._candidate_under_way()
            self._switched += 1

    def promote(self) -> None:
        """Put the new version on all other partitions. The previous version becomes the next candidate.

        Raises:
            ReleaseError: If no release is under way.
        """
        self.deployed, self.candidate = self._candidate_under_way(), self.deployed
        self._switched = 0

    def abort(self) -> None:
        """Put the backend and all partitions back on the deployed version.

        Raises:
            ReleaseError: If no release is under way.
        """
        self._candidate_under_way()
        self._switched = 0

    def _candidate_under_way(self) -> ServedSite:
        if not self.under_way or self.candidate is None:
            raise ReleaseError("no release is under way: put the new version on the one-box first")
        return self.candidate


class Share:
    """The shares of the partitions: those of the distribution in place, until the developer changes one."""

    def __init__(self, release: Release, *, sticky: bool = True, seed: int | None = None) -> None:
        """Start with the synthesized shares; unless `sticky`, each request draws a new bucket, by default at random."""
        self.sticky = sticky
        self._release = release
        self._chosen: dict[tuple[str, ...], dict[str, float]] = {}
        self._random = Random(seed)  # noqa: S311

    @property
    def percents(self) -> dict[str, float]:
        """The share of each partition in percent, in the order of a release; empty for a site without partitions."""
        synthesized = self._release.current.distribution.shares
        return self._chosen.get(tuple(synthesized), synthesized)

    def change(self, percent: float, *, partition: str = ONE_BOX) -> None:
        """Set the share of a wave for all further requests; the regular partition has what is left.

        The choice counts for both versions of the site if they have the same partitions.

        Raises:
            ValueError: If the site has no such wave, the share is outside 0 to 100 or not a multiple of 0.01, or the
                shares of all waves are more than 100 together.
        """
        waves = {name: share for name, share in self.percents.items() if name != REGULAR}
        if partition not in waves:
            raise ValueError(f"partition: got {partition!r}; allowed: {', '.join(waves) or 'none, since it has none'}")
        waves[partition] = percent
        bucket_bounds(list(waves.values()))
        shares = {**waves, REGULAR: regular_share(waves.values())}
        self._chosen[tuple(shares)] = shares

    def bounds(self) -> list[int] | None:
        """Return the bounds of the partitions' buckets for the next request; None leaves them to the edge code."""
        shares = self.percents
        if not self.sticky and shares:
            return self._drawn(bounds_of(shares))
        return bounds_of(shares) if tuple(shares) in self._chosen else None

    def _drawn(self, bounds: list[int]) -> list[int]:
        """Draw a bucket, and return bounds that put every visitor into the partition of this bucket."""
        place = bisect_right(bounds, self._random.randrange(BUCKETS))
        return [0] * place + [BUCKETS] * (len(bounds) - place)
