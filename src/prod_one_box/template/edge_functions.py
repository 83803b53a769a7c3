"""Find the edge functions of a distribution and their code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .asset_files import code_asset
from .callers import VERSION
from .cloud_assembly import AssemblyError, Resource, StackTemplate, listing, mapping, properties
from .distributions import Distribution, shares_said_by
from .links import Links, Place
from .mixed_releases import ASSOCIATIONS, VIEWER_REQUEST


@dataclass(frozen=True, kw_only=True)
class EdgeFunction:
    """A function that runs at the edge.

    Attributes:
        logical_id: Its name in the template.
        event: When CloudFront calls it, such as `viewer-request`.
        at_lambda: Whether it is a Lambda@Edge function; otherwise a CloudFront Function.
        shares: The percentage of visitors that it sends to each partition, in the order of a release.
        code: Its source text.
        path: The path of its construct; default: "", the assembly does not give it.
    """

    logical_id: str
    event: str
    at_lambda: bool
    shares: Mapping[str, float]
    code: str
    path: str = ""


def edge_functions(stacks: Sequence[StackTemplate]) -> dict[str, EdgeFunction]:
    """Return the edge functions of some stacks by their event.

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
    if VIEWER_REQUEST not in by_event:
        raise AssemblyError("no stack of this assembly holds an edge function that sends visitors to partitions")
    if len(by_event) < len(found):
        raise AssemblyError("these stacks hold the edge functions of several distributions; name one with --stack")
    return by_event


def functions_of(distribution: Distribution, links: Links, notes: list[str]) -> dict[str, EdgeFunction]:
    """Return the edge functions of a distribution's default behavior by their event; empty without viewer-request.

    `notes` gets a line if there is no edge function at viewer-request, or it is not in the assembly.

    Raises:
        AssemblyError: If the code of a function is not there.
    """
    functions: dict[str, EdgeFunction] = {}
    for kind, arn in ASSOCIATIONS.items():
        for settings in map(mapping, listing(distribution.default_behavior.get(kind))):
            place = function_at(links, links.led_to(distribution.stack, settings.get(arn)))
            if place is not None:
                function = _function(links.stacks[place.stack], links.resource(place))
                functions[function.event] = function
            elif settings.get("EventType") == VIEWER_REQUEST:
                notes.append(f"{distribution.name}: the code of its viewer-request function is not in this assembly")
                return {}
    if VIEWER_REQUEST not in functions:
        notes.append(f"{distribution.name}: no viewer-request function sends its visitors to partitions")
        return {}
    return functions


def function_at(links: Links, places: frozenset[Place]) -> Place | None:
    """Return the edge function of this library that an association names, itself or by a version; None without one."""
    versions = [place for place in places if links.resource(place).type == VERSION]
    behind = {
        function
        for place in versions
        for function in links.led_to(links.stacks[place.stack], properties(links.resource(place)).get("FunctionName"))
    }
    return next((place for place in sorted(places | behind) if "EdgeFunction" in links.resource(place).role), None)


def _function(stack: StackTemplate, resource: Resource) -> EdgeFunction:
    return EdgeFunction(
        logical_id=resource.logical_id,
        event=str(resource.role["EdgeFunction"]),
        at_lambda=resource.type == "AWS::Lambda::Function",
        shares=shares_said_by(resource),
        code=code_of(resource, stack.assets),
        path=resource.path,
    )


def code_of(resource: Resource, assets: Mapping[str, Path]) -> str:
    """Return the code of an edge function: a CloudFront Function's from the template, others' from their asset.

    Raises:
        AssemblyError: If the code is not in the assembly.
    """
    settings = properties(resource)
    if resource.type == "AWS::CloudFront::Function":
        code = settings.get("FunctionCode")
        if not isinstance(code, str):
            raise AssemblyError(f"{resource.name}: its FunctionCode is not known before it is deployed")
        return code
    folder = code_asset(assets, settings)
    if folder is None or not (folder / "index.mjs").is_file():
        raise AssemblyError(f"{resource.name}: its code is not among the assembly's assets")
    return (folder / "index.mjs").read_text("utf-8")
