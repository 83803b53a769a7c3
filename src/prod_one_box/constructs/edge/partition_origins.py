"""A partition's own HTTP API as an origin that knows whose it is.

Whether what was given as an origin is one, and the right partition's.

Where an origin is: two alike would make both partitions one.

Gives an origin an id that does not depend on what else the distribution has.

A REST API as an origin, without a reference to its stage.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

import jsii
from aws_cdk import Aspects, IAspect, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from constructs import IConstruct

from ...errors import InvalidArgumentError, check_kind
from ...template.intrinsics import references
from ...vocabulary import METADATA_KEY, PARTITIONS
from ..jsii_cache import resources_of_type, stack_of
from ..watch.signals import literal_stage_name
from .existing_distribution import ExistingDistribution


class PartitionOrigin(origins.HttpOrigin):
    """The origin of one partition.

    Attributes:
        partition: `one-box` or `regular`.
    """

    def __init__(self, domain_name: str, *, partition: str) -> None:
        """Makes the origin.

        Args:
            domain_name: The API's domain name.
            partition: The partition's name.
        """
        super().__init__(domain_name)
        self.partition = partition


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


Origin = Mapping[str, object]
"""An origin as it will stand in the template but for the case of its keys."""


def check_places(one_box: Origin, regular: Origin, *, path: str) -> None:
    """Refuses a one-box that is where the regular partition is, and is told nothing else by its custom headers."""
    if place_of(one_box) == place_of(regular):
        raise InvalidArgumentError(
            path=path,
            argument="one_box",
            given="the default behavior's own origin, or one alike in domain name, path, ports and custom headers",
            allowed="another origin: the regular partition has that one",
        )


def place_of(origin: Origin) -> tuple[object, ...]:
    """What tells an origin from others."""
    custom = cast("Origin", origin.get("customOriginConfig") or {})
    ports = (custom.get("originProtocolPolicy"), custom.get("httpPort") or 80, custom.get("httpsPort") or 443)
    headers = cast("Sequence[Origin]", origin.get("originCustomHeaders") or [])
    told = sorted((str(one["headerName"]).lower(), str(one["headerValue"])) for one in headers)
    return (origin["domainName"], origin.get("originPath") or "", ports, told)


_GENERATED: Final = re.compile(r"Origin\d+[0-9A-F]{8}$")
"""How CDK ends an id that it makes: the origin's number among the distribution's, and a hash of that."""


def fixed_origin_id(distribution: cloudfront.Distribution, id: str, *, fixed: str) -> str:
    """Let an origin have a fixed id in the template, unless the user gave it one.

    CDK numbers the origins in the order of the behaviors, so that a behavior more or less gives another id to an
    origin. The first one's, which the default behavior has, is always the same.

    Args:
        distribution: The distribution, which has the origin.
        id: The origin's id there.
        fixed: The id to have instead.

    Returns:
        The id that the origin will have.
    """
    if not _GENERATED.search(id):
        return id
    cfn = ExistingDistribution(distribution).cfn
    Aspects.of(cfn).add(_Renamed(distribution, id, fixed))
    return fixed


@jsii.implements(IAspect)
class _Renamed:
    """Renames an origin and all that names it, when the distribution has all its behaviors."""

    def __init__(self, distribution: cloudfront.Distribution, id: str, fixed: str) -> None:
        self._distribution = distribution
        self._id = id
        self._fixed = fixed

    def visit(self, node: IConstruct) -> None:  # noqa: ARG002  # the distribution's resource, the one that it is added to
        ExistingDistribution(self._distribution).rename_origin(self._id, self._fixed)


def rest_api_origin(rest_api: apigateway.IRestApi, *, stage_name: str | None = None) -> origins.HttpOrigin:
    """Makes an origin of a REST API whose methods call an alias that a release moves.

    `RestApiOrigin` of `aws_cdk` refers to the API's stage, thereby to its deployment, its methods and
    the alias: a canary on such a distribution could not guard the very release that moves the alias, since
    CloudFormation refuses circular dependencies. This origin refers to the API's id alone, which with the stage's
    literal name makes the address (API Gateway developer guide, "Deploy REST APIs in API Gateway"). Make the
    distribution's first deployment after the API's, or with it: the stage must exist when visitors come.

    Args:
        rest_api: The API.
        stage_name: The stage that visitors reach; default: None, which means the API's own deployment
            stage, by the name that it was given when it was made (`prod` unless `deploy_options` say
            otherwise).

    Raises:
        InvalidArgumentError: If `stage_name` is left out and the API's stage has no name known at synth:
            an imported API, or one made with `deploy=False`.
    """
    name = literal_stage_name(rest_api, stage_name)
    stack = stack_of(rest_api)
    domain_name = f"{rest_api.rest_api_id}.execute-api.{rest_api.env.region}.{stack.url_suffix}"
    return origins.HttpOrigin(domain_name, origin_path=f"/{name}")
