"""Sites without any template, for what needs no more than a distribution."""

from dataclasses import replace
from pathlib import Path

from prod_one_box.http_message import HttpRequest, HttpResponse
from prod_one_box.preview.edge.cache import Cache
from prod_one_box.preview.edge.edge_calls import EdgeFunctions
from prod_one_box.preview.edge.request_flow import Edge
from prod_one_box.preview.release import Release, Share
from prod_one_box.preview.site.distribution import DistributionConfig, read_distribution
from prod_one_box.preview.site.origin import OriginResponse
from prod_one_box.preview.site.site import ServedSite
from prod_one_box.template.cloud_assembly import Resource, StackTemplate
from prod_one_box.template.links import Links, Place

KEEP = {
    "CachePolicyConfig": {
        "MinTTL": 0,
        "DefaultTTL": 100,
        "MaxTTL": 1000,
        "ParametersInCacheKeyAndForwardedToOrigin": {},
    }
}
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"


def resource(name: str, kind: str, properties: dict, **role) -> Resource:
    body = {"Type": kind, "Properties": properties, "Metadata": {"ProdOneBox": role}}
    return Resource(logical_id=name, type=kind, body=body)


def at(name: str) -> Place:
    """The place of a resource in the stack of these sites."""
    return Place("Shop", name)


def site_with(resources: dict[str, Resource], *, folder: Path = Path("none"), assets: dict | None = None) -> ServedSite:
    """A site of one stack with some resources beside its distribution."""
    stack = StackTemplate(name="Shop", resources=resources, folder=folder, assets=assets or {})
    return ServedSite(folder=folder, links=Links([stack]), stacks=(stack,), distribution=distribution())


def distribution(policy: dict | None = None, **config) -> DistributionConfig:
    """A distribution whose default behavior keeps answers for 100 seconds."""
    resources = {"Policy": resource("Policy", "AWS::CloudFront::CachePolicy", policy or KEEP)}
    whole = {
        "Origins": [
            {"Id": "site", "DomainName": "site.example.com"},
            {"Id": "other", "DomainName": "other.example.com"},
        ],
        "DefaultCacheBehavior": {"TargetOriginId": "site", "CachePolicyId": {"Ref": "Policy"}},
        **config,
    }
    site = resource("Site", "AWS::CloudFront::Distribution", {"DistributionConfig": whole})
    stack = StackTemplate(name="Shop", resources={**resources, "Site": site}, folder=Path("none"))
    return read_distribution(stack, site, Links([stack]))


class Answers:
    """An origin that answers with one thing after another, and then with the last."""

    def __init__(self, *responses: HttpResponse) -> None:
        self.asked: list[tuple[str, HttpRequest]] = []
        self._responses = list(responses)

    async def ask(self, origin, request) -> OriginResponse:
        self.asked.append((origin.id, request))
        response = self._responses.pop(0) if len(self._responses) > 1 else self._responses[0]
        return OriginResponse(response=response, version="v1")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def edge(served: DistributionConfig, origin: Answers, clock: Clock | None = None) -> Edge:
    site = replace(site_with({}), distribution=served)
    release = Release(site, None)
    return Edge(release, origin, Share(release), functions=EdgeFunctions(), cache=Cache(clock or Clock()))


def get(path: str = "/", **headers: str) -> HttpRequest:
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    plain, _, query = path.partition("?")
    return HttpRequest(address="127.0.0.1", path=plain, query=query, fields=fields)


def post(path: str = "/", body: bytes = b"{}") -> HttpRequest:
    return replace(get(path), method="POST", body=body)


def page(text: str = "a page", status: int = 200, **headers: str) -> HttpResponse:
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return HttpResponse(status=status, fields=fields, body=text.encode())
