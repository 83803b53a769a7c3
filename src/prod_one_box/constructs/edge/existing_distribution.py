"""A distribution that exists already: what it says of its behaviors and origins, and changes to them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, cast

import jsii
from aws_cdk import Aspects, CfnResource, IAspect
from aws_cdk import aws_cloudfront as cloudfront
from constructs import IConstruct

from ...vocabulary import METADATA_KEY
from ..jsii_cache import key_of, resource_of, resources_of_type, stack_of
from .edge_code import EdgeEvent

Rendered = Mapping[str, object]
"""A part of the distribution's configuration, as it will appear in the template except for the case of its keys."""

ALLOWED_PATTERN: Final = "1 to 255 of the characters A-Z a-z 0-9 _ - . * ? $ / ~ \" ' @ : + &, and not * alone"
"""CloudFront developer guide, "Cache behavior settings", "Path pattern"; `*` is the default behavior's."""

_PATTERN: Final = re.compile(r"[A-Za-z0-9_\-.*?$/~\"'@:+&]{1,255}")
_GENERATED_ID: Final = re.compile(r"Origin\d+[0-9A-F]{8}$")
"""The end of an origin id that CDK generates: the origin's number in the distribution, and a hash of that."""

_LAMBDA_KEYS: Final = {"eventType": "EventType", "lambdaFunctionArn": "LambdaFunctionARN", "includeBody": "IncludeBody"}


