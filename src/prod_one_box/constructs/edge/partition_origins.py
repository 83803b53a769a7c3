"""The origins of the partitions: which are accepted, which lead to another partition, and that of a REST API."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, cast

from aws_cdk import Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins

from ...errors import InvalidArgumentError, check_kind
from ...template.intrinsics import references
from ...vocabulary import METADATA_KEY, is_partition
from ..jsii_cache import resources_of_type, stack_of
from ..watch.signals import literal_stage_name

if TYPE_CHECKING:
    from aws_cdk import aws_apigateway as apigateway

Origin = Mapping[str, object]
"""An origin as it will appear in the template, except for the case of its keys."""

_ALIAS: Final = "AWS::Lambda::Alias"
_ADDRESS_PROPERTIES: Final = {
    _ALIAS: "",
    "AWS::Lambda::Url": "",
    "AWS::ApiGatewayV2::Integration": "apiId",
    "AWS::ApiGateway::Method": "restApiId",
}
"""Resources that forward requests, and the property that refers to the resource with the address; "" for themselves."""


class SplitPartition(Protocol):
    """What the edge must know of a partition; `Partition` and `PartitionOrigin` have it."""

    @property
    def partition_name(self) -> str:
        """The partition's name."""

    @property
    def share(self) -> float:
        """The percentage of visitors in the partition."""

    @property
    def origin(self) -> cloudfront.IOrigin:
        """What serves the partition."""


@dataclass(frozen=True, kw_only=True)
class PartitionOrigin:
    """An origin of your own for one partition.

    `OneBoxFrontend.partitions` has the names and the shares; with `create_apis=False` you bring the origins:
    `[PartitionOrigin(partition_name=each.partition_name, share=each.share, origin=...) for each in
    frontend.partitions]`. What can be an origin: CloudFront developer guide, "Use various origins with CloudFront
    distributions".

    Attributes:
        partition_name: `one-box`, `wave-2` and so on, or `regular`.
        share: The percentage of visitors in the partition, 0 to 100 in steps of 0.01; those of a site are 100 in all.
        origin: What serves the partition.
    """

    partition_name: str
    share: float
    origin: cloudfront.IOrigin


def rest_api_origin(rest_api: "apigateway.IRestApi", *, stage_name: str | None = None) -> origins.HttpOrigin:
    """Make an origin of a REST API whose methods call an alias that a release moves.

    `RestApiOrigin` of `aws_cdk` refers to the API's stage, and so to its deployment, its methods and the alias. A
    canary on such a distribution could not guard the release that moves the alias, since CloudFormation refuses
    circular dependencies. This origin refers only to the API's id, which forms the address together with the stage's
    literal name (API Gateway developer guide, "Deploy REST APIs in API Gateway"). Deploy the distribution for the first
    time after the API or together with it: the stage must exist when visitors come.

    Args:
        rest_api: The API.
        stage_name: The stage that visitors reach; default: the API's own deployment stage, under the name that it was
            created with (`prod` unless `deploy_options` name another).

    Raises:
        InvalidArgumentError: If `stage_name` is left out and the name of the API's stage is not known at synth:
            for an imported API, or one made with `deploy=False`.
    """
    name = literal_stage_name(rest_api, stage_name)
    suffix = stack_of(rest_api).url_suffix
    domain_name = f"{rest_api.rest_api_id}.execute-api.{rest_api.env.region}.{suffix}"
    return origins.HttpOrigin(domain_name, origin_path=f"/{name}")


def check_origin(origin: object, *, path: str, argument: str) -> None:
    """Raise unless an argument is an origin that can stand for a partition."""
    check_kind(
        origin,
        cloudfront.IOrigin,
        path=path,
        argument=argument,
        allowed="an origin (cloudfront.IOrigin)",
        remedy="Of a Partition, give its `origin`; of a function or an alias, the origin of an API or URL before it.",
    )


def check_distinct(origins: Mapping[str, Origin], *, path: str) -> None:
    """Raise if two partitions have the same origin, with the same custom headers."""
    places: list[tuple[object, ...]] = []
    for partition, origin in origins.items():
        place = place_of(origin)
        if place in places:
            other = list(origins)[places.index(place)]
            raise InvalidArgumentError(
                path=path,
                argument="partitions",
                given=f"one origin for {other} and {partition}: the domain name, path, ports and custom headers are "
                "the same",
                allowed="an origin of its own for each partition",
            )
        places.append(place)


def place_of(origin: Origin) -> tuple[object, ...]:
    """Return what distinguishes an origin from others."""
    custom = cast("Origin", origin.get("customOriginConfig") or {})
    ports = (custom.get("originProtocolPolicy"), custom.get("httpPort") or 80, custom.get("httpsPort") or 443)
    headers = cast("Sequence[Origin]", origin.get("originCustomHeaders") or [])
    names_and_values = sorted((str(one["headerName"]).lower(), str(one["headerValue"])) for one in headers)
    return (origin["domainName"], origin.get("originPath") or "", ports, names_and_values)


def exchanged_origins(stack: Stack, domains: Mapping[str, object]) -> Iterator[str]:
    """Describe each origin that leads to another partition's alias, with the remedy.

    Only function URLs and API integrations of the same stack are followed.

    Args:
        stack: The distribution's stack.
        domains: The resolved domain name of each partition's origin.
    """
    addresses = {partition: {*references(domain)} for partition, domain in domains.items()}
    served = _partitions_by_address(stack) if any(addresses.values()) else {}
    for partition, names in addresses.items():
        found = {each for name in names for each in served.get(name, ())}
        if found and partition not in found:
            yield (
                f"The origin of the {partition} partition leads to the {min(found)} partition's alias: its visitors "
                "would get a release when it is the other's turn. Give each partition the origin before its own alias."
            )


def _partitions_by_address(stack: Stack) -> dict[str, set[str]]:
    """Return the partitions that answer at each address of a stack, by the address's logical id."""
    resources = resources_of_type(stack, *_ADDRESS_PROPERTIES)
    resolved = stack.resolve([[each.logical_id, each.cfn_resource_type, each._cfn_properties] for each in resources])
    owners: dict[str, set[str]] = {}
    for resource, (name, kind, properties) in zip(resources, resolved, strict=True):
        phase = (resource.get_metadata(METADATA_KEY) or {}).get("Phase") if kind == _ALIAS else None
        if phase and is_partition(phase):
            for owner in (name, *references(properties["functionName"])):
                owners.setdefault(owner, set()).add(phase)
    served: dict[str, set[str]] = {}
    for name, kind, properties in resolved:
        address_property = _ADDRESS_PROPERTIES[kind]
        for address in references(properties[address_property]) if address_property else [name]:
            partitions = served.setdefault(address, set())
            partitions.update(owner for each in references(properties) for owner in owners.get(each, ()))
    return served
