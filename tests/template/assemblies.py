"""Cloud assemblies of a few lines, as CDK writes them."""

import json
from pathlib import Path
from typing import Any

from prod_one_box.template.cloud_assembly import StackTemplate, read_assembly


def write(folder: Path, *, environment: str = "aws://1/one", **templates: dict[str, Any]) -> Path:
    """Writes an assembly with a stack for each template; a template without `Resources` is its resources."""
    artifacts = {}
    for name, template in templates.items():
        whole = template if "Resources" in template else {"Resources": template}
        (folder / f"{name}.template.json").write_text(json.dumps(whole))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": environment,
            "displayName": name.replace("_", "/"),
            "properties": {"templateFile": f"{name}.template.json", "stackName": name.replace("_", "-")},
        }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def stacks(folder: Path, **templates: dict[str, Any]) -> list[StackTemplate]:
    """Reads such an assembly."""
    return read_assembly(write(folder, **templates))


def nested(folder: Path, inner: dict[str, Any], **parts: Any) -> list[StackTemplate]:
    """Reads an assembly of one stack that holds another; `parts` are further resources, or `given` parameters."""
    key = "a" * 64
    (folder / "inner.json").write_text(json.dumps(inner))
    (folder / "Outer.assets.json").write_text(json.dumps({"files": {key: {"source": {"path": "inner.json"}}}}))
    given = parts.pop("given", {})
    holder = {"TemplateURL": {"Fn::Sub": f"https://bucket/{key}.json"}, "Parameters": given}
    return stacks(folder, Outer={"Inner": {"Type": "AWS::CloudFormation::Stack", "Properties": holder}, **parts})
