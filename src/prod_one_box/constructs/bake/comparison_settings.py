"""The settings of the comparison between the new version and the old one during a bake."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from aws_cdk import Duration

from ...errors import InvalidArgumentError, check_kind, is_number
from .handler.compared import Signal, settling_minutes
from .handler.evidence import LEAST_MINUTES

_MOST_TOLERANT: Final = 100
_MOST_REQUESTS: Final = 10**9


class ComparisonAction(Enum):
    """What follows when the new version is worse than the old one.

    An abort makes CloudFormation roll the stack back (CloudFormation user guide, "Choose how to handle failures when
    provisioning resources").
    """

    ABORT = "ABORT"
    """The release is aborted, and every partition put back."""

    REPORT = "REPORT"
    """The bake's outcome says it, and the release goes on."""


class TooFewRequests(Enum):
    """How a bake ends in which the new version got too few requests to be judged by.

    A bake whose waves have a share of 0 goes on in any case.
    A partition that nobody visits has no metrics (CloudWatch API reference, "GetMetricData"), whatever its version is.
    """

    GO_ON = "GO_ON"
    """The release goes on, and the bake's outcome says it. The default, because a release at night would fail for lack
    of visitors."""

    HOLD = "HOLD"
    """The bake is held until there are enough, for 55 minutes at most. Then the release is aborted."""

    ABORT = "ABORT"
    """The release is aborted."""


def _choices(kind: type[Enum]) -> str:
    return " or ".join(map(str, kind))


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How the partitions on the new version are compared with those on the old one, at the same time.

    During each bake, the wait asks of each failed request on which side it was. Times of day and incidents that concern
    both sides cancel out. What usually differs between the partitions is taken from the six hours before the release.
    The metrics are those of the partitions' APIs (API Gateway developer guide, "Working with metrics for HTTP APIs").

    Attributes:
        false_alarms: The chance to abort a release that is no worse than `tolerance` allows, however often it is looked
            at and however long the bakes are: an upper bound for errors that are independent of each other. Default:
            0.05; for how often it happens on sites of many kinds, see "Tables of the comparison" in the documentation.
        tolerance: How many times as many failures of the new version, measured by the odds, are tolerated. Default:
            1.5.
        minimum_requests: How many requests of the new version a bake needs. Default: 20.
        too_few: How a bake with fewer ends. Default: `TooFewRequests.GO_ON`.
        action: What follows when the new version fails more often: `ABORT`, or `REPORT` in the outcome. Without an HTTP
            API of the library or metrics of your own (`OneBoxFrontend.compare_by`), it is only reported, because
            Lambda's errors omit answers of 500 and throttled requests. Default: `ABORT`.
        client_errors: What follows when the new version refuses more requests with a 4xx, as it does when scripts or
            pages are missing; only with HTTP APIs of the library. Default: None, so they are not compared.
        slow_requests: What follows when more requests of the new version take longer than `Thresholds.latency`. The
            first three minutes after a switch do not count then, because of cold starts. None: they are not compared.
            Default: `REPORT`, because cold starts of a small partition may last longer than that.

    Raises:
        InvalidArgumentError: If a number is out of range, or a choice is none of those above.
    """

    false_alarms: float = 0.05
    tolerance: float = 1.5
    minimum_requests: int = 20
    too_few: TooFewRequests = TooFewRequests.GO_ON
    action: ComparisonAction = ComparisonAction.ABORT
    client_errors: ComparisonAction | None = None
    slow_requests: ComparisonAction | None = ComparisonAction.REPORT

    def __post_init__(self) -> None:
        for argument, kind, allowed in (
            ("too_few", TooFewRequests, _choices(TooFewRequests)),
            ("action", ComparisonAction, _choices(ComparisonAction)),
            ("client_errors", (ComparisonAction, type(None)), f"{_choices(ComparisonAction)}, or None"),
            ("slow_requests", (ComparisonAction, type(None)), f"{_choices(ComparisonAction)}, or None"),
        ):
            check_kind(getattr(self, argument), kind, path="Comparison", argument=argument, allowed=allowed)
        for argument, given, allowed in self._faults():
            raise InvalidArgumentError(path="Comparison", argument=argument, given=given, allowed=allowed)

    def _faults(self) -> Iterator[tuple[str, object, str]]:
        if not is_number(self.false_alarms) or not 0 < self.false_alarms <= 1 / 2:
            yield "false_alarms", self.false_alarms, "a chance above 0, up to 0.5, such as 0.05"
        if not is_number(self.tolerance) or not 1 <= self.tolerance <= _MOST_TOLERANT:
            yield "tolerance", self.tolerance, f"a factor of 1 to {_MOST_TOLERANT}, such as 1.5"
        requests = self.minimum_requests
        if not isinstance(requests, int) or isinstance(requests, bool) or not 0 <= requests <= _MOST_REQUESTS:
            yield "minimum_requests", requests, "a whole number of requests from 0"


DEFAULT_COMPARISON: Final = Comparison()


def check_comparison(comparison: object, *, path: str) -> None:
    """Raise unless the argument `comparison` is a `Comparison` or None."""
    check_kind(
        comparison,
        (Comparison, type(None)),
        path=path,
        argument="comparison",
        allowed="Comparison(…), or None for none",
    )


def check_slow_requests(comparison: Comparison | None, bakes: Sequence[Duration], *, path: str) -> None:
    """Raise if slow requests are to abort a release, and the bakes are too short to count any."""
    if comparison is None or comparison.slow_requests is not ComparisonAction.ABORT:
        return
    unseen = 1 + settling_minutes(Signal.SLOW)  # the minute of the switch, and the cold starts after it
    seen = sum(max(0.0, bake.to_minutes(integral=False) - unseen) for bake in bakes)
    if seen < LEAST_MINUTES:
        raise InvalidArgumentError(
            path=path,
            argument="comparison.slow_requests",
            given=f"{comparison.slow_requests}, with bakes of {', '.join(bake.to_human_string() for bake in bakes)}",
            allowed=f"ABORT with {LEAST_MINUTES} minutes of all bakes after the first {unseen} of each",
            remedy="Bake for longer, or give ComparisonAction.REPORT.",
        )
