"""The APIs and function URLs of a site: which target answers a request, and in which event format."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from ...http_message import HttpRequest
from ...template.cloud_assembly import Json
from ...template.intrinsics import text
from ...template.links import Place
from ..served_site import ALIAS, Site
from .api_event import Route
from .origin import FUNCTION_URL, HTTP_API
from .stand_in import stand_in

_DEFAULT: Final = "$default"


@dataclass(frozen=True, kw_only=True)
class Target:
    """What answers a request.

    Attributes:
        place: An alias, a version or a function; None: the integration is with none of those.
        route: The route that took the request.
    """

    place: Place | None
    route: Route


@dataclass(frozen=True, kw_only=True)
class _Rule:
    method: str
    parts: tuple[str, ...]
    key: str
    target: Place | None


def find_target(site: Site, api: Place, request: HttpRequest) -> Target | None:
    """Finds what answers a request; None: the API has no such route."""
    if site.links.resource(api).type == FUNCTION_URL:
        route = Route(key=_DEFAULT, parameters={}, stage=_DEFAULT, path=request.path)
        return Target(place=_behind_url(site, api), route=route)
    stages = {stage: list(rules) for stage, rules in _stages(site, api)}
    stage, path = _staged(request.path, list(stages))
    if stage is None:
        return None
    parts = tuple(part for part in path.split("/") if part)
    taking = [(rule, found) for rule in stages[stage] if (found := _match(rule, request.method, parts)) is not None]
    if not taking:
        return None
    rule, parameters = min(taking, key=lambda pair: _rank(pair[0]))
    return Target(place=rule.target, route=Route(key=rule.key, parameters=parameters, stage=stage, path=path))


def _behind_url(site: Site, url: Place) -> Place | None:
    """A function URL names the function, and the alias by the alias's own name."""
    said = site.properties(url)
    functions = site.led_to(url, said.get("TargetFunctionArn"))
    named = [each for each in site.of_type(ALIAS) if _name_of(site, each) == text(said.get("Qualifier"))]
    aliases = [each for each in named if site.function_of(each) in functions]
    return next(iter([*aliases, *functions]), None)


def _name_of(site: Site, alias: Place) -> str:
    return text(site.properties(alias).get("Name"))


def _stages(site: Site, api: Place) -> Iterator[tuple[str, Iterator[_Rule]]]:
    if site.links.resource(api).type == HTTP_API:
        for stage in site.owned(api, "ApiId", "AWS::ApiGatewayV2::Stage"):
            yield stand_in(site.properties(stage).get("StageName")), _http_rules(site, api)
    for stage in site.owned(api, "RestApiId", "AWS::ApiGateway::Stage"):
        yield stand_in(site.properties(stage).get("StageName")), _rest_rules(site, api)


def _staged(path: str, stages: list[str]) -> tuple[str | None, str]:
    """The stage that a path names at its head; `$default` is named by nothing."""
    head, _, rest = path.removeprefix("/").partition("/")
    if head in stages:
        return head, f"/{rest}"
    return (_DEFAULT, path) if _DEFAULT in stages else (None, path)


def _http_rules(site: Site, api: Place) -> Iterator[_Rule]:
    for route in site.owned(api, "ApiId", "AWS::ApiGatewayV2::Route"):
        key = str(site.properties(route).get("RouteKey"))
        method, _, path = key.partition(" ")
        integrations = site.led_to(route, site.properties(route).get("Target"))
        named = [place for each in integrations for place in site.led_to(each, _uri(site, each))]
        yield _Rule(
            method="ANY" if key == _DEFAULT else method,
            parts=tuple(part for part in path.split("/") if part),
            key=key,
            target=_first_function(site, named),
        )


def _uri(site: Site, integration: Place) -> Json:
    return site.properties(integration).get("IntegrationUri")


def _rest_rules(site: Site, api: Place) -> Iterator[_Rule]:
    for method in site.owned(api, "RestApiId", "AWS::ApiGateway::Method"):
        said = site.properties(method)
        parts = _resource_path(site, method, said.get("ResourceId"))
        yield _Rule(
            method=str(said.get("HttpMethod")),
            parts=parts,
            key="/" + "/".join(parts),
            target=_first_function(site, site.led_to(method, said.get("Integration"))),
        )


def _resource_path(site: Site, place: Place, value: Json) -> tuple[str, ...]:
    """The path of the API's resource that a property of a place names; the root is none of its own."""
    for named in site.led_to(place, value):
        if site.links.resource(named).type == "AWS::ApiGateway::Resource":
            said = site.properties(named)
            return (*_resource_path(site, named, said.get("ParentId")), str(said.get("PathPart")))
    return ()


def _first_function(site: Site, places: list[Place]) -> Place | None:
    return next((place for place in places if site.function_of(place) is not None), None)


def _match(rule: _Rule, method: str, parts: tuple[str, ...]) -> dict[str, str] | None:
    """The values of the path's parameters; None: the rule does not take the request."""
    if rule.key == _DEFAULT:
        return {}
    if rule.method not in ("ANY", method):
        return None
    parameters: dict[str, str] = {}
    for place, wanted in enumerate(rule.parts):
        if wanted.endswith("+}"):
            rest = "/".join(parts[place:])
            return {**parameters, wanted[1:-2]: unquote(rest)} if rest else None
        if place >= len(parts) or not (wanted.startswith("{") or wanted == parts[place]):
            return None
        if wanted.startswith("{"):
            parameters[wanted[1:-1]] = unquote(parts[place])
    return parameters if len(parts) == len(rule.parts) else None


def _rank(rule: _Rule) -> tuple[bool, int, int, bool]:
    """Full matches go before greedy ones, those before `$default`; a method's own route before `ANY`."""
    greedy = any(part.endswith("+}") for part in rule.parts)
    return (
        rule.key == _DEFAULT,
        int(greedy),
        -sum(not part.startswith("{") for part in rule.parts),
        rule.method == "ANY",
    )
