"""The metrics by which a release's waits compare the partitions, named as the handler reads them.

Resources of the stack are named by plain logical ids, so that a wait depends on nothing that it watches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from ...errors import InvalidArgumentError
from ..bake.comparison_settings import Comparison, ComparisonAction, TooFewRequests
from ..bake.handler import compared
from ..bake.handler.compared import Signal
from ..jsii_cache import logical_id_of, path_of, resource_of
from .listed_metric import in_full, listed_metric
from .partition import Partition


@dataclass(frozen=True)
class OriginMetrics:
    """The metrics of a partition's own origin, as lists for the handler."""

    requests: Sequence[object]
    errors: Sequence[object]


class ComparedMetrics:
    """What the bakes of a release compare, as the handler reads it."""

    def __init__(
        self, scope: Construct, partitions: Sequence[Partition], comparison: Comparison, latency: float | None
    ) -> None:
        """Name the partitions' metrics; `latency` is the limit for slow requests in milliseconds."""
        self._scope = scope
        self._partitions = partitions
        self._comparison = comparison
        self._latency = latency
        self._own: dict[str, OriginMetrics] = {}
        self._check_asked()

    def replace(self, partition: Partition, *, requests: cloudwatch.Metric, errors: cloudwatch.Metric) -> None:
        """Compare a partition by metrics of its own origin.

        Raises:
            InvalidArgumentError: If the partition is not of this front end, or the handler cannot read a metric.
        """
        path = path_of(self._scope)
        if partition not in self._partitions:
            raise InvalidArgumentError(
                path=path,
                argument="partition",
                given=partition.node.path if isinstance(partition, Construct) else repr(partition),
                allowed="one of this front end's `partitions`",
            )
        self._own[partition.partition_name] = OriginMetrics(
            listed_metric(self._scope, "requests", requests), listed_metric(self._scope, "errors", errors)
        )
        self._check_asked()

    def _check_asked(self) -> None:
        """Raise if a signal that the user asked for cannot be compared."""
        signals = self._signals()
        for argument, asked, signal, allowed in (
            (
                "client_errors",
                self._comparison.client_errors is not None,
                Signal.CLIENT_ERRORS,
                "None for partitions without HTTP APIs of the library, or with metrics of your own",
            ),
            (
                "slow_requests",
                self._comparison.slow_requests is ComparisonAction.ABORT,
                Signal.SLOW,
                "REPORT or None for partitions with metrics of your own, or without Thresholds.latency",
            ),
        ):
            if asked and signal not in signals:
                raise InvalidArgumentError(
                    path=path_of(self._scope),
                    argument=f"comparison.{argument}",
                    given=getattr(self._comparison, argument),
                    allowed=allowed,
                )

    def property_of(self, *, visited: bool) -> dict[str, object]:
        """Return the value of a bake's property `Comparison`; one that nobody visits cannot wait for requests."""
        signals = self._signals()
        slow_above = {compared.SLOW_ABOVE: in_full(self._latency)} if self._latency and Signal.SLOW in signals else {}
        return {
            compared.FALSE_ALARMS: f"{self._comparison.false_alarms:g}",
            compared.TOLERANCE: f"{self._comparison.tolerance:g}",
            compared.MINIMUM_REQUESTS: str(self._comparison.minimum_requests),
            compared.TOO_FEW: (self._comparison.too_few if visited else TooFewRequests.GO_ON).value,
            compared.SIGNALS: {signal.name: action.value for signal, action in signals.items()},
            **slow_above,
            compared.PARTITIONS: [
                {compared.ALIAS: _logical_id(each.alias), **self._metrics_of(each)} for each in self._partitions
            ],
        }

    def _signals(self) -> dict[Signal, ComparisonAction]:
        """Return what can be compared, which every partition must have, and what follows."""
        names = [each.partition_name for each in self._partitions]
        have_apis = all(each.http_api is not None for each in self._partitions)
        by_alias = not have_apis and any(name not in self._own for name in names)
        wanted = {
            Signal.SERVER_ERRORS: ComparisonAction.REPORT if by_alias else self._comparison.action,
            Signal.CLIENT_ERRORS: self._comparison.client_errors if have_apis and not self._own else None,
            Signal.SLOW: None if self._own or self._latency is None else self._comparison.slow_requests,
        }
        return {signal: action for signal, action in wanted.items() if action}

    def _metrics_of(self, partition: Partition) -> dict[str, object]:
        own = self._own.get(partition.partition_name)
        if own is not None:
            return {compared.REQUESTS: own.requests, compared.ERRORS: own.errors}
        return {} if partition.http_api is None else {compared.API: _logical_id(partition.http_api)}


def _logical_id(construct: Construct) -> str:
    return logical_id_of(cast("cdk.CfnResource", resource_of(construct)))
