"""The edge functions of a site, each in a process that starts when it is first needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ...sandbox.edge_process import EdgeCodeError, EdgeProcess, EdgeResult, InvalidEdgeResultError
from ...sandbox.local_function import FunctionFailedError, LocalFunction
from ...template.cloud_assembly import AssemblyError
from ...template.edge_functions import code_of
from ...template.links import Place
from ..origins.local_code import read_function
from ..served_site import Site


class RunsEdgeCode(Protocol):
    """What gives events to edge code."""

    name: str

    async def run(self, event: Mapping[str, object], buckets: int | None) -> EdgeResult:
        """Gives the code one event."""

    async def close(self) -> None:
        """Ends what was started."""


@dataclass(frozen=True, kw_only=True)
class RunningFunction:
    """A function at the edge.

    Attributes:
        at_lambda: Whether it is Lambda@Edge's; else CloudFront Functions'.
        process: What runs it.
    """

    at_lambda: bool
    process: RunsEdgeCode


class EdgeFunctions:
    """Finds and starts edge functions; the same code is started once."""

    def __init__(self) -> None:
        """Starts nothing yet."""
        self._running: dict[object, RunsEdgeCode] = {}

    def find(self, site: Site, place: Place) -> RunningFunction:
        """The function that a behavior names.

        Args:
            site: The site whose distribution stands.
            place: What the behavior names.

        Raises:
            AssemblyError: If its code is not in the assembly.
            EngineMissingError: If Node is not on this machine.
        """
        resource = site.resource(place)
        if resource is not None and resource.type == "AWS::CloudFront::Function":
            return RunningFunction(at_lambda=False, process=self._confined(site, place, at_lambda=False))
        function = site.function_of(place) if resource is not None else None
        if function is None:
            raise AssemblyError(f"{place.logical_id}: the edge function is not in this assembly")
        ours = "EdgeFunction" in site.links.resource(function).role
        process = self._confined(site, function, at_lambda=True) if ours else self._own(site, function)
        return RunningFunction(at_lambda=True, process=process)

    async def close(self) -> None:
        """Ends all of them."""
        for process in self._running.values():
            await process.close()

    def _confined(self, site: Site, place: Place, *, at_lambda: bool) -> RunsEdgeCode:
        code = code_of(site.links.resource(place), site.assets)
        if code not in self._running:
            self._running[code] = EdgeProcess(site.links.resource(place).name, code, at_lambda=at_lambda)
        return self._running[code]

    def _own(self, site: Site, place: Place) -> RunsEdgeCode:
        key = (site.folder, place)
        if key not in self._running:
            self._running[key] = _OwnLambdaAtEdge(LocalFunction(read_function(site, place)))
        return self._running[key]


class _OwnLambdaAtEdge:
    """A Lambda@Edge function that is not this library's: any handler in any language that runs here."""

    def __init__(self, function: LocalFunction) -> None:
        self.name = function.code.name
        self._function = function

    async def run(self, event: Mapping[str, object], _: int | None) -> EdgeResult:
        try:
            result = await self._function.run(dict(event))
        except FunctionFailedError as error:
            raise EdgeCodeError(str(error)) from error
        if not isinstance(result, dict):
            raise InvalidEdgeResultError(f"{self.name} returned {result!r}")
        return EdgeResult(message=result, origin_id=None, bucket=None)

    async def close(self) -> None:
        await self._function.close()
