"""Reads a distribution that is made already, and changes what must be changed in its default behavior.

The path patterns of behaviors, as CloudFront takes them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, cast

from aws_cdk import CfnResource
from aws_cdk import aws_cloudfront as cloudfront

from ...vocabulary import METADATA_KEY
from ..jsii_cache import key_of, resource_of, resources_of_type, stack_of

Rendered = Mapping[str, object]
"""A part of the distribution's configuration, as it will stand in the template but for the case of its keys."""


_LAMBDA_KEYS: Final = {
    "eventType": "EventType",
    "lambdaFunctionArn": "LambdaFunctionARN",
    "includeBody": "IncludeBody",
}


class ExistingDistribution:
    """A distribution as it was when it was first looked at, with its default behavior; after a change, look anew.

    `cloudfront.Distribution` shows neither its behaviors nor its origins; the properties of its L1 do.
    Changes are property overrides, which reach behaviors and origins by their place in a list: CDK
    only ever appends to these lists.
    """

    def __init__(self, distribution: cloudfront.Distribution) -> None:
        self.distribution = distribution
        self.cfn = cast("cloudfront.CfnDistribution", resource_of(distribution))
        self._stack = stack_of(distribution)

    @cached_property
    def default_behavior(self) -> Rendered:
        """The default behavior, with its tokens: CDK knows that one when the distribution is made."""
        config = cast("Mapping[str, Rendered]", self._properties["distributionConfig"])
        return config["defaultCacheBehavior"]

    @property
    def default_origin_id(self) -> str:
        """The id of the default behavior's origin."""
        return cast("str", self.default_behavior["targetOriginId"])

    @property
    def config(self) -> Rendered:
        """The distribution's configuration, without its tokens."""
        return self._config

    def attached_config(self, function_arns: Sequence[object]) -> Rendered:
        """Render the configuration with an edge's functions at viewer-request of the default behavior.

        The functions are overrides, which the properties do not show.
        """
        functions = [{"eventType": "viewer-request", "functionArn": each} for each in function_arns]
        default = cast("Rendered", self._config["defaultCacheBehavior"])
        return {**self._config, "defaultCacheBehavior": {**default, "functionAssociations": functions}}

    def others(self) -> list[CfnResource]:
        """Find the other distributions of the stack that have no edge of their own."""
        return [
            each
            for each in resources_of_type(self._stack, "AWS::CloudFront::Distribution")
            if key_of(each) != key_of(self.cfn)
            and stack_of(each) is self._stack
            and each.get_metadata(METADATA_KEY) is None
        ]

    @property
    def further_behaviors(self) -> list[Rendered]:
        """The other behaviors, without their tokens: CDK makes these late."""
        return _list(self._config, "cacheBehaviors")

    @property
    def is_attached(self) -> bool:
        """Whether another `PartitionEdge` has it already: overrides do not show in the properties."""
        return self.cfn.get_metadata(METADATA_KEY) is not None

    @property
    def function_events(self) -> list[str]:
        """The events of the default behavior that CloudFront Functions answer."""
        return [cast("str", one["eventType"]) for one in _list(self.default_behavior, "functionAssociations")]

    @property
    def lambda_events(self) -> list[str]:
        """The events of the default behavior that Lambda@Edge functions answer."""
        return [cast("str", one["eventType"]) for one in _list(self.default_behavior, "lambdaFunctionAssociations")]

    def origin_id_of(self, path_pattern: str) -> str:
        """Finds the origin's id of another behavior."""
        behaviors = self.further_behaviors
        return next(cast("str", one["targetOriginId"]) for one in behaviors if one["pathPattern"] == path_pattern)

    def behaviors_with(self, function_arns: Sequence[str]) -> list[Rendered]:
        """Finds the other behaviors that have one of these functions."""
        arns = self._stack.resolve(list(function_arns))
        return [
            behavior
            for behavior in self.further_behaviors
            if any(one["functionArn"] in arns for one in _list(behavior, "functionAssociations"))
            or any(one["lambdaFunctionArn"] in arns for one in _list(behavior, "lambdaFunctionAssociations"))
        ]

    @property
    def origins(self) -> dict[str, Rendered]:
        """The origins by their ids; an origin group's id is not among them."""
        return {cast("str", one["id"]): one for one in _list(self._config, "origins")}

    def resolve(self, part: object) -> Rendered:
        """Renders a part of an origin or behavior as the distribution's own parts are."""
        return cast("Rendered", self._stack.resolve(part))

    def guards(self) -> dict[str, object]:
        """Finds what else stands between a visitor and the default behavior's pages, as in a template."""
        behavior = self.default_behavior
        lambdas = [
            {_LAMBDA_KEYS[key]: value for key, value in one.items()}
            for one in _list(behavior, "lambdaFunctionAssociations")
        ]
        found = {
            "TrustedKeyGroups": behavior.get("trustedKeyGroups"),
            "TrustedSigners": behavior.get("trustedSigners"),
            "LambdaFunctionAssociations": lambdas,
        }
        return {name: value for name, value in found.items() if value}

    def associate(self, property_name: str, associations: Sequence[Mapping[str, object]]) -> None:
        """Adds associations to the default behavior's, which stay.

        Args:
            property_name: `FunctionAssociations` or `LambdaFunctionAssociations`.
            associations: The new ones, as they stand in a template.
        """
        present = _list(self.default_behavior, property_name[0].lower() + property_name[1:])
        self._append(f"DefaultCacheBehavior.{property_name}", len(present), associations)

    def add_origin_headers(self, origin_id: str, headers: Mapping[str, str]) -> None:
        """Adds custom headers to an origin's, which stay."""
        origins = self.origins
        present = _list(origins[origin_id], "originCustomHeaders")
        rendered = [{"HeaderName": name, "HeaderValue": value} for name, value in headers.items()]
        self._append(f"Origins.{list(origins).index(origin_id)}.OriginCustomHeaders", len(present), rendered)

    def override_behavior(self, path_pattern: str, property_name: str, value: object) -> None:
        """Sets a property of another behavior."""
        patterns = [one["pathPattern"] for one in self.further_behaviors]
        path = f"DistributionConfig.CacheBehaviors.{patterns.index(path_pattern)}.{property_name}"
        self.cfn.add_property_override(path, value)

    def rename_origin(self, id: str, name: str) -> None:
        """Gives an origin another id in the template; behaviors and origin groups that have the origin follow."""
        for path, found in self._origin_ids():
            if found == id:
                self.cfn.add_property_override(f"DistributionConfig.{path}", name)

    def _origin_ids(self) -> Iterator[tuple[str, object]]:
        """Yields each place where an origin's id stands, with the id."""
        for place, origin in enumerate(_list(self._config, "origins")):
            yield f"Origins.{place}.Id", origin["id"]
        yield "DefaultCacheBehavior.TargetOriginId", self.default_origin_id
        for place, behavior in enumerate(self.further_behaviors):
            yield f"CacheBehaviors.{place}.TargetOriginId", behavior["targetOriginId"]
        groups = cast("Rendered", self._config.get("originGroups") or {})
        for place, group in enumerate(_list(groups, "items")):
            for number, member in enumerate(_list(cast("Rendered", group["members"]), "items")):
                yield f"OriginGroups.Items.{place}.Members.Items.{number}.OriginId", member["originId"]

    @cached_property
    def _properties(self) -> Rendered:
        return cast("Rendered", self.cfn._cfn_properties)

    @cached_property
    def _config(self) -> Rendered:
        return cast("Rendered", self.resolve(self._properties)["distributionConfig"])

    def _append(self, path: str, present: int, items: Sequence[Mapping[str, object]]) -> None:
        """Overrides the places after the present ones; an override of a place needs the list to exist."""
        if not present:
            self.cfn.add_property_override(f"DistributionConfig.{path}", items)
            return
        for place, item in enumerate(items, present):
            self.cfn.add_property_override(f"DistributionConfig.{path}.{place}", item)


def _list(part: Rendered, key: str) -> list[Rendered]:
    """Reads a list that CDK leaves out when it is empty."""
    return cast("list[Rendered]", part.get(key) or [])


ALLOWED_PATTERN: Final = "1 to 255 of the characters A-Z a-z 0-9 _ - . * ? $ / ~ \" ' @ : + &, and not * alone"
"""CloudFront developer guide, "Cache behavior settings", "Path pattern"; `*` is the default behavior's."""

_PATTERN: Final = re.compile(r"[A-Za-z0-9_\-.*?$/~\"'@:+&]{1,255}")


def is_path_pattern(pattern: object) -> bool:
    """Tells whether CloudFront takes it for a further behavior."""
    return isinstance(pattern, str) and pattern != "*" and _PATTERN.fullmatch(pattern) is not None


def is_same_path(pattern: str, other: str) -> bool:
    """Tells whether two patterns are one to CloudFront, which makes nothing of a leading slash."""
    return pattern.removeprefix("/") == other.removeprefix("/")
