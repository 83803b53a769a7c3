"""An origin of a distribution, and what stands behind its domain name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ...http_message import Fields
from ...template.cloud_assembly import Json, StackTemplate, listing, mapping, properties
from ...template.links import Links, Place
from .stand_in import stand_in

HTTP_API: Final = "AWS::ApiGatewayV2::Api"
REST_API: Final = "AWS::ApiGateway::RestApi"
FUNCTION_URL: Final = "AWS::Lambda::Url"
BUCKET: Final = "AWS::S3::Bucket"

_ANSWERING: Final = (HTTP_API, REST_API, FUNCTION_URL, BUCKET)
_STAGES: Final = ("AWS::ApiGatewayV2::Stage", "AWS::ApiGateway::Stage")
_READ_SECONDS: Final = 30.0


@dataclass(frozen=True, kw_only=True)
class Origin:
    """An origin of a distribution.

    Attributes:
        id: Its id in the distribution.
        domain: What stands for its domain name.
        path: What is put before a request's path.
        fields: Its custom headers.
        names: What people call the API or the bucket behind it: its construct's path, its logical id; default: none.
        places: What its domain name refers to; what can answer goes first.
        partition: The partition whose origin it is; "" for none.
        travelling: The origins that Lambda@Edge learns of from its custom headers' values, by their domain names.
        seconds: How long an answer may take.
        signs: Whether CloudFront signs the requests to it, by an origin access control.
    """

    id: str
    domain: str
    path: str
    fields: Fields
    places: tuple[Place, ...] = ()
    names: tuple[str, ...] = ()
    partition: str = ""
    travelling: "dict[str, Origin]" = field(default_factory=dict)
    seconds: float = _READ_SECONDS
    signs: bool = False

    @property
    def name(self) -> str:
        """What people know it by."""
        return self.names[0] if self.names else self.id


def read_origin(
    origin: Mapping[str, Json], partitions: Mapping[str, str], stack: StackTemplate, links: Links
) -> Origin:
    """Reads an origin.

    Args:
        origin: What the distribution says of it.
        partitions: The partition of each origin's id.
        stack: The stack that holds the distribution.
        links: The references between the assembly's stacks.
    """
    headers = [mapping(each) for each in listing(origin.get("OriginCustomHeaders"))]
    seconds = mapping(origin.get("CustomOriginConfig")).get("OriginReadTimeout")
    places = answering_first(links.led_to(stack, origin.get("DomainName")), links)
    travelling = {
        stand_in(each.get("HeaderValue")): _learned(each.get("HeaderValue"), stack, links) for each in headers
    }
    return Origin(
        id=str(origin.get("Id")),
        domain=stand_in(origin.get("DomainName")),
        path=_path(origin.get("OriginPath", ""), stack, links),
        fields=tuple((stand_in(each.get("HeaderName")).lower(), stand_in(each.get("HeaderValue"))) for each in headers),
        places=places,
        names=_names(places, stack, links),
        partition=partitions.get(str(origin.get("Id")), ""),
        travelling=travelling,
        seconds=float(seconds) if isinstance(seconds, (int, float)) else _READ_SECONDS,
        signs=_signs(origin.get("OriginAccessControlId"), stack, links),
    )


def _signs(control: Json, stack: StackTemplate, links: Links) -> bool:
    """Whether an origin access control signs requests; one that is not in the assembly is taken to."""
    named = [properties(links.resource(place)) for place in links.led_to(stack, control)]
    configs = [mapping(each.get("OriginAccessControlConfig")) for each in named]
    if not configs:
        return bool(control)
    return any(each.get("SigningBehavior") != "never" for each in configs)


def answering_first(places: Iterable[Place], links: Links) -> tuple[Place, ...]:
    """Some places, those of what can answer a request before others, such as an API's stage."""
    return tuple(sorted(places, key=lambda place: (links.resource(place).type not in _ANSWERING, place)))


def _learned(value: Json, stack: StackTemplate, links: Links) -> Origin:
    places, domain = answering_first(links.led_to(stack, value), links), stand_in(value)
    return Origin(id=domain, domain=domain, path="", fields=(), places=places, names=_names(places, stack, links))


def _names(places: tuple[Place, ...], stack: StackTemplate, links: Links) -> tuple[str, ...]:
    """The names of what answers; a logical id of another stack than the distribution's goes after that stack's name."""
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
    """The origin's path; one that is made of a stage's name gets the name that the template gives the stage."""
    stages = [each for each in map(links.resource, links.led_to(stack, value)) if each.type in _STAGES]
    return f"/{stand_in(properties(stages[0]).get('StageName'))}" if stages else stand_in(value)
