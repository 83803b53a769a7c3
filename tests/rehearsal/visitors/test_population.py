"""Visitors are sent by the edge's own code, in the same way for the same seed."""

from bisect import bisect
from dataclasses import replace
from itertools import pairwise
from math import sqrt
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prod_one_box.constructs.edge.edge_code import EdgeEvent, EdgeRuntime, edge_code
from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.visitors.population import NOWHERE, Crowd, Population
from prod_one_box.rehearsal.visitors.visits import API_CALL, PAGE, Visits
from prod_one_box.template.cloud_assembly import AssemblyError
from prod_one_box.template.edge_functions import EdgeFunction
from prod_one_box.vocabulary import BUCKETS, bounds_of, bucket_of
from rehearsed import FEW, Release, scenario, split_into

LAST_NUMBER = """
function handler(event) {
    const last = Number(event.viewer.ip.split('.').pop());
    event.request.headers['x-req-partition'] = { value: last % 4 === 0 ? 'one-box' : 'regular' };
    return event.request;
}
"""

SUM_OF_NUMBERS = LAST_NUMBER.replace(".split('.').pop()", ".split('.').reduce((sum, each) => sum + Number(each), 0)")


def edge(code: str) -> dict[str, EdgeFunction]:
    function = EdgeFunction(
        logical_id="Edge", event="viewer-request", at_lambda=False, shares=split_into(25), code=code
    )
    return {"viewer-request": function}


def test_the_edges_code_decides() -> None:
    crowd = Crowd(edge(LAST_NUMBER), Population(behind_one_address=0), shares=split_into(1), seed=1)
    crowd.grow(256)

    assert list(crowd.first[:256]) == [0 if number % 4 == 0 else 1 for number in range(256)]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (LAST_NUMBER.replace("'regular'", "'elsewhere'"), "elsewhere"),
        ("function handler(event) { delete event.request.headers.host; return event.request; }", "it deleted host"),
        (
            "function handler(event) { return { statusCode: 302 }; }",
            "no visitor reaches a partition: Edge answers https://d1",
        ),
        ("function handler(event) { return event.request; }", "without naming a partition"),
        ("function handler(event) { throw new Error('lost'); }", "lost"),
        ("function handler(event) {", "could not run"),
    ],
)
def test_an_edge_that_names_no_partition_is_refused_with_the_reason(code: str, reason: str) -> None:
    with pytest.raises(AssemblyError, match=reason):
        Crowd(edge(code), Population(), shares=split_into(20), seed=1).grow(1)


def edge_of(split: dict[str, float]) -> dict[str, EdgeFunction]:
    config = {
        "buckets": BUCKETS,
        "partitions": list(split),
        "bounds": bounds_of(split),
        "origins": {name: name for name in split},
        "salt": "s",
        "headers": ["user-agent"],
        "viewerAddress": True,
    }
    code = edge_code(EdgeRuntime.CLOUDFRONT_FUNCTIONS, EdgeEvent.VIEWER_REQUEST, config)
    function = EdgeFunction(logical_id="Edge", event="viewer-request", at_lambda=False, shares=split, code=code)
    return {"viewer-request": function}


@st.composite
def shares_of_waves(draw: st.DrawFn) -> list[float]:
    bounds = sorted(draw(st.lists(st.integers(0, BUCKETS), min_size=1, max_size=5)))
    return [(bound - before) / 100 for before, bound in pairwise([0, *bounds])]


@settings(max_examples=8, deadline=None)
@given(shares_of_waves())
def test_every_visitor_of_a_rehearsal_is_where_the_vocabulary_puts_their_bucket(waves: list[float]) -> None:
    split = split_into(*waves)
    crowd = Crowd(edge_of(split), Population(behind_one_address=0), shares=split, seed=1, browsers=1)
    crowd.grow(500)

    browser = f"Browser/{crowd.browsers[0]}"
    buckets = [bucket_of("s", [f"10.0.{number >> 8}.{number & 255}", browser]) for number in range(500)]
    assert list(crowd.first[:500]) == [bisect(bounds_of(split), bucket) for bucket in buckets]


