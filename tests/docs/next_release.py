"""The release after an assembly: what the CDK would write for it, without a synth, which takes seconds."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

_HASH = re.compile(r"CurrentVersion[0-9A-F]{8}([0-9a-f]{32})")


def next_release(deployed: Path, folder: Path) -> Path:
    """Copies an assembly; every function that has a version is changed, so the version has another logical id."""
    shutil.copytree(deployed, folder, ignore=shutil.ignore_patterns("*.zip"))
    for file in folder.glob("*.template.json"):
        template = json.loads(file.read_text("utf-8"))
        _change_functions(template["Resources"])
        text = json.dumps(template)
        for found in set(_HASH.findall(text)):
            text = text.replace(found, found[::-1])
        file.write_text(text, "utf-8")
    return folder


def _change_functions(resources: dict[str, Any]) -> None:
    versions = [resource for resource in resources.values() if resource["Type"] == "AWS::Lambda::Version"]
    for version in versions:
        function = resources[version["Properties"]["FunctionName"]["Ref"]]
        function["Properties"]["Description"] = "Another one."
