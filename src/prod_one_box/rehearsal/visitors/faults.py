"""What is wrong with the new code."""

from dataclasses import Field, dataclass, fields
from typing import Final

from ...errors import is_number, is_share

_USUAL_ERROR_RATE: Final = 0.3
_SPREAD = 2_654_435_761  # Knuth's multiplier: spreads consecutive numbers evenly over 32 bits.
_WHERE: Final = ("front_end", "backend", "needs_new_backend")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault of a release's new versions.

    What is wrong needs code that has it, the front end or the backend; only `needs_new_backend` stands alone.

    Attributes:
        front_end: Whether the new front end has it; default: no.
        backend: Whether the new backend has it; default: no.
        error_rate: The share of its requests that fail, 0 to 1; default: None, which means 0.3, or 0 where nothing is
            bad or `latency_factor`, `broken_page` or `leak` says what is wrong.
        answers: Whether a failure is an answer of 500, which Lambda counts as a success; default: no, it is a crash.
        latency_factor: How many times as long its requests take; default: 1, which means no longer.
        broken_page: Whether its pages load and then do not work, which no metric of AWS sees; default: no.
        visitors: The share of visitors whom it concerns, 0 to 1; default: 1, which means all.
        after: Seconds from the new version's first request until it shows; default: 0, which means at once.
        leak: What is added to the error rate every minute from then on; default: 0.
        needs_new_backend: Whether the new front end's pages break when an old backend answers; default: no.

    Raises:
        ValueError: If a share is not from 0 to 1, or another number is negative or none; if something is wrong
            with code that is not bad, or nothing with code that is, or if the fault concerns nobody.
    """

    front_end: bool = False
    backend: bool = False
    error_rate: float | None = None
    answers: bool = False
    latency_factor: float = 1.0
    broken_page: bool = False
    visitors: float = 1.0
    after: float = 0.0
    leak: float = 0.0
    needs_new_backend: bool = False

    def __post_init__(self) -> None:
        """Refuses faults that cannot be."""
        self._check_numbers()
        if self.broken_page and not self.front_end:
            raise ValueError("broken_page: got a front end that is good; allowed: with front_end")
        symptoms = [each.name for each in fields(self) if self._is_symptom(each)]
        if symptoms and not self.is_any:
            raise ValueError(f"{', '.join(symptoms)}: got nothing that is bad; allowed: with front_end or backend")
        if self.is_any and not self.visitors:
            raise ValueError("visitors: got 0, so that the fault concerns nobody; allowed: more than 0")
        others = self.broken_page or self.leak or self.latency_factor != 1 or self.needs_new_backend
        if self.is_any and not self.failing and not others:
            raise ValueError("error_rate: got 0, so that nothing is wrong with bad code; allowed: more than 0")

    @property
    def failing(self) -> float:
        """The share of requests that fail from the beginning: `error_rate`, or what its default means."""
        if self.error_rate is not None:
            return self.error_rate
        another = self.broken_page or self.latency_factor != 1 or self.leak
        return _USUAL_ERROR_RATE if self.is_any and not another else 0.0

    def _check_numbers(self) -> None:
        for name, share in (("error_rate", self.failing), ("visitors", self.visitors)):
            if not is_share(share):
                raise ValueError(f"{name}: got {share!r}; allowed: a share, 0 to 1")
        if not is_number(self.latency_factor) or not 0 < self.latency_factor < float("inf"):
            raise ValueError(f"latency_factor: got {self.latency_factor!r}; allowed: more than 0")
        for name, unit in (("after", "seconds, "), ("leak", "")):
            if not is_number(getattr(self, name)) or not getattr(self, name) >= 0:
                raise ValueError(f"{name}: got {getattr(self, name)!r}; allowed: {unit}0 or more")

    def _is_symptom(self, said: Field[object]) -> bool:
        nothing = (None, 0) if said.name == "error_rate" else (said.default,)
        return said.name not in _WHERE and getattr(self, said.name) not in nothing

    @property
    def is_any(self) -> bool:
        """Whether any new version has the fault."""
        return self.front_end or self.backend

    def concerns(self, visitor: int) -> bool:
        """Whether a visitor is among those who can meet the fault.

        Args:
            visitor: The visitor's number.
        """
        return self.visitors >= 1 or (visitor * _SPREAD & 0xFFFF_FFFF) < self.visitors * 2**32

    def error_rate_at(self, seconds: float) -> float:
        """The share of requests that fail at a time.

        Args:
            seconds: Seconds since the new version's first request.
        """
        if seconds < self.after:
            return 0.0
        return min(1.0, self.failing + self.leak * (seconds - self.after) / 60)


GOOD = Fault()
"""New code without a fault."""