def test_the_share_of_visitors_behind_one_address_is_right_over_the_seeds() -> None:
    split = split_into(20)
    shares = []
    for seed in range(40):
        crowd = Crowd(edge_of(split), Population(behind_one_address=1), shares=split, seed=seed)
        crowd.grow(2000)
        shares.append(crowd.first.count(0) / len(crowd.first))

    error = sqrt(0.2 * 0.8 / Assumptions().browsers / len(shares))
    assert fmean(shares) == pytest.approx(0.2, abs=3 * error)
    assert len({round(share * Assumptions().browsers) for share in shares}) > 2, "every seed draws other hashes"


def test_visitors_whom_the_edge_answers_reach_nobody_and_are_not_counted() -> None:
    locked = LAST_NUMBER.replace(
        "const last", "if (event.viewer.ip.endsWith('7')) { return { statusCode: 403 }; }\n const last"
    )
    crowd = Crowd(edge(locked), FEW, shares=split_into(25), seed=1)
    crowd.grow(256)
    everybody = Release(scenario())
    some = Release(replace(scenario(), crowd=crowd))
    for release in (everybody, some):
        release.traffic.finish(600)

    assert {number % 10 for number in range(200) if crowd.first[number] == NOWHERE} == {7}
    assert crowd.answers.keys() == {"https://d111111abcdef8.cloudfront.net/ with 403"}
    assert 0.8 < some.traffic.timeline.impact.visitors / everybody.traffic.timeline.impact.visitors < 1
    assert some.violations() == {}


def test_an_edge_that_answers_returning_visitors_keeps_their_assets_from_the_partitions() -> None:
    crowd = scenario().crowd
    crowd.grow(20_000)
    crowd.later[:] = bytes([NOWHERE]) * len(crowd.later)
    release = Release(replace(scenario(), crowd=crowd))
    release.to_new("OneBox", 60)
    release.traffic.finish(300)
    impact = release.traffic.timeline.impact

    assert impact.requests > impact.pages > 0
    assert (impact.broken, impact.replaced) == (0, 0)
    assert "OWN_ASSETS" not in release.violations()


def test_visitors_do_not_depend_on_how_many_are_made_at_once() -> None:
    little, much = (Crowd({}, Population(), shares=split_into(20), seed=3) for _ in range(2))
    little.grow(1)
    little.grow(9000)
    much.grow(9000)

    assert little.first[:9000] == much.first[:9000]


def test_the_edge_decides_alike_however_many_it_is_asked_about_at_once() -> None:
    little, much = (
        Crowd(edge(SUM_OF_NUMBERS), Population(behind_one_address=0), shares=split_into(1), seed=3) for _ in range(2)
    )
    for count in (1, 257, 800, 2000):
        little.grow(count)
    much.grow(2000)

    assert little.first[:2000] == much.first[:2000]
    assert little.later[:2000] == much.later[:2000]


def test_the_same_seed_draws_the_same_visits() -> None:
    def drawn(seed: int) -> list[tuple[float, int, int]]:
        visits = Visits(Population(), Assumptions(), seed)
        return [
            (time, kind, page.visitor) for minute in range(3) for time, _, kind, page in visits.minute(minute).requests
        ]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_a_minute_that_was_drawn_can_be_played_again() -> None:
    visits = Visits(Population(), Assumptions(), 1)
    first, second = visits.minute(0), visits.minute(1)

    assert (visits.minute(0), visits.minute(1)) == (first, second)
    assert 0 < visits.earlier_visitors < first.visitors < second.visitors


def test_each_page_has_its_assets_and_api_calls_right_after_it() -> None:
    population = Population(visits_per_minute=30, pages_per_visit=1, assets_per_page=4, api_calls_per_page=2)
    visits = Visits(population, Assumptions(), 1)
    requests = [request for minute in range(-1, 6) for request in visits.minute(minute).requests]
    loaded = {page.number: (time, page) for time, _, kind, page in requests if kind == PAGE and time < 290}

    assert [time for time, *_ in requests] == sorted(time for time, *_ in requests)
    for number, (start, page) in loaded.items():
        assets = visits.asset_times(page, start)
        calls = [time for time, _, kind, other in requests if kind == API_CALL and other.number == number]
        assert (len(assets), len(calls)) == (4, 2)
        assert all(0.2 <= time - start <= 2 for time in (*assets, *calls))
        assert visits.asset_times(page, start) == assets
