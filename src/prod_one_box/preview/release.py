"""A release by hand: which code each partition and the backend serve."""

import enum

from ..template.links import Place
from ..vocabulary import REGULAR
from .served_site import Site


class Stage(enum.Enum):
    """How far a release is."""

    STABLE = "stable"
    """Everybody is on one release."""

    ONE_BOX = "one-box"
    """The backend and the one-box are on the new release, the regular partition is not."""


class ReleaseError(Exception):
    """A step that cannot be taken now, with the reason."""


class Release:
    """The site that is deployed, and the one that is to be."""

    def __init__(self, deployed: Site, candidate: Site | None) -> None:
        """Begins with everybody on what is deployed.

        Args:
            deployed: What both partitions serve.
            candidate: What a release puts in its place; None: there is nothing to release.
        """
        self.stage = Stage.STABLE
        self._deployed = deployed
        self._candidate = candidate

    @property
    def edge(self) -> Site:
        """The site whose distribution stands: edge code and routes change for everyone at once, with the release."""
        return self._newest()

    @property
    def deployed(self) -> Site:
        """The site that was deployed completely."""
        return self._deployed

    @property
    def candidate(self) -> Site | None:
        """The site that is, or is to be, released; None: there is none."""
        return self._candidate

    def serving(self, phase: str) -> Site:
        """The site whose code serves an alias.

        Args:
            phase: The alias's phase: `regular` stays on the old code until the promotion, every other moves at once.
        """
        return self._deployed if phase == REGULAR else self._newest()

    def site_of(self, alias: Place) -> Site:
        """The site whose code an alias of the standing distribution is on."""
        site = self.serving(self.edge.phases.get(alias, ""))
        return site if site.resource(alias) is not None else self.edge

    def begin(self) -> Site:
        """Puts the new version on the backend and the one-box.

        Returns:
            The site whose release has begun.

        Raises:
            ReleaseError: If there is none, or it is there already.
        """
        if self._candidate is None:
            raise ReleaseError("there is no other version: start the preview with --against OLD_ASSEMBLY")
        if self.stage is Stage.ONE_BOX:
            raise ReleaseError("the new version is on the one-box already: promote it or abort")
        self.stage = Stage.ONE_BOX
        return self._candidate

    def promote(self) -> None:
        """Puts the new version on the regular partition, too. The next release is that of the former version.

        Raises:
            ReleaseError: If no release is under way.
        """
        candidate = self._under_way()
        self._deployed, self._candidate, self.stage = candidate, self._deployed, Stage.STABLE

    def abort(self) -> None:
        """Puts everything back on the version that was there before the release.

        Raises:
            ReleaseError: If no release is under way.
        """
        self._under_way()
        self.stage = Stage.STABLE

    def _newest(self) -> Site:
        if self.stage is Stage.ONE_BOX and self._candidate is not None:
            return self._candidate
        return self._deployed

    def _under_way(self) -> Site:
        if self.stage is not Stage.ONE_BOX or self._candidate is None:
            raise ReleaseError("no release is under way: put the new version on the one-box first")
        return self._candidate
