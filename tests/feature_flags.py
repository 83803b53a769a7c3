"""Templates as AWS reads them, whatever the app's feature flags: without what is only written differently."""

import json
import tarfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from masked import masked

Json = dict[str, Any]
_STATEMENT = ("Effect", "Action", "Resource", "Principal", "Condition")


def recommended_flags() -> Json:
    """What `cdk init` writes into a new app's cdk.json, as this version of aws-cdk-lib brings it."""
    (package,) = (Path(cdk.__file__).parent / "_jsii").glob("aws-cdk-lib@*.tgz")
    with tarfile.open(package) as archive:
        flags = next(each for each in archive if each.name == "package/recommended-feature-flags.json")
        return json.load(archive.extractfile(flags))


def meaning(template: Json) -> Json:
    """The resources by their logical ids, with policies as sets of permissions and the partition as `aws`."""
    return {name: _plain(body) for name, body in masked(template["Resources"]).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value == {"Ref": "AWS::Partition"}:
        return "aws"
    plain = {key: _plain(each) for key, each in value.items()}
    if "Statement" in plain:
        plain["Statement"] = sorted(permission for each in plain["Statement"] for permission in _permissions(each))
    if "DependsOn" in plain:
        plain["DependsOn"] = sorted(_listed(plain["DependsOn"]))
    if set(plain) == {"Fn::Join"}:
        return _joined(*plain["Fn::Join"])
    return plain


def _permissions(statement: Json) -> Iterator[str]:
    """One text for each action and resource that a statement allows."""
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        principal = [{kind: each} for kind, named in principal.items() for each in _listed(named)]
    parts = {**statement, "Principal": principal}
    for each in product(*(_listed(parts.get(key)) for key in _STATEMENT)):
        yield json.dumps(dict(zip(_STATEMENT, each, strict=True)), sort_keys=True)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _joined(separator: str, parts: Any) -> Any:
    """Writes literals beside each other as one."""
    if separator or not isinstance(parts, list):
        return {"Fn::Join": [separator, parts]}
    merged: list[Any] = []
    for each in parts:
        if merged and isinstance(each, str) and isinstance(merged[-1], str):
            merged[-1] += each
        else:
            merged.append(each)
    return merged[0] if len(merged) == 1 else {"Fn::Join": ["", merged]}
