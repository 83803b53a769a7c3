"""The cache of a distribution: how long a response may be served, and the copies, as if CloudFront had one location."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Final

from ...http_message import HttpResponse
from ...template.cache_policies import CacheKey, CachePolicy
from ..site.origin import OriginResponse

_ERROR: Final = 400
_ALWAYS_CACHED: Final = frozenset({404, 410, 414, 500, 501, 502, 503, 504})
_UNCACHED_ON_REQUEST: Final = frozenset({404, 410, 414, 501})
_CACHED_ON_REQUEST: Final = frozenset({400, 403, 405, 412, 415})
_NO_CACHING: Final = frozenset({"no-store", "no-cache", "private"})
_WITHOUT_FULL_BODY: Final = frozenset({206, 304})


@dataclass(frozen=True, kw_only=True)
class Lifetime:
    """How long a copy may be served after it was fetched, or until when, in seconds.

    Attributes:
        fresh: Without asking the origin.
        revalidated: While the origin is asked in the background.
        on_error: When the origin fails.
    """

    fresh: float
    revalidated: float
    on_error: float


def lifetime(policy: CachePolicy, response: HttpResponse, *, error_seconds: float, now: datetime) -> Lifetime:
    """Return how long a copy of an origin's response may be served.

    CloudFront developer guide, 'Manage how long content stays in the cache (expiration)', 'Serve stale (expired)
    content': after the maximum TTL a copy is gone, whatever `stale-while-revalidate` and `stale-if-error` say. Without
    the latter, an expired copy is served as long as the origin fails ('How CloudFront processes errors').

    `error_seconds` is the error caching minimum TTL for the response's status, and `now` is when the origin responded.
    """
    fresh = seconds_to_cache(policy, response, error_seconds=error_seconds, now=now)
    directives = _directives(response)
    status = response.status
    if status >= _ERROR or status in _WITHOUT_FULL_BODY or (not fresh and directives.keys() & _NO_CACHING):
        return Lifetime(fresh=fresh, revalidated=fresh, on_error=fresh)
    most = max(fresh, policy.most)
    revalidated = fresh + _seconds(directives.get("stale-while-revalidate"), otherwise=0.0)
    on_error = fresh + _seconds(directives.get("stale-if-error"), otherwise=most if fresh else 0.0)
    return Lifetime(fresh=fresh, revalidated=min(revalidated, most), on_error=min(on_error, most))


def seconds_to_cache(policy: CachePolicy, response: HttpResponse, *, error_seconds: float, now: datetime) -> float:
    """Return how long an origin's response stays fresh; 0 if it is not cached.

    CloudFront developer guide: for statuses below 400 'Specify the amount of time that CloudFront caches objects', for
    errors 'Control how long CloudFront caches errors'. The arguments are those of `lifetime`.
    """
    age = _max_age(response, now)
    directives = _directives(response)
    if response.status >= _ERROR:
        return _error_seconds(policy, response.status, directives, max(error_seconds, min(age or 0.0, policy.most)))
    if response.status in _WITHOUT_FULL_BODY:
        return 0.0
    if directives.keys() & _NO_CACHING:
        return policy.least
    return max(policy.least, policy.usual if age is None else min(age, policy.most))


def _error_seconds(policy: CachePolicy, status: int, directives: dict[str, str], seconds: float) -> float:
    if policy.name == "CachingDisabled":  # the same page, 'HTTP 4xx and 5xx status codes that CloudFront caches'
        return 0.0
    if status in _UNCACHED_ON_REQUEST and directives.keys() & _NO_CACHING:
        return 0.0
    wanted = status in _CACHED_ON_REQUEST and directives.keys() & {"max-age", "s-maxage"}
    return seconds if wanted or status in _ALWAYS_CACHED else 0.0


def _max_age(response: HttpResponse, now: datetime) -> float | None:
    """Return the seconds that `Cache-Control` or `Expires` allow; None if neither says."""
    directives = _directives(response)
    for word in map(directives.get, ("s-maxage", "max-age")):
        if word and word.isascii() and word.isdigit():
            return float(word)
    for date in response.values("expires"):
        try:
            parsed = parsedate_to_datetime(date)
        except ValueError:
            return 0.0  # An invalid date has passed (RFC 9111, 5.3).
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
        return max(0.0, (aware - now).total_seconds())
    return None


def _directives(response: HttpResponse) -> dict[str, str]:
    """Return the directives of `Cache-Control`, except those that concern one header: `no-cache="Set-Cookie"`."""
    parts = [part.strip().partition("=") for part in ",".join(response.values("cache-control")).split(",")]
    return {name.lower(): value for name, _, value in parts if not (name.lower() in _NO_CACHING and value)}


def _seconds(word: str | None, *, otherwise: float) -> float:
    return float(word) if word is not None and word.isascii() and word.isdigit() else otherwise


@dataclass(frozen=True, kw_only=True)
class _Copy:
    response: OriginResponse
    until: Lifetime


class Cache:
    """Copies of responses with their lifetimes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start empty; `clock` returns the time in seconds, by default of this machine's monotonic clock."""
        self._clock = clock
        self._copies: dict[CacheKey, _Copy] = {}

    def fresh(self, key: CacheKey) -> OriginResponse | None:
        """Return the copy that may be served without asking the origin, if there is one."""
        copy = self._copies.get(key)
        return copy.response if copy and copy.until.fresh > self._clock() else None

    def stale_while_revalidate(self, key: CacheKey) -> OriginResponse | None:
        """Return the copy that may be served while the origin is asked in the background, if there is one."""
        copy = self._copies.get(key)
        return copy.response if copy and copy.until.revalidated > self._clock() else None

    def stale_if_error(self, key: CacheKey) -> OriginResponse | None:
        """Return the copy that may be served when the origin fails, if there is one."""
        copy = self._copies.get(key)
        return copy.response if copy and copy.until.on_error > self._clock() else None

    def store(self, key: CacheKey, response: OriginResponse, kept: Lifetime) -> None:
        """Store a copy for its lifetime. A response that is not cached leaves the existing copy in place."""
        now = self._clock()
        if max(kept.fresh, kept.revalidated, kept.on_error) > 0:
            until = Lifetime(fresh=now + kept.fresh, revalidated=now + kept.revalidated, on_error=now + kept.on_error)
            self._copies[key] = _Copy(response=response, until=until)

    def postpone(self, key: CacheKey, seconds: float) -> None:
        """Serve the existing copy for some seconds without asking the origin, which has just failed."""
        copy = self._copies[key]
        fresh = max(copy.until.fresh, min(self._clock() + seconds, copy.until.on_error))
        self._copies[key] = replace(copy, until=replace(copy.until, fresh=fresh))
