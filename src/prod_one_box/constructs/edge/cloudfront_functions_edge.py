"""The edge in CloudFront Functions: viewer-request chooses the origin by its id in the distribution."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

import jsii
from aws_cdk import Annotations, CfnResource, IResolveContext, IStringProducer, Lazy
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from ...errors import InvalidArgumentError
from ...vocabulary import METADATA_KEY, ONE_BOX, REGULAR
from ..jsii_cache import path_of, resource_of, stack_of
from ..physical_name import name_in_account
from .edge_code import EdgeEvent, EdgeRuntime, edge_code
from .edge_settings import EdgeSettings
from .existing_distribution import ExistingDistribution, Rendered
from .partition_origins import check_distinct, place_of

if TYPE_CHECKING:
    from .composition import UserCode

_LONGEST_NAME: Final = 64
"""CloudFormation template reference, "AWS::CloudFront::Function"."""

_LONGEST_PREFIX: Final = _LONGEST_NAME - len("-response-123456")
_CODE_LIMIT: Final = 10_240
_MOST_PARTITIONS: Final = 75
"""CloudFront developer guide, "Quotas": cache behaviors per distribution. Each partition has one."""

_EVENTS: Final = {
    EdgeEvent.VIEWER_REQUEST: ("ViewerRequest", cloudfront.FunctionEventType.VIEWER_REQUEST),
    EdgeEvent.VIEWER_RESPONSE: ("ViewerResponse", cloudfront.FunctionEventType.VIEWER_RESPONSE),
}


def reserved_path(partition: str) -> str:
    """Return the path whose behavior brings a partition's origin into the distribution.

    Visitors get an ordinary page there. No partition's path matches another one's.
    """
    return "/.prod-one-box/*" if partition == ONE_BOX else f"/.prod-one-box-{partition}/*"


def origin_id(partition: str) -> str:
    """Return the id of a partition's origin in the distribution, unless the user gave it one."""
    return f"prod-one-box/{partition}"


