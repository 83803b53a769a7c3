"""The edge in Lambda@Edge: viewer-request names the partition, origin-request exchanges the origin."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from aws_cdk import CfnResource, Duration, Token
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ...errors import InvalidArgumentError
from ...vocabulary import METADATA_KEY, REGULAR
from ..jsii_cache import resource_of, stack_of
from ..nag import acknowledge, when_nag_checks
from ..physical_name import name_in_account, name_in_region
from .edge_code import EdgeEvent, EdgeRuntime, edge_code
from .edge_settings import EdgeSettings
from .existing_distribution import ExistingDistribution, Rendered
from .partition_origins import check_distinct

_EVENTS: Final = {
    EdgeEvent.VIEWER_REQUEST: ("ViewerRequest", cloudfront.LambdaEdgeEventType.VIEWER_REQUEST),
    EdgeEvent.ORIGIN_REQUEST: ("OriginRequest", cloudfront.LambdaEdgeEventType.ORIGIN_REQUEST),
    EdgeEvent.ORIGIN_RESPONSE: ("OriginResponse", cloudfront.LambdaEdgeEventType.ORIGIN_RESPONSE),
    EdgeEvent.VIEWER_RESPONSE: ("ViewerResponse", cloudfront.LambdaEdgeEventType.VIEWER_RESPONSE),
}
_EDGE_REGION: Final = "us-east-1"
_MOST_HEADERS: Final = 30
"""CloudFront developer guide, "Quotas": custom headers that CloudFront adds to origin requests."""

_LONGEST_STACK_NAME: Final = 100  # of 128, with room for what CDK puts before a stage's
_LOGS_POLICY: Final = {
    "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]": (
        "Lambda@Edge writes to log groups of every region that visitors come from; this policy allows just logs."
    )
}


class LambdaAtEdge:
    """The functions in us-east-1, and how a distribution gets them.

    Attributes:
        origin_ids: The id of the regular partition's origin, the only one in the distribution; empty until attached.
        functions: The functions by their event.
    """

    def __init__(self, scope: Construct, settings: EdgeSettings) -> None:
        self._settings = settings
        self.origin_ids: Mapping[str, str] = {}
        self._check_user_code()
        self._check_region(scope)
        self._origins = {
            partition: _SwitchedOrigin.read(
                scope, partition, origin, path=settings.path, argument=f"partitions[{number}].origin"
            )
            for number, (partition, origin) in enumerate(settings.split.waves.items())
        }
        self._id_suffix, self._support_stack = _names_in_us_east_1(scope)
        self.functions = {event: self._build_function(scope, event) for event in self._events()}

    @property
    def edge_lambdas(self) -> list[cloudfront.EdgeLambda]:
        """The functions as an argument of a behavior."""
        return [
            cloudfront.EdgeLambda(function_version=function.current_version, event_type=_EVENTS[event][1])
            for event, function in self.functions.items()
        ]

    @property
    def function_arns(self) -> list[str]:
        """The ARNs of the functions' versions, as in a behavior."""
        return [function.current_version.edge_arn for function in self.functions.values()]

    @property
    def resources(self) -> list[CfnResource]:
        """The CloudFormation resources of the functions."""
        return [cast("CfnResource", resource_of(function.lambda_)) for function in self.functions.values()]

    def check_events(self, existing: ExistingDistribution) -> None:
        """Raise if the default behavior has functions at the edge's events."""
        own = {event.value for event in self.functions}
        taken = [event for event in existing.lambda_events if event in own] + existing.function_events
        if taken:
            raise InvalidArgumentError(
                path=self._settings.path,
                argument="distribution",
                given=f"the default behavior of {existing.distribution.node.path} with a {taken[0]} function",
                allowed="a default behavior without functions at the events that this edge needs: "
                f"{', '.join(sorted(own))} (CloudFront runs one for each event, and does not mix CloudFront "
                "Functions with Lambda@Edge at viewer events)",
                remedy="Take it off the behavior; EdgeRuntime.CLOUDFRONT_FUNCTIONS leaves origin events free, and "
                "composes with CloudFront Functions.",
            )

    def attach(self, existing: ExistingDistribution) -> dict[str, str]:
        """Add the waves' settings to the regular origin's headers, and the functions to the default behavior.

        Returns:
            The id of the regular partition's origin; the others' are not in the distribution.
        """
        regular = existing.default_origin_id
        self._check_regular(existing, regular)
        existing.add_origin_headers(regular, self._carried_headers)
        existing.associate("LambdaFunction", self.functions, self.function_arns)
        self.origin_ids = {REGULAR: regular}
        return dict(self.origin_ids)

    def domain_names(self, existing: ExistingDistribution) -> dict[str, object]:
        """Return the resolved domain name of each partition's origin."""
        waves = {each: existing.resolve(origin.rendered)["domainName"] for each, origin in self._origins.items()}
        return {**waves, REGULAR: existing.origins[self.origin_ids[REGULAR]]["domainName"]}

    def faults(self, existing: ExistingDistribution, own_behaviors: Sequence[Rendered]) -> list[str]:
        """Describe further behaviors of other origins: only the regular origin carries the waves' settings.

        Args:
            existing: The distribution.
            own_behaviors: Its further behaviors that have the edge's functions.
        """
        return [
            f"The behavior {behavior['pathPattern']} has the edge's functions and another origin than the default "
            "behavior: give it the default behavior's, the same object and in the distribution's own arguments, "
            "take the functions off it, or use EdgeRuntime.CLOUDFRONT_FUNCTIONS."
            for behavior in own_behaviors
            if behavior["targetOriginId"] != existing.default_origin_id
        ]

    def _check_user_code(self) -> None:
        for event in self._settings.user_code:
            raise InvalidArgumentError(
                path=self._settings.path,
                argument=f"{event.identifier}_code",
                given="code to compose with, and EdgeRuntime.LAMBDA_AT_EDGE",
                allowed="code with EdgeRuntime.CLOUDFRONT_FUNCTIONS only",
                remedy="CloudFront Functions cannot be run in Lambda@Edge: choose the other runtime.",
            )

    def _check_region(self, scope: Construct) -> None:
        if Token.is_unresolved(stack_of(scope).region):
            raise InvalidArgumentError(
                path=self._settings.path,
                argument="edge_runtime",
                given="EdgeRuntime.LAMBDA_AT_EDGE in a stack without a region",
                allowed="a stack with an explicit region, since the functions are made in us-east-1",
                remedy="Give the stack env=cdk.Environment(region=...), or use EdgeRuntime.CLOUDFRONT_FUNCTIONS.",
            )

    @property
    def _carried_headers(self) -> dict[str, str]:
        return {name: value for each in self._origins.values() for name, value in each.carried_headers.items()}

    def _check_regular(self, existing: ExistingDistribution, origin_id: str) -> None:
        """Raise if the regular origin is no HTTP origin, is also another partition's, or cannot carry the headers."""
        path, origin = self._settings.path, existing.origins.get(origin_id)
        _check_http(
            path=path,
            argument="distribution",
            group=f"the origin group {origin_id}" if origin is None else "",
            settings=origin or {},
        )
        rendered = {partition: existing.resolve(each.rendered) for partition, each in self._origins.items()}
        check_distinct({**rendered, REGULAR: origin or {}}, path=path)
        own = len(cast("Sequence[object]", (origin or {}).get("originCustomHeaders") or []))
        carried = len(self._carried_headers)
        if own + carried > _MOST_HEADERS:
            raise InvalidArgumentError(
                path=path,
                argument="partitions",
                given=f"{len(self._origins) + 1} partitions, whose origins have {carried} values that are known only "
                f"at deployment, beside {own} custom headers of the regular origin",
                allowed=f"at most {_MOST_HEADERS} custom headers of an origin, which carry such values (CloudFront "
                'developer guide, "Quotas")',
                remedy="Release in fewer waves, or use EdgeRuntime.CLOUDFRONT_FUNCTIONS.",
            )

    def _events(self) -> list[EdgeEvent]:
        """Return the events to handle: every call of a viewer-response function is paid for, so only if needed."""
        is_needed = self._settings.changes_responses
        return [event for event in _EVENTS if event != EdgeEvent.VIEWER_RESPONSE or is_needed]

    def _build_function(self, scope: Construct, event: EdgeEvent) -> "cloudfront.experimental.EdgeFunction":
        code = edge_code(EdgeRuntime.LAMBDA_AT_EDGE, event, self._config(event))
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "index.mjs").write_text(code, "utf-8")
            function = cloudfront.experimental.EdgeFunction(
                scope,
                f"{_EVENTS[event][0]}{self._id_suffix}",
                stack_id=self._support_stack,
                runtime=lambda_.Runtime.NODEJS_24_X,
                handler="index.handler",
                code=lambda_.Code.from_asset(folder),
                memory_size=128,
                timeout=Duration.seconds(5),
                description=f"{scope.node.path} {event.value}"[:256],
            )
        metadata = {
            "EdgeFunction": event.value,
            "Runtime": EdgeRuntime.LAMBDA_AT_EDGE.value,
            "Shares": dict(self._settings.split.shares),
        }
        cast("lambda_.CfnFunction", resource_of(function.lambda_)).add_metadata(METADATA_KEY, metadata)
        when_nag_checks(scope, lambda: acknowledge(function.lambda_, _LOGS_POLICY))
        return function

    def _config(self, event: EdgeEvent) -> dict[str, object]:
        """Return only what each function reads: a new share leaves the functions at origin events unchanged."""
        if event == EdgeEvent.ORIGIN_RESPONSE:
            return {"partitions": list(self._settings.split.shares)}
        if event == EdgeEvent.ORIGIN_REQUEST:
            carried = sorted(name.lower() for name in self._carried_headers)
            return {"origins": {name: each.config for name, each in self._origins.items()}, "travelling": carried}
        return self._settings.decision_config()