class ExistingDistribution:
    """A snapshot of a distribution; make another one after a change.

    `cloudfront.Distribution` exposes neither its behaviors nor its origins; the properties of its L1 do. Changes are
    property overrides, which address behaviors and origins by their index: CDK only ever appends to these lists.
    """

    def __init__(self, distribution: cloudfront.Distribution) -> None:
        self.distribution = distribution
        self.cfn = cast("cloudfront.CfnDistribution", resource_of(distribution))
        self._stack = stack_of(distribution)

    @cached_property
    def default_behavior(self) -> Rendered:
        """The default behavior, unresolved: CDK knows it as soon as the distribution is made."""
        config = cast("Mapping[str, Rendered]", self._properties["distributionConfig"])
        return config["defaultCacheBehavior"]

    @property
    def default_origin_id(self) -> str:
        """The id of the default behavior's origin."""
        return cast("str", self.default_behavior["targetOriginId"])

    @property
    def further_behaviors(self) -> list[Rendered]:
        """The other behaviors, resolved: CDK renders these late."""
        return _list(self._config, "cacheBehaviors")

    @property
    def origins(self) -> dict[str, Rendered]:
        """The origins by their ids; the ids of origin groups are not included."""
        return {cast("str", one["id"]): one for one in _list(self._config, "origins")}

    @property
    def is_attached(self) -> bool:
        """Whether a `PartitionEdge` is attached already: overrides do not show in the properties."""
        return self.cfn.get_metadata(METADATA_KEY) is not None

    @property
    def function_events(self) -> list[str]:
        """The events of the default behavior that have a CloudFront Function."""
        return [cast("str", one["eventType"]) for one in _list(self.default_behavior, "functionAssociations")]

    @property
    def lambda_events(self) -> list[str]:
        """The events of the default behavior that have a Lambda@Edge function."""
        return [cast("str", one["eventType"]) for one in _list(self.default_behavior, "lambdaFunctionAssociations")]

    def attached_config(self, function_arns: Sequence[object]) -> Rendered:
        """Return the configuration with an edge's functions at viewer-request of the default behavior.

        The functions are overrides, which the properties do not show.
        """
        functions = [{"eventType": "viewer-request", "functionArn": each} for each in function_arns]
        default = cast("Rendered", self._config["defaultCacheBehavior"])
        return {**self._config, "defaultCacheBehavior": {**default, "functionAssociations": functions}}

    def others(self) -> list[CfnResource]:
        """Return the other distributions of the stack that have no edge of their own."""
        return [
            each
            for each in resources_of_type(self._stack, "AWS::CloudFront::Distribution")
            if key_of(each) != key_of(self.cfn)
            and stack_of(each) is self._stack
            and each.get_metadata(METADATA_KEY) is None
        ]

    def origin_id_of(self, path_pattern: str) -> str:
        """Return the id of another behavior's origin."""
        return cast("str", self.further_behaviors[self._index_of(path_pattern)]["targetOriginId"])

    def number_of_behaviors(self, path_pattern: str) -> int:
        """Return how many other behaviors have a path pattern."""
        return sum(is_same_path(str(one["pathPattern"]), path_pattern) for one in self.further_behaviors)

    def behaviors_with(self, arns: Sequence[object]) -> list[Rendered]:
        """Return the other behaviors that have a function with one of these resolved ARNs."""
        return [
            behavior
            for behavior in self.further_behaviors
            if any(one["functionArn"] in arns for one in _list(behavior, "functionAssociations"))
            or any(one["lambdaFunctionArn"] in arns for one in _list(behavior, "lambdaFunctionAssociations"))
        ]

    def resolve(self, part: object) -> Rendered:
        """Resolve the tokens in a part of an origin or behavior."""
        return cast("Rendered", self._stack.resolve(part))

    def associate(self, kind: str, events: Iterable[EdgeEvent], arns: Sequence[str]) -> None:
        """Add functions to the default behavior's own.

        Args:
            kind: `Function` for CloudFront Functions, `LambdaFunction` for Lambda@Edge.
            events: The event of each function.
            arns: The ARNs of the functions.
        """
        present = _list(self.default_behavior, f"{kind[0].lower()}{kind[1:]}Associations")
        added = [{"EventType": event.value, f"{kind}ARN": arn} for event, arn in zip(events, arns, strict=True)]
        self._append(f"DefaultCacheBehavior.{kind}Associations", len(present), added)

    def add_origin_headers(self, origin_id: str, headers: Mapping[str, str]) -> None:
        """Add custom headers to an origin's own."""
        origins = self.origins
        present = _list(origins[origin_id], "originCustomHeaders")
        rendered = [{"HeaderName": name, "HeaderValue": value} for name, value in headers.items()]
        self._append(f"Origins.{list(origins).index(origin_id)}.OriginCustomHeaders", len(present), rendered)

    def guard_like_default(self, path_pattern: str) -> None:
        """Give another behavior the default behavior's key groups, signers and Lambda@Edge functions."""
        index = self._index_of(path_pattern)
        lambdas = _list(self.default_behavior, "lambdaFunctionAssociations")
        guards = {
            "TrustedKeyGroups": self.default_behavior.get("trustedKeyGroups"),
            "TrustedSigners": self.default_behavior.get("trustedSigners"),
            "LambdaFunctionAssociations": [{_LAMBDA_KEYS[key]: each[key] for key in each} for each in lambdas],
        }
        for name, value in guards.items():
            if value:
                self.override(f"CacheBehaviors.{index}.{name}", value)

    def fix_origin_ids(self, fixed: Mapping[str, str]) -> dict[str, str]:
        """Give origins fixed ids in the template, except those whose ids the user chose.

        CDK numbers the origins in the order of the behaviors, so that adding or removing a behavior changes an
        origin's id. The default behavior's origin is the first one and always has the same number.

        Args:
            fixed: The id to have instead, by the origin's present id.

        Returns:
            The id that each of the origins will have, by its present id.
        """
        generated = {id: new for id, new in fixed.items() if _GENERATED_ID.search(id)}
        if generated:
            Aspects.of(self.cfn).add(_OriginIdFix(self.distribution, generated))
        return {id: generated.get(id, id) for id in fixed}

    def origin_ids(self) -> Iterator[tuple[str, object]]:
        """Yield each property that holds an origin's id, also in behaviors and origin groups, with the id."""
        for index, origin in enumerate(_list(self._config, "origins")):
            yield f"Origins.{index}.Id", origin["id"]
        yield "DefaultCacheBehavior.TargetOriginId", self.default_origin_id
        for index, behavior in enumerate(self.further_behaviors):
            yield f"CacheBehaviors.{index}.TargetOriginId", behavior["targetOriginId"]
        groups = cast("Rendered", self._config.get("originGroups") or {})
        for index, group in enumerate(_list(groups, "items")):
            for number, member in enumerate(_list(cast("Rendered", group["members"]), "items")):
                yield f"OriginGroups.Items.{index}.Members.Items.{number}.OriginId", member["originId"]

    def _index_of(self, path_pattern: str) -> int:
        return [one["pathPattern"] for one in self.further_behaviors].index(path_pattern)

    @cached_property
    def _properties(self) -> Rendered:
        return cast("Rendered", self.cfn._cfn_properties)

    @cached_property
    def _config(self) -> Rendered:
        return cast("Rendered", self.resolve(self._properties)["distributionConfig"])

    def _append(self, path: str, present: int, items: Sequence[Mapping[str, object]]) -> None:
        """Override the indexes after the present ones; overriding an index requires that the list exists."""
        if not present:
            self.override(path, items)
            return
        for index, item in enumerate(items, present):
            self.override(f"{path}.{index}", item)

    def override(self, path: str, value: object) -> None:
        """Override a property of the configuration."""
        self.cfn.add_property_override(f"DistributionConfig.{path}", value)


@jsii.implements(IAspect)
class _OriginIdFix:
    """Renames origins once the distribution has all its behaviors."""

    def __init__(self, distribution: cloudfront.Distribution, fixed: Mapping[str, str]) -> None:
        self._distribution = distribution
        self._fixed = fixed

    def visit(self, node: IConstruct) -> None:  # noqa: ARG002  # always the distribution's resource
        existing = ExistingDistribution(self._distribution)
        for path, id in existing.origin_ids():
            if id in self._fixed:
                existing.override(path, self._fixed[cast("str", id)])


def _list(part: Rendered, key: str) -> list[Rendered]:
    """Return a list that CDK leaves out when it is empty."""
    return cast("list[Rendered]", part.get(key) or [])


def is_path_pattern(pattern: object) -> bool:
    """Return whether CloudFront accepts a path pattern for a further behavior."""
    return isinstance(pattern, str) and pattern != "*" and _PATTERN.fullmatch(pattern) is not None


def is_same_path(pattern: str, other: str) -> bool:
    """Return whether two patterns are the same to CloudFront, which ignores a leading slash."""
    return pattern.removeprefix("/") == other.removeprefix("/")
