"""The storefront's assembly, and the code of its edge functions beside it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prod_one_box.template.cloud_assembly import Resource, mapping, properties, read_assembly

from .process import ROOT, synthesize

EXAMPLE: Final = ROOT / "examples" / "storefront"


@dataclass(frozen=True)
class Storefront:
    """What the measurements share.

    Attributes:
        assembly: The assembly.
        edge_code: A folder with `viewer-request.js` and `viewer-response.js`, which call the partitions' origins by
            the partitions' names.
    """

    assembly: Path
    edge_code: Path


def prepare(folder: Path) -> Storefront:
    """Synthesizes it."""
    storefront = Storefront(folder / "storefront", folder / "edge")
    synthesize(["app.py"], storefront.assembly, folder=EXAMPLE)
    storefront.edge_code.mkdir()
    for stack in read_assembly(storefront.assembly):
        for resource in stack.resources.values():
            if "EdgeFunction" in resource.role:
                path = storefront.edge_code / f"{resource.role['EdgeFunction']}.js"
                path.write_text(_with_plain_origins(resource), "utf-8")
    return storefront


def _with_plain_origins(function: Resource) -> str:
    """An author by hand gives the origins ids; CDK derives them from the distribution's path."""
    code, role = str(properties(function)["FunctionCode"]), function.role
    for partition, origin in mapping(role["Origins"]).items():
        code = code.replace(str(origin), partition)
    return code
