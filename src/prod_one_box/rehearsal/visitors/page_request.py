"""The request by which visitors ask a distribution for a page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit

from ...http_message import Fields, HttpRequest
from ...template.cloud_assembly import AssemblyError, listing, mapping, properties
from ...template.distributions import Distribution

EXAMPLE_DOMAIN: Final = "d111111abcdef8.cloudfront.net"
"""The domain name in AWS's examples: that of a distribution is not known before it is deployed."""

_OWN_NAME: Final = ".cloudfront.net"
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+")
_PATH: Final = re.compile(r"/[^\s#]*")


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """What visitors ask the edge for: a page on which it decides for their partition.

    Attributes:
        host: The name of the site; default: None, which means the first alternate domain name of the distribution, or
            without one `d111111abcdef8.cloudfront.net`.
        path: The path of the page, with its query if it has one; default: `/`.
        headers: Further headers that every visitor sends, such as `authorization`; default: none.

    Raises:
        ValueError: If it is no request.
    """

    host: str | None = None
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuses what no browser sends."""
        if self.host is not None and not _HOST.fullmatch(self.host):
            raise ValueError(f"host: got {self.host!r}; allowed: a domain name, such as www.example.com")
        if not _PATH.fullmatch(self.path):
            raise ValueError(f"path: got {self.path!r}; allowed: a path, such as /en or /shop?page=2")
        for name, value in self.headers.items():
            if not _NAME.fullmatch(name) or re.search(r"[\r\n]", value):
                raise ValueError(f"headers: got {name!r}: {value!r}; allowed: a header's name and its value")
            if name.lower() == "host":
                raise ValueError("headers: got the header host; allowed: any other, and the host's name as host")


@dataclass(frozen=True, kw_only=True)
class SiteNames:
    """The names by which visitors reach a distribution, and how they ask it.

    Attributes:
        asked: The request.
        names: The distribution's alternate domain names that are known at synth; default: none.
    """

    asked: PageRequest = field(default_factory=PageRequest)
    names: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The name that visitors ask for first."""
        known = self.names[0].replace("*", "www", 1) if self.names else EXAMPLE_DOMAIN
        return self.asked.host or known

    def request(self, address: str, agent: str, cookies: Mapping[str, str]) -> HttpRequest:
        """A visitor's request for the page.

        Args:
            address: The visitor's IP address.
            agent: Their `User-Agent`.
            cookies: Their cookies by name.
        """
        path, _, query = self.asked.path.partition("?")
        given = {name.lower(): value for name, value in self.asked.headers.items()}
        fields: Fields = (("host", self.host), ("user-agent", given.pop("user-agent", agent)))
        jar = "; ".join(
            [*filter(None, [given.pop("cookie", "")]), *(f"{name}={value}" for name, value in cookies.items())]
        )
        fields += tuple(given.items())
        return HttpRequest(
            address=address, path=path, query=query, fields=(*fields, ("cookie", jar)) if jar else fields
        )

    def url(self, request: HttpRequest) -> str:
        """The address of a request, as a browser shows it."""
        return f"https://{request.values('host')[0]}{request.path}{'?' if request.query else ''}{request.query}"

    def redirected(self, request: HttpRequest, location: str) -> HttpRequest | None:
        """The request that follows a redirect; None if it leads to another site.

        Args:
            request: The request that was answered.
            location: Where the answer leads.
        """
        try:
            target = urlsplit(urljoin(self.url(request), location))
            host = (target.hostname or "").lower()
        except ValueError:  # no address, such as one with half of an IPv6 host
            return None
        if target.scheme not in ("https", "http") or not (host == self.host.lower() or self.has(host)):
            return None
        fields = tuple((name, host if name == "host" else value) for name, value in request.fields)
        return HttpRequest(address=request.address, path=target.path or "/", query=target.query, fields=fields)

    def has(self, host: str) -> bool:
        """Check whether a host is among the distribution's alternate domain names, which may have a wildcard.

        Args:
            host: The host, in lower case.
        """
        known = [name.lower() for name in self.names]
        return host in known or any(host.endswith(each[1:]) for each in known if each.startswith("*."))


def site_names(asked: PageRequest, distribution: Distribution | None) -> SiteNames:
    """Reads the names of a distribution.

    Args:
        asked: What visitors ask for.
        distribution: The distribution; None if it is not known.

    Raises:
        AssemblyError: If the distribution does not have the host that they ask for: CloudFront answers 403 (CloudFront
            developer guide, "HTTP 403 status code (Permission Denied)": alternate CNAME is incorrectly configured).
    """
    if distribution is None:
        return SiteNames(asked=asked)
    aliases = listing(mapping(properties(distribution.resource).get("DistributionConfig")).get("Aliases"))
    found = SiteNames(asked=asked, names=tuple(name for name in aliases if isinstance(name, str)))
    host = (asked.host or _OWN_NAME).lower()
    if len(found.names) == len(aliases) and not (host.endswith(_OWN_NAME) or found.has(host)):
        allowed = ", ".join([*found.names, f"a name that ends in {_OWN_NAME}"])
        raise AssemblyError(
            f"--host: got {asked.host!r}, which {distribution.name} does not have: CloudFront answers 403; "
            f"allowed: {allowed}; for another give domain_names to the distribution"
        )
    return found
