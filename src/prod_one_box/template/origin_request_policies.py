"""What an origin gets of a request besides what is in the cache key: origin request policies."""

from collections.abc import Mapping
from typing import Final

from .cache_policies import ALL, Parts, Selection, only, read_parts
from .cloud_assembly import Json, StackTemplate, mapping, properties
from .links import Links

_CORS: Final = ("origin", "access-control-request-headers", "access-control-request-method")

MANAGED_FORWARDING: Final[Mapping[str, Parts]] = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": Parts(headers=ALL, cookies=ALL, queries=ALL),
    "33f36d7e-f396-46d9-90e0-52428a34d9dc": Parts(headers=ALL, cookies=ALL, queries=ALL),
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": Parts(
        headers=Selection(behavior="allExcept", names=frozenset({"host"})), cookies=ALL, queries=ALL
    ),
    "59781a5b-3903-41f3-afcb-af62929ccde1": Parts(headers=only("origin")),
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": Parts(headers=only(*_CORS)),
    "acba4595-bd28-49b8-b9fe-13317c0390fa": Parts(headers=only("user-agent", "referer")),
    "775133bc-15f2-49f9-abea-afb2e0bf67d2": Parts(headers=only(*_CORS, "user-agent", "x-forwarded-for"), queries=ALL),
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": Parts(headers=only("host")),
}
"""CloudFront's managed origin request policies (developer guide, 'Use managed origin request policies').

In order: AllViewer, AllViewerAndCloudFrontHeaders-2022-06, AllViewerExceptHostHeader, CORS-CustomOrigin, CORS-S3Origin,
UserAgentRefererHeaders, Elemental-MediaTailor-PersonalizedManifests and HostHeaderOnly.
"""


def read_origin_request_policy(policy: Json, stack: StackTemplate, links: Links, notes: list[str]) -> Parts:
    """Return the parts of a request that a behavior's origin request policy adds.

    Args:
        policy: The behavior's `OriginRequestPolicyId`; `None` adds nothing.
        stack: The stack that holds the distribution.
        links: The references between the assembly's stacks.
        notes: Gets a line for a policy that is not in the assembly.
    """
    if policy is None:
        return Parts()
    if isinstance(policy, str) and policy in MANAGED_FORWARDING:
        return MANAGED_FORWARDING[policy]
    own = next(iter(links.led_to(stack, policy)), None)
    if own is None:
        notes.append(f"the origin request policy {policy!r} is not in this assembly; taken as: nothing is forwarded")
        return Parts()
    return read_parts(mapping(properties(links.resource(own)).get("OriginRequestPolicyConfig")))
