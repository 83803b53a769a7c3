"""Expired copies: `stale-while-revalidate`, `stale-if-error`, and the maximum TTL that bounds both."""

import asyncio

import pytest

from preview.edge.test_cache import NOW
from preview.sites import Answers, Clock, distribution, edge, get, page
from prod_one_box.http_message import HttpResponse
from prod_one_box.preview.edge.cache import lifetime
from prod_one_box.template.cache_policies import CachePolicy


def policy(**ttl: int) -> dict:
    times = {"MinTTL": 0, "DefaultTTL": 100, "MaxTTL": 1000, **ttl}
    return {"CachePolicyConfig": {**times, "ParametersInCacheKeyAndForwardedToOrigin": {}}}


def visits(origin: Answers, *waits: float, served=None) -> list[str]:
    """The bodies that a visitor gets, with so many seconds before each; what is under way is ended in between."""

    async def run() -> list[str]:
        clock = Clock()
        one = edge(served or distribution(), origin, clock)
        seen = []
        for seconds in waits:
            clock.now += seconds
            answer = await one.answer(get())
            seen.append(f"{answer.status} {answer.body.decode()} {answer.values('x-cache')[0].split()[0]}")
            await asyncio.gather(*one.refreshing.values())
        return seen

    return asyncio.run(run())


def stale(text: str, directives: str) -> HttpResponse:
    return page(text, cache_control=directives)


def test_an_expired_copy_is_served_once_more_while_it_is_revalidated():
    origin = Answers(stale("one", "max-age=10, stale-while-revalidate=60"), page("two"))
    assert visits(origin, 0, 11, 0) == ["200 one Miss", "200 one Hit", "200 two Hit"]


def test_after_its_time_the_origin_is_asked_first():
    origin = Answers(stale("one", "max-age=10, stale-while-revalidate=60"), page("two"))
    assert visits(origin, 0, 71) == ["200 one Miss", "200 two Miss"]


def test_the_maximum_ttl_ends_the_time_of_a_stale_copy():
    directives = "s-maxage=1, stale-while-revalidate=31536000"
    assert visits(Answers(stale("one", directives), page("two")), 0, 999)[1] == "200 one Hit"
    assert visits(Answers(stale("one", directives), page("two")), 0, 1001)[1] == "200 two Miss"


def test_a_copy_that_is_never_fresh_can_be_served_while_it_is_revalidated():
    origin = Answers(stale("one", "max-age=0, stale-while-revalidate=60"), page("two"))
    assert visits(origin, 0, 1) == ["200 one Miss", "200 one Hit"]


def test_the_minimum_ttl_counts_before_the_stale_time():
    served = distribution(policy(MinTTL=50))
    origin = Answers(stale("one", "max-age=1, stale-while-revalidate=10"), page("two"))
    assert visits(origin, 0, 49, 10, 2, served=served) == [
        "200 one Miss",
        "200 one Hit",
        "200 one Hit",
        "200 two Hit",
    ]


@pytest.mark.parametrize("directives", ["no-store, stale-while-revalidate=60", "private, stale-if-error=60"])
def test_what_must_not_be_kept_is_never_served_stale(directives):
    assert visits(Answers(stale("one", directives), page("two", 500)), 0, 1)[1] == "500 two Miss"


def test_two_visitors_of_a_stale_copy_ask_the_origin_once():
    async def run() -> int:
        clock, origin = Clock(), Answers(stale("one", "max-age=10, stale-while-revalidate=60"), page("two"))
        one = edge(distribution(), origin, clock)
        await one.answer(get())
        clock.now += 11
        await asyncio.gather(*(one.answer(get()) for _ in range(3)))
        await asyncio.gather(*one.refreshing.values())
        return len(origin.asked)

    assert asyncio.run(run()) == 2


def test_a_revalidation_that_fails_leaves_the_copy_and_is_tried_again_after_the_error_minimum():
    origin = Answers(stale("one", "max-age=10, stale-while-revalidate=60"), page("broken", 503), page("two"))
    assert visits(origin, 0, 11, 9, 2, 0) == [
        "200 one Miss",
        "200 one Hit",
        "200 one Hit",
        "200 one Hit",
        "200 two Hit",
    ]


def test_an_error_is_covered_for_the_time_that_the_origin_says():
    directives = "max-age=10, stale-if-error=60"
    assert visits(Answers(stale("one", directives), page("broken", 500)), 0, 69)[1] == "200 one Hit"
    assert visits(Answers(stale("one", directives), page("broken", 500)), 0, 71)[1] == "500 broken Miss"


def test_the_origin_can_forbid_that_an_error_is_covered():
    assert visits(Answers(stale("one", "max-age=10, stale-if-error=0"), page("broken", 500)), 0, 11)[1] == (
        "500 broken Miss"
    )


def test_without_a_word_an_error_is_covered_until_the_maximum_ttl():
    assert visits(Answers(page("one"), page("broken", 500)), 0, 999)[1] == "200 one Hit"
    assert visits(Answers(page("one"), page("broken", 500)), 0, 1001)[1] == "500 broken Miss"


def test_a_missing_page_is_never_covered():
    assert visits(Answers(stale("one", "max-age=1, stale-if-error=60"), page("gone", 404)), 0, 2)[1] == "404 gone Miss"


def test_a_stale_copy_goes_before_a_configured_error_page():
    served = distribution(CustomErrorResponses=[{"ErrorCode": 500, "ResponsePagePath": "/sorry", "ResponseCode": 200}])
    origin = Answers(stale("one", "max-age=1, stale-if-error=60"), page("broken", 500), page("sorry"))
    assert visits(origin, 0, 2, served=served)[1] == "200 one Hit"


def test_cloudfronts_own_policy_that_keeps_nothing_keeps_no_errors_either():
    kept = lifetime(
        CachePolicy(name="CachingDisabled", usual=0, most=0), HttpResponse(status=500), error_seconds=10, now=NOW
    )
    assert (kept.fresh, kept.on_error) == (0, 0)
