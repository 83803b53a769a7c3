"""The APIs and function URLs of a site: which target answers a request, and in which event format."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from ..assembly.cloud_assembly import Resource
from ..assembly.http_message import HttpRequest
from ..assembly.template_parts import properties, referred
from ..references import references
from .api_event import Route
from .site import Site
from .stand_in import stand_in

HTTP_API: Final = "AWS::ApiGatewayV2::Api"
REST_API: Final = "AWS::ApiGateway::RestApi"
FUNCTION_URL: Final = "AWS::Lambda::Url"

_DEFAULT: Final = "$default"


@dataclass(frozen=True, kw_only=True)
class Target:
    """What answers a request.

    Attributes:
        name: The logical id of an alias, a version or a function; None: the integration is with none of those.
        route: The route that took the request.
    """

    name: str | None
    route: Route


@dataclass(frozen=True, kw_only=True)
class _Rule:
    method: str
    parts: tuple[str, ...]
    key: str
    target: str | None


def find_target(site: Site, api: Resource, request: HttpRequest) -> Target | None:
    """Finds what answers a request; None: the API has no such route."""
    if api.type == FUNCTION_URL:
        route = Route(key=_DEFAULT, parameters={}, stage=_DEFAULT, path=request.path)
        return Target(name=next(references(properties(api)), None), route=route)
    stages = {stage: list(rules) for stage, rules in _stages(site, api)}
    stage, path = _staged(request.path, list(stages))
    if stage is None:
        return None
    parts = tuple(part for part in path.split("/") if part)
    taking = [(rule, found) for rule in stages[stage] if (found := _match(rule, request.method, parts)) is not None]
    if not taking:
        return None
    rule, parameters = min(taking, key=lambda pair: _rank(pair[0]))
    return Target(name=rule.target, route=Route(key=rule.key, parameters=parameters, stage=stage, path=path))


def _stages(site: Site, api: Resource) -> Iterator[tuple[str, Iterator[_Rule]]]:
    if api.type == HTTP_API:
        for stage in site.owned(api.logical_id, "ApiId", "AWS::ApiGatewayV2::Stage"):
            yield stand_in(properties(stage).get("StageName")), _http_rules(site, api)
    for stage in site.owned(api.logical_id, "RestApiId", "AWS::ApiGateway::Stage"):
        yield stand_in(properties(stage).get("StageName")), _rest_rules(site, api)


def _staged(path: str, stages: list[str]) -> tuple[str | None, str]:
    """The stage that a path names at its head; `$default` is named by nothing."""
    head, _, rest = path.removeprefix("/").partition("/")
    if head in stages:
        return head, f"/{rest}"
    return (_DEFAULT, path) if _DEFAULT in stages else (None, path)


def _http_rules(site: Site, api: Resource) -> Iterator[_Rule]:
    for route in site.owned(api.logical_id, "ApiId", "AWS::ApiGatewayV2::Route"):
        key = str(properties(route).get("RouteKey"))
        method, _, path = key.partition(" ")
        integrations = [site.resources.get(name) for name in references(properties(route).get("Target"))]
        named = [name for each in integrations if each for name in references(properties(each).get("IntegrationUri"))]
        parts = tuple(part for part in path.split("/") if part)
        yield _Rule(
            method="ANY" if key == _DEFAULT else method,
            parts=parts,
            key=key,
            target=_first_function(site, named),
        )


def _rest_rules(site: Site, api: Resource) -> Iterator[_Rule]:
    for method in site.owned(api.logical_id, "RestApiId", "AWS::ApiGateway::Method"):
        parts = _resource_path(site, referred(properties(method).get("ResourceId")) or "")
        named = list(references(properties(method).get("Integration")))
        yield _Rule(
            method=str(properties(method).get("HttpMethod")),
            parts=parts,
            key="/" + "/".join(parts),
            target=_first_function(site, named),
        )


def _resource_path(site: Site, name: str) -> tuple[str, ...]:
    resource = site.resources.get(name)
    if resource is None or resource.type != "AWS::ApiGateway::Resource":
        return ()
    parent = referred(properties(resource).get("ParentId")) or ""
    return (*_resource_path(site, parent), str(properties(resource).get("PathPart")))


def _first_function(site: Site, names: list[str]) -> str | None:
    return next((name for name in names if site.function_of(name) is not None), None)


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
