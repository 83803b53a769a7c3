"""The copies that a distribution holds: as if all visitors came through one place of CloudFront's."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ..assembly.cache_policy import CacheKey
from ..assembly.http_message import HttpResponse
from .freshness import ERROR, Lifetime


@dataclass(frozen=True, kw_only=True)
class OriginAnswer:
    """What an origin answered.

    Attributes:
        response: The answer.
        version: The version that gave it; "" if nobody knows.
        status: The origin's own status; the viewer may get another with an error page.
    """

    response: HttpResponse
    version: str = ""
    status: int = 0

    @property
    def failed(self) -> bool:
        """Whether the origin answered with an error."""
        return self.status >= ERROR


@dataclass(frozen=True, kw_only=True)
class _Copy:
    answer: OriginAnswer
    fresh_until: float
    revalidated_until: float
    on_error_until: float


class Cache:
    """Copies of answers, and until when each may be served."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begins empty.

        Args:
            clock: Tells the time in seconds; default: this machine's.
        """
        self._clock = clock
        self._copies: dict[CacheKey, _Copy] = {}

    def fresh(self, key: CacheKey) -> OriginAnswer | None:
        """The copy that may be served without asking the origin; None: there is none."""
        copy = self._copies.get(key)
        return copy.answer if copy and copy.fresh_until > self._clock() else None

    def revalidated(self, key: CacheKey) -> OriginAnswer | None:
        """The copy that may be served while the origin is asked in the background; None: there is none."""
        copy = self._copies.get(key)
        return copy.answer if copy and copy.revalidated_until > self._clock() else None

    def on_error(self, key: CacheKey) -> OriginAnswer | None:
        """The copy that may be served when the origin fails; None: there is none."""
        copy = self._copies.get(key)
        return copy.answer if copy and copy.on_error_until > self._clock() else None

    def keep(self, key: CacheKey, answer: OriginAnswer, lifetime: Lifetime) -> None:
        """Keeps a copy for so long; one that is not to be kept leaves what is there."""
        now = self._clock()
        if max(lifetime.fresh, lifetime.revalidated, lifetime.on_error) > 0:
            self._copies[key] = _Copy(
                answer=answer,
                fresh_until=now + lifetime.fresh,
                revalidated_until=now + lifetime.revalidated,
                on_error_until=now + lifetime.on_error,
            )

    def postpone(self, key: CacheKey, seconds: float) -> None:
        """Serves the copy that is there for some time without asking the origin, which has just failed."""
        copy = self._copies[key]
        until = min(self._clock() + seconds, copy.on_error_until)
        self._copies[key] = replace(copy, fresh_until=max(copy.fresh_until, until))
