"""The thresholds of the default alarms."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from aws_cdk import Annotations, Duration, aws_lambda
from constructs import IConstruct

from ...errors import InvalidArgumentError, check_kind, is_number

_ALL_REQUESTS: Final = 100  # percent
_DAY: Final = 86_400
_HOUR: Final = 3_600
_DEFAULT_TIMEOUT: Final = 3000  # of a Lambda function, in milliseconds


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """How high error rate and latency must be, for how long and under how much traffic, before an alarm is red.

    Attributes:
        error_rate: Percent of requests that may fail; more is red. Default: 5. None: no alarm on the error rate.
        latency: How long the slowest tenth of requests may take (the 90th percentile); longer is red. It must be
            below the timeout of a function that it watches. Default: 2 s. None: no alarm on the latency.
        minimum_requests: How many requests a period needs to count at all. Default: 20, so that one error in three
            requests stops no release, and a shift of 10 % is watched from 200 requests a period on.
        period: How long requests are counted for one data point, in whole minutes, because Lambda and API Gateway
            send their metrics once a minute (Lambda developer guide, 'Using CloudWatch metrics with Lambda';
            API Gateway developer guide, 'Amazon API Gateway dimensions and metrics'). Default: 1 min.
        datapoints: How many consecutive data points must be red. Default: 2, so that a spike shorter than a minute
            stops no release.

    Raises:
        InvalidArgumentError: If CloudWatch would refuse the alarm, or it could never be red or never be anything else.
            The bounds are those of the CloudWatch API reference, 'PutMetricAlarm'.
    """

    error_rate: float | None = 5
    latency: Duration | None = field(default_factory=lambda: Duration.seconds(2))
    minimum_requests: int = 20
    period: Duration = field(default_factory=lambda: Duration.minutes(1))
    datapoints: int = 2

    def __post_init__(self) -> None:
        for name, given in (("latency", self.latency), ("period", self.period)):
            if given is not None:
                check_kind(given, Duration, path="Thresholds", argument=name, allowed="a Duration")
        faults = list(self._faults())
        if faults:
            raise InvalidArgumentError(
                path="Thresholds",
                argument=", ".join(name for name, _, _ in faults),
                given=", ".join(str(given) for _, given, _ in faults),
                allowed="; ".join(allowed for _, _, allowed in faults),
            )

    @cached_property
    def _latency_milliseconds(self) -> float | None:
        """`latency` as a number; None without one, or if it is not known at synth."""
        if self.latency is None or self.latency.is_unresolved():
            return None
        return self.latency.to_milliseconds()

    @cached_property
    def _period_seconds(self) -> float | None:
        """`period` as a number; None if it is not known at synth."""
        return None if self.period.is_unresolved() else self.period.to_milliseconds() / 1000

    def _faults(self) -> Iterator[tuple[str, object, str]]:
        if self.error_rate is not None and not (is_number(self.error_rate) and 0 <= self.error_rate < _ALL_REQUESTS):
            yield "error_rate", self.error_rate, "an error rate of 0 to below 100 percent, or None"
        if self.latency is not None and self._latency_milliseconds == 0:
            yield "latency", self.latency.to_human_string(), "a latency above 0, or None"
        if not _is_count(self.minimum_requests):
            yield "minimum_requests", self.minimum_requests, "a whole number of requests from 1"
        if not _is_count(self.datapoints):
            yield "datapoints", self.datapoints, "a whole number of data points from 1"
        elif self._period_seconds is not None:
            yield from self._period_faults(self._period_seconds)

    def _period_faults(self, seconds: float) -> Iterator[tuple[str, object, str]]:
        if seconds <= 0 or seconds % 60:
            yield "period", f"{seconds:g} s", "a period of a multiple of 60 s"
        longest = _DAY if seconds < _HOUR else 7 * _DAY
        if seconds * self.datapoints > longest:
            yield "period x datapoints", f"{seconds * self.datapoints:g} s", f"at most {longest} s in all"


def _is_count(given: object) -> bool:
    return isinstance(given, int) and is_number(given) and given >= 1


DEFAULT_THRESHOLDS: Final = Thresholds()
"""Made once, since each `Thresholds` makes durations in Node."""


def check_thresholds(thresholds: object, *, path: str) -> None:
    """Raise unless the argument `thresholds` of the construct at a path is a `Thresholds`, or None for no alarms."""
    check_kind(thresholds, (Thresholds, type(None)), path=path, argument="thresholds", allowed="Thresholds(…), or None")


def refuse_unreachable_latency(scope: IConstruct, function: aws_lambda.IFunction, thresholds: Thresholds) -> None:
    """Raise if the latency alarm could never fire because Lambda ends the function before."""
    latency = thresholds._latency_milliseconds
    if latency is None or not isinstance(function, aws_lambda.Function):
        return
    timeout = function.timeout
    if timeout is not None and timeout.is_unresolved():
        return
    longest = _DEFAULT_TIMEOUT if timeout is None else timeout.to_milliseconds()
    if latency >= longest:
        raise InvalidArgumentError(
            path=scope.node.path,
            argument="thresholds",
            given=f"latency={latency:g} ms",
            allowed=f"a latency below {longest:g} ms, the timeout of {function.node.path}",
            remedy="Give the function a longer timeout, or Thresholds(latency=…) less.",
        )


def warn_of_fraction(scope: IConstruct, *, argument: str, given: float | None) -> None:
    """Warn about a percentage between 0 and 1, which may be meant as a fraction of 1.

    Args:
        scope: The construct that gets the warning; `Annotations.acknowledge_warning` removes it.
        argument: The name of the argument.
        given: The percentage; None passes.
    """
    if given is not None and 0 < given < 1:
        Annotations.of(scope).add_warning_v2(
            "prod-one-box:belowOnePercent",
            f"{argument}: {given:g} means {given:g} %, of 100. For {100 * given:g} % write {100 * given:g}.",
        )
