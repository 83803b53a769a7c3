"""A distribution whose visitors stay in their partition."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_s3 as s3
from constructs import Construct

from ...errors import InvalidArgumentError
from ...vocabulary import REGULAR
from ..jsii_cache import made_in, path_of
from ..nag import acknowledge
from .edge_code import EdgeRuntime
from .existing_distribution import ALLOWED_PATTERN, is_path_pattern
from .partition_edge import PartitionEdge
from .partition_origins import check_origin
from .stickiness import Stickiness


class StickyPartitionDistribution(Construct):
    """A CloudFront distribution for a one-box release: few visitors see one origin, all others another.

    Pages go through a `PartitionEdge` to `one_box` or `regular`; the backend, if there is one, is
    reached under a path of the same distribution without any edge function. A distribution that exists
    already can have the same by `PartitionEdge.attach_to`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        one_box: cloudfront.IOrigin,
        regular: cloudfront.IOrigin,
        share: float = 20,
        stickiness: Stickiness | None = None,
        edge_runtime: EdgeRuntime = EdgeRuntime.CLOUDFRONT_FUNCTIONS,
        salt: str | None = None,
        tester_secret_digest: str | None = None,
        backend: cloudfront.IOrigin | None = None,
        backend_path: str = "/api/*",
        cache_policy: cloudfront.ICachePolicy | None = None,
        origin_request_policy: cloudfront.IOriginRequestPolicy | None = None,
        response_headers_policy: cloudfront.IResponseHeadersPolicy | None = None,
        additional_behaviors: Mapping[str, cloudfront.BehaviorOptions] | None = None,
        domain_names: Sequence[str] | None = None,
        certificate: acm.ICertificate | None = None,
        minimum_protocol_version: cloudfront.SecurityPolicyProtocol | None = None,
        web_acl_id: str | None = None,
        geo_restriction: cloudfront.GeoRestriction | None = None,
        price_class: cloudfront.PriceClass | None = None,
        http_version: cloudfront.HttpVersion | None = None,
        error_responses: Sequence[cloudfront.ErrorResponse] | None = None,
        default_root_object: str | None = None,
        log_bucket: s3.IBucket | None = None,
        log_file_prefix: str | None = None,
        log_includes_cookies: bool | None = None,
        comment: str | None = None,
        viewer_request_code: str | cloudfront.FunctionCode | None = None,
        viewer_response_code: str | cloudfront.FunctionCode | None = None,
    ) -> None:
        """Makes the distribution and its edge.

        Args:
            scope: The scope.
            id: The id in the scope.
            one_box: The origin of the one-box.
            regular: The origin of everybody else.
            share: The percentage of visitors in the one-box, 0 to 100 in steps of 0.01; default: 20.
            stickiness: By what visitors are recognized; default: None, which means `Stickiness.cookie()`.
            edge_runtime: Where the edge's code runs; default: CloudFront Functions.
            salt: What tells this site's buckets from another's; default: None, which means the edge's path.
            tester_secret_digest: The SHA-256, in hexadecimal, of the secret by which testers and canaries choose their
                partition, as for `PartitionEdge`; default: None, which means that nobody chooses.
            backend: The origin of the API under `backend_path`, for all methods, never cached; default:
                None, which means that this distribution has no API.
            backend_path: The path pattern of the API (CloudFront developer guide, "Path pattern"); default: `/api/*`.
            cache_policy: The cache policy of pages, with `X-Req-Partition` in its key; default: None, which
                means one that caches what the origin allows, apart by partition and query string.
            origin_request_policy: What pages' requests carry to the origin; default: None, which means
                everything but `Host` (the managed policy AllViewerExceptHostHeader).
            response_headers_policy: Headers to add to pages; default: None, which means none.
            additional_behaviors: Further behaviors by path pattern; default: None, which means none. One that
                visitors should reach in their partition is added to `distribution` later, with the edge's
                functions and cache policy.
            domain_names: The site's names; default: None, which means CloudFront's own name.
            certificate: The certificate for them, of us-east-1; default: None, which means CloudFront's own.
            minimum_protocol_version: The oldest TLS with `certificate`; default: None, which means CDK's default.
            web_acl_id: The ARN of the AWS WAF web ACL; default: None, which means none.
            geo_restriction: Where visitors may come from; default: None, which means anywhere.
            price_class: The edge locations to pay for; default: None, which means all of them.
            http_version: The newest HTTP version; default: None, which means HTTP/2.
            error_responses: What CloudFront answers instead of errors; default: None, which means the origin's.
            default_root_object: What `/` means; default: None, which means that the origin decides.
            log_bucket: Where access logs go; default: None, which means that there are none.
            log_file_prefix: What the log files' names start with; default: None, which means nothing.
            log_includes_cookies: Whether the logs have cookies; default: None, which means that they do not.
            comment: What the console shows, up to 128 characters; default: None, which means nothing.
            viewer_request_code: Your CloudFront Function for pages at viewer-request, as for `PartitionEdge`;
                default: None, which means that there is none.
            viewer_response_code: The same at viewer-response; default: None, which means that there is none.

        Raises:
            InvalidArgumentError: For what `PartitionEdge` and its `attach_to` refuse, or if `regular` or `backend` is
                no origin, `regular` is the one-box's, `backend_path` is no path pattern of CloudFront's, or among
                the additional behaviors, or there are `domain_names` without a `certificate`.
        """
        super().__init__(scope, id)
        made_in(scope, self, id)
        self._edge = PartitionEdge(
            self,
            "Edge",
            one_box=one_box,
            share=share,
            stickiness=stickiness,
            edge_runtime=edge_runtime,
            salt=salt,
            tester_secret_digest=tester_secret_digest,
            viewer_request_code=viewer_request_code,
            viewer_response_code=viewer_response_code,
        )
        self._check_origins(regular, backend)
        self._check_names(domain_names, certificate)
        pages = cloudfront.BehaviorOptions(
            origin=regular,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            cache_policy=cache_policy or self._edge.cache_policy,
            origin_request_policy=origin_request_policy or self._edge.origin_request_policy,
            response_headers_policy=response_headers_policy,
        )
        behaviors = dict(additional_behaviors or {})
        if backend is not None:
            self._check_backend_path(backend_path, behaviors)
            behaviors = {backend_path: _backend_behavior(backend), **behaviors}
        self._distribution = cloudfront.Distribution(
            self,
            "Distribution",
            default_behavior=pages,
            additional_behaviors=behaviors,
            domain_names=domain_names,
            certificate=certificate,
            minimum_protocol_version=minimum_protocol_version,
            web_acl_id=web_acl_id,
            geo_restriction=geo_restriction,
            price_class=price_class,
            http_version=http_version,
            error_responses=error_responses,
            default_root_object=default_root_object,
            log_bucket=log_bucket,
            log_file_prefix=log_file_prefix,
            log_includes_cookies=log_includes_cookies,
            comment=comment,
        )
        self._edge.attach_to(self._distribution)
        self._acknowledge_findings(has_logs=log_bucket is not None, has_certificate=certificate is not None)

    @property
    def distribution(self) -> cloudfront.Distribution:
        """The distribution."""
        return self._distribution

    @property
    def edge(self) -> PartitionEdge:
        """What visitors meet at the edge."""
        return self._edge

    @property
    def domain_name(self) -> str:
        """The distribution's own domain name."""
        return self._distribution.distribution_domain_name

    def _check_origins(self, regular: object, backend: object) -> None:
        path = path_of(self)
        check_origin(regular, path=path, argument="regular", partition=REGULAR)
        if backend is not None:
            check_origin(backend, path=path, argument="backend")

    def _check_names(self, domain_names: Sequence[str] | None, certificate: object) -> None:
        """CloudFront developer guide, "Use custom URLs by adding alternate domain names (CNAMEs)": one must cover them.

        CDK makes the distribution without one, and CloudFront refuses it when it is deployed.
        """
        if domain_names and certificate is None:
            raise InvalidArgumentError(
                path=self.node.path,
                argument="domain_names",
                given=f"{list(domain_names)}, and no certificate",
                allowed="names that the certificate covers, which CloudFront must have with them",
                remedy="Give certificate=…, of us-east-1.",
            )

    def _acknowledge_findings(self, *, has_logs: bool, has_certificate: bool) -> None:
        reasons = {}
        if not has_logs:
            reasons["CFR3"] = "No log_bucket was given."
        if not has_certificate:
            reasons["CFR4"] = "No certificate was given, and CloudFront's own for its own names allows TLSv1."
        acknowledge(self._distribution, reasons)

    def _check_backend_path(self, backend_path: str, behaviors: Mapping[str, cloudfront.BehaviorOptions]) -> None:
        if not is_path_pattern(backend_path):
            raise InvalidArgumentError(
                path=self.node.path, argument="backend_path", given=repr(backend_path), allowed=ALLOWED_PATTERN
            )
        if backend_path in behaviors:
            raise InvalidArgumentError(
                path=self.node.path,
                argument="backend_path",
                given=f"{backend_path}, which is among additional_behaviors too",
                allowed="a path pattern that no other behavior has",
            )


def _backend_behavior(backend: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
    """Builds the API's behavior: the whole request but `Host`, for all methods, never cached."""
    return cloudfront.BehaviorOptions(
        origin=backend,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    )
