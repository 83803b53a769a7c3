"""An origin of a distribution: its settings, what its domain name refers to, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ...http_message import Fields, HttpResponse
from ...template.cloud_assembly import Json, StackTemplate, listing, mapping, properties
from ...template.links import Links, Place
from ...template.stand_in import stand_in

HTTP_API: Final = "AWS::ApiGatewayV2::Api"
REST_API: Final = "AWS::ApiGateway::RestApi"
FUNCTION_URL: Final = "AWS::Lambda::Url"
BUCKET: Final = "AWS::S3::Bucket"

_ANSWERING: Final = (HTTP_API, REST_API, FUNCTION_URL, BUCKET)
_STAGES: Final = ("AWS::ApiGatewayV2::Stage", "AWS::ApiGateway::Stage")
_READ_SECONDS: Final = 30.0
"""CloudFront's default response timeout (CloudFront API reference, 'CustomOriginConfig')."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """An origin of a distribution.

    Attributes:
        id: Its id in the distribution.
        domain: A stand-in for its domain name.
        path: The origin path, which precedes a request's path.
        fields: Its custom headers.
        places: The resources that its domain name refers to; the one that answers requests comes first.
        names: The construct path and the logical id of the resource that answers.
        partition: The partition that it belongs to; "" for none.
        header_origins: The origins named in its custom headers' values, from which Lambda@Edge code reads them, by
            domain name.
        seconds: The response timeout.
        signs: Whether CloudFront signs requests to it with an origin access control.
    """

    id: str
    domain: str
    path: str
    fields: Fields
    places: tuple[Place, ...] = ()
    names: tuple[str, ...] = ()
    partition: str = ""
    header_origins: "dict[str, Origin]" = field(default_factory=dict)
    seconds: float = _READ_SECONDS
    signs: bool = False

    @property
    def name(self) -> str:
        """The most familiar name."""
        return self.names[0] if self.names else self.id


@dataclass(frozen=True, kw_only=True)
class OriginResponse:
    """What an origin answered.

    Attributes:
        response: The response; an error page may have replaced the origin's own.
        version: The version that answered; "" if unknown.
        status: The origin's own status.
    """

    response: HttpResponse
    version: str = ""
    status: int = 0

    @property
    def failed(self) -> bool:
        """Whether the origin answered with an error."""
        return self.status >= 400  # noqa: PLR2004


def read_origin(
    origin: Mapping[str, Json], partitions: Mapping[str, str], stack: StackTemplate, links: Links
) -> Origin:
    """Read an origin from its entry in a stack's distribution; `partitions` are those of the origins' ids."""
    headers = [mapping(each) for each in listing(origin.get("OriginCustomHeaders"))]
    seconds = mapping(origin.get("CustomOriginConfig")).get("OriginReadTimeout")
    places = _places(origin.get("DomainName"), stack, links)
    return Origin(
        id=str(origin.get("Id")),
        domain=stand_in(origin.get("DomainName")),
        path=_path(origin.get("OriginPath", ""), stack, links),
        fields=tuple((stand_in(each.get("HeaderName")).lower(), stand_in(each.get("HeaderValue"))) for each in headers),
        places=places,
        names=_names(places, stack, links),
        partition=partitions.get(str(origin.get("Id")), ""),
        header_origins={one.domain: one for one in (_header_origin(each, stack, links) for each in headers)},
        seconds=float(seconds) if isinstance(seconds, (int, float)) else _READ_SECONDS,
        signs=_signs(origin.get("OriginAccessControlId"), stack, links),
    )


def _header_origin(header: Mapping[str, Json], stack: StackTemplate, links: Links) -> Origin:
    domain, places = stand_in(header.get("HeaderValue")), _places(header.get("HeaderValue"), stack, links)
    return Origin(id=domain, domain=domain, path="", fields=(), places=places, names=_names(places, stack, links))


def _signs(control: Json, stack: StackTemplate, links: Links) -> bool:
    """Return whether an origin access control signs requests; one outside the assembly is assumed to."""
    named = [properties(links.resource(place)) for place in links.led_to(stack, control)]
    configs = [mapping(each.get("OriginAccessControlConfig")) for each in named]
    if not configs:
        return bool(control)
    return any(each.get("SigningBehavior") != "never" for each in configs)


def _places(domain: Json, stack: StackTemplate, links: Links) -> tuple[Place, ...]:
    """Return the resources that a domain name refers to, an API before its stage."""
    places = links.led_to(stack, domain)
    return tuple(sorted(places, key=lambda place: (links.resource(place).type not in _ANSWERING, place)))


def _names(places: tuple[Place, ...], stack: StackTemplate, links: Links) -> tuple[str, ...]:
    """Return the names of what answers; a logical id in another stack is prefixed with that stack's name."""
    return tuple(
        name
        for place in places[:1]
        for name in (
            links.resource(place).path,
            place.logical_id if place.stack == stack.name else f"{place.stack}/{place.logical_id}",
        )
        if name
    )


def _path(value: Json, stack: StackTemplate, links: Links) -> str:
    """Return the origin path; a reference to a stage becomes the stage's name."""
    stages = [each for each in map(links.resource, links.led_to(stack, value)) if each.type in _STAGES]
    return f"/{stand_in(properties(stages[0]).get('StageName'))}" if stages else stand_in(value)
