"""Which parts of a request count for the cache and travel to the origin: cache policies and origin request policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..assembly.cloud_assembly import Json
from ..assembly.http_message import Fields, HttpRequest, cookie_pairs
from ..assembly.template_parts import listing, mapping


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which of the headers, the cookies or the query's parameters are meant.

    Attributes:
        behavior: `none`, `all`, `whitelist` (the named ones) or `allExcept` (all others).
        names: The names; headers' in lower case.
    """

    behavior: str = "none"
    names: frozenset[str] = frozenset()

    def takes(self, name: str) -> bool:
        """Whether a name is meant."""
        if self.behavior == "whitelist":
            return name in self.names
        return self.behavior == "all" or (self.behavior == "allExcept" and name not in self.names)


NONE: Final = Choice()
ALL: Final = Choice(behavior="all")


def only(*names: str) -> Choice:
    """The named ones."""
    return Choice(behavior="whitelist", names=frozenset(names))


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Parts of a request.

    Attributes:
        headers: Which headers.
        cookies: Which cookies.
        queries: Which parameters of the query.
    """

    headers: Choice = NONE
    cookies: Choice = NONE
    queries: Choice = NONE

    def of_headers(self, request: HttpRequest) -> Fields:
        """The headers that are meant; cookies are not among them."""
        return tuple(field for field in request.fields if field[0] != "cookie" and self.headers.takes(field[0]))

    def of_cookies(self, request: HttpRequest) -> list[tuple[str, str]]:
        """The cookies that are meant."""
        return [pair for pair in cookie_pairs(request.values("cookie")) if self.cookies.takes(pair[0])]

    def of_query(self, request: HttpRequest) -> list[str]:
        """The parameters that are meant, as they are written."""
        return [part for part in request.query.split("&") if part and self.queries.takes(part.partition("=")[0])]


_CORS: Final = ("origin", "access-control-request-headers", "access-control-request-method")

MANAGED_ORIGIN_REQUESTS: Final[Mapping[str, Parts]] = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": Parts(headers=ALL, cookies=ALL, queries=ALL),
    "33f36d7e-f396-46d9-90e0-52428a34d9dc": Parts(headers=ALL, cookies=ALL, queries=ALL),
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": Parts(
        headers=Choice(behavior="allExcept", names=frozenset({"host"})), cookies=ALL, queries=ALL
    ),
    "59781a5b-3903-41f3-afcb-af62929ccde1": Parts(headers=only("origin")),
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": Parts(headers=only(*_CORS)),
    "acba4595-bd28-49b8-b9fe-13317c0390fa": Parts(headers=only("user-agent", "referer")),
    "775133bc-15f2-49f9-abea-afb2e0bf67d2": Parts(headers=only(*_CORS, "user-agent", "x-forwarded-for"), queries=ALL),
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": Parts(headers=only("host")),
}
"""CloudFront's own origin request policies (developer guide, 'Use managed origin request policies').

In order AllViewer, AllViewerAndCloudFrontHeaders-2022-06, AllViewerExceptHostHeader, CORS-CustomOrigin, CORS-S3Origin,
UserAgentRefererHeaders, Elemental-MediaTailor-PersonalizedManifests and HostHeaderOnly.
"""


def read_parts(config: Mapping[str, Json]) -> Parts:
    """Reads what a policy's configuration names."""
    return Parts(
        headers=_choice(config, "Header", lower=True),
        cookies=_choice(config, "Cookie", lower=False),
        queries=_choice(config, "QueryString", lower=False),
    )


def _choice(config: Mapping[str, Json], kind: str, *, lower: bool) -> Choice:
    part = mapping(config.get(f"{kind}sConfig"))
    named = [str(name) for name in listing(part.get(f"{kind}s"))]
    behavior = str(part.get(f"{kind}Behavior", "none"))
    return Choice(
        behavior="all" if behavior.startswith("allViewer") else behavior,
        names=frozenset(name.lower() for name in named) if lower else frozenset(named),
    )
