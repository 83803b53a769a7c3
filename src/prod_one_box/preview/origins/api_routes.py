"""The routes of APIs and function URLs: which function answers a request."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from ...http_message import HttpRequest
from ...template.callers import ALIAS
from ...template.intrinsics import text
from ...template.links import Place
from ...template.stand_in import stand_in
from ..site.origin import FUNCTION_URL, HTTP_API
from ..site.site import ServedSite
from .api_event import Route

_DEFAULT: Final = "$default"


@dataclass(frozen=True, kw_only=True)
class Target:
    """The integration that answers a request.

    Attributes:
        place: An alias, a version or a function; None: the integration is something else.
        route: The route that matched the request.
    """

    place: Place | None
    route: Route


@dataclass(frozen=True, kw_only=True)
class _Rule:
    method: str
    parts: tuple[str, ...]
    key: str
    target: Place | None


def find_target(site: ServedSite, api: Place, request: HttpRequest) -> Target | None:
    """Return the integration that answers a request; None if no route matches."""
    if site.links.resource(api).type == FUNCTION_URL:
        route = Route(key=_DEFAULT, parameters={}, stage=_DEFAULT, path=request.path)
        return Target(place=_behind_url(site, api), route=route)
    stages = _stages(site, api)
    stage, path = _split_stage(request.path, stages)
    if stage is None:
        return None
    parts = _split_path(path)
    matches = [(rule, found) for rule in stages[stage] if (found := _match(rule, request.method, parts)) is not None]
    if not matches:
        return None
    rule, parameters = min(matches, key=lambda pair: _rank(pair[0]))
    return Target(place=rule.target, route=Route(key=rule.key, parameters=parameters, stage=stage, path=path))


def _behind_url(site: ServedSite, url: Place) -> Place | None:
    """Return the alias that a function URL's `Qualifier` names, or else its function."""
    config = site.properties(url)
    functions = site.led_to(url, config.get("TargetFunctionArn"))
    name = text(config.get("Qualifier"))
    named = [each for each in site.of_type(ALIAS) if text(site.properties(each).get("Name")) == name]
    aliases = [each for each in named if site.function_of(each) in functions]
    return next(iter([*aliases, *functions]), None)


def _stages(site: ServedSite, api: Place) -> dict[str, list[_Rule]]:
    if site.links.resource(api).type == HTTP_API:
        kind, owner, rules = "AWS::ApiGatewayV2::Stage", "ApiId", _http_rules
    else:
        kind, owner, rules = "AWS::ApiGateway::Stage", "RestApiId", _rest_rules
    names = [stand_in(site.properties(stage).get("StageName")) for stage in site.owned(api, owner, kind)]
    return {name: list(rules(site, api)) for name in names}


def _split_stage(path: str, stages: dict[str, list[_Rule]]) -> tuple[str | None, str]:
    """Split off the stage that a path starts with; `$default` has no path of its own."""
    head, _, rest = path.removeprefix("/").partition("/")
    if head in stages:
        return head, f"/{rest}"
    return (_DEFAULT, path) if _DEFAULT in stages else (None, path)


def _split_path(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


def _http_rules(site: ServedSite, api: Place) -> Iterator[_Rule]:
    for route in site.owned(api, "ApiId", "AWS::ApiGatewayV2::Route"):
        config = site.properties(route)
        key = str(config.get("RouteKey"))
        method, _, path = key.partition(" ")
        integrations = site.led_to(route, config.get("Target"))
        named = [at for each in integrations for at in site.led_to(each, site.properties(each).get("IntegrationUri"))]
        yield _Rule(
            method="ANY" if key == _DEFAULT else method,
            parts=_split_path(path),
            key=key,
            target=_first_function(site, named),
        )


def _rest_rules(site: ServedSite, api: Place) -> Iterator[_Rule]:
    for method in site.owned(api, "RestApiId", "AWS::ApiGateway::Method"):
        config = site.properties(method)
        parts = _resource_path(site, method, "ResourceId")
        yield _Rule(
            method=str(config.get("HttpMethod")),
            parts=parts,
            key="/" + "/".join(parts),
            target=_first_function(site, site.led_to(method, config.get("Integration"))),
        )


def _resource_path(site: ServedSite, place: Place, attribute: str) -> tuple[str, ...]:
    """Return the path of the API resource that an attribute refers to; empty for the root."""
    for named in site.led_to(place, site.properties(place).get(attribute)):
        if site.links.resource(named).type == "AWS::ApiGateway::Resource":
            return (*_resource_path(site, named, "ParentId"), str(site.properties(named).get("PathPart")))
    return ()


def _first_function(site: ServedSite, places: list[Place]) -> Place | None:
    return next((place for place in places if site.function_of(place) is not None), None)


def _match(rule: _Rule, method: str, parts: tuple[str, ...]) -> dict[str, str] | None:
    """Return the path parameters' values; None if the rule does not match."""
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


def _rank(rule: _Rule) -> tuple[bool, bool, int, bool]:
    """Order full matches before greedy ones, those before `$default`, and a method's own route before `ANY`."""
    greedy = any(part.endswith("+}") for part in rule.parts)
    literals = sum(not part.startswith("{") for part in rule.parts)
    return (rule.key == _DEFAULT, greedy, -literals, rule.method == "ANY")
