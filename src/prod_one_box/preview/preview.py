"""Everything that a preview consists of, and what a developer may do with it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..template.cloud_assembly import AssemblyError
from ..vocabulary import BACKEND, PARTITIONS
from .edge.edge_programs import EdgeFunctions
from .edge.shares import Share
from .edge.viewer_request import Edge
from .journal import Journal
from .origins.bucket import Buckets
from .origins.local_code import function_names, function_notes, served_functions, version_of
from .origins.local_origins import Origins
from .release import Release, Stage
from .served_site import Site, read_site


class Preview:
    """A site on this machine."""

    def __init__(
        self,
        assembly: Path,
        *,
        against: Path | None = None,
        stack: str | None = None,
        distribution: str | None = None,
        origins: Mapping[str, str] | None = None,
        sticky: bool = True,
    ) -> None:
        """Reads the assemblies and starts nothing yet.

        Args:
            assembly: The assembly to look at; with `against`, the one that a release puts in place.
            against: The assembly that is deployed; default: None, which means that there is nothing to release.
            stack: The stack that holds the distribution, or to which it leads; default: None, which means any.
            distribution: The distribution's name; default: None, which means the only one.
            origins: Local servers that stand for origins, by the origin's id, the partition's name, or the name of a
                function behind an API.
            sticky: Whether visitors keep their partition; default: they do.

        Raises:
            AssemblyError: If an assembly cannot be read, or holds no distribution, or several, or if no origin has a
                name in `origins`.
        """
        new = read_site(assembly, stack, distribution)
        old = new if against is None else read_site(against, stack, distribution)
        self._named = frozenset(origins or {})
        _refuse_unknown(origins or {}, [*_names(old), *_names(new)])
        self.release = Release(old, None if against is None else new)
        self.share = Share(old.distribution.share, sticky=sticky)
        self.journal = Journal()
        self._buckets = Buckets()
        self._buckets.deploy(old)
        self._functions = EdgeFunctions()
        self._origins = Origins(self.release, self._buckets, origins or {})
        self.edge = Edge(self.release, self._origins, self.share, functions=self._functions, journal=self.journal)

    @property
    def has_partitions(self) -> bool:
        """Whether what is deployed, or what is to be released, splits its visitors."""
        sites = (self.release.deployed, self.release.candidate)
        return any(site is not None and site.distribution.has_partitions for site in sites)

    @property
    def function_notes(self) -> list[str]:
        """What keeps functions of the site that stands from running here as they do in Lambda."""
        return list(function_notes(self.release.edge, self._named))

    def begin(self) -> None:
        """Puts the new version on the backend and the one-box; its files are in the buckets before.

        Raises:
            ReleaseError: If there is none, or it is there already.
        """
        self._buckets.deploy(self.release.begin())
        self.share.follow(self.release.edge.distribution.share)

    def promote(self) -> None:
        """Puts the new version on the regular partition.

        Raises:
            ReleaseError: If no release is under way.
        """
        self.release.promote()

    def abort(self) -> None:
        """Puts the one-box and the backend back.

        Raises:
            ReleaseError: If no release is under way.
        """
        self.release.abort()
        self.share.follow(self.release.edge.distribution.share)

    def report(self) -> dict[str, object]:
        """What the panel shows."""
        release = self.release
        return {
            "stage": release.stage.value,
            "share": self.share.percent,
            "sticky": self.share.sticky,
            "versions": {phase: self._versions(phase) for phase in (*PARTITIONS, BACKEND)},
            "deployed": str(release.deployed.folder),
            "candidate": None if release.candidate is None else str(release.candidate.folder),
            "can": {
                "begin": release.candidate is not None and release.stage is Stage.STABLE,
                "promote": release.stage is Stage.ONE_BOX,
                "abort": release.stage is Stage.ONE_BOX,
            },
            "notes": [*release.edge.distribution.notes, *self.function_notes, *self._origins.notes],
            **self.journal.report(),
        }

    async def close(self) -> None:
        """Ends everything that was started."""
        await self.edge.close()
        await self._origins.close()
        await self._functions.close()

    def _versions(self, phase: str) -> list[str]:
        site = self.release.serving(phase)
        aliases = [name for name, each in site.phases.items() if each == phase]
        return sorted(
            {version_of(site.links.resource(place)) for place in map(site.function_of, aliases) if place is not None}
        )


def _names(site: Site) -> list[tuple[str, ...]]:
    return [
        *site.distribution.origin_names(),
        *(function_names(site, place) for place in served_functions(site)),
    ]


def _refuse_unknown(origins: Mapping[str, str], names: Sequence[tuple[str, ...]]) -> None:
    allowed = {name for each in names for name in each}
    unknown = [name for name in origins if name not in allowed]
    if unknown:
        shown = ", ".join(sorted({each[0] for each in names}))
        raise AssemblyError(f"--origin: no origin is called {', '.join(unknown)}; allowed: {shown}")
