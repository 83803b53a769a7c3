"""The functions behind a site's APIs and function URLs: what they are called, and which of them cannot run as it is."""

from collections.abc import Iterator
from typing import Final

from ..assembly.cloud_assembly import Resource
from ..assembly.links import Place
from ..assembly.template_parts import mapping, properties
from .layers import read_layers
from .site import Site

_LEADING: Final = ("AWS::ApiGatewayV2::Integration", "AWS::ApiGateway::Method", "AWS::Lambda::Url")
_WRAPPER: Final = "AWS_LAMBDA_EXEC_WRAPPER"


def served_functions(site: Site) -> list[Place]:
    """Find the functions that answer requests."""
    led = (place for each in site.of_type(*_LEADING) for place in site.led_to(each, dict(site.properties(each))))
    return sorted({function for function in map(site.function_of, led) if function is not None})


def function_names(site: Site, function: Place) -> tuple[str, ...]:
    """What a function can be called in `--origin`: its construct, its logical id, with its stack's name before it."""
    name = site.links.resource(function).name
    return (name, function.logical_id, f"{function.stack}/{function.logical_id}")


def function_notes(site: Site, named: frozenset[str]) -> Iterator[str]:
    """Say what keeps functions from running here as they do in Lambda, one line each.

    Args:
        site: The site.
        named: The names for which a local server was given.
    """
    for place in served_functions(site):
        if named.isdisjoint(function_names(site, place)):
            function = site.links.resource(place)
            why = why_not_run(function) or why_incomplete(site, place)
            if why:
                yield f"{function.name}: {why}"


def why_not_run(function: Resource) -> str:
    """Say why a function cannot run here, and what to do; "" if it can."""
    said = properties(function)
    instead = f"start it yourself and give --origin {function.name}=http://127.0.0.1:PORT"
    if "ImageUri" in mapping(said.get("Code")):
        return f"its code is a container image, which is not run here; {instead}"
    wrapper = mapping(mapping(said.get("Environment")).get("Variables")).get(_WRAPPER)
    if wrapper:
        return f"its {_WRAPPER}, {wrapper}, is not run here; {instead}"
    runtime = str(said.get("Runtime"))
    if not runtime.startswith(("nodejs", "python")):
        return f"its runtime {runtime} cannot be run here; {instead}"
    return ""


def why_incomplete(site: Site, function: Place) -> str:
    """Say which layers a function has to do without here; "" if it has all of them."""
    said = site.properties(function)
    missing = read_layers(site, site.links.stacks[function.stack], said.get("Layers")).missing
    if not missing:
        return ""
    layers = "layer" if len(missing) == 1 else "layers"
    return (
        f"it runs here without its {layers} {', '.join(missing)}, not in this assembly; "
        f"if it needs more, start it yourself and give --origin {site.links.resource(function).name}=http://127.0.0.1:PORT"
    )
