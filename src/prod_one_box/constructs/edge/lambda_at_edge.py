"""The edge in Lambda@Edge: viewer-request names the partition, origin-request exchanges the origin.

The one-box's origin as Lambda@Edge needs it: in code what is known at synth, in headers what is not.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from aws_cdk import Duration, Token
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ...errors import InvalidArgumentError
from ...vocabulary import METADATA_KEY, REGULAR
from ..jsii_cache import resource_of, stack_of
from ..nag import acknowledge
from ..physical_name import name_in_account, name_in_region
from .edge_code import EdgeEvent, EdgeRuntime, edge_code
from .edge_settings import EdgeSettings
from .existing_distribution import ExistingDistribution, Rendered
from .partition_origins import check_places

Header = cloudfront.CfnDistribution.OriginCustomHeaderProperty


@dataclass(frozen=True)
class HttpOriginSettings:
    """What origin-request puts in the place of the regular origin.

    Attributes:
        config: The origin as origin-request's code reads it; `{"travels": name}` stands for a header's value.
        travelling: The headers of the regular origin that carry what is known only when deployed.
        rendered: The origin as a distribution would have it.
    """

    config: Mapping[str, object]
    travelling: Mapping[str, str]
    rendered: cloudfront.CfnDistribution.OriginProperty


def http_origin_settings(scope: Construct, origin: cloudfront.IOrigin, *, path: str) -> HttpOriginSettings:
    """Reads an origin's settings by binding it, as a distribution would.

    Raises:
        InvalidArgumentError: If it is no HTTP origin, or one that Lambda@Edge cannot switch to.
    """
    bound = origin.bind(scope, origin_id="one-box")
    if bound.failover_config is not None:
        raise refused_origin(path, "one_box", "an origin group")
    rendered = cast("cloudfront.CfnDistribution.OriginProperty", bound.origin_property)
    custom = cast("cloudfront.CfnDistribution.CustomOriginConfigProperty | None", rendered.custom_origin_config)
    check_kind(
        path=path,
        argument="one_box",
        is_http=custom is not None,
        is_vpc=rendered.vpc_origin_config is not None,
        has_access_control=rendered.origin_access_control_id is not None,
    )
    travelling: dict[str, str] = {}
    headers = cast("list[Header]", rendered.origin_custom_headers or [])
    config = {
        "domainName": _literal_or_header(rendered.domain_name, "Domain", travelling),
        "path": _literal_or_header(rendered.origin_path or "", "Path", travelling),
        "customHeaders": [
            {"name": one.header_name, "value": _literal_or_header(one.header_value, f"Header-{place}", travelling)}
            for place, one in enumerate(headers)
        ],
        **_connection(cast("cloudfront.CfnDistribution.CustomOriginConfigProperty", custom)),
    }
    return HttpOriginSettings(config, travelling, rendered)


def check_kind(*, path: str, argument: str, is_http: bool, is_vpc: bool, has_access_control: bool) -> None:
    """Refuses the origins that a Lambda@Edge event cannot describe (developer guide, "Lambda@Edge event structure")."""
    if has_access_control:
        raise refused_origin(path, argument, "an origin with origin access control")
    if is_vpc:
        raise refused_origin(path, argument, "a VPC origin")
    if not is_http:
        raise refused_origin(path, argument, "an S3 origin")


def refused_origin(path: str, argument: str, given: str) -> InvalidArgumentError:
    """Says which origins Lambda@Edge can choose between."""
    return InvalidArgumentError(
        path=path,
        argument=argument,
        given=given,
        allowed="an HTTP origin, since Lambda@Edge can switch between no others",
        remedy="Use EdgeRuntime.CLOUDFRONT_FUNCTIONS for this origin.",
    )


def _literal_or_header(value: str, name: str, travelling: dict[str, str]) -> object:
    """Keeps a literal; lets a token travel, since Lambda@Edge code is an asset that tokens cannot be in."""
    if not Token.is_unresolved(value):
        return value
    header = f"X-One-Box-Origin-{name}"
    travelling[header] = value
    return {"travels": header.lower()}


def _connection(custom: cloudfront.CfnDistribution.CustomOriginConfigProperty) -> dict[str, object]:
    """Reads how to connect; pages come over HTTPS, so an origin that matches the viewer is asked over HTTPS."""
    is_http = custom.origin_protocol_policy == "http-only"
    port = custom.http_port if is_http else custom.https_port
    return {
        "protocol": "http" if is_http else "https",
        "port": port if port is not None else (80 if is_http else 443),
        "readTimeout": custom.origin_read_timeout if custom.origin_read_timeout is not None else 30,
        "keepaliveTimeout": custom.origin_keepalive_timeout if custom.origin_keepalive_timeout is not None else 5,
        "sslProtocols": custom.origin_ssl_protocols or ["TLSv1.2"],
    }


_EVENTS: Final = {
    EdgeEvent.VIEWER_REQUEST: ("ViewerRequest", cloudfront.LambdaEdgeEventType.VIEWER_REQUEST),
    EdgeEvent.ORIGIN_REQUEST: ("OriginRequest", cloudfront.LambdaEdgeEventType.ORIGIN_REQUEST),
    EdgeEvent.ORIGIN_RESPONSE: ("OriginResponse", cloudfront.LambdaEdgeEventType.ORIGIN_RESPONSE),
    EdgeEvent.VIEWER_RESPONSE: ("ViewerResponse", cloudfront.LambdaEdgeEventType.VIEWER_RESPONSE),
}

_EDGE_REGION: Final = "us-east-1"
_LONGEST_STACK_NAME: Final = 100  # of 128, with room for what CDK puts before a stage's

_MANAGED_POLICY: Final = {
    "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]": (
        "Lambda@Edge writes to log groups of every region that visitors come from; this policy allows just logs."
    )
}


@dataclass(frozen=True)
class _Place:
    """Where an edge's functions are made.

    CDK names its stack in us-east-1 after the app's root, which all apps have in common, and the parameter that brings
    a function's ARN from there after the construct's path in the app: a second app, or a second synth for another
    `stack_name`, would replace the functions of the first.

    Attributes:
        suffix: What the ids of the edge's functions end in.
        support_stack: The stack in us-east-1, of the edge's stack alone; None means the edge's own stack.
    """

    suffix: str
    support_stack: str | None

    @classmethod
    def of(cls, scope: Construct) -> "_Place":
        """Find the place for an edge."""
        stack = stack_of(scope)
        if stack.region == _EDGE_REGION:
            return cls(scope.node.addr[-8:], None)
        named = name_in_region(scope, longest=_LONGEST_STACK_NAME)
        return cls(named[-8:], f"edge-lambda-{name_in_account(stack, longest=_LONGEST_STACK_NAME)}")


class LambdaAtEdge:
    """Makes the functions in us-east-1, and attaches them to a distribution.

    Attributes:
        origin_ids: The id of the regular partition's origin, the only one in the distribution; empty until it is
            attached.
    """

    def __init__(self, scope: Construct, settings: EdgeSettings) -> None:
        self._settings = settings
        self.origin_ids: Mapping[str, str] = {}
        self._check_scope(scope)
        binding_scope = Construct(scope, "OneBoxOrigin")
        self._origin = http_origin_settings(binding_scope, settings.one_box, path=settings.path)
        self._place = _Place.of(scope)
        self.functions = {event: self._build_function(scope, event) for event in self._events()}

    @property
    def function_associations(self) -> list[cloudfront.FunctionAssociation]:
        """None: this runtime has no CloudFront Functions."""
        return []

    @property
    def edge_lambdas(self) -> list[cloudfront.EdgeLambda]:
        """The functions as a behavior takes them."""
        return [
            cloudfront.EdgeLambda(function_version=function.current_version, event_type=_EVENTS[event][1])
            for event, function in self.functions.items()
        ]

    @property
    def function_arns(self) -> list[str]:
        """The functions as behaviors name them."""
        return [function.current_version.edge_arn for function in self.functions.values()]

    def mistakes(self, existing: ExistingDistribution, ours: Sequence[Rendered]) -> list[str]:
        """Finds further behaviors of other origins: the one-box's settings travel with the regular origin alone.

        Args:
            existing: The distribution.
            ours: Its further behaviors that have the edge's functions.
        """
        return [
            f"The behavior {behavior['pathPattern']} has the edge's functions and another origin than the default "
            "behavior: give it the default behavior's, the same object and in the distribution's own arguments, "
            "take the functions off it, or use EdgeRuntime.CLOUDFRONT_FUNCTIONS."
            for behavior in ours
            if behavior["targetOriginId"] != existing.default_origin_id
        ]

    def check_events(self, existing: ExistingDistribution) -> None:
        """Refuses a default behavior whose events are answered already."""
        ours = {event.value for event in self.functions}
        taken = [event for event in existing.lambda_events if event in ours] + existing.function_events
        if taken:
            raise InvalidArgumentError(
                path=self._settings.path,
                argument="distribution",
                given=f"the default behavior of {existing.distribution.node.path} with a {taken[0]} function",
                allowed="a default behavior without functions at the events that this edge needs: "
                f"{', '.join(sorted(ours))} (CloudFront runs one for each event, and does not mix CloudFront "
                "Functions with Lambda@Edge at viewer events)",
                remedy="Take it off the behavior; EdgeRuntime.CLOUDFRONT_FUNCTIONS leaves origin events free, and "
                "composes with CloudFront Functions.",
            )

    def attach(self, existing: ExistingDistribution) -> dict[str, str]:
        """Lets the one-box's settings travel with the regular origin, and puts the functions on the default behavior.

        Returns:
            The id of the regular partition's origin; the one-box's is not in the distribution.
        """
        regular = existing.default_origin_id
        self._check_regular(existing, regular)
        existing.add_origin_headers(regular, self._origin.travelling)
        existing.associate("LambdaFunctionAssociations", [self._association(event) for event in self.functions])
        self.origin_ids = {REGULAR: regular}
        return dict(self.origin_ids)

    def _check_scope(self, scope: Construct) -> None:
        if self._settings.user_code:
            argument = f"{next(iter(self._settings.user_code)).value.replace('-', '_')}_code"
            raise InvalidArgumentError(
                path=self._settings.path,
                argument=argument,
                given="code to compose with, and EdgeRuntime.LAMBDA_AT_EDGE",
                allowed="code with EdgeRuntime.CLOUDFRONT_FUNCTIONS only",
                remedy="CloudFront Functions cannot be run in Lambda@Edge: choose the other runtime.",
            )
        if Token.is_unresolved(stack_of(scope).region):
            raise InvalidArgumentError(
                path=self._settings.path,
                argument="edge_runtime",
                given="EdgeRuntime.LAMBDA_AT_EDGE in a stack without a region",
                allowed="a stack with an explicit region, since the functions are made in us-east-1",
                remedy="Give the stack env=cdk.Environment(region=...), or use EdgeRuntime.CLOUDFRONT_FUNCTIONS.",
            )

    def _check_regular(self, existing: ExistingDistribution, origin_id: str) -> None:
        origin = existing.origins.get(origin_id)
        if origin is None:
            raise refused_origin(self._settings.path, "distribution", f"the origin group {origin_id}")
        check_kind(
            path=self._settings.path,
            argument="distribution",
            is_http="customOriginConfig" in origin,
            is_vpc="vpcOriginConfig" in origin,
            has_access_control="originAccessControlId" in origin,
        )
        check_places(existing.resolve(self._origin.rendered), origin, path=self._settings.path)

    def _events(self) -> list[EdgeEvent]:
        """Leaves out viewer-response where it would have nothing to do: it is paid for on every request."""
        is_needed = self._settings.changes_responses
        return [event for event in _EVENTS if event != EdgeEvent.VIEWER_RESPONSE or is_needed]

    def _build_function(self, scope: Construct, event: EdgeEvent) -> cloudfront.experimental.EdgeFunction:
        """Makes one function."""
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "index.mjs").write_text(self._code(event), "utf-8")
            function = cloudfront.experimental.EdgeFunction(
                scope,
                f"{_EVENTS[event][0]}{self._place.suffix}",
                stack_id=self._place.support_stack,
                runtime=lambda_.Runtime.NODEJS_24_X,
                handler="index.handler",
                code=lambda_.Code.from_asset(folder),
                memory_size=128,
                timeout=Duration.seconds(5),
                description=f"{scope.node.path} {event.value}"[:256],
            )
        cfn = cast("lambda_.CfnFunction", resource_of(function.lambda_))
        cfn.add_metadata(METADATA_KEY, self._metadata(event))
        acknowledge(function.lambda_, _MANAGED_POLICY)
        return function

    def _metadata(self, event: EdgeEvent) -> dict[str, object]:
        return {
            "EdgeFunction": event.value,
            "Runtime": EdgeRuntime.LAMBDA_AT_EDGE.value,
            "Share": self._settings.share,
        }

    def _code(self, event: EdgeEvent) -> str:
        return edge_code(EdgeRuntime.LAMBDA_AT_EDGE, event, self._config(event))

    def _config(self, event: EdgeEvent) -> dict[str, object]:
        """Gives each function what it reads and no more: a new share leaves those at origin events as they are."""
        if event == EdgeEvent.ORIGIN_RESPONSE:
            return {}
        if event == EdgeEvent.ORIGIN_REQUEST:
            travelling = sorted(name.lower() for name in self._origin.travelling)
            return {"origin": self._origin.config, "travelling": travelling}
        return self._settings.decisions()

    def _association(self, event: EdgeEvent) -> dict[str, object]:
        return {"EventType": event.value, "LambdaFunctionARN": self.functions[event].current_version.edge_arn}
