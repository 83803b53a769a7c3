"""The faults that a release can have."""

from dataclasses import Field, dataclass, fields
from typing import Final

from ...errors import check_numbers

_USUAL_ERROR_RATE: Final = 0.3
_SPREAD: Final = 2_654_435_761  # Knuth's multiplier: spreads consecutive numbers evenly over 32 bits.
_WHERE: Final = ("front_end", "backend", "needs_new_backend")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault in the new versions of a release.

    It needs a front end or a backend that has it; only `needs_new_backend` works alone.

    Attributes:
        front_end: Whether the new front end has the fault; default: no.
        backend: Whether the new backend has the fault; default: no.
        error_rate: The share of requests that fail, 0 to 1; default: None, which means 0.3, or 0 if nothing is bad or
            another attribute describes the fault.
        answers: Whether failures are 500 responses, which Lambda counts as successes; default: no, they are crashes.
        latency_factor: How many times as long requests take; default: 1, which means no longer.
        broken_page: Whether pages load but do not work, which no AWS metric shows; default: no.
        visitors: The share of visitors who are affected, 0 to 1; default: 1, which means all.
        after: Seconds from the new version's first request until the fault shows; default: 0.
        leak: What is added to the error rate every minute from then on; default: 0.
        needs_new_backend: Whether the new front end's pages break on an old backend; default: no.

    Raises:
        ValueError: If a share is not from 0 to 1, if another value is negative or not a number, if a symptom is given
            without bad code or bad code without a symptom, or if no visitor is affected.
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
        """Validate the fault."""
        check_numbers(self, ("error_rate", "visitors"), "a share, 0 to 1", most=1)
        check_numbers(self, ("latency_factor",), "more than 0", above_0=True)
        check_numbers(self, ("after",), "seconds, 0 or more")
        check_numbers(self, ("leak",), "0 or more")
        if self.broken_page and not self.front_end:
            raise ValueError("broken_page: got a front end without a fault; allowed: with front_end")
        symptoms = [each.name for each in fields(self) if self._is_symptom(each)]
        if symptoms and not self.is_any:
            raise ValueError(f"{', '.join(symptoms)}: got no bad code; allowed: with front_end or backend")
        if self.is_any and not self.visitors:
            raise ValueError("visitors: got 0, which affects no visitor; allowed: more than 0")
        others = self.broken_page or self.leak or self.latency_factor != 1 or self.needs_new_backend
        if self.is_any and not self.failing and not others:
            raise ValueError("error_rate: got 0, which leaves bad code without a fault; allowed: more than 0")

    @property
    def failing(self) -> float:
        """The share of requests that fail from the start: `error_rate`, or what its default means."""
        if self.error_rate is not None:
            return self.error_rate
        another = self.broken_page or self.latency_factor != 1 or self.leak
        return _USUAL_ERROR_RATE if self.is_any and not another else 0.0

    def _is_symptom(self, attribute: Field[object]) -> bool:
        none = (None, 0) if attribute.name == "error_rate" else (attribute.default,)
        return attribute.name not in _WHERE and getattr(self, attribute.name) not in none

    @property
    def is_any(self) -> bool:
        """Whether any new version has the fault."""
        return self.front_end or self.backend

    def concerns(self, visitor: int) -> bool:
        """Return whether a visitor is affected.

        Args:
            visitor: The visitor's number.
        """
        return self.visitors >= 1 or (visitor * _SPREAD & 0xFFFF_FFFF) < self.visitors * 2**32

    def error_rate_at(self, seconds: float) -> float:
        """Return the share of requests that fail at a time.

        Args:
            seconds: Seconds since the new version's first request.
        """
        if seconds < self.after:
            return 0.0
        return min(1.0, self.failing + self.leak * (seconds - self.after) / 60)


GOOD = Fault()
"""New code without a fault."""
