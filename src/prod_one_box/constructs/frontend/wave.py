"""One step of a release: a share of the visitors, and how long the release is watched after it has reached them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import aws_cdk as cdk

from ...errors import InvalidArgumentError, check_kind, check_list
from ...vocabulary import BUCKETS, buckets_of_share
from ..bake.alarm_timing import DELAY, short_bakes_allowed
from ..bake.comparison_settings import Comparison
from ..bake.handler.compared import READABLE_AFTER
from ..bake.wait_settings import LONGEST, in_minutes, whole_seconds
from ..edge.given_partitions import check_share
from ..watch.thresholds import Thresholds


def _ten_minutes() -> cdk.Duration:
    return cdk.Duration.minutes(10)


@dataclass(frozen=True, kw_only=True)
class Wave:
    """A partition's turn in a release, before the regular partition's.

    Visitors never move: a wave is a partition with a front end of its own, which every release reaches at the same
    place in its order.

    Attributes:
        share: The percentage of visitors in the wave's partition, 0 to 100 in steps of 0.01. Default: 20.
        bake_time: How long the release is watched once it has reached the wave: long enough for the alarms to fire, 4
            minutes with the default thresholds, up to 52 minutes, or 55 without a comparison. With one, the wait holds
            for 3 minutes more, until CloudWatch has the metrics of the last of them. Default: 10 minutes.
        shares_function: Whether the wave has another alias on the function of the wave before it, instead of a
            function of its own. An execution environment serves one version (Lambda developer guide, "Understanding
            the Lambda execution environment lifecycle"), so both waves use the same warm ones while they are on one
            version, and a small wave has fewer cold starts. But they also share the function's concurrency: a version
            that hangs in one wave may fail the other. Default: False.
    """

    share: float = 20
    bake_time: cdk.Duration = field(default_factory=_ten_minutes)
    shares_function: bool = False


def check_waves(
    waves: object, *, path: str, thresholds: Thresholds | None, comparison: Comparison | None
) -> Sequence[Wave]:
    """Return the waves of a release; raise unless a release could go through them."""
    allowed = "a list of Wave, such as [Wave(share=1), Wave(share=19)]"
    check_list(waves, Wave, path=path, argument="waves", allowed=allowed)
    found: Sequence[Wave] = list(waves)  # type: ignore[call-overload]  # check_list has made sure
    if not found:
        raise InvalidArgumentError(
            path=path, argument="waves", given="an empty list", allowed=allowed, remedy="The first wave is the one-box."
        )
    for number, wave in enumerate(found):
        check_share(wave.share, path=path, argument=f"waves[{number}].share")
        check_bake_time(
            wave.bake_time,
            path=path,
            argument=f"waves[{number}].bake_time",
            thresholds=thresholds,
            reading=READABLE_AFTER if comparison else 0,
        )
        check_kind(
            wave.shares_function, bool, path=path, argument=f"waves[{number}].shares_function", allowed="True or False"
        )
    for argument, given, allowed in _faults(found):
        raise InvalidArgumentError(path=path, argument=argument, given=given, allowed=allowed)
    return found


def _faults(waves: Sequence[Wave]) -> Iterator[tuple[str, str, str]]:
    if waves[0].shares_function:
        yield "waves[0].shares_function", "True", "False for the first wave, before which there is none"
    buckets = sum(buckets_of_share(wave.share) for wave in waves)
    if buckets > BUCKETS:
        shares = " + ".join(f"{wave.share:g}" for wave in waves)
        yield "waves", f"shares of {shares} = {buckets * 100 / BUCKETS:g} %", "shares of at most 100 % in all"


def check_bake_time(
    time: cdk.Duration, *, path: str, argument: str, thresholds: Thresholds | None, reading: int = 0
) -> None:
    """Raise if no wait could hold for a time, or if the default alarms could not fire in it.

    `reading` are the seconds that the wait holds on until the last minutes can be compared.
    """
    seconds = whole_seconds(argument, time, path)
    shortest = 1
    if thresholds is not None and thresholds._period_seconds is not None and not short_bakes_allowed():
        shortest = int(thresholds._period_seconds * thresholds.datapoints) + DELAY
    if seconds < shortest:
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=in_minutes(seconds),
            allowed=f"at least {in_minutes(shortest)}, so that alarms with these thresholds can fire",
            remedy="Hold for longer, or give Thresholds with a shorter period or fewer datapoints.",
        )
    if seconds + reading > LONGEST:
        kept = f", and the last minutes can be compared after {in_minutes(reading)}" if reading else ""
        raise InvalidArgumentError(
            path=path,
            argument=argument,
            given=in_minutes(seconds),
            allowed=f"at most {in_minutes(LONGEST - reading)}, since CloudFormation gives a custom resource an hour"
            f"{kept}",
            remedy="Divide the wave into several, each with a bake of its own.",
        )