def _names_in_us_east_1(scope: Construct) -> tuple[str, str | None]:
    """Return the end of the functions' ids, and the name of their stack; None for the edge's own stack.

    CDK names its stack in us-east-1 after the app's root, which all apps have in common, and the parameter that passes
    a function's ARN from there after the construct's path in the app: a second app, or a second synth for another
    `stack_name`, would replace the functions of the first.
    """
    stack = stack_of(scope)
    if stack.region == _EDGE_REGION:
        return scope.node.addr[-8:], None
    name = name_in_region(scope, longest=_LONGEST_STACK_NAME)
    return name[-8:], f"edge-lambda-{name_in_account(stack, longest=_LONGEST_STACK_NAME)}"


@dataclass(frozen=True)
class _SwitchedOrigin:
    """The origin of a wave, which origin-request puts in the place of the regular one.

    Attributes:
        config: The origin for origin-request's code; `{"travels": name}` stands for the value of a header.
        carried_headers: The headers of the regular origin that carry what is known only at deployment, since the code
            of Lambda@Edge is an asset, which cannot contain tokens.
        rendered: The origin as in a distribution.
    """

    config: Mapping[str, object]
    carried_headers: Mapping[str, str]
    rendered: cloudfront.CfnDistribution.OriginProperty

    @classmethod
    def read(
        cls, scope: Construct, partition: str, origin: cloudfront.IOrigin, *, path: str, argument: str
    ) -> "_SwitchedOrigin":
        """Read the settings of a wave's origin by binding it, as a distribution does.

        Raises:
            InvalidArgumentError: If Lambda@Edge cannot switch to it.
        """
        name = partition.title()
        bound = origin.bind(Construct(scope, f"{name.replace('-', '')}Origin"), origin_id=partition)
        rendered = cast("cloudfront.CfnDistribution.OriginProperty", bound.origin_property)
        _check_http(
            path=path,
            argument=argument,
            group="an origin group" if bound.failover_config is not None else "",
            settings={
                "originAccessControlId": rendered.origin_access_control_id,
                "vpcOriginConfig": rendered.vpc_origin_config,
                "customOriginConfig": rendered.custom_origin_config,
            },
        )
        carried: dict[str, str] = {}

        def literal_or_header(value: str, setting: str) -> object:
            if not Token.is_unresolved(value):
                return value
            header = f"X-{name}-Origin-{setting}"
            carried[header] = value
            return {"travels": header.lower()}

        headers = cast("list[cloudfront.CfnDistribution.OriginCustomHeaderProperty]", rendered.origin_custom_headers)
        config = {
            "domainName": literal_or_header(rendered.domain_name, "Domain"),
            "path": literal_or_header(rendered.origin_path or "", "Path"),
            "customHeaders": [
                {"name": one.header_name, "value": literal_or_header(one.header_value, f"Header-{place}")}
                for place, one in enumerate(headers or [])
            ],
            **_connection(cast("cloudfront.CfnDistribution.CustomOriginConfigProperty", rendered.custom_origin_config)),
        }
        return cls(config, carried, rendered)


