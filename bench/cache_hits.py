"""How many pages come from the cache by what its key has: the partition of two or more, or `User-Agent`."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from random import Random
from typing import Final

from prod_one_box.http_message import HttpRequest, HttpResponse
from prod_one_box.preview.edge.cache import Cache, Lifetime
from prod_one_box.preview.site.origin import OriginResponse
from prod_one_box.template.cache_policies import NONE, CachePolicy, Selection, only, read_cache_policy
from prod_one_box.template.cloud_assembly import mapping, properties, read_assembly
from prod_one_box.vocabulary import ONE_BOX, PARTITION_HEADER, bucket_bounds, bucket_of, partition_names

from .figures import Figures
from .storefront import Storefront

_SEED: Final = 1
_PAGES: Final = 200
_BROWSERS: Final = 1_000
_KEPT: Final = Lifetime(fresh=60, revalidated=60, on_error=60)
_ONE_WAVE: Final = (20,)
_FOUR_WAVES: Final = (1, 4, 15, 30)
_RATES: Final = (60, 600, 6_000, 20_000)
_MINUTES: Final = 10
_BROWSERS_OF_OTHERS: Final = (100, 1_000, 10_000)
_PAGE: Final = OriginResponse(response=HttpResponse(status=200))


def measure(storefront: Storefront) -> Mapping[str, Figures]:
    """Sends the same visitors through caches of three kinds."""
    policy = _policy(storefront)
    if not policy.parts.headers.takes(PARTITION_HEADER.lower()):
        raise RuntimeError("the storefront's cache key has no partition")
    kinds = {
        "by nothing but the page": _by(policy, NONE),
        "by partition": policy,
        "by `User-Agent`": _by(policy, only("user-agent")),
    }
    return {
        "cache": _table("requests a minute", [(f"{rate:,}", rate, _BROWSERS) for rate in _RATES], kinds),
        "cache-browsers": _table(
            "different `User-Agent`", [(f"{many:,}", _RATES[2], many) for many in _BROWSERS_OF_OTHERS], kinds
        ),
        "cache-partitions": _by_partitions(policy),
    }


def _by_partitions(policy: CachePolicy) -> Figures:
    """Compares one, two and five partitions; with five, also what the visitors of the smallest one meet."""
    rows = []
    for rate in _RATES:
        one, two, five = (
            _hit_ratios(_Traffic(rate, _BROWSERS, waves), policy) for waves in ((), _ONE_WAVE, _FOUR_WAVES)
        )
        ratios = [each.all for each in (one, two, five)]
        missed = [f"{rate * (1 - ratio):,.0f}" for ratio in ratios]
        rows.append([f"{rate:,}", *(f"{ratio:.1%}" for ratio in ratios), f"{five.of[ONE_BOX]:.1%}", " / ".join(missed)])
    columns = ["requests a minute", "1 partition", "2", "5", "the 1 % of the 5", "misses a minute"]
    return Figures(columns=columns, rows=rows)


def _table(first: str, cases: Sequence[tuple[str, int, int]], kinds: Mapping[str, CachePolicy]) -> Figures:
    rows = []
    for name, rate, browsers in cases:
        traffic = _Traffic(rate, browsers)
        ratios = [_hit_ratios(traffic, policy).all for policy in kinds.values()]
        rows.append([name, *(f"{ratio:.1%}" for ratio in ratios)])
    return Figures(columns=[first, *kinds], rows=rows)


def _policy(storefront: Storefront) -> CachePolicy:
    """The storefront's own policy for pages, as it is deployed."""
    resources = [each for stack in read_assembly(storefront.assembly) for each in stack.resources.values()]
    policy = next(each for each in resources if each.type == "AWS::CloudFront::CachePolicy")
    return read_cache_policy(mapping(properties(policy).get("CachePolicyConfig")), policy.path, [])


def _by(policy: CachePolicy, headers: Selection) -> CachePolicy:
    return replace(policy, parts=replace(policy.parts, headers=headers))


@dataclass(frozen=True)
class _Traffic:
    """Requests for pages, at a rate a minute, from visitors with so many kinds of browsers, split into partitions."""

    rate: int
    browsers: int
    waves: Sequence[float] = _ONE_WAVE

    def requests(self) -> Iterator[tuple[float, HttpRequest]]:
        """Draws them, always the same: when, in seconds, and what."""
        random = Random(_SEED)
        pages, browsers = _Popularity(_PAGES), _Popularity(self.browsers)
        names, bounds = partition_names(len(self.waves))[-len(self.waves) - 1 :], bucket_bounds(self.waves)
        for number in range(self.rate * _MINUTES):
            agent = f"Browser/{browsers.draw(random)}"
            address = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}"
            partition = names[bisect_right(bounds, bucket_of("bench", [address, agent]))]
            fields = (("user-agent", agent), (PARTITION_HEADER.lower(), partition))
            yield 60 * number / self.rate, HttpRequest(address=address, path=f"/{pages.draw(random)}", fields=fields)


class _Popularity:
    """The second most popular is drawn half as often as the first, the third a third as often, and so on."""

    def __init__(self, count: int) -> None:
        self._numbers = range(count)
        self._weights = list(accumulate(1 / (number + 1) for number in self._numbers))

    def draw(self, random: Random) -> int:
        return random.choices(self._numbers, cum_weights=self._weights)[0]


@dataclass(frozen=True)
class _HitRatios:
    """The part of the requests that the cache answered: of all, and of each partition's."""

    all: float
    of: Mapping[str, float]


def _hit_ratios(traffic: _Traffic, policy: CachePolicy) -> _HitRatios:
    clock = [0.0]
    hits, asked = Counter[str](), Counter[str]()
    cache = Cache(clock=lambda: clock[0])
    for clock[0], request in traffic.requests():
        (partition,) = request.values(PARTITION_HEADER.lower())
        asked[partition] += 1
        key = policy.key(request)
        if cache.fresh(key) is None:
            cache.store(key, _PAGE, _KEPT)
        else:
            hits[partition] += 1
    return _HitRatios(hits.total() / asked.total(), {name: hits[name] / asked[name] for name in asked})
