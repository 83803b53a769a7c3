"""Parts of a request: what a cache policy keeps copies apart by, what an origin request policy lets through."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .cloud_assembly import Json
from .http_message import Fields, HttpRequest, cookie_pairs
from .template_parts import listing, mapping


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