class CloudFrontFunctionsEdge:
    """The two functions, and how a distribution gets them.

    Attributes:
        origin_ids: The id that CDK gives each partition's origin, before it is fixed; empty until attached.
    """

    def __init__(self, scope: Construct, settings: EdgeSettings) -> None:
        self._settings = settings
        self._check_number()
        self._user_code = {event: self._read(scope, event, source) for event, source in settings.user_code.items()}
        self.origin_ids: Mapping[str, str] = {}
        prefix = name_in_account(scope, longest=_LONGEST_PREFIX)
        self._names = {event: _FunctionName(f"{prefix}-{event.value.removeprefix('viewer-')}") for event in _EVENTS}
        self.functions = {event: self._build_function(scope, event) for event in _EVENTS}

    @property
    def function_associations(self) -> list[cloudfront.FunctionAssociation]:
        """The functions as an argument of a behavior."""
        return [
            cloudfront.FunctionAssociation(function=function, event_type=_EVENTS[event][1])
            for event, function in self.functions.items()
        ]

    @cached_property
    def function_arns(self) -> list[str]:
        """The ARNs of the functions, as in a behavior."""
        return [function.function_arn for function in self.functions.values()]

    @property
    def resources(self) -> list[CfnResource]:
        """The CloudFormation resources of the functions."""
        return [cast("CfnResource", resource_of(function)) for function in self.functions.values()]

    def check_events(self, existing: ExistingDistribution) -> None:
        """Raise if the default behavior has functions at viewer events, or a reserved path is taken."""
        name = path_of(existing.distribution)
        for event in existing.function_events:
            raise self._refused(
                f"the default behavior of {name} with a {event} function",
                allowed="a default behavior without one: CloudFront runs one for each event",
                remedy=f"Take it off the behavior, and give its source text as {EdgeEvent(event).identifier}_code=...",
            )
        for event in existing.lambda_events:
            if EdgeEvent(event) in _EVENTS:
                raise self._refused(
                    f"the default behavior of {name} with a {event} function of Lambda@Edge",
                    allowed="none at viewer events, where CloudFront does not mix the two runtimes",
                    remedy="Move it to an origin event, or use EdgeRuntime.LAMBDA_AT_EDGE.",
                )
        for partition in self._settings.split.waves:
            path = reserved_path(partition)
            if existing.number_of_behaviors(path):
                raise self._refused(
                    f"{name} with a behavior for {path}",
                    allowed=f"a distribution without one: that path brings the {partition} partition's origin in",
                    remedy="Give your behavior another path pattern.",
                )

    def attach(self, existing: ExistingDistribution) -> dict[str, str]:
        """Add the waves' origins to the distribution, and the functions to its default behavior.

        Returns:
            The id of each partition's origin.
        """
        existing = self._register_waves(existing)
        ids = {partition: existing.origin_id_of(reserved_path(partition)) for partition in self._settings.split.waves}
        self.origin_ids = {**ids, REGULAR: existing.default_origin_id}
        self._check_origins(existing)
        fixed = existing.fix_origin_ids({id: origin_id(partition) for partition, id in ids.items()})
        origins = {partition: fixed.get(id, id) for partition, id in self.origin_ids.items()}
        for event, function in self.functions.items():
            self._write_code(event, function, origins)
        self._rename_for(origins, existing)
        existing.associate("Function", self.functions, self.function_arns)
        return origins

    def domain_names(self, existing: ExistingDistribution) -> dict[str, object]:
        """Return the resolved domain name of each partition's origin."""
        return {each: existing.origins[id]["domainName"] for each, id in self.origin_ids.items()}

    def faults(self, existing: ExistingDistribution, own_behaviors: Sequence[Rendered]) -> list[str]:
        """Describe later changes to the distribution that break this edge.

        Args:
            existing: The distribution.
            own_behaviors: Its further behaviors that have the edge's functions.
        """
        origins = existing.origins
        places = [place_of(origins[id]) for id in self.origin_ids.values()]
        faults = [
            f"The behavior {behavior['pathPattern']} has the edge's functions and an origin that is no "
            "partition's, which gets no request: the functions choose the partition's. Give it the default behavior's "
            "origin, or take the functions off it; another site needs a distribution and an edge of its own."
            for behavior in own_behaviors
            if (origin := origins.get(str(behavior["targetOriginId"]))) is None or place_of(origin) not in places
        ]
        for partition in self._settings.split.waves:
            if existing.number_of_behaviors(reserved_path(partition)) != 1:
                faults.append(
                    f"Another behavior was added for {reserved_path(partition)}, which brings the {partition} "
                    "partition's origin in: remove it."
                )
            if origin_id(partition) in origins:
                faults.append(
                    f"An origin has the id {origin_id(partition)}, which is the {partition} partition's: give it "
                    "another one."
                )
        return faults

    def _check_number(self) -> None:
        partitions = list(self._settings.split.shares)
        if len(partitions) > _MOST_PARTITIONS:
            raise self._refused(
                f"{len(partitions)} partitions",
                argument="partitions",
                allowed=f"at most {_MOST_PARTITIONS}: each takes one of a distribution's cache behaviors (CloudFront "
                'developer guide, "Quotas")',
                remedy="Release in fewer waves.",
            )

    def _read(self, scope: Construct, event: EdgeEvent, source: str) -> "UserCode":
        """Check the user's code, and warn about features that may fail once it is deployed."""
        from .composition import read_user_code  # noqa: PLC0415  only a user's code needs the parser

        argument = f"{event.identifier}_code"
        user_code = read_user_code(source, path=self._settings.path, argument=argument)
        if user_code.doubts:
            Annotations.of(scope).add_warning_v2(
                f"prod-one-box:undocumentedEdgeCode:{event.value}",
                f"{argument}: the CloudFront developer guide does not list as supported, and so may fail once "
                f"deployed: {'; '.join(map(str, user_code.doubts))}. "
                f"{' '.join(dict.fromkeys(doubt.limit.instead for doubt in user_code.doubts))}",
            )
        return user_code

    def _build_function(self, scope: Construct, event: EdgeEvent) -> cloudfront.Function:
        return cloudfront.Function(
            scope,
            _EVENTS[event][0],
            function_name=Lazy.uncached_string(self._names[event]),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            code=cloudfront.FunctionCode.from_inline(self._code(event, {})),
            comment=f"{self._settings.path} {event.value}"[:128],
        )

    def _register_waves(self, existing: ExistingDistribution) -> ExistingDistribution:
        """Add a behavior for each wave's origin: guarded like the default behavior, and never cached."""
        for partition, origin in self._settings.split.waves.items():
            existing.distribution.add_behavior(
                reserved_path(partition),
                origin,
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                function_associations=self.function_associations,
            )
        registered = ExistingDistribution(existing.distribution)
        for partition in self._settings.split.waves:
            registered.guard_like_default(reserved_path(partition))
        return registered

    def _check_origins(self, existing: ExistingDistribution) -> None:
        """Raise if a partition has an origin group, or two partitions have the same origin."""
        found = existing.origins
        for number, (partition, id) in enumerate(self.origin_ids.items()):
            if id not in found:
                raise self._refused(
                    f"the origin group {id}",
                    argument="distribution" if partition == REGULAR else f"partitions[{number}].origin",
                    allowed="an origin: a function cannot choose an origin group by its id",
                )
        check_distinct({each: found[id] for each, id in self.origin_ids.items()}, path=self._settings.path)

    def _rename_for(self, origins: Mapping[str, str], existing: ExistingDistribution) -> None:
        """Name the functions for the origins, if one stack holds them and the distribution.

        A distribution of another stack imports the functions' ARNs, which cannot change while it does (CloudFormation
        user guide, "Get exported outputs from a deployed CloudFormation stack").
        """
        if stack_of(existing.distribution) is stack_of(self.functions[EdgeEvent.VIEWER_REQUEST]):
            for name in self._names.values():
                name.origins = origins

    def _write_code(self, event: EdgeEvent, function: cloudfront.Function, origins: Mapping[str, str]) -> None:
        """Replace the code and its metadata: origins have ids only once they are in the distribution."""
        cfn = cast("cloudfront.CfnFunction", resource_of(function))
        cfn.function_code = self._code(event, origins)
        metadata = {
            "EdgeFunction": event.value,
            "Runtime": EdgeRuntime.CLOUDFRONT_FUNCTIONS.value,
            "Shares": dict(self._settings.split.shares),
            "Origins": dict(origins),
        }
        cfn.add_metadata(METADATA_KEY, metadata)

    def _code(self, event: EdgeEvent, origins: Mapping[str, str]) -> str:
        config = self._settings.decision_config()
        if event == EdgeEvent.VIEWER_REQUEST:
            config["origins"] = dict(origins)
        user_code = self._user_code.get(event)
        code = edge_code(EdgeRuntime.CLOUDFRONT_FUNCTIONS, event, config, has_user_code=user_code is not None)
        if user_code:
            code = user_code.joined_to(code)
        size = len(code.encode())
        if size > _CODE_LIMIT:
            raise self._refused(
                f"code that makes the function {size:,} bytes",
                argument=f"{event.identifier}_code",
                allowed=f"{_CODE_LIMIT:,} bytes, the library's part included (CloudFront's limit cannot be raised)",
                remedy="Minify your code.",
            )
        return code

    def _refused(
        self, given: str, *, allowed: str, argument: str = "distribution", remedy: str = ""
    ) -> InvalidArgumentError:
        return InvalidArgumentError(
            path=self._settings.path, argument=argument, given=given, allowed=allowed, remedy=remedy
        )


@jsii.implements(IStringProducer)
class _FunctionName:
    """The name of a function, which depends on the origins that its code chooses.

    CloudFormation updates a resource before those that refer to it: a function updated in place would choose origins
    that its distribution does not have yet. A function of another name is another resource, which the distribution
    takes together with the origins, in one update of its configuration.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.origins: Mapping[str, str] = {}

    def produce(self, context: IResolveContext) -> str:  # noqa: ARG002  # CDK passes it
        origins = json.dumps(self.origins, sort_keys=True)
        return f"{self._prefix}-{hashlib.sha256(origins.encode()).hexdigest()[:6]}"
