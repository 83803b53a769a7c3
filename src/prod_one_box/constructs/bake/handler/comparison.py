"""New against old: what a release's comparison says at a poll, as a sentence.

Everything is computed afresh from CloudWatch's figures, so late and revised minutes count as soon as they are there.
Which minutes count is in `compared_minutes`, the arithmetic in `evidence`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from .calibration import Counts
from .compared import Compared, Signal
from .compared_minutes import ComparedMinutes
from .evidence import combined, detectable_rate, lasting_evidence, unlikely

_MANY: Final = 1e9


@dataclass(frozen=True)
class Verdict:
    """What a comparison says at a poll.

    Attributes:
        worse: Whether the new version is worse by signals that abort.
        new_requests: How many requests the new version has had since the last switch, as far as they can be judged;
            None if no partition under bake gets a new version in this release.
        sentence: The result, for people.
        evidence: The natural logarithm of the lasting evidence by signal, for the log.
    """

    worse: bool
    new_requests: int | None
    sentence: str
    evidence: Mapping[str, float]


def compare(compared: Compared, minutes: ComparedMinutes) -> Verdict:
    """Compare the partitions on the new version with the others.

    Args:
        compared: The settings.
        minutes: What can be judged by now.
    """
    if not minutes.has_switched:
        return Verdict(False, None, "New against old: no partition under bake has a new version.", {})
    read = [signal for signal in compared.signals if minutes.has_read(signal)]
    results = {signal: _Result(compared, minutes, signal) for signal in read}
    aborting = [results[signal] for signal in read if signal in compared.aborting]
    # The mean of several signals' evidences is evidence by the same bound.
    together = combined([each.evidence for each in aborting]) if aborting else 0.0
    worse = together >= -log(compared.false_alarms)
    told = [
        each.sentence(worse=worse, evidence=together, of=len(aborting))
        if signal in compared.aborting
        else each.sentence(worse=each.is_worse, evidence=each.evidence, of=1)
        for signal, each in results.items()
        if each.has_minutes
    ]
    return Verdict(
        worse=worse,
        new_requests=minutes.new_requests,
        sentence=_sentence(told, minutes.period, [*_notes(compared, results)]),
        evidence={signal.name: round(each.evidence, 3) for signal, each in results.items()},
    )


def _sentence(told: Sequence[str], period: str, notes: Sequence[str]) -> str:
    found = "; ".join(told) or "there was no minute in which both versions had requests"
    return " ".join([f"New against old: {found} ({period}).", *notes])


def _notes(compared: Compared, results: Mapping[Signal, "_Result"]) -> Iterator[str]:
    unread = " or ".join(signal.value for signal in compared.signals if signal not in results)
    if unread:
        yield f"CloudWatch did not say how many {unread}."
    unusual = " or ".join(signal.value for signal, each in results.items() if each.has_minutes and not each.is_usual)
    if unusual:
        yield (
            f"The hours before had too little to show how many usually {unusual}, so a cautious default stands for "
            "that."
        )


class _Result:
    """One signal's result."""

    def __init__(self, compared: Compared, minutes: ComparedMinutes, signal: Signal) -> None:
        self._signal = signal
        self._compared = compared
        self._stages = minutes.stages(signal)
        self._counts = [each for stage in self._stages for each in stage.minutes]
        self.evidence = lasting_evidence(self._stages, tolerance=compared.tolerance)

    @property
    def is_worse(self) -> bool:
        """Whether this signal alone is enough."""
        return self.evidence >= -log(self._compared.false_alarms)

    @property
    def has_minutes(self) -> bool:
        """Whether any minute can be compared."""
        return bool(self._counts)

    @property
    def is_usual(self) -> bool:
        """Whether the hours before showed what is usual."""
        return all(each.calibration.usual for each in self._stages if each.minutes)

    def sentence(self, *, worse: bool, evidence: float, of: int) -> str:
        """Say what was seen and what follows.

        Args:
            worse: Whether the release is worse by the signals that are judged together with this one.
            evidence: Their evidence.
            of: How many they are.
        """
        new_failures, new, old_failures, old = map(sum, zip(*map(_sides, self._counts), strict=True))
        conclusion = _chance(evidence) if worse and self.is_worse else self._power(of)
        return (
            f"{_share(new_failures, new)} {self._signal.value} on the new version, {_share(old_failures, old)} on the "
            f"old one: {conclusion}"
        )

    def _power(self, of: int) -> str:
        found = detectable_rate(
            self._stages, tolerance=self._compared.tolerance, false_alarms=self._compared.false_alarms / of
        )
        power = "nothing could have been found" if found is None else f"{found:.1%} or more would have been found"
        return f"no difference beyond the tolerance, {power}"


def _chance(evidence: float) -> str:
    releases = _rounded(1 / max(unlikely(evidence), 1 / _MANY))
    return f"by chance, at most 1 release in {releases} shows such a difference"


def _sides(counts: Counts) -> tuple[float, float, float, float]:
    return counts.new_failures, counts.new_requests, counts.old_failures, counts.old_requests


def _share(part: float, whole: float) -> str:
    return f"{part:,.0f} of {whole:,.0f} requests ({part / whole:.1%})"


def _rounded(number: float) -> str:
    if number >= _MANY:
        return "a billion"
    return f"{int(round(number, -max(0, len(str(int(number))) - 2))):,}"