def _connection(custom: cloudfront.CfnDistribution.CustomOriginConfigProperty) -> dict[str, object]:
    """Return how to connect: by HTTPS also where the origin is to match the viewer, since pages come over HTTPS."""
    is_http = custom.origin_protocol_policy == "http-only"
    port = custom.http_port if is_http else custom.https_port
    return {
        "protocol": "http" if is_http else "https",
        "port": port if port is not None else (80 if is_http else 443),
        "readTimeout": custom.origin_read_timeout if custom.origin_read_timeout is not None else 30,
        "keepaliveTimeout": custom.origin_keepalive_timeout if custom.origin_keepalive_timeout is not None else 5,
        "sslProtocols": custom.origin_ssl_protocols or ["TLSv1.2"],
    }


def _check_http(*, path: str, argument: str, group: str, settings: Mapping[str, object]) -> None:
    """Raise unless a Lambda@Edge event can describe an origin (developer guide, "Lambda@Edge event structure").

    Args:
        path: The construct's path.
        argument: The argument that the origin came from.
        group: The name of the origin group that it is; "" for an origin.
        settings: The origin's properties.
    """
    given = group
    if not given and settings.get("originAccessControlId") is not None:
        given = "an origin with origin access control"
    elif not given and settings.get("vpcOriginConfig") is not None:
        given = "a VPC origin"
    elif not given and settings.get("customOriginConfig") is None:
        given = "an S3 origin"
    if given:
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=given,
            allowed="an HTTP origin, since Lambda@Edge can switch between no others",
            remedy="Use EdgeRuntime.CLOUDFRONT_FUNCTIONS for this origin.",
        )
