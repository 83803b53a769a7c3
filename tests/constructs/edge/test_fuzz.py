"""No input makes the edge's code throw, and nothing changes that is not its business."""

from dataclasses import replace

import pytest
from edge.deployed import cloudfront_functions, lambda_at_edge
from edge.visits import Outcome, Visit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_engines import Engine

BUCKET_COOKIE = "__Host-one-box-bucket"
ODD_NAMES = ["constructor", "toString", "hasOwnProperty", "valueOf", "length", "value", "multiValue"]

tokens = st.text("abcxyzABC0189-_!~", min_size=1, max_size=8)
values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_characters="\x7f"), max_size=20)
names = tokens | st.sampled_from(ODD_NAMES)
request_names = names | st.sampled_from(["User-Agent", "X-Req-Partition", "x-forwarded-host"])
response_names = names | st.sampled_from(["Vary", "X-Req-Partition", "Cache-Control"])
bucket_values = values | st.integers(-5, 20_000).map(str) | st.sampled_from(["1e3", "0x1", "007", " 1", "1 "])
cookie_pairs = st.tuples(st.just(BUCKET_COOKIE), bucket_values) | st.tuples(names, values)
cookies = st.lists(cookie_pairs.map("=".join) | values, max_size=4).map(lambda pairs: ("Cookie", "; ".join(pairs)))
vary = st.tuples(st.just("Vary"), values | st.sampled_from(["*", "x-req-partition", "a, X-REQ-PARTITION", ", ,"]))
visits = st.builds(
    Visit,
    address=st.ip_addresses().map(str),
    headers=st.lists(st.tuples(request_names, values) | cookies, max_size=6).map(
        lambda all_: [("Host", "shop"), *all_]
    ),
    status=st.sampled_from([200, 204, 301, 304, 400, 404, 500, 503]),
    answer=st.lists(st.tuples(response_names, values) | vary, max_size=5),
)


@pytest.fixture(scope="module")
def on_njs():
    return cloudfront_functions(Engine.NJS)


@pytest.fixture(scope="module")
def in_lambda():
    return lambda_at_edge()


def untouched(fields: dict[str, list[str]], *ours: str) -> dict[str, list[str]]:
    return {name: each for name, each in fields.items() if name not in ours}


def received(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in fields:
        grouped.setdefault(name.lower(), []).append(value)
    return grouped


def check(visit: Visit, outcome: Outcome) -> None:
    ours = ("x-req-partition", "x-forwarded-host", "cookie")
    assert untouched(outcome.request, *ours) == untouched(received(visit.headers), *ours)
    ours = ("x-req-partition", "vary", "set-cookie")
    assert untouched(outcome.response, *ours) == untouched(received(visit.answer), *ours)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(batch=st.lists(visits, min_size=15, max_size=60))
def test_any_visit_gets_the_same_answer_everywhere_and_nothing_else_changes(on_njs, in_lambda, batch):
    outcomes = on_njs.play(batch)
    assert outcomes == replace(on_njs, engine=Engine.NODE).play(batch)
    assert outcomes == in_lambda.play(batch)
    for visit, outcome in zip(batch, outcomes, strict=True):
        check(visit, outcome)
