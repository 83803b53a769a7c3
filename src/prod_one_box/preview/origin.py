"""An origin of a distribution, and what stands behind its domain name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..assembly.cloud_assembly import Json, StackTemplate
from ..assembly.http_message import Fields
from ..assembly.links import Links, Place
from ..assembly.template_parts import listing, mapping, properties
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
        name: What people know it by: the API or the bucket behind it; its id if it is neither.
        places: What its domain name refers to; what can answer goes first.
        partition: The partition whose origin it is; "" for none.
        travelling: What its custom headers' values refer to: Lambda@Edge learns from them of further origins.
        seconds: How long an answer may take.
        signs: Whether CloudFront signs the requests to it, by an origin access control.
    """

    id: str
    domain: str
    path: str
    fields: Fields
    places: tuple[Place, ...] = ()
    name: str = ""
    partition: str = ""
    travelling: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    seconds: float = _READ_SECONDS
    signs: bool = False

    @property
    def travelling_names(self) -> list[str]:
        """What the origins are called that Lambda@Edge learns of from this one."""
        return [places[0].logical_id for places in self.travelling.values() if places]


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
        stand_in(each.get("HeaderValue")): answering_first(links.led_to(stack, each.get("HeaderValue")), links)
        for each in headers
    }
    return Origin(
        id=str(origin.get("Id")),
        domain=stand_in(origin.get("DomainName")),
        path=_path(origin.get("OriginPath", ""), stack, links),
        fields=tuple((stand_in(each.get("HeaderName")).lower(), stand_in(each.get("HeaderValue"))) for each in headers),
        places=places,
        name=_name(places[0], stack) if places else str(origin.get("Id")),
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


def _name(place: Place, stack: StackTemplate) -> str:
    return place.logical_id if place.stack == stack.name else f"{place.stack}/{place.logical_id}"


def _path(value: Json, stack: StackTemplate, links: Links) -> str:
    """The origin's path; one that is made of a stage's name gets the name that the template gives the stage."""
    stages = [each for each in map(links.resource, links.led_to(stack, value)) if each.type in _STAGES]
    return f"/{stand_in(properties(stages[0]).get('StageName'))}" if stages else stand_in(value)
