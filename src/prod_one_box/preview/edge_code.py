"""The edge functions of a site, each in a process that starts when it is first needed."""

from dataclasses import dataclass

from ..assembly.cloud_assembly import AssemblyError, Resource
from ..assembly.edge_functions import code_of
from .edge_process import EdgeProcess
from .site import Site


@dataclass(frozen=True, kw_only=True)
class RunningFunction:
    """A function at the edge.

    Attributes:
        at_lambda: Whether it is Lambda@Edge's; else CloudFront Functions'.
        process: What runs it.
    """

    at_lambda: bool
    process: EdgeProcess


class EdgeFunctions:
    """Finds and starts edge functions; the same code is started once."""

    def __init__(self) -> None:
        """Starts nothing yet."""
        self._running: dict[str, EdgeProcess] = {}

    def find(self, site: Site, name: str, event: str) -> RunningFunction:
        """The function that a behavior names.

        Args:
            site: The site whose distribution stands.
            name: The logical id that the behavior names.
            event: When it is called; says which one is meant if the name leads to another stack.

        Raises:
            AssemblyError: If its code is not in the assembly.
            EngineMissingError: If Node is not on this machine.
        """
        function = _function(site, name, event)
        at_lambda, code = function.type == "AWS::Lambda::Function", code_of(function, site.assets)
        if code not in self._running:
            self._running[code] = EdgeProcess(name, code, at_lambda=at_lambda)
        return RunningFunction(at_lambda=at_lambda, process=self._running[code])

    async def close(self) -> None:
        """Ends all of them."""
        for process in self._running.values():
            await process.close()


def _function(site: Site, name: str, event: str) -> Resource:
    resource = site.resources.get(name)
    if resource is not None and resource.type == "AWS::CloudFront::Function":
        return resource
    named = site.function_of(name)
    at_event = (each for each in site.of_type("AWS::Lambda::Function") if each.role.get("EdgeFunction") == event)
    function = named or next(at_event, None)
    if function is None:
        raise AssemblyError(f"{name}: the edge function that it names is not in this assembly")
    return function
