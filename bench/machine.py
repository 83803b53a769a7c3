"""On what it was measured."""

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from .figures import Figures


def machine() -> Figures:
    """The machine and the versions."""
    rows = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "load when it began": f"{os.getloadavg()[0]:.1f} processes waited to run, in the mean of a minute",
        "Python": platform.python_version(),
        "Node": _said_by(os.environ.get("JSII_NODE", "node"), "--version").removeprefix("v"),
        "aws-cdk-lib": version("aws-cdk-lib"),
        "jsii": version("jsii"),
        "njs": _said_by("njs", "-v"),
        "prod-one-box": version("prod-one-box"),
    }
    return Figures(columns=["machine and versions", ""], rows=[[key, value] for key, value in rows.items()])


def _processor() -> str:
    """Linux says the model there; elsewhere Python knows."""
    said = Path("/proc/cpuinfo")
    models = re.findall(r"^model name\s*:\s*(.+)$", said.read_text("utf-8"), re.MULTILINE) if said.exists() else []
    return str(models[0]) if models else platform.processor()


def _said_by(program: str, option: str) -> str:
    found = shutil.which(program)
    if found is None:
        return "none"
    return subprocess.run([found, option], capture_output=True, text=True, check=True).stdout.strip()
