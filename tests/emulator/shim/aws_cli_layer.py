"""A function finds its layers under /opt.

The emulator unpacks layers into folders of its own. The CDK's BucketDeployment runs `/opt/awscli/aws` (Lambda developer
guide, "Working with layers": a layer's content is extracted into /opt), so the path in that function's code is replaced
by the folder of its layer.
"""

import os
import sys
from pathlib import Path

from ministack.core import lambda_runtime

_NAMED = "/opt/awscli"


def close() -> None:
    real = lambda_runtime.subprocess

    class Subprocess:
        def __getattr__(self, name):
            return getattr(real, name)

        @staticmethod
        def Popen(command, *args, **named):  # noqa: N802
            folders = (named.get("env") or {}).get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep)
            layer = next((Path(each) for each in folders if each and (Path(each) / "awscli" / "aws").exists()), None)
            if layer and named.get("cwd"):
                _name(layer / "awscli", in_code=Path(named["cwd"]) / "index.py")
            return real.Popen(command, *args, **named)

    lambda_runtime.subprocess = Subprocess()


def _name(folder: Path, *, in_code: Path) -> None:
    if in_code.exists() and _NAMED in in_code.read_text():
        command = folder / "aws"
        command.write_text(command.read_text().replace("/var/lang/bin/python", sys.executable))
        command.chmod(0o755)
        in_code.write_text(in_code.read_text().replace(_NAMED, str(folder)))
