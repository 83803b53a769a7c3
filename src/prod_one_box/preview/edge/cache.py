"""The copies that a distribution holds: as if all visitors came through one place of CloudFront's.

How long CloudFront keeps an answer.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Final

from ...http_message import HttpResponse
from ...template.cache_policies import CacheKey, CachePolicy

ERROR: Final = 400
_ALWAYS_KEPT: Final = frozenset({404, 410, 414, 500, 501, 502, 503, 504})
_UNKEPT_IF_SAID: Final = frozenset({404, 410, 414, 501})
_KEPT_IF_SAID: Final = frozenset({400, 403, 405, 412, 415})
_UNKEPT: Final = frozenset({"no-store", "no-cache", "private"})
_NO_WHOLE: Final = frozenset({206, 304})


@dataclass(frozen=True, kw_only=True)
class Lifetime:
    """For how long after it was fetched a copy may be served, in seconds.

    Attributes:
        fresh: Without asking the origin.
        revalidated: While the origin is asked in the background.
        on_error: When the origin fails.
    """

    fresh: float
    revalidated: float
    on_error: float


def lifetime(policy: CachePolicy, answer: HttpResponse, *, error_seconds: float, now: datetime) -> Lifetime:
    """Computes how long a copy of an origin's answer may be served.

    CloudFront developer guide, 'Manage how long content stays in the cache (expiration)', 'Serve stale (expired)
    content': after the maximum TTL a copy is gone, whatever `stale-while-revalidate` and `stale-if-error` say. Without
    the latter, an expired copy is served as long as the origin fails ('How CloudFront processes errors').

    Args:
        policy: The behavior's cache policy.
        answer: The origin's answer.
        error_seconds: The distribution's minimum for this error.
        now: When it was answered.
    """
    fresh = seconds_to_keep(policy, answer, error_seconds=error_seconds, now=now)
    directives = _directives(answer)
    if answer.status >= ERROR or answer.status in _NO_WHOLE or (not fresh and directives.keys() & _UNKEPT):
        return Lifetime(fresh=fresh, revalidated=fresh, on_error=fresh)
    most = max(fresh, policy.most)
    revalidated = fresh + _number(directives.get("stale-while-revalidate"), otherwise=0.0)
    on_error = fresh + _number(directives.get("stale-if-error"), otherwise=most if fresh else 0.0)
    return Lifetime(fresh=fresh, revalidated=min(revalidated, most), on_error=min(on_error, most))


def _number(word: str | None, *, otherwise: float) -> float:
    return float(word) if word is not None and word.isascii() and word.isdigit() else otherwise


def seconds_to_keep(policy: CachePolicy, answer: HttpResponse, *, error_seconds: float, now: datetime) -> float:
    """Computes how long an origin's answer is kept; 0: not at all.

    The rules are those of the CloudFront developer guide: for answers below 400 'Specify the amount of time that
    CloudFront caches objects', for errors 'Control how long CloudFront caches errors'.

    Args:
        policy: The behavior's cache policy.
        answer: The origin's answer.
        error_seconds: The distribution's minimum for this error.
        now: When it was answered.
    """
    said = _said(answer, now)
    if answer.status >= ERROR:
        return _error(policy, answer, said, error_seconds)
    if answer.status in _NO_WHOLE:
        return 0.0
    if _directives(answer).keys() & _UNKEPT:
        return policy.least
    if said is None:
        return max(policy.least, policy.usual)
    return max(policy.least, min(said, policy.most))


def _error(policy: CachePolicy, answer: HttpResponse, said: float | None, error_seconds: float) -> float:
    if policy.name == "CachingDisabled":  # the same page, 'HTTP 4xx and 5xx status codes that CloudFront caches'
        return 0.0
    if answer.status in _UNKEPT_IF_SAID and _directives(answer).keys() & _UNKEPT:
        return 0.0
    if answer.status in _ALWAYS_KEPT or (answer.status in _KEPT_IF_SAID and _says_age(answer)):
        return max(error_seconds, min(said or 0.0, policy.most))
    return 0.0


def _says_age(answer: HttpResponse) -> bool:
    return bool(_directives(answer).keys() & {"max-age", "s-maxage"})


def _said(answer: HttpResponse, now: datetime) -> float | None:
    """The seconds that the origin's headers ask for; None if they ask for none."""
    directives = _directives(answer)
    for name in ("s-maxage", "max-age"):
        if directives.get(name, "").isdigit():
            return float(directives[name])
    for date in answer.values("expires"):
        return _until(date, now)
    return None


def _until(date: str, now: datetime) -> float:
    """Seconds until a date; one that cannot be read has passed (RFC 9111, 5.3)."""
    try:
        parsed = parsedate_to_datetime(date)
    except ValueError:
        return 0.0
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
    return max(0.0, (aware - now).total_seconds())


def _directives(answer: HttpResponse) -> dict[str, str]:
    """The directives of Cache-Control; `no-cache="Set-Cookie"` concerns that header alone and is left out."""
    parts = [part.strip().partition("=") for part in ",".join(answer.values("cache-control")).split(",")]
    return {name.lower(): value for name, _, value in parts if not (name.lower() in _UNKEPT and value)}


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
