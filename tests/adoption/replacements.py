"""Which resources a change of a template replaces or removes, by CloudFormation's own resource schemas."""

from typing import Any

from cfnlint.schema.manager import ProviderSchemaManager

_SCHEMAS = ProviderSchemaManager()


def replaced(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Names the resources that CloudFormation would make anew, as it does when a create-only property changes."""
    return [name for name, one in before.items() if name in after and _is_replaced(one, after[name])]


def removed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [name for name in before if name not in after]


def _is_replaced(before: dict[str, Any], after: dict[str, Any]) -> bool:
    if before["Type"] != after["Type"]:
        return True
    old, new = before.get("Properties", {}), after.get("Properties", {})
    return any(_at(old, path) != _at(new, path) for path in _create_only(before["Type"]))


def _create_only(resource_type: str) -> list[list[str]]:
    if resource_type.startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
        return [["ServiceToken"]]
    schema = _SCHEMAS.get_resource_schema("us-east-1", resource_type).schema
    pointers = [*schema.get("createOnlyProperties", []), *schema.get("conditionalCreateOnlyProperties", [])]
    return [pointer.removeprefix("/properties/").split("/") for pointer in pointers]


def _at(properties: Any, path: list[str]) -> Any:
    for name in path:
        properties = properties.get(name) if isinstance(properties, dict) else None
    return properties
