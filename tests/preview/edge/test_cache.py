"""How long CloudFront keeps an answer."""

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.http_message import HttpResponse
from prod_one_box.preview.edge.cache import seconds_to_cache
from prod_one_box.template.cache_policies import CachePolicy

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)
IN_A_MINUTE = "Mon, 23 Nov 2026 12:01:00 GMT"
POLICY = CachePolicy(least=0, usual=100, most=1000)
TIMES = st.integers(0, 10**7)


def keep(policy=POLICY, status=200, error_seconds=10, **headers) -> float:
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return seconds_to_cache(policy, HttpResponse(status=status, fields=fields), error_seconds=error_seconds, now=NOW)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 100),
        ({"cache_control": "max-age=60"}, 60),
        ({"cache_control": "max-age=60, s-maxage=30"}, 30),
        ({"cache_control": "public, MAX-AGE=60"}, 60),
        ({"cache_control": "max-age=5000"}, 1000),
        ({"cache_control": "no-store"}, 0),
        ({"cache_control": "private, max-age=60"}, 0),
        ({"cache_control": "no-cache"}, 0),
        ({"cache_control": 'no-cache="Set-Cookie", max-age=60'}, 60),
        ({"cache_control": "max-age=soon"}, 100),
        ({"cache_control": "max-age=²"}, 100),
        ({"expires": IN_A_MINUTE}, 60),
        ({"expires": "0"}, 0),
        ({"expires": IN_A_MINUTE, "cache_control": "max-age=5"}, 5),
    ],
)
def test_the_origin_says_how_long_within_the_policy(headers, seconds):
    assert keep(**headers) == seconds


def test_a_shortest_time_outweighs_what_the_origin_forbids():
    policy = CachePolicy(least=20, usual=100, most=1000)
    assert keep(policy, cache_control="no-store") == 20
    assert keep(policy, cache_control="max-age=1") == 20


def test_a_policy_that_keeps_nothing_keeps_nothing():
    assert keep(CachePolicy(least=0, usual=0, most=0), cache_control="max-age=60") == 0


@given(least=TIMES, usual=TIMES, most=TIMES, said=TIMES)
def test_what_is_kept_lies_within_the_policy(least, usual, most, said):
    least, usual, most = sorted([least, usual, most])
    policy = CachePolicy(least=least, usual=usual, most=most)
    assert least <= keep(policy, cache_control=f"max-age={said}") <= most
    assert keep(policy) == usual


@pytest.mark.parametrize("status", [404, 410, 414, 500, 501, 502, 503, 504])
def test_these_errors_are_always_kept_for_the_error_minimum(status):
    assert keep(CachePolicy(usual=0, most=0), status=status) == 10


@pytest.mark.parametrize("status", [400, 403, 405, 412, 415])
def test_these_errors_are_kept_only_if_the_origin_gives_an_age(status):
    assert keep(status=status) == 0
    assert keep(status=status, cache_control="max-age=30") == 30


@pytest.mark.parametrize("status", [401, 416, 429])
def test_no_other_error_is_kept(status):
    assert keep(status=status, cache_control="max-age=30") == 0


def test_an_error_is_kept_for_the_longer_of_what_distribution_and_origin_say():
    assert keep(status=500, cache_control="max-age=3") == 10
    assert keep(status=500, cache_control="max-age=30") == 30
    assert keep(status=500, cache_control="max-age=5000") == 1000
    assert keep(status=500, error_seconds=0) == 0


def test_only_a_missing_page_respects_no_store():
    assert keep(status=404, cache_control="no-store") == 0
    assert keep(status=500, cache_control="no-store") == 10


@pytest.mark.parametrize("status", [206, 304])
def test_a_partial_response_is_not_cached(status):
    assert keep(status=status, cache_control="max-age=60") == 0
