"""Every visitor has a bucket and every bucket one partition, the same for both runtimes, engines and Python."""

import asyncio
import itertools
import json
import math
import random
import re
from bisect import bisect_right
from collections.abc import Sequence

import pytest
from edge.deployed import FOUR_WAVES, ONE_WAVE, SALT, cloudfront_functions, lambda_at_edge
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_engines import EdgeEngine, Engine
from prod_one_box.sandbox.edge_runner import EdgeProcess
from prod_one_box.vocabulary import BUCKETS, bucket_bounds, bucket_of, partition_names, regular_share

SPLITS = [(0,), (0.01,), ONE_WAVE, (33.33,), (100,), FOUR_WAVES, (0, 50, 0, 50), (0.01, 0.02)]
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


@pytest.fixture(scope="module", params=[scattered, consecutive_ipv4, consecutive_ipv6], ids=lambda one: one.__name__)
def population(request) -> list[tuple[str, str]]:
    return request.param()


@pytest.fixture(scope="module")
def deployed():
    return cloudfront_functions(Engine.NODE)


@pytest.fixture(scope="module")
def at_lambda():
    return lambda_at_edge()


@pytest.fixture(scope="module")
def buckets(deployed, population) -> list[int]:
    """The buckets that the synthesized code writes into the visitors' cookies."""
    answers = EdgeEngine(deployed.viewer_response).run([event(*visitor) for visitor in population])
    return [int(one.result["cookies"]["__Host-one-box-bucket"]["value"]) for one in answers]


def expected_partitions(waves: Sequence[float]) -> list[str]:
    """The partition of each bucket, by Python's arithmetic."""
    names, bounds = partition_names(len(waves)), bucket_bounds(waves)
    return [names[bisect_right(bounds, bucket)] for bucket in range(BUCKETS)]


def with_waves(code: str, waves: Sequence[float]) -> str:
    """The code of another split."""
    found = re.search(r"(?<=const oneBoxConfig = ){.*}(?=;)", code)
    names = partition_names(len(waves))
    config = {**json.loads(found[0]), "partitions": names, "bounds": bucket_bounds(waves)}
    if "origins" in config:
        config["origins"] = {name: name for name in names}
    return f"{code[: found.start()]}{json.dumps(config)}{code[found.end() :]}"


CLOUDFRONT_EVENTS = [
    {
        "viewer": {"ip": "192.0.2.1"},
        "request": {"headers": {}, "cookies": {"__Host-one-box-bucket": {"value": str(bucket)}}},
        "response": {"headers": {}},
    }
    for bucket in range(BUCKETS)
]
LAMBDA_EVENTS = [
    {
        "Records": [
            {
                "cf": {
                    "request": {
                        "clientIp": "192.0.2.1",
                        "headers": {"cookie": [{"value": f"__Host-one-box-bucket={bucket}"}]},
                    }
                }
            }
        ]
    }
    for bucket in range(BUCKETS)
]
LABEL = "result.headers['x-req-partition']"


def partitions_everywhere(deployed, at_lambda, waves: Sequence[float]) -> dict[str, list[str]]:
    """The partition that each runtime and engine gives to each bucket."""
    request, response = with_waves(deployed.viewer_request, waves), with_waves(deployed.viewer_response, waves)
    label = f"{{ label: {LABEL}.value }}"
    chosen = {
        engine: EdgeEngine(request, engine=engine, pick=label).run(CLOUDFRONT_EVENTS)
        for engine in (Engine.NODE, Engine.NJS)
    }
    labelled = EdgeEngine(response, engine=Engine.NJS, pick=label).run(CLOUDFRONT_EVENTS)
    named = EdgeEngine(with_waves(at_lambda.viewer_request, waves), pick=f"{{ label: {LABEL}[0].value }}")
    return {
        **{f"origin on {engine.value}": [one.origin_id for one in answers] for engine, answers in chosen.items()},
        **{f"header on {engine.value}": [one.result["label"] for one in answers] for engine, answers in chosen.items()},
        "response on njs": [one.result["label"] for one in labelled],
        "Lambda@Edge": [one.result["label"] for one in named.run(LAMBDA_EVENTS)],
    }


