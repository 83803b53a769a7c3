"""Whether a request still has its partition when it leaves for the origin."""

from typing import Final, cast

from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from ..vocabulary import PARTITION_HEADER
from .policy_lookup import policy_of_this_app

_FORWARDING: Final = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": "AllViewer",
    "33f36d7e-f396-46d9-90e0-52428a34d9dc": "AllViewerAndCloudFrontHeaders-2022-06",
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": "AllViewerExceptHostHeader",
}
_WITHHOLDING: Final = {
    "59781a5b-3903-41f3-afcb-af62929ccde1": "CORS-CustomOrigin",
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": "CORS-S3Origin",
    "775133bc-15f2-49f9-abea-afb2e0bf67d2": "Elemental-MediaTailor-PersonalizedManifests",
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": "HostHeaderOnly",
    "acba4595-bd28-49b8-b9fe-13317c0390fa": "UserAgentRefererHeaders",
}
"""CloudFront developer guide, "Use managed origin request policies"."""


def forwards_partition(policy_id: object, distribution: Construct) -> bool | None:
    """Reads the origin request policy that a behavior names.

    Args:
        policy_id: Its id as the behavior has it; None means that the behavior has none.
        distribution: The distribution.

    Returns:
        Whether it forwards `X-Req-Partition`; None if it cannot be read, as an imported one.
    """
    if policy_id is None:
        return False
    if isinstance(policy_id, str) and policy_id in {*_FORWARDING, *_WITHHOLDING}:
        return policy_id in _FORWARDING
    policy = policy_of_this_app(policy_id, cloudfront.CfnOriginRequestPolicy, distribution)
    return None if policy is None else _forwards(policy)


def _forwards(policy: cloudfront.CfnOriginRequestPolicy) -> bool | None:
    """Reads the policy's configuration: its list is of what goes on, or of what stays behind."""
    config = cast(
        "cloudfront.CfnOriginRequestPolicy.OriginRequestPolicyConfigProperty", policy.origin_request_policy_config
    )
    headers = cast("cloudfront.CfnOriginRequestPolicy.HeadersConfigProperty", config.headers_config)
    is_listed = PARTITION_HEADER.lower() in (header.lower() for header in headers.headers or [])
    return {
        "none": False,
        "whitelist": is_listed,
        "allViewer": True,
        "allViewerAndWhitelistCloudFront": True,
        "allExcept": not is_listed,
    }.get(headers.header_behavior)
