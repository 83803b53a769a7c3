"""The preview of a site: its parts, and the steps that a developer can take."""

from collections.abc import Mapping
from pathlib import Path

from ..template.cloud_assembly import AssemblyError
from ..vocabulary import BACKEND
from .edge.edge_calls import EdgeFunctions
from .edge.request_flow import Edge
from .origins.bucket import Buckets
from .origins.function_code import function_names, function_notes, served_functions, version_of
from .origins.local_origins import Origins
from .release import Release, Share
from .request_log import RequestLog
from .site.site import ServedSite, read_site


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
        """Read the assemblies; start nothing yet.

        With `against`, the assembly that is deployed, the other one can be released. `origins` has the URLs of local
        servers by the names of the origins and functions that they replace; unless `sticky`, visitors do not keep their
        partition.

        Raises:
            AssemblyError: If an assembly cannot be read, or holds no distribution, or several, or if `origins` names
                an unknown origin.
        """
        urls = origins or {}
        new = read_site(assembly, stack, distribution)
        old = new if against is None else read_site(against, stack, distribution)
        _check_names(urls, old, new)
        self.release = Release(old, None if against is None else new)
        self.share = Share(self.release, sticky=sticky)
        self._replaced = frozenset(urls)
        self._log = RequestLog()
        self._buckets = Buckets()
        self._buckets.deploy(old)
        self._functions = EdgeFunctions()
        self._origins = Origins(self.release, self._buckets, urls)
        self.edge = Edge(self.release, self._origins, self.share, functions=self._functions, log=self._log)

    @property
    def has_partitions(self) -> bool:
        """Whether the deployed site or the candidate splits its visitors."""
        sites = (self.release.deployed, self.release.candidate)
        return any(site is not None and site.distribution.has_partitions for site in sites)

    @property
    def function_notes(self) -> list[str]:
        """What keeps functions of the current site from running here as they do in Lambda."""
        return list(function_notes(self.release.current, self._replaced))

    def begin(self) -> None:
        """Put the new version on the backend and the one-box, with its files, or raise `ReleaseError` if it cannot."""
        self._buckets.deploy(self.release.start())

    def advance(self) -> None:
        """Put the new version on the next partition, or raise `ReleaseError` if no release is under way.

        After the regular partition the release is over, and the previous version can be released.
        """
        self.release.advance()

    def promote(self) -> None:
        """Put the new version on all other partitions, or raise `ReleaseError` if no release is under way."""
        self.release.promote()

    def abort(self) -> None:
        """Put the backend and all partitions back, or raise `ReleaseError` if no release is under way."""
        self.release.abort()

    def report(self) -> dict[str, object]:
        """Return the state that the panel shows."""
        release = self.release
        under_way = release.under_way
        return {
            "stage": release.stage,
            "next": release.next_partition,
            "shares": self.share.percents,
            "sticky": self.share.sticky,
            "versions": {phase: self._versions(phase) for phase in (*release.partitions, BACKEND)},
            "deployed": str(release.deployed.folder),
            "candidate": None if release.candidate is None else str(release.candidate.folder),
            "can": {
                "start": release.candidate is not None and not under_way,
                "advance": under_way,
                "promote": under_way,
                "abort": under_way,
            },
            "notes": [
                *self._split_notes(),
                *release.current.distribution.notes,
                *self.function_notes,
                *self._origins.notes,
            ],
            **self._log.report(),
        }

    async def close(self) -> None:
        """Stop all processes and connections."""
        await self.edge.close()
        await self._origins.close()
        await self._functions.close()

    def _split_notes(self) -> list[str]:
        """Return a line if the candidate changes the split, which a deployment does not do within a release."""
        candidate = self.release.candidate
        sites = [] if candidate is None else [self.release.deployed, candidate]
        splits = [site.distribution.shares for site in sites if site.distribution.shares]
        if all(split == splits[0] for split in splits):
            return []
        old, new = (", ".join(f"{name} {share:g} %" for name, share in split.items()) for split in splits)
        return [
            f"the two versions split visitors differently ({old}; {new}): deploy such a change in an update of its "
            "own, since the preflight refuses a release that changes the split"
        ]

    def _versions(self, phase: str) -> list[str]:
        site = self.release.serving(phase)
        functions = [site.function_of(alias) for alias, each in site.phases.items() if each == phase]
        return sorted({version_of(site.links.resource(place)) for place in functions if place is not None})


def _check_names(urls: Mapping[str, str], *sites: ServedSite) -> None:
    """Raise unless each name is that of an origin or of a function behind one."""
    names = [each for site in sites for each in site.distribution.origin_names()]
    names += [function_names(site, place) for site in sites for place in served_functions(site)]
    unknown = [name for name in urls if not any(name in each for each in names)]
    if unknown:
        shown = ", ".join(sorted({each[0] for each in names}))
        raise AssemblyError(f"--origin: no origin is called {', '.join(unknown)}; allowed: {shown}")