@st.composite
def random_waves(draw) -> list[float]:
    """Shares before the regular partition's, in steps of 0.01 %, of which some may be 0."""
    bounds = sorted(draw(st.lists(st.integers(0, BUCKETS), min_size=1, max_size=12)))
    return [(upper - lower) / 100 for lower, upper in itertools.pairwise([0, *bounds])]


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(waves=random_waves())
def test_every_runtime_and_engine_agrees_with_python_on_every_buckets_partition(deployed, at_lambda, waves):
    expected = expected_partitions(waves)
    for where, partitions in partitions_everywhere(deployed, at_lambda, waves).items():
        assert partitions == expected, where


@settings(max_examples=30, deadline=None)
@given(waves=random_waves())
def test_a_share_is_exact_to_one_bucket_in_ten_thousand(waves):
    partitions = expected_partitions(waves)
    shares = [*waves, regular_share(waves)]
    for name, share in zip(partition_names(len(waves)), shares, strict=True):
        assert partitions.count(name) == round(share * BUCKETS / 100)
    assert partitions == sorted(partitions, key=partition_names(len(waves)).index)


@pytest.mark.parametrize("waves", SPLITS, ids=str)
def test_a_template_deploys_the_split_that_was_asked_for(waves):
    answers = EdgeEngine(
        cloudfront_functions(Engine.NJS, shares=waves).viewer_request, engine=Engine.NJS, pick="null"
    ).run(CLOUDFRONT_EVENTS)
    assert [one.origin_id for one in answers] == expected_partitions(waves)


@pytest.mark.parametrize("waves", SPLITS, ids=str)
def test_every_partition_gets_its_share_of_any_population_within_three_standard_errors(buckets, waves):
    partitions = expected_partitions(waves)
    for name, share in zip(partition_names(len(waves)), waves, strict=False):
        visitors = sum(partitions[bucket] == name for bucket in buckets)
        error = math.sqrt(share / 100 * (1 - share / 100) * VISITORS)
        assert abs(visitors - share / 100 * VISITORS) <= 3 * error, name


def test_javascript_and_python_agree_on_every_visitors_bucket(buckets, population):
    assert buckets == [bucket_of(SALT, visitor) for visitor in population]


def test_viewer_request_sends_visitors_where_viewer_response_says_they_belong(deployed, buckets, population):
    answers = EdgeEngine(deployed.viewer_request).run([event(*visitor) for visitor in population])
    partitions = expected_partitions(ONE_WAVE)
    assert [one.origin_id for one in answers] == [partitions[bucket] for bucket in buckets]


def test_a_larger_first_wave_moves_nobody_out_of_it():
    for lower, higher in itertools.pairwise([0, 0.01, 1, 20, 33.33, 50, 100]):
        before, after = expected_partitions([lower]), expected_partitions([higher])
        assert all(after[bucket] == "one-box" for bucket in range(BUCKETS) if before[bucket] == "one-box")


async def labels_in_process(code: str, events: list[dict], bounds: list[list[int] | None]) -> list[list[str]]:
    """The partition that a process which stays gives to each event, for one list of bounds after another."""
    process = EdgeProcess("Shop/Edge", code, at_lambda="Records" in events[0])
    try:
        results = [[await process.run(each, one) for each in events] for one in bounds]
    finally:
        await process.close()
    return [[str(each.bucket) + " " + label_of(each.message) for each in answers] for answers in results]


def label_of(message: dict) -> str:
    field = message["headers"]["x-req-partition"]
    return field["value"] if isinstance(field, dict) else field[0]["value"]


@pytest.mark.parametrize("part", ["viewer-request", "viewer-response", "viewer-request at Lambda@Edge"])
def test_a_process_decides_by_other_bounds_than_the_codes_and_by_these_again(deployed, at_lambda, part):
    other, own = (50,), ONE_WAVE
    edges = [0, 1999, 2000, 4999, 5000, 9999]
    players = {
        "viewer-request": (deployed.viewer_request, CLOUDFRONT_EVENTS),
        "viewer-response": (deployed.viewer_response, CLOUDFRONT_EVENTS),
        "viewer-request at Lambda@Edge": (at_lambda.viewer_request, LAMBDA_EVENTS),
    }
    code, events = players[part]
    asked = [json.loads(json.dumps(events[bucket])) for bucket in edges]
    for each in asked:
        record = each["Records"][0]["cf"] if "Records" in each else each
        record["config" if "Records" in each else "context"] = {"eventType": part.partition(" ")[0]}
    found = asyncio.run(labels_in_process(code, asked, [None, bucket_bounds(other), None]))
    expected = [
        [f"{bucket} {partition}" for bucket, partition in enumerate(expected_partitions(waves)) if bucket in edges]
        for waves in (own, other, own)
    ]
    assert found == expected
