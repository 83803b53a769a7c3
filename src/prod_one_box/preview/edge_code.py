"""The edge functions of a site, each in a process that starts when it is first needed."""

from dataclasses import dataclass
from pathlib import Path

from ..assembly.cloud_assembly import AssemblyError
from ..assembly.template_parts import mapping, properties
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
        at_lambda, code = _code(site, name, event)
        if code not in self._running:
            self._running[code] = EdgeProcess(name, code, at_lambda=at_lambda)
        return RunningFunction(at_lambda=at_lambda, process=self._running[code])

    async def close(self) -> None:
        """Ends all of them."""
        for process in self._running.values():
            await process.close()


def _code(site: Site, name: str, event: str) -> tuple[bool, str]:
    resource = site.resources.get(name)
    if resource is not None and resource.type == "AWS::CloudFront::Function":
        code = properties(resource).get("FunctionCode")
        if not isinstance(code, str):
            raise AssemblyError(f"{name}: its code is not known before it is deployed")
        return False, code
    function = site.function_of(name) or next(
        (each for each in site.of_type("AWS::Lambda::Function") if each.role.get("RunningFunction") == event), None
    )
    if function is None:
        raise AssemblyError(f"{name}: the edge function that it names is not in this assembly")
    folder = site.assets.get(str(mapping(properties(function).get("Code")).get("S3Key")).removesuffix(".zip"))
    return True, _module(folder, name)


def _module(folder: Path | None, name: str) -> str:
    if folder is None or not (folder / "index.mjs").is_file():
        raise AssemblyError(f"{name}: its code has no index.mjs among the assembly's assets")
    return (folder / "index.mjs").read_text("utf-8")
