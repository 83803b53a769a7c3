"""Whether two templates describe the same resources, whatever their logical ids are."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

_ROUNDS = 8
_DERIVED = {
    "origin": re.compile(r'"origins":\{[^}]*\}'),
    "name": re.compile(r"(?:us-east-1)?Storefront[A-Za-z-]*[0-9A-F]{8}(?:-us-east-1)?(?:-re[a-z]+-[0-9a-f]{6})?\b"),
    "path": re.compile(r"\(Storefront/[A-Za-z/]*\)"),
    "edge": re.compile(r"^[0-9a-f]{8}$"),
    "tag": re.compile(r"(?<=aws-cdk:cr-owned:assets/:)[0-9a-f]{8}"),
}
"""What CDK derives from a construct's path, and the origins' ids in the edge functions' code."""


class DifferentTemplateError(Exception):
    """The message lists the resources that one template has and the other has not."""


def check_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """Compares templates by type, count, properties, order and references; metadata is left out.

    Returns:
        How many resources each has.

    Raises:
        DifferentTemplateError: If they differ.
    """
    ours, theirs = _Labels(one), _Labels(other)
    differences = [
        f"{'first' if mine is ours else 'second'} only: {mine.described[label]}"
        for mine, others in ((ours, theirs), (theirs, ours))
        for label in (mine.counted - others.counted)
    ]
    if differences:
        raise DifferentTemplateError("\n".join(differences))
    return len(one["Resources"])


class _Labels:
    """Labels a template's resources by what they are and what they refer to, in rounds, until a label says all."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        outputs = {f"output {key}": {"Type": "an output", **value} for key, value in template["Outputs"].items()}
        resources = {key: _plain(value) for key, value in {**template["Resources"], **outputs}.items()}
        ids = re.compile(rf"\b(?:{'|'.join(map(re.escape, resources))})\b")
        labels = {key: str(resource["Type"]) for key, resource in resources.items()}
        for _ in range(_ROUNDS):
            texts = {key: _text(resource, ids, labels) for key, resource in resources.items()}
            labels = {key: f"{resources[key]['Type']}#{hash(text)}" for key, text in texts.items()}
        self.counted = Counter(labels.values())
        self.described = {label: f"{key} {texts[key]}" for key, label in labels.items()}


def _plain(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    kept = {key: value for key, value in resource.items() if key != "Metadata"}
    if kept["Type"] != "AWS::CloudFront::Distribution":
        return kept
    text = json.dumps(kept)
    for number, origin in enumerate(kept["Properties"]["DistributionConfig"]["Origins"]):
        text = text.replace(f'"{origin["Id"]}"', f'"origin {number}"')
    numbered: Mapping[str, Any] = json.loads(text)
    return numbered


def _text(resource: Mapping[str, Any], ids: re.Pattern[str], labels: Mapping[str, str]) -> str:
    depends_on = sorted(labels[key] for key in resource.get("DependsOn", []))
    return json.dumps([_renamed({**resource, "DependsOn": []}, ids, labels), depends_on], sort_keys=True)


def _renamed(value: object, ids: re.Pattern[str], labels: Mapping[str, str]) -> object:
    if isinstance(value, str):
        named = ids.sub(lambda found: labels[found[0]], value)
        for kind, pattern in _DERIVED.items():
            named = pattern.sub(f"<{kind}>", named)
        return named
    if isinstance(value, list):
        return [_renamed(each, ids, labels) for each in value]
    if isinstance(value, dict):
        return {str(_renamed(key, ids, labels)): _renamed(each, ids, labels) for key, each in value.items()}
    return value
