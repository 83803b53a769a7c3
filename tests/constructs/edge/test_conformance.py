"""One file of cases, the same answers from both runtimes and both engines, for any number of partitions."""

import json
from bisect import bisect_right
from dataclasses import replace
from pathlib import Path

import pytest
from edge.deployed import FOUR_WAVES, ONE_WAVE, SALT, TESTER_DIGEST, cloudfront_functions, lambda_at_edge
from edge.visits import Outcome, Visit

from edge_engines import Engine
from prod_one_box.vocabulary import bucket_bounds, bucket_of, partition_names

CASES = json.loads((Path(__file__).parent / "cases.json").read_text("utf-8"))
NAMES = [case["name"] for case in CASES]
COOKIE = "__Host-one-box-bucket={}; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax"


def read(value) -> str:
    return value if isinstance(value, str) else value["before"] + value["repeat"] * value["times"]


def visit(case) -> Visit:
    headers = [(name, read(value)) for name, value in case["headers"]]
    answer = [tuple(one) for one in case["answer"]["headers"]]
    return Visit(case["address"], headers, case["answer"]["status"], answer)


VISITS = [visit(case) for case in CASES]


@pytest.fixture(scope="module", params=[ONE_WAVE, FOUR_WAVES], ids=["one wave", "four waves"])
def waves(request) -> tuple[float, ...]:
    return request.param


@pytest.fixture(scope="module")
def outcomes(waves) -> dict[str, list[Outcome]]:
    on_njs = cloudfront_functions(Engine.NJS, shares=waves, tester_secret_digest=TESTER_DIGEST)
    return {
        "CloudFront Functions on njs": on_njs.play(VISITS),
        "CloudFront Functions on Node": replace(on_njs, engine=Engine.NODE).play(VISITS),
        "CloudFront Functions, if viewer-response sees what viewer-request sent": replace(
            on_njs, sees_modified_request=True
        ).play(VISITS),
        "Lambda@Edge": lambda_at_edge(shares=waves, tester_secret_digest=TESTER_DIGEST).play(VISITS),
    }


@pytest.fixture(scope="module")
def njs(outcomes) -> list[Outcome]:
    return outcomes["CloudFront Functions on njs"]


def expected_bucket(case, seen: Visit) -> int:
    bucket = case["expect"]["bucket"]
    agents = [value for name, value in seen.headers if name == "User-Agent"] or [""]
    return bucket_of(SALT, [seen.address, agents[0]]) if bucket == "hash" else bucket


def partition_of(bucket: int, waves: tuple[float, ...]) -> str:
    return partition_names(len(waves))[bisect_right(bucket_bounds(waves), bucket)]


def others(fields: dict[str, list[str]], *names: str) -> dict[str, list[str]]:
    return {name: values for name, values in fields.items() if name not in names}


@pytest.mark.parametrize("place", range(len(CASES)), ids=NAMES)
def test_every_runtime_and_engine_gives_the_same_answer(outcomes, place):
    (reference, *rest) = [answers[place] for answers in outcomes.values()]
    for runtime, outcome in zip(list(outcomes)[1:], rest, strict=True):
        assert outcome == reference, runtime


@pytest.mark.parametrize("place", range(len(CASES)), ids=NAMES)
def test_a_visitor_reaches_the_partition_of_their_bucket_or_the_one_they_chose(njs, waves, place):
    of_bucket = partition_of(expected_bucket(CASES[place], VISITS[place]), waves)
    partition = CASES[place]["expect"].get("chosen", of_bucket)
    assert njs[place].partition == partition
    assert njs[place].request["x-req-partition"] == [partition]
    assert njs[place].request["x-forwarded-host"] == ["www.example.com"]


@pytest.mark.parametrize("place", range(len(CASES)), ids=NAMES)
def test_a_response_below_400_is_labelled_and_any_other_is_unchanged(njs, place):
    outcome, expected = njs[place], CASES[place]["expect"]["vary"]
    assert outcome.response.get("vary") == (None if expected is None else [expected])
    if VISITS[place].status < 400:
        assert outcome.response["x-req-partition"] == [outcome.partition]
    else:
        assert outcome.response == {name.lower(): [value] for name, value in VISITS[place].answer}


@pytest.mark.parametrize("place", range(len(CASES)), ids=NAMES)
def test_the_cookie_is_set_only_for_visitors_without_a_valid_one(njs, place):
    case, seen = CASES[place], VISITS[place]
    is_new = case["expect"]["bucket"] == "hash" and seen.status < 400
    expected = [COOKIE.format(expected_bucket(case, seen))] if is_new else []
    from_origin = [value for name, value in seen.answer if name == "Set-Cookie"]
    assert njs[place].response.get("set-cookie", []) == from_origin + expected


@pytest.mark.parametrize("place", range(len(CASES)), ids=NAMES)
def test_nothing_else_of_request_and_response_changes(njs, place):
    sent, seen = njs[place], VISITS[place]
    came: dict[str, list[str]] = {}
    for name, value in seen.headers:
        came.setdefault(name.lower(), []).append(value)
    ours = ("x-req-partition", "x-forwarded-host", "cookie")
    assert others(sent.request, *ours) == others(came, *ours)
    answered = {name.lower(): [value] for name, value in seen.answer}
    if "chosen" in CASES[place]["expect"] and seen.status < 400:
        answered["cache-control"] = ["private, no-store"]
    ours = ("x-req-partition", "vary", "set-cookie")
    assert others(sent.response, *ours) == others(answered, *ours)


def test_the_cookie_that_is_set_leads_back_to_the_same_partition(njs, waves):
    """Also when the visitor has moved to another network and another browser version since."""
    by_bucket = [one for one, case in zip(njs, CASES, strict=True) if "chosen" not in case["expect"]]
    cookies = [next(iter(one.response.get("set-cookie", [])), "").partition(";")[0] for one in by_bucket]
    new = [(one, cookie) for one, cookie in zip(by_bucket, cookies, strict=True) if cookie.startswith("__Host-")]
    back = [Visit("192.0.2.99", [("Host", "www.example.com"), ("Cookie", cookie)]) for _, cookie in new]
    again = cloudfront_functions(Engine.NJS, shares=waves).play(back)
    assert [one.partition for one in again] == [one.partition for one, _ in new]
    assert not any("set-cookie" in one.response for one in again)


def test_a_visitor_who_meets_an_error_first_is_in_the_same_partition_next_time(njs, waves):
    error = NAMES.index("500")
    again = cloudfront_functions(Engine.NJS, shares=waves).play([replace(VISITS[error], status=200)])
    assert again[0].partition == njs[error].partition
