"""The table of what calls a function agrees with CloudFormation's own schemas of its resources."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint

from prod_one_box.template.call_targets import CALLERS

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"
Node = dict[str, Any]

NAME = re.compile(r"lambda\w*(arn|uri|name)$|functionarn$|^lambda$", re.IGNORECASE)
DESCRIPTION = re.compile(r"(ARN|Amazon Resource Name)[^.]{0,40}Lambda function", re.IGNORECASE)

OTHERS = re.compile(r"AWS::(Lambda|Serverless|CloudFront)\b")
"""Resources of Lambda, whose schemas name themselves, and CloudFront, which has functions of its own."""

NOT_CALLED = {
    "AWS::ARCRegionSwitch::Plan Workflows.Steps.ExecutionBlockConfiguration.LambdaEventSourceMappingConfig."
    "RegionEventSourceMappings.Arn": "an event source mapping",
    "AWS::AppSync::FunctionConfiguration FunctionArn": "its own ARN, which AppSync gives",
    "AWS::Bedrock::FlowVersion Definition.Nodes.Configuration.LambdaFunction.LambdaArn": "read-only",
    "AWS::Greengrass::FunctionDefinition InitialVersion.Functions.FunctionArn": "copied to devices",
    "AWS::Greengrass::FunctionDefinitionVersion Functions.FunctionArn": "copied to devices",
    "AWS::GreengrassV2::ComponentVersion LambdaFunction.LambdaArn": "copied to devices",
    "AWS::SecretsManager::RotationSchedule HostedRotationLambda.RotationLambdaName": "the name of a new function",
    "AWS::Synthetics::Canary Code.Dependencies.Reference": "a layer",
    "AWS::Synthetics::Canary KmsKeyArn": "a key",
}
FREE_JSON = ("Body",)
"""Properties whose content the schemas do not describe."""


@cache
def schemas() -> dict[str, Node]:
    found = [json.loads(file.read_text(encoding="utf-8")) for file in SCHEMAS.glob("*.json")]
    return {each["typeName"]: each for each in found if "typeName" in each}


def leaves(
    node: Any, schema: Node, path: tuple[str, ...] = (), seen: frozenset[str] = frozenset()
) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Each property of text, with its path."""
    if not isinstance(node, dict):
        return
    reference = str(node.get("$ref", "")).rpartition("/")[2]
    if reference and reference not in seen:
        yield from leaves(schema.get("definitions", {}).get(reference), schema, path, seen | {reference})
    if "string" in (node.get("type") or ()) and path:
        yield path, node
    for name, each in (node.get("properties") or {}).items():
        yield from leaves(each, schema, (*path, name), seen)
    for each in (node.get("items"), *(node.get("patternProperties") or {}).values()):
        yield from leaves(each, schema, path, seen)
    for each in (way for kind in ("oneOf", "anyOf", "allOf") for way in node.get(kind, ())):
        yield from leaves(each, schema, path, seen)


def is_a_function(path: tuple[str, ...], node: Node) -> bool:
    return bool(
        node.get("format") == "AWS::Lambda::Function.Arn"
        or NAME.search(path[-1])
        or ":lambda:" in str(node.get("pattern", ""))
        or DESCRIPTION.search(str(node.get("description", "")))
    )


def leads_to(listed: str, path: tuple[str, ...]) -> bool:
    """Whether the names of a listed path are in a property's path, in order."""
    names = iter(path)
    return all(any(name.lower() == wanted for name in names) for wanted in listed.lower().split("."))


def test_the_table_has_each_property_that_a_schema_says_is_a_function() -> None:
    missing = {
        f"{kind} {'.'.join(path)}"
        for kind, schema in schemas().items()
        if not OTHERS.match(kind)
        for path, node in leaves(schema, schema)
        if is_a_function(path, node) and not any(leads_to(listed, path) for listed in CALLERS.get(kind, ()))
    }
    assert missing == NOT_CALLED.keys()


def test_each_path_of_the_table_leads_to_a_property() -> None:
    for kind, paths in CALLERS.items():
        if kind.startswith("AWS::"):
            found = [path for path, _ in leaves(schemas()[kind], schemas()[kind])]
            for listed in paths:
                free = listed.split(".")[0] in FREE_JSON
                assert free or any(leads_to(listed, path) for path in found), f"{kind} {listed}"
