"""The request for a page that visitors send to a distribution."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit

from ...http_message import Fields, HttpRequest
from ...template.cloud_assembly import AssemblyError, listing, mapping, properties
from ...template.distributions import Distribution

EXAMPLE_DOMAIN: Final = "d111111abcdef8.cloudfront.net"
"""The domain name in AWS's examples: a distribution's own is unknown before it is deployed."""

_OWN_DOMAIN: Final = ".cloudfront.net"
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+")
_PATH: Final = re.compile(r"/[^\s#]*")


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """The request for a page, from which the edge decides the partition.

    Attributes:
        host: The site's host name; default: None, which means the distribution's first alternate domain name, or
            `d111111abcdef8.cloudfront.net` without one.
        path: The path of the page, with its query if it has one; default: `/`.
        headers: Further headers that every visitor sends, such as `authorization`; default: none.

    Raises:
        ValueError: If the host, the path or a header is invalid.
    """

    host: str | None = None
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Validate the request."""
        if self.host is not None and not _HOST.fullmatch(self.host):
            raise ValueError(f"host: got {self.host!r}; allowed: a domain name, such as www.example.com")
        if not _PATH.fullmatch(self.path):
            raise ValueError(f"path: got {self.path!r}; allowed: a path, such as /en or /shop?page=2")
        for name, value in self.headers.items():
            if not _NAME.fullmatch(name) or re.search(r"[\r\n]", value):
                raise ValueError(f"headers: got {name!r}: {value!r}; allowed: a header's name and its value")
            if name.lower() == "host":
                raise ValueError("headers: got the header host; allowed: any other header. Set host instead")


@dataclass(frozen=True, kw_only=True)
class SiteNames:
    """The host names of a distribution, and the request that visitors send to it.

    Attributes:
        page: The request.
        names: The distribution's alternate domain names that are known at synth; default: none.
    """

    page: PageRequest = field(default_factory=PageRequest)
    names: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host name of the first request."""
        known = self.names[0].replace("*", "www", 1) if self.names else EXAMPLE_DOMAIN
        return self.page.host or known

    def request(self, address: str, agent: str, cookies: Mapping[str, str]) -> HttpRequest:
        """Return a visitor's request for the page, with their IP address, `User-Agent` and cookies by name."""
        path, _, query = self.page.path.partition("?")
        given = {name.lower(): value for name, value in self.page.headers.items()}
        fields: Fields = (("host", self.host), ("user-agent", given.pop("user-agent", agent)))
        jar = "; ".join(
            [*filter(None, [given.pop("cookie", "")]), *(f"{name}={value}" for name, value in cookies.items())]
        )
        fields += tuple(given.items())
        return HttpRequest(
            address=address, path=path, query=query, fields=(*fields, ("cookie", jar)) if jar else fields
        )

    def url(self, request: HttpRequest) -> str:
        """Return the URL of a request."""
        return f"https://{request.values('host')[0]}{request.path}{'?' if request.query else ''}{request.query}"

    def redirected(self, request: HttpRequest, location: str) -> HttpRequest | None:
        """Return the request that follows a redirect to a location; None if that is on another site."""
        try:
            target = urlsplit(urljoin(self.url(request), location))
            host = (target.hostname or "").lower()
        except ValueError:  # not a URL, such as one with half of an IPv6 host
            return None
        if target.scheme not in ("https", "http") or not (host == self.host.lower() or self.has(host)):
            return None
        fields = tuple((name, host if name == "host" else value) for name, value in request.fields)
        return HttpRequest(address=request.address, path=target.path or "/", query=target.query, fields=fields)

    def has(self, host: str) -> bool:
        """Return whether a host, in lower case, is an alternate domain name, which may have a wildcard."""
        known = [name.lower() for name in self.names]
        return host in known or any(host.endswith(each[1:]) for each in known if each.startswith("*."))


def site_names(page: PageRequest, distribution: Distribution | None) -> SiteNames:
    """Return the host names of a distribution, if that is known, with the page that visitors request.

    Raises:
        AssemblyError: If the distribution does not have the page's host: CloudFront answers 403 (CloudFront developer
            guide, "HTTP 403 status code (Permission Denied)": alternate CNAME is incorrectly configured).
    """
    if distribution is None:
        return SiteNames(page=page)
    aliases = listing(mapping(properties(distribution.resource).get("DistributionConfig")).get("Aliases"))
    found = SiteNames(page=page, names=tuple(name for name in aliases if isinstance(name, str)))
    host = (page.host or _OWN_DOMAIN).lower()
    if len(found.names) == len(aliases) and not (host.endswith(_OWN_DOMAIN) or found.has(host)):
        allowed = ", ".join([*found.names, f"a name that ends in {_OWN_DOMAIN}"])
        raise AssemblyError(
            f"--host: got {page.host!r}, which {distribution.name} does not have: CloudFront answers 403; "
            f"allowed: {allowed}; add other names to the distribution's domain_names"
        )
    return found
