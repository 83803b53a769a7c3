"""Whether what was given as an origin is one, and the right partition's."""

from collections.abc import Iterator, Mapping
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_cloudfront as cloudfront

from ..errors import InvalidArgumentError, check_kind
from ..made import resources_of_type
from ..references import references
from ..vocabulary import METADATA_KEY, PARTITIONS
from .partition_origin import PartitionOrigin

_ALIAS: Final = "AWS::Lambda::Alias"
_LEADING: Final = {
    _ALIAS: "",
    "AWS::Lambda::Url": "",
    "AWS::ApiGatewayV2::Integration": "apiId",
    "AWS::ApiGateway::Method": "restApiId",
}
"""What leads requests on, and the property that names what has the address; "" for itself."""


def check_origin(origin: object, *, path: str, argument: str, partition: str | None = None) -> None:
    """Refuses what is no origin, and a partition's own one in the other partition's place.

    Args:
        origin: What the user gave.
        path: The construct's path.
        argument: The name of the argument.
        partition: The partition that it stands for; default: None, which means that it stands for neither.

    Raises:
        InvalidArgumentError: If it is no origin, or certainly the other partition's.
    """
    check_kind(
        origin,
        cloudfront.IOrigin,
        path=path,
        argument=argument,
        allowed="an origin (cloudfront.IOrigin)",
        remedy="Of a Partition, give its `origin`; of a function or an alias, the origin of an API or URL before it.",
    )
    if partition is not None and isinstance(origin, PartitionOrigin) and origin.partition != partition:
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=f"the {origin.partition} partition's own origin",
            allowed=f"the {partition} partition's, or an origin of your own",
            remedy="Give one_box=frontend.one_box.origin and regular=frontend.regular.origin.",
        )


def exchanged_origins(stack: Stack, domains: Mapping[str, object]) -> Iterator[str]:
    """Name the partitions whose origin leads to the other partition's alias, a sentence with its remedy for each.

    Only what the stack itself holds is seen: function URLs and the integrations of APIs.

    Args:
        stack: The distribution's stack.
        domains: The domain name of each partition's origin, as it stands in the stack.
    """
    named = {partition: {*references(domain)} for partition, domain in domains.items()}
    behind = _partitions_behind(stack) if any(named.values()) else {}
    for partition, addresses in named.items():
        found = {each for address in addresses for each in behind.get(address, ())}
        if found and partition not in found:
            yield (
                f"The origin of the {partition} partition leads to the {found.pop()} partition's alias: its visitors "
                "would get a release when it is the other's turn. Give each partition the origin before its own alias."
            )


def _partitions_behind(stack: Stack) -> dict[str, set[str]]:
    """Finds the partitions whose aliases or functions answer at each address of a stack, by its logical id."""
    resources = resources_of_type(stack, *_LEADING)
    said = stack.resolve([[each.logical_id, each.cfn_resource_type, each._cfn_properties] for each in resources])
    whose: dict[str, str] = {}
    for resource, (name, kind, properties) in zip(resources, said, strict=True):
        phase = (resource.get_metadata(METADATA_KEY) or {}).get("Phase") if kind == _ALIAS else None
        if phase in PARTITIONS:
            whose.update(dict.fromkeys((name, *references(properties["functionName"])), phase))
    behind: dict[str, set[str]] = {}
    for name, kind, properties in said:
        owner = _LEADING[kind]
        for address in references(properties[owner]) if owner else [name]:
            behind.setdefault(address, set()).update(whose[each] for each in references(properties) if each in whose)
    return behind
