"""The distribution, whose edge functions send visitors to their partition."""

from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from constructs import Construct

from .assets import Assets
from .partition import Partition


def distribution(
    scope: Construct,
    *,
    partitions: Sequence[Partition],
    api: apigateway.RestApi,
    assets: Assets,
    code: Path,
) -> cloudfront.Distribution:
    """Makes it, with a path for each wave that brings the wave's origin in."""
    *waves, regular = partitions
    at_edge = [
        _at_edge(scope, "ViewerRequest", cloudfront.FunctionEventType.VIEWER_REQUEST, code / "viewer-request.js"),
        _at_edge(scope, "ViewerResponse", cloudfront.FunctionEventType.VIEWER_RESPONSE, code / "viewer-response.js"),
    ]
    return cloudfront.Distribution(
        scope,
        "Distribution",
        default_behavior=cloudfront.BehaviorOptions(
            origin=regular.origin,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            cache_policy=_cache_policy(scope),
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            function_associations=at_edge,
        ),
        additional_behaviors={
            "/api/*": _api(api),
            "/assets/*": _files(assets),
            **{
                _path_of(each): cloudfront.BehaviorOptions(
                    origin=each.origin,
                    cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                    viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                    function_associations=at_edge,
                )
                for each in waves
            },
        },
    )


def _path_of(wave: Partition) -> str:
    return "/.prod-one-box/*" if wave.name == "one-box" else f"/.prod-one-box-{wave.name}/*"


def _at_edge(
    scope: Construct, id: str, event_type: cloudfront.FunctionEventType, code: Path
) -> cloudfront.FunctionAssociation:
    function = cloudfront.Function(
        scope,
        id,
        runtime=cloudfront.FunctionRuntime.JS_2_0,
        code=cloudfront.FunctionCode.from_inline(code.read_text("utf-8")),
        comment=f"Storefront/Site/Edge {code.stem}",
    )
    return cloudfront.FunctionAssociation(function=function, event_type=event_type)


def _cache_policy(scope: Construct) -> cloudfront.CachePolicy:
    return cloudfront.CachePolicy(
        scope,
        "CachePolicy",
        comment="Pages, apart by X-Req-Partition",
        header_behavior=cloudfront.CacheHeaderBehavior.allow_list("X-Req-Partition"),
        query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
        cookie_behavior=cloudfront.CacheCookieBehavior.none(),
        default_ttl=cdk.Duration.seconds(0),
        min_ttl=cdk.Duration.seconds(0),
        max_ttl=cdk.Duration.days(365),
        enable_accept_encoding_gzip=True,
        enable_accept_encoding_brotli=True,
    )


def _api(api: apigateway.RestApi) -> cloudfront.BehaviorOptions:
    stack = cdk.Stack.of(api)
    domain_name = f"{api.rest_api_id}.execute-api.{stack.region}.{stack.url_suffix}"
    return cloudfront.BehaviorOptions(
        origin=origins.HttpOrigin(domain_name, origin_path="/prod"),
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    )


def _files(assets: Assets) -> cloudfront.BehaviorOptions:
    return cloudfront.BehaviorOptions(
        origin=assets.origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
        compress=True,
    )
