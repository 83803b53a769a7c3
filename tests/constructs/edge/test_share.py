"""The share of visitors in the one-box is what was asked for, for any population."""

import itertools
import math
import random

import pytest
from edge.deployed import SALT, cloudfront_functions

from edge_engines import EdgeEngine, Engine
from prod_one_box.vocabulary import BUCKETS, bucket_of, one_box_buckets

SHARES = (0, 0.01, 1, 20, 33.33, 50, 100)
VISITORS = 20_000
BROWSERS = [f"Browser/{version}" for version in range(5)]


def scattered() -> list[tuple[str, str]]:
    draw = random.Random(7)
    return [(f"{draw.getrandbits(32):08x}", f"Browser/{draw.random()}") for _ in range(VISITORS)]


def consecutive_ipv4() -> list[tuple[str, str]]:
    return [(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", BROWSERS[n % 5]) for n in range(VISITORS)]


def consecutive_ipv6() -> list[tuple[str, str]]:
    return [(f"2001:db8::{n:x}", BROWSERS[0]) for n in range(VISITORS)]


def event(address: str, agent: str) -> dict:
    request = {"headers": {"user-agent": {"value": agent}}, "cookies": {}}
    return {"viewer": {"ip": address}, "request": request, "response": {"headers": {}, "cookies": {}}}


@pytest.fixture(scope="module")
def deployed():
    return cloudfront_functions(Engine.NODE)


@pytest.fixture(scope="module", params=[scattered, consecutive_ipv4, consecutive_ipv6], ids=lambda one: one.__name__)
def population(request) -> list[tuple[str, str]]:
    return request.param()


@pytest.fixture(scope="module")
def buckets(deployed, population) -> list[int]:
    """The buckets that the synthesized code writes into the visitors' cookies."""
    answers = EdgeEngine(deployed.viewer_response).run([event(*visitor) for visitor in population])
    return [int(one.result["cookies"]["__Host-one-box-bucket"]["value"]) for one in answers]


@pytest.fixture(scope="module")
def one_boxes() -> dict[float, set[int]]:
    """For each share, the buckets that the synthesized code sends to the one-box."""
    cookies = [{"__Host-one-box-bucket": {"value": str(bucket)}} for bucket in range(BUCKETS)]
    events = [{"viewer": {"ip": "192.0.2.1"}, "request": {"headers": {}, "cookies": each}} for each in cookies]
    codes = {share: cloudfront_functions(Engine.NJS, share=share).viewer_request for share in SHARES}
    played = {share: EdgeEngine(code, engine=Engine.NJS, pick="null").run(events) for share, code in codes.items()}
    return {
        share: {bucket for bucket, one in enumerate(answers) if one.origin_id == "one-box"}
        for share, answers in played.items()
    }


@pytest.mark.parametrize("share", SHARES)
def test_the_one_box_gets_its_share_within_three_standard_errors(buckets, one_boxes, share):
    in_one_box = sum(bucket in one_boxes[share] for bucket in buckets)
    expected = share / 100
    error = math.sqrt(expected * (1 - expected) * VISITORS)
    assert abs(in_one_box - expected * VISITORS) <= 3 * error


def test_javascript_and_python_agree_on_every_visitors_bucket(buckets, population):
    assert buckets == [bucket_of(SALT, visitor) for visitor in population]


def test_viewer_request_sends_visitors_where_viewer_response_says_they_belong(deployed, buckets, population, one_boxes):
    answers = EdgeEngine(deployed.viewer_request).run([event(*visitor) for visitor in population])
    in_one_box = [bucket in one_boxes[20] for bucket in buckets]
    assert [one.origin_id == "one-box" for one in answers] == in_one_box


@pytest.mark.parametrize("share", SHARES)
def test_a_share_gives_the_one_box_the_lowest_buckets(one_boxes, share):
    assert one_boxes[share] == set(range(one_box_buckets(share)))


def test_raising_the_share_moves_nobody_out_of_the_one_box(one_boxes):
    for lower, higher in itertools.pairwise(SHARES):
        assert one_boxes[lower] <= one_boxes[higher]
