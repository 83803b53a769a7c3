"""The evidence that a new version fails more often than the old one: given a failure, on which side did it fall?

If the new side's odds of failing are at most `t` times the old side's, a failure in a minute with `n` requests on the
new side and `m` on the old one falls on the new side with probability at most `share = t * n / (t * n + m)`. If they
are `g` times higher still, that probability is `g * t * n / (g * t * n + m)`. Of a minute's `k` failures, let `j` be on
the new side: they are `g ** j / (1 + (g - 1) * share) ** k` times as likely under the second as under the first.

The evidence is the product of that over the minutes, and the mean of the products over several `g`. For independent
failures it is a martingale, or falls, as long as the new side is no worse than `t` times the old one: the chance that
it ever reaches `1 / false_alarms` is at most `false_alarms`, however often one looks (Ville's inequality).

Real failures come in clusters, and the sides are never quite alike. So `t` is the ratio that the hours before showed,
times a tolerance and the margin of error of that ratio, and the logarithm of the evidence is divided by a measure of
how clustered the failures were. With these the bound is approximate: simulations decided the constants below.

Sources: Lindon and Malek, "Anytime-valid inference for multinomial count data" (NeurIPS 2022); Turner, Ly and Grünwald,
"Generic E-variables for exact sequential k-sample tests that allow for optional stopping".
"""

from collections.abc import Sequence
from math import exp, expm1, log, sqrt
from typing import Final, NamedTuple

from .calibration import Calibration, Counts

LEAST_MINUTES: Final = 3
"""Failures of the new side in fewer minutes stop no release: those of one visitor may come together."""

_FACTORS: Final = (1.5, 2, 3, 5, 8, 16, 32)
"""How many times worse than tolerated the new side may be."""


class Stage(NamedTuple):
    """The minutes between two switches, in which the same partitions were on the new version."""

    calibration: Calibration
    minutes: Sequence[Counts]


def log_evidence(stages: Sequence[Stage], *, tolerance: float) -> float:
    """Return the natural logarithm of the evidence that the new version is worse.

    Args:
        stages: The release so far.
        tolerance: How many times the usual odds of failing are tolerated, at least 1.
    """
    sums = [0.0] * len(_FACTORS)
    for stage in stages:
        ratio, divisor = stage.calibration.tolerated(tolerance), stage.calibration.divisor
        for minute in stage.minutes:
            if minute.comparable and minute.failures:
                sums = _with_minute(sums, minute, minute.new_share(ratio), divisor)
    return combined(sums)


def lasting_evidence(stages: Sequence[Stage], *, tolerance: float) -> float:
    """Return `log_evidence`; at most 0 if the new side failed in fewer than three minutes."""
    found = log_evidence(stages, tolerance=tolerance)
    failing = sum(each.comparable and each.new_failures > 0 for stage in stages for each in stage.minutes)
    return found if failing >= LEAST_MINUTES else min(found, 0.0)


def is_worse(stages: Sequence[Stage], *, tolerance: float, false_alarms: float) -> bool:
    """Return whether the lasting evidence reaches `1 / false_alarms`."""
    return lasting_evidence(stages, tolerance=tolerance) >= -log(false_alarms)


def worse_after(stages: Sequence[Stage], *, tolerance: float, false_alarms: float) -> int | None:
    """Return the number of the minute after which `is_worse` is first true, looked at every minute; None if never.

    The sums grow by a minute at a time, so that a release of many minutes takes little longer than its last look.
    """
    sums, failing, least = [0.0] * len(_FACTORS), 0, -log(false_alarms)
    minutes = ((stage.calibration, minute) for stage in stages for minute in stage.minutes)
    for number, (calibration, minute) in enumerate(minutes, 1):
        if not minute.comparable or not minute.failures:
            continue
        share = minute.new_share(calibration.tolerated(tolerance))
        sums = _with_minute(sums, minute, share, calibration.divisor)
        failing += minute.new_failures > 0
        # Without failures of the new side the evidence does not rise.
        if minute.new_failures and failing >= LEAST_MINUTES and combined(sums) >= least:
            return number
    return None


def combined(log_evidences: Sequence[float]) -> float:
    """Return the logarithm of the mean of several evidences; it is evidence by the same bound."""
    most = max(log_evidences)
    return most + log(sum(exp(each - most) for each in log_evidences) / len(log_evidences))


def unlikely(evidence: float) -> float:
    """Return the chance by which a release that is no worse ever shows so much evidence, given its logarithm."""
    return exp(-max(evidence, 0.0))


def detectable_rate(stages: Sequence[Stage], *, tolerance: float, false_alarms: float) -> float | None:
    """Return the lowest rate of failing of the new side that these minutes would have shown.

    At that rate, one standard deviation less than the expected failures would have been enough: a chance of about five
    in six.

    Args:
        stages: The release so far.
        tolerance: As for `log_evidence`.
        false_alarms: As for `is_worse`.

    Returns:
        The rate, 0 to 1; None if not even a version that always fails would have been found.
    """

    def found(rate: float) -> bool:
        supposed = [_failing(stage, rate) for stage in stages]
        minutes = (each for stage in supposed for each in stage.minutes if each.comparable)
        failing = sum(-expm1(-each.new_failures) for each in minutes)
        return failing >= LEAST_MINUTES - 0.5 and log_evidence(supposed, tolerance=tolerance) >= -log(false_alarms)

    if not found(1.0):
        return None
    low, high = 0.0, 1.0
    while high - low > high / 200:
        middle = (low + high) / 2
        low, high = (low, middle) if found(middle) else (middle, high)
    return high


def _with_minute(sums: Sequence[float], minute: Counts, share: float, divisor: float) -> list[float]:
    """Add a minute's evidence to the sum for each factor, as logarithms."""
    return [
        total + _log_likelihood(minute, factor, share) / divisor for total, factor in zip(sums, _FACTORS, strict=True)
    ]


def _log_likelihood(minute: Counts, factor: float, share: float) -> float:
    """Return how much likelier the failures are if the new side is `factor` times worse, as a logarithm."""
    return minute.new_failures * log(factor) - minute.failures * log(1 + (factor - 1) * share)


def _failing(stage: Stage, rate: float) -> Stage:
    """Return a stage whose new side fails at a rate, less one standard deviation."""
    expected = rate * sum(each.new_requests for each in stage.minutes)
    part = max(0.0, 1 - sqrt(stage.calibration.dispersion / expected)) if expected else 0.0
    minutes = [each._replace(new_failures=part * rate * each.new_requests) for each in stage.minutes]
    return stage._replace(minutes=minutes)
