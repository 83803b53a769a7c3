"""The copies that a distribution holds: as if all visitors came through one place of CloudFront's."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ..assembly.cache_policy import CacheKey
from ..assembly.http_message import HttpResponse
from .freshness import ERROR


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


class Cache:
    """Copies of answers, and until when they are fresh."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begins empty.

        Args:
            clock: Tells the time in seconds; default: this machine's.
        """
        self._clock = clock
        self._copies: dict[CacheKey, tuple[float, OriginAnswer]] = {}

    def fresh(self, key: CacheKey) -> OriginAnswer | None:
        """The copy that may be served without asking the origin; None: there is none."""
        until, copy = self._copies.get(key, (0.0, None))
        return copy if copy and until > self._clock() else None

    def stale(self, key: CacheKey) -> OriginAnswer | None:
        """The copy, however old it is; None: there is none."""
        return self._copies.get(key, (0.0, None))[1]

    def keep(self, key: CacheKey, answer: OriginAnswer, seconds: float) -> None:
        """Keeps a copy for so long; one that is not to be kept leaves what is there."""
        if seconds > 0:
            self._copies[key] = (self._clock() + seconds, answer)
