"""Testers choose their partition by a secret, and nothing else about a visit depends on it."""

import hashlib
import json
from dataclasses import replace

import pytest
from aws_cdk import Aws
from edge.deployed import (
    FOUR_WAVES,
    TESTER_DIGEST,
    TESTER_SECRET,
    cloudfront_functions,
    in_engine,
    lambda_at_edge,
    of_type,
    split,
    synthesize,
)
from edge.existing import new_stack
from edge.visits import Visit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_engines import Engine
from prod_one_box import EdgeRuntime, InvalidArgumentError, PartitionEdge, Stickiness
from prod_one_box.vocabulary import BUCKETS, TESTER_COOKIE, partition_names

HOST = ("Host", "www.example.com")
CACHED = [("Cache-Control", "public, max-age=60")]
LONGEST = "z" * 128

alphabet = st.sampled_from("abcxyzABC0189-_")
secrets = st.text(alphabet, min_size=20, max_size=128) | st.text(max_size=140)
PARTITIONS = partition_names(len(FOUR_WAVES))
partitions = st.sampled_from([*PARTITIONS, "", "one-box.", "backend", "wave-1", "wave-5", "constructor"])
buckets = st.none() | st.integers(0, BUCKETS - 1)


@pytest.fixture(scope="module")
def runtimes():
    arguments = {"shares": FOUR_WAVES, "tester_secret_digest": TESTER_DIGEST}
    on_njs = cloudfront_functions(Engine.NJS, **arguments)
    return [on_njs, replace(on_njs, engine=Engine.NODE), lambda_at_edge(**arguments)]


def visit(bucket: int | None, tester: str | None) -> Visit:
    pairs = [] if bucket is None else [f"__Host-one-box-bucket={bucket}"]
    pairs += [] if tester is None else [f"{TESTER_COOKIE}={tester}"]
    return Visit("203.0.113.7", [HOST, ("Cookie", "; ".join(pairs))] if pairs else [HOST], answer=CACHED)


def without_cookies(outcome):
    return replace(outcome, request={name: each for name, each in outcome.request.items() if name != "cookie"})


def test_a_well_formed_but_wrong_secret_chooses_nothing(runtimes):
    """Of allowed letters and length, so that nothing but its digest can tell it from the right one."""
    near = [TESTER_SECRET[:-1], TESTER_SECRET + "x", TESTER_SECRET.upper(), TESTER_SECRET[::-1], TESTER_DIGEST]
    for runtime in runtimes:
        answers = runtime.play([visit(0, f"regular.{secret}") for secret in near])
        assert [one.partition for one in answers] == ["one-box"] * len(near)
        assert [one.response["cache-control"] for one in answers] == [["public, max-age=60"]] * len(near)


@pytest.mark.parametrize("cookie", ["x{}", "{}=", "{} x", "regular.{}"], ids=lambda form: form.format("cookie"))
def test_the_right_secret_counts_only_in_the_exact_format(runtimes, cookie):
    for runtime in runtimes:
        (outcome,) = runtime.play([visit(0, cookie.format(f"regular.{TESTER_SECRET}"))])
        assert outcome.partition == "one-box"


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(batch=st.lists(st.tuples(buckets, partitions, secrets), min_size=20, max_size=80))
def test_any_wrong_secret_has_no_effect(runtimes, batch):
    wrong = [visit(bucket, f"{partition}.{secret}") for bucket, partition, secret in batch if secret != TESTER_SECRET]
    none = [visit(bucket, None) for bucket, _, secret in batch if secret != TESTER_SECRET]
    for runtime in runtimes:
        answers = [without_cookies(one) for one in runtime.play(wrong + none)]
        assert answers[: len(wrong)] == answers[len(wrong) :]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(batch=st.lists(st.tuples(buckets, st.sampled_from(PARTITIONS)), min_size=20, max_size=80))
def test_the_secret_decides_for_any_bucket_and_does_not_change_the_bucket_cookie(runtimes, batch):
    right = [visit(bucket, f"{partition}.{TESTER_SECRET}") for bucket, partition in batch]
    none = [visit(bucket, None) for bucket, _ in batch]
    for runtime in runtimes:
        played = runtime.play(right + none)
        answers, ordinary = played[: len(right)], played[len(right) :]
        assert [one.partition for one in answers] == [partition for _, partition in batch]
        assert [one.response["x-req-partition"] for one in answers] == [[partition] for _, partition in batch]
        assert all(one.response["cache-control"] == ["private, no-store"] for one in answers)
        expected = [one.response.get("set-cookie") for one in ordinary]
        assert [one.response.get("set-cookie") for one in answers] == expected


@pytest.mark.parametrize("secret", [TESTER_SECRET, "x" * 20, LONGEST, "-" * 20, "_" * 20], ids=len)
def test_secrets_of_every_allowed_length_work(secret):
    digest = hashlib.sha256(secret.encode()).hexdigest()
    (outcome,) = cloudfront_functions(Engine.NJS, tester_secret_digest=digest).play([visit(0, f"regular.{secret}")])
    assert outcome.partition == "regular"


