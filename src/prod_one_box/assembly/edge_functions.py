"""Finds the edge functions of a distribution in an assembly, with their code."""

from collections.abc import Sequence
from dataclasses import dataclass

from .cloud_assembly import AssemblyError, Json, Resource, StackTemplate


@dataclass(frozen=True, kw_only=True)
class EdgeFunction:
    """A function that runs at the edge.

    Attributes:
        logical_id: Its name in the template.
        event: When CloudFront calls it, such as `viewer-request`.
        at_lambda: Whether it runs in Lambda@Edge; otherwise in CloudFront Functions.
        share: The percentage of visitors that it sends to the one-box.
        code: Its source text.
    """

    logical_id: str
    event: str
    at_lambda: bool
    share: float
    code: str


def edge_functions(stacks: Sequence[StackTemplate]) -> dict[str, EdgeFunction]:
    """Reads an assembly's edge functions by their event.

    Raises:
        AssemblyError: If there are none, or those of several distributions.
    """
    found = [
        _function(stack, resource)
        for stack in stacks
        for resource in stack.resources.values()
        if "EdgeFunction" in resource.role
    ]
    by_event = {function.event: function for function in found}
    if "viewer-request" not in by_event:
        raise AssemblyError("no stack of this assembly holds an edge function that sends visitors to partitions")
    if len(by_event) < len(found):
        raise AssemblyError("this assembly holds several distributions with partitions; give one stack's alone")
    return by_event


def _function(stack: StackTemplate, resource: Resource) -> EdgeFunction:
    role = resource.role
    at_lambda = resource.type == "AWS::Lambda::Function"
    return EdgeFunction(
        logical_id=resource.logical_id,
        event=str(role["EdgeFunction"]),
        at_lambda=at_lambda,
        share=_share(resource),
        code=_asset(stack, resource) if at_lambda else _text(resource, "FunctionCode"),
    )


def _share(resource: Resource) -> float:
    share = resource.role.get("Share")
    if not isinstance(share, (int, float)):
        raise AssemblyError(f"{resource.logical_id}: its metadata does not say the share of visitors")
    return float(share)


def _text(resource: Resource, name: str) -> str:
    value = _property(resource, name)
    if not isinstance(value, str):
        raise AssemblyError(f"{resource.logical_id}: its {name} is not known before it is deployed")
    return value


def _asset(stack: StackTemplate, resource: Resource) -> str:
    """Reads the code from the asset that the template names by its hash, as CDK's default synthesizer does."""
    place = _property(resource, "Code")
    key = place.get("S3Key") if isinstance(place, dict) else None
    folder = stack.assets.get(str(key).removesuffix(".zip"))
    if folder is None or not (folder / "index.mjs").is_file():
        raise AssemblyError(f"{resource.logical_id}: its code, {key}, is not among the assembly's assets")
    return (folder / "index.mjs").read_text("utf-8")


def _property(resource: Resource, name: str) -> Json:
    properties = resource.body.get("Properties")
    return properties.get(name) if isinstance(properties, dict) else None
