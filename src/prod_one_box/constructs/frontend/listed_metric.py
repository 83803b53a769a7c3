"""A metric of the user's as a list that the waits' handler reads: namespace, name, statistic, and its dimensions.

A dimension's value is a text, a resource's logical id, or a list of both.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, cast

from aws_cdk import CfnResource, Reference, Tokenization
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from ...errors import InvalidArgumentError, check_kind
from ..bake.handler.compared import LOGICAL_ID
from ..jsii_cache import path_of, stack_of

_COUNTS: Final = {"sum": "Sum", "samplecount": "SampleCount", "n": "SampleCount"}
_ALLOWED: Final = "a cloudwatch.Metric of the stack's account and region with the statistic Sum or SampleCount, whose "
_DIMENSIONS: Final = "dimensions are texts or what `Ref` returns of the stack's resources"


def listed_metric(scope: Construct, argument: str, metric: cloudwatch.Metric) -> list[object]:
    """Return a metric as the handler reads it.

    Raises:
        InvalidArgumentError: If the handler, which sees the resources of its own stack, could not read it.
    """
    path = path_of(scope)
    check_kind(metric, cloudwatch.Metric, path=path, argument=argument, allowed=_ALLOWED + _DIMENSIONS)
    for given in _faults(scope, metric):
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=given,
            allowed=_ALLOWED + _DIMENSIONS,
            remedy="Write a dimension's value out, or use one that the resource's `Ref` returns, such as an API's id.",
        )
    listed: list[object] = [metric.namespace, metric.metric_name, _COUNTS[metric.statistic.lower()]]
    for name, value in sorted((metric.dimensions or {}).items()):
        parts = _parts(scope, value)
        listed += [name, parts[0] if len(parts) == 1 else parts]
    return listed


def _faults(scope: Construct, metric: cloudwatch.Metric) -> Iterator[str]:
    stack = stack_of(scope)
    if metric.statistic.lower() not in _COUNTS:
        yield f"the statistic {metric.statistic}"
    for name, given, own in (("region", metric.region, stack.region), ("account", metric.account, stack.account)):
        if given is not None and given != own:
            yield f"a metric of the {name} {given}"
    for name, value in (metric.dimensions or {}).items():
        if not _parts(scope, value):
            yield f"a metric whose dimension {name} is {stack.resolve(value)}"


def _parts(scope: Construct, value: str) -> list[object]:
    """Return the parts of a dimension's value; none if one is neither a text nor a resource of the stack."""
    resolved = stack_of(scope).resolve(value)
    joined = resolved.get("Fn::Join") if isinstance(resolved, dict) else None
    parts = joined[1] if joined and joined[0] == "" else [resolved]
    own = _references(scope, value)
    known = all(isinstance(each, str) or each in own for each in parts)
    return [each if isinstance(each, str) else {LOGICAL_ID: each["Ref"]} for each in parts] if known else []


def _references(scope: Construct, value: str) -> list[dict[str, str]]:
    """Return the references in a value to what `Ref` returns of resources of the scope's own stack."""
    stack = stack_of(scope)
    tokens = [each for each in Tokenization.reverse_string(value).tokens if Reference.is_reference(each)]
    targets = [(each, cast("Reference", each).target) for each in tokens]
    own = [each for each, target in targets if isinstance(target, CfnResource) and stack_of(target) is stack]
    return [each for each in stack.resolve(own) if [*each] == ["Ref"]]


def in_full(number: float) -> str:
    """Write a number without an exponent, which a statistic's name cannot have."""
    return f"{Decimal(str(number)).normalize():f}"