@pytest.mark.parametrize("secret", ["x" * 19, "x" * 129, "a secret of many words"], ids=len)
def test_a_secret_that_is_too_short_too_long_or_not_a_cookie_value_never_works(secret):
    digest = hashlib.sha256(secret.encode()).hexdigest()
    (outcome,) = cloudfront_functions(Engine.NJS, tester_secret_digest=digest).play([visit(0, f"regular.{secret}")])
    assert outcome.partition == "one-box"


def test_a_digest_in_capitals_is_the_same_digest():
    upper = cloudfront_functions(Engine.NJS, tester_secret_digest=TESTER_DIGEST.upper())
    (outcome,) = upper.play([visit(0, f"regular.{TESTER_SECRET}")])
    assert outcome.partition == "regular"


def test_the_right_secret_chooses_no_partition_that_the_site_does_not_have(runtimes):
    absent = ["wave-1", "wave-5", "wave-02", "constructor", "backend", "ONE-BOX"]
    for runtime in runtimes:
        answers = runtime.play([visit(0, f"{partition}.{TESTER_SECRET}") for partition in absent])
        assert [one.partition for one in answers] == ["one-box"] * len(absent)
        assert [one.response["cache-control"] for one in answers] == [["public, max-age=60"]] * len(absent)


def test_without_a_digest_testers_cannot_choose():
    (outcome,) = cloudfront_functions(Engine.NJS).play([visit(0, f"regular.{TESTER_SECRET}")])
    assert (outcome.partition, outcome.response["cache-control"]) == ("one-box", ["public, max-age=60"])


@pytest.mark.parametrize("runtime", list(EdgeRuntime), ids=lambda runtime: runtime.value)
def test_testers_choose_where_no_bucket_cookie_is_set(runtime):
    arguments = {
        "shares": FOUR_WAVES,
        "stickiness": Stickiness.request_attributes(),
        "tester_secret_digest": TESTER_DIGEST,
    }
    is_lambda = runtime == EdgeRuntime.LAMBDA_AT_EDGE
    deployed = lambda_at_edge(**arguments) if is_lambda else cloudfront_functions(Engine.NJS, **arguments)
    chosen = deployed.play([visit(None, f"{partition}.{TESTER_SECRET}") for partition in PARTITIONS])
    assert [one.partition for one in chosen] == list(PARTITIONS)
    assert [one.response["cache-control"] for one in chosen] == [["private, no-store"]] * len(PARTITIONS)
    assert not any("set-cookie" in one.response for one in chosen)


def test_the_users_own_code_cannot_make_a_testers_answer_cacheable():
    code = "function handler(e) { e.response.headers['cache-control'] = { value: 'public' }; return e.response; }"
    deployed = cloudfront_functions(Engine.NJS, tester_secret_digest=TESTER_DIGEST, viewer_response_code=code)
    tester, other = deployed.play([visit(0, f"regular.{TESTER_SECRET}"), visit(0, None)])
    assert tester.response["cache-control"] == ["private, no-store"]
    assert other.response["cache-control"] == ["public"]


def test_the_template_holds_the_digest_and_the_functions_stay_far_below_their_limit():
    template = synthesize(EdgeRuntime.CLOUDFRONT_FUNCTIONS, tester_secret_digest=TESTER_DIGEST)[0]
    functions = of_type(template, "AWS::CloudFront::Function")
    assert all(TESTER_DIGEST in one["Properties"]["FunctionCode"] for one in functions)
    assert all(len(one["Properties"]["FunctionCode"].encode()) < 6_000 for one in functions)
    assert TESTER_SECRET not in json.dumps(template)
    assert in_engine(template, Engine.NJS).viewer_request.count(TESTER_DIGEST) == 1


OF_NOTHING = [hashlib.sha256(nothing).hexdigest() for nothing in (b"", b"\n", b"\r\n")]


@pytest.mark.parametrize(
    "digest",
    ["", "secret", TESTER_SECRET, TESTER_DIGEST[1:], TESTER_DIGEST + "\n"],
    ids=["empty", "short", "the secret", "cut", "a line"],
)
def test_a_string_that_is_not_a_digest_is_refused_and_not_shown(digest):
    message = "got another string, not shown here since it may be the secret itself; allowed: .* 64 hexadecimal digits"
    with pytest.raises(InvalidArgumentError, match=message) as caught:
        PartitionEdge(new_stack(), "Edge", partitions=split(), tester_secret_digest=digest)
    assert (caught.value.path, caught.value.argument) == ("Shop/Edge", "tester_secret_digest")
    assert TESTER_SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("digest", "given"),
    [
        (7, "a value of the class int"),
        (Aws.STACK_ID, "a token"),
        *((digest, "the digest of an empty string") for digest in OF_NOTHING),
    ],
    ids=["a number", "a token", *(f"of nothing {number}" for number in range(len(OF_NOTHING)))],
)
def test_other_values_that_are_not_a_digest_are_refused_by_their_kind(digest, given):
    with pytest.raises(InvalidArgumentError, match=f"tester_secret_digest: got {given}; allowed: the SHA-256"):
        PartitionEdge(new_stack(), "Edge", partitions=split(), tester_secret_digest=digest)
