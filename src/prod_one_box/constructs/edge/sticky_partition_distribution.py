"""A CloudFront distribution that keeps each visitor in one partition."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_s3 as s3
from constructs import Construct

from ...errors import InvalidArgumentError
from ..jsii_cache import path_of, remember_place
from ..nag import acknowledge, when_nag_checks
from .edge_code import EdgeRuntime
from .existing_distribution import ALLOWED_PATTERN, ExistingDistribution, is_path_pattern, is_same_path
from .partition_edge import PartitionEdge
from .partition_origins import SplitPartition, check_origin
from .stickiness import Stickiness

if TYPE_CHECKING:
    from aws_cdk import aws_certificatemanager as acm


class StickyPartitionDistribution(Construct):
    """A CloudFront distribution for releases in waves: each visitor gets the pages of one partition's origin.

    Pages go through a `PartitionEdge` to the origins of `partitions`. The optional backend is served under a path of
    the same distribution, without edge functions. For an existing distribution, or for settings that this construct
    does not take, make the `cloudfront.Distribution` yourself and use `PartitionEdge.attach_to`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        partitions: Sequence[SplitPartition],
        stickiness: Stickiness | None = None,
        edge_runtime: EdgeRuntime = EdgeRuntime.CLOUDFRONT_FUNCTIONS,
        salt: str | None = None,
        tester_secret_digest: str | None = None,
        backend: cloudfront.IOrigin | None = None,
        backend_path: str = "/api/*",
        additional_behaviors: Mapping[str, cloudfront.BehaviorOptions] | None = None,
        domain_names: Sequence[str] | None = None,
        certificate: "acm.ICertificate | None" = None,
        minimum_protocol_version: cloudfront.SecurityPolicyProtocol | None = None,
        web_acl_id: str | None = None,
        geo_restriction: cloudfront.GeoRestriction | None = None,
        price_class: cloudfront.PriceClass | None = None,
        http_version: cloudfront.HttpVersion | None = None,
        error_responses: Sequence[cloudfront.ErrorResponse] | None = None,
        log_bucket: s3.IBucket | None = None,
        log_file_prefix: str | None = None,
        viewer_request_code: str | cloudfront.FunctionCode | None = None,
        viewer_response_code: str | cloudfront.FunctionCode | None = None,
    ) -> None:
        """Make the distribution and its edge.

        Args:
            scope: The scope.
            id: The id in the scope.
            partitions: The partitions in the order of a release, the regular one last: `frontend.partitions`, or a
                `PartitionOrigin` for each, as for `PartitionEdge`.
            stickiness: How visitors are recognized; default: `Stickiness.cookie()`.
            edge_runtime: Where the edge code runs; default: CloudFront Functions.
            salt: Makes this site's buckets differ from another site's; default: the path of the edge construct.
            tester_secret_digest: The SHA-256, in hexadecimal, of the secret with which testers and canaries choose
                their partition, as for `PartitionEdge`; default: None, testers cannot choose.
            backend: The origin of the API under `backend_path`, for all methods, never cached; default: None, this
                distribution serves no API.
            backend_path: The path pattern of the API (CloudFront developer guide, "Path pattern"); default: `/api/*`.
            additional_behaviors: Further behaviors by path pattern; default: None, no further behaviors. To serve
                another path from the visitor's partition, add a behavior to `distribution` afterwards, with the edge's
                functions and cache policy.
            domain_names: The site's domain names; default: None, CloudFront's own name only.
            certificate: The certificate for these names, in us-east-1; default: None, CloudFront's own.
            minimum_protocol_version: The oldest TLS version to accept with `certificate`; default: None, CDK's default.
            web_acl_id: The ARN of the AWS WAF web ACL; default: None, no web ACL.
            geo_restriction: The countries to serve; default: None, all of them.
            price_class: The edge locations to pay for; default: None, all of them.
            http_version: The newest HTTP version to offer; default: None, HTTP/2.
            error_responses: Responses that replace an origin's errors; default: None, errors are passed through.
            log_bucket: The bucket for access logs; default: None, no access logs.
            log_file_prefix: The prefix of the log files' keys; default: None, no prefix.
            viewer_request_code: Your CloudFront Function for pages at viewer-request, as for `PartitionEdge`;
                default: None, no function of your own.
            viewer_response_code: The same at viewer-response; default: None, no function of your own.

        Raises:
            InvalidArgumentError: If `PartitionEdge` or its `attach_to` refuse the arguments; if `backend` is not an
                origin; if `backend_path` is not a CloudFront path pattern or is also in `additional_behaviors`; or if
                there are `domain_names` without a `certificate`.
        """
        super().__init__(scope, id)
        remember_place(scope, self, id)
        self._edge = PartitionEdge(
            self,
            "Edge",
            partitions=partitions,
            stickiness=stickiness,
            edge_runtime=edge_runtime,
            salt=salt,
            tester_secret_digest=tester_secret_digest,
            viewer_request_code=viewer_request_code,
            viewer_response_code=viewer_response_code,
        )
        if backend is not None:
            check_origin(backend, path=path_of(self), argument="backend")
        self._check_names(domain_names, certificate)
        self._distribution = cloudfront.Distribution(
            self,
            "Distribution",
            default_behavior=_behavior(partitions[-1].origin, self._edge.cache_policy),
            additional_behaviors=self._further_behaviors(backend, backend_path, additional_behaviors or {}),
            domain_names=domain_names,
            certificate=certificate,
            minimum_protocol_version=minimum_protocol_version,
            web_acl_id=web_acl_id,
            geo_restriction=geo_restriction,
            price_class=price_class,
            http_version=http_version,
            error_responses=error_responses,
            log_bucket=log_bucket,
            log_file_prefix=log_file_prefix,
        )
        remember_place(self, self._distribution, "Distribution")
        self._edge._attach_to(ExistingDistribution(self._distribution))
        self._acknowledge_findings(has_logs=log_bucket is not None, has_certificate=certificate is not None)

    @property
    def distribution(self) -> cloudfront.Distribution:
        """The distribution."""
        return self._distribution

    @property
    def edge(self) -> PartitionEdge:
        """The edge that sends visitors to their partition."""
        return self._edge

    @property
    def domain_name(self) -> str:
        """The distribution's own domain name."""
        return self._distribution.distribution_domain_name

    def _check_names(self, domain_names: Sequence[str] | None, certificate: object) -> None:
        """Raise if no certificate covers the names: CDK makes such a distribution, and CloudFront refuses it.

        CloudFront developer guide, "Use custom URLs by adding alternate domain names (CNAMEs)".
        """
        if domain_names and certificate is None:
            raise InvalidArgumentError(
                path=self.node.path,
                argument="domain_names",
                given=f"{list(domain_names)}, and no certificate",
                allowed="names with a certificate that covers them, which CloudFront requires",
                remedy="Give certificate=…, of us-east-1.",
            )

    def _further_behaviors(
        self, backend: cloudfront.IOrigin | None, backend_path: str, others: Mapping[str, cloudfront.BehaviorOptions]
    ) -> dict[str, cloudfront.BehaviorOptions]:
        if backend is None:
            return dict(others)
        self._check_backend_path(backend_path, others)
        return {backend_path: _behavior(backend, cloudfront.CachePolicy.CACHING_DISABLED), **others}

    def _check_backend_path(self, backend_path: str, others: Mapping[str, cloudfront.BehaviorOptions]) -> None:
        given, allowed = repr(backend_path), ALLOWED_PATTERN
        if is_path_pattern(backend_path):
            if not any(is_same_path(backend_path, other) for other in others):
                return
            given = f"{backend_path}, which is also in additional_behaviors"
            allowed = "a path pattern that no other behavior has"
        raise InvalidArgumentError(path=self.node.path, argument="backend_path", given=given, allowed=allowed)

    def _acknowledge_findings(self, *, has_logs: bool, has_certificate: bool) -> None:
        reasons = {}
        if not has_logs:
            reasons["CFR3"] = "No log_bucket was given."
        if not has_certificate:
            reasons["CFR4"] = "No certificate was given, and CloudFront's own for its own names allows TLSv1."
        when_nag_checks(self, lambda: acknowledge(self._distribution, reasons))


def _behavior(origin: cloudfront.IOrigin, cache_policy: cloudfront.ICachePolicy) -> cloudfront.BehaviorOptions:
    return cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cache_policy=cache_policy,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    )
