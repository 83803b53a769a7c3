"""A release by hand: which version each alias serves, and which share of visitors is in the one-box."""

import enum
from random import Random

from ..template.links import Place
from ..vocabulary import BUCKETS, REGULAR, one_box_buckets
from .site.site import ServedSite


class Stage(enum.Enum):
    """How far a release is."""

    STABLE = "stable"
    """All partitions are on one version."""

    ONE_BOX = "one-box"
    """The backend and the one-box are on the new version, the regular partition is not."""


class ReleaseError(Exception):
    """The release cannot do what was asked at this stage."""


class Release:
    """The version that is deployed, and the one that is released over it.

    Attributes:
        stage: How far the release is.
        deployed: The site that is deployed in all partitions.
        candidate: The site that is, or can be, released; None: there is none.
    """

    def __init__(self, deployed: ServedSite, candidate: ServedSite | None) -> None:
        """Start with all partitions on the deployed site."""
        self.stage = Stage.STABLE
        self.deployed = deployed
        self.candidate = candidate

    @property
    def current(self) -> ServedSite:
        """The site whose distribution is in place: edge code and routes change for all visitors with the release."""
        return self.candidate if self.stage is Stage.ONE_BOX and self.candidate is not None else self.deployed

    def serving(self, phase: str) -> ServedSite:
        """Return the site whose code serves an alias: of `regular`, the old code until the promotion."""
        return self.deployed if phase == REGULAR else self.current

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
        if self.stage is Stage.ONE_BOX:
            raise ReleaseError("the new version is on the one-box already: promote it or abort")
        self.stage = Stage.ONE_BOX
        return self.candidate

    def promote(self) -> None:
        """Put the new version on the regular partition. The previous version becomes the next candidate.

        Raises:
            ReleaseError: If no release is under way.
        """
        candidate = self._under_way()
        self.deployed, self.candidate, self.stage = candidate, self.deployed, Stage.STABLE

    def abort(self) -> None:
        """Put the backend and the one-box back on the deployed version.

        Raises:
            ReleaseError: If no release is under way.
        """
        self._under_way()
        self.stage = Stage.STABLE

    def _under_way(self) -> ServedSite:
        if self.stage is not Stage.ONE_BOX or self.candidate is None:
            raise ReleaseError("no release is under way: put the new version on the one-box first")
        return self.candidate


class Share:
    """The share of visitors in the one-box: that of the distribution in place, until the developer sets another."""

    def __init__(self, release: Release, *, sticky: bool = True, seed: int | None = None) -> None:
        """Start with the synthesized share; unless `sticky`, each request draws a new bucket, by default at random."""
        self.sticky = sticky
        self._release = release
        self._chosen: float | None = None
        self._random = Random(seed)  # noqa: S311

    @property
    def percent(self) -> float:
        """The share in percent."""
        return self._release.current.distribution.share if self._chosen is None else self._chosen

    def change(self, percent: float) -> None:
        """Set the share for all further requests.

        Raises:
            ValueError: If it is outside 0 to 100 or not a multiple of 0.01.
        """
        one_box_buckets(percent)
        self._chosen = percent

    def buckets(self) -> int | None:
        """Return the number of one-box buckets for the next request; None leaves it to the edge code."""
        if self.sticky:
            return None if self._chosen is None else one_box_buckets(self._chosen)
        return BUCKETS if self._random.random() * 100 < self.percent else 0
