"""New against old: what a release's comparison says at a poll, as a sentence.

Everything is computed afresh from CloudWatch's figures, so late and revised minutes count as soon as they are there.
Which minutes count is in `compared_minutes`, the arithmetic in `evidence`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log
from typing import Final

from .compared import Action, Compared, Signal
from .compared_minutes import ComparedMinutes
from .evidence import LEAST_MINUTES, Counts, combined, detectable_rate, log_evidence, unlikely

_MANY: Final = 1e9


@dataclass(frozen=True)
class Verdict:
    """What a comparison says at a poll.

    Attributes:
        worse: Whether the new version is worse by signals that abort.
        new_requests: How many requests the new version has had since the last switch, as far as they can be judged.
        sentence: The result, for people.
        evidence: The natural logarithm of the evidence by signal, for the log.
    """

    worse: bool
    new_requests: int
    sentence: str
    evidence: Mapping[str, float]


@lru_cache(maxsize=4)
def compare(compared: Compared, minutes: ComparedMinutes) -> Verdict:
    """Compare the partitions on the new version with the others; the polls of a minute share the result.

    Args:
        compared: The settings.
        minutes: What can be judged by now.
    """
    results = [_Result(compared, minutes, signal) for signal in compared.signals]
    aborting = [each for each in results if compared.signals[each.signal] is Action.ABORT]
    # The mean of several signals' evidences is evidence by the same bound.
    enough = bool(aborting) and combined([each.evidence for each in aborting]) >= -log(compared.false_alarms)
    return Verdict(
        worse=enough and any(each.has_lasted for each in aborting),
        new_requests=minutes.new_requests,
        sentence=_sentence(results, minutes.period),
        evidence={each.signal.name: round(each.evidence, 3) for each in results},
    )


def _sentence(results: Sequence["_Result"], period: str) -> str:
    told = [each for each in results if each.has_minutes]
    if not told:
        return f"New against old: there was no minute in which both versions had requests ({period})."
    unusual = " or ".join(each.signal.value for each in told if not each.is_usual)
    hours = (
        f" The hours before had too little to show how many usually {unusual}, so a cautious default stands for that."
    )
    cautious = hours if unusual else ""
    return f"New against old: {'; '.join(map(str, told))} ({period}).{cautious}"


class _Result:
    """One signal's result."""

    def __init__(self, compared: Compared, minutes: ComparedMinutes, signal: Signal) -> None:
        self.signal = signal
        self._compared = compared
        self._stages = minutes.stages(signal)
        self._counts = [each for stage in self._stages for each in stage.minutes]

    @cached_property
    def evidence(self) -> float:
        """The natural logarithm of the evidence that the new version is worse."""
        return log_evidence(self._stages, tolerance=self._compared.tolerance)

    @property
    def has_lasted(self) -> bool:
        """Whether it happened on the new version in enough separate minutes."""
        return sum(each.new_failures > 0 for each in self._counts) >= LEAST_MINUTES

    @property
    def has_minutes(self) -> bool:
        """Whether any minute can be compared."""
        return bool(self._counts)

    @property
    def is_usual(self) -> bool:
        """Whether the hours before showed what is usual."""
        return all(each.calibration.usual for each in self._stages if each.minutes)

    def __str__(self) -> str:
        new_failures, new, old_failures, old = map(sum, zip(*map(_sides, self._counts), strict=True))
        return (
            f"{_share(new_failures, new)} {self.signal.value} on the new version, {_share(old_failures, old)} on the "
            f"old one: {self._conclusion()}"
        )

    def _conclusion(self) -> str:
        if self.evidence >= -log(self._compared.false_alarms) and self.has_lasted:
            releases = _rounded(1 / max(unlikely(self.evidence), 1 / _MANY))
            return f"by chance, at most 1 release in {releases} shows such a difference"
        found = detectable_rate(
            self._stages, tolerance=self._compared.tolerance, false_alarms=self._compared.false_alarms
        )
        power = "nothing could have been found" if found is None else f"{found:.1%} or more would have been found"
        return f"no difference beyond the tolerance, {power}"


def _sides(counts: Counts) -> tuple[float, float, float, float]:
    return counts.new_failures, counts.new_requests, counts.old_failures, counts.old_requests


def _share(part: float, whole: float) -> str:
    return f"{part:,.0f} of {whole:,.0f} requests ({part / whole:.1%})"


def _rounded(number: float) -> str:
    if number >= _MANY:
        return "a billion"
    return f"{int(round(number, -max(0, len(str(int(number))) - 2))):,}"
