"""The one-box's origin as Lambda@Edge needs it: in code what is known at synth, in headers what is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from aws_cdk import Token
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from ..errors import InvalidArgumentError

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
