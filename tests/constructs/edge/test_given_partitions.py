"""A site's visitors are divided among its partitions without a gap or an overlap; nothing else is accepted."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from edge.deployed import split
from edge.existing import new_stack
from hypothesis import given, settings
from hypothesis import strategies as st

from functions import a_function
from prod_one_box import EdgeRuntime, InvalidArgumentError, PartitionEdge
from prod_one_box.constructs.edge.given_partitions import Split
from prod_one_box.vocabulary import BUCKETS, buckets_of_share

ORIGIN = split()[0].origin
IN_ALL = "shares that are 100 % in all. The regular partition has the visitors that are in no other."


def refused(partitions: object, *, argument: str = "partitions") -> str:
    with pytest.raises(InvalidArgumentError) as caught:
        Split.of(partitions, path="Shop/Edge")
    assert (caught.value.path, caught.value.argument) == ("Shop/Edge", argument)
    return str(caught.value)


def given_shares(*shares: object) -> list:
    return [replace(each, share=share) for each, share in zip(split([1] * (len(shares) - 1)), shares, strict=True)]


def named(*names: str) -> list:
    return [replace(each, partition_name=name) for each, name in zip(split([1] * (len(names) - 1)), names, strict=True)]


@st.composite
def shares_of_waves(draw: st.DrawFn) -> list[float]:
    """Shares of one to eight waves, in hundredths, that leave something or nothing to the regular partition."""
    cuts = sorted(draw(st.lists(st.integers(0, BUCKETS), min_size=1, max_size=8)))
    return [(end - start) / 100 for start, end in pairwise([0, *cuts])]


@given(waves=shares_of_waves())
@settings(max_examples=100, deadline=None)
def test_every_bucket_has_exactly_one_partition_and_shares_are_exact(waves):
    partitions = [each if number else replace(each, origin=ORIGIN) for number, each in enumerate(split(tuple(waves)))]
    found = Split.of(partitions, path="Shop/Edge")
    edges = [0, *found.bounds, BUCKETS]
    owned = [range(start, end) for start, end in pairwise(edges)]
    assert sorted(bucket for each in owned for bucket in each) == list(range(BUCKETS))
    assert [len(each) for each in owned] == [buckets_of_share(share) for share in found.shares.values()]
    assert list(found.shares.values())[:-1] == waves


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "None"),
        ("one-box", "'one-box'"),
        (3, "3"),
        ({}, "a dict"),
        (split()[0], "a PartitionOrigin"),
        ([], "a list of 0"),
        (split()[:1], "a list of 1"),
        ([*split(), "regular"], "a list with 'regular'"),
        ([a_function(new_stack(), "F"), ORIGIN], "a list with a Function"),
    ],
    ids=lambda each: each if isinstance(each, str) else "given",
)
def test_anything_but_a_list_of_partitions_is_refused(given, words):
    remedy = "Give the `partitions` of a OneBoxFrontend, or a PartitionOrigin for each partition."
    said = f"Shop/Edge: partitions: got {words}; allowed: a list of two or more partitions. {remedy}"
    assert refused(given) == said


@pytest.mark.parametrize(
    "names",
    [
        ("regular", "one-box"),
        ("one-box", "one-box"),
        ("one-box", "wave-2"),
        ("one-box", "wave-3", "regular"),
        ("one-box", "wave-3", "wave-2", "regular"),
        ("one-box", "wave-2", "wave-2", "regular"),
        ("One-Box", "regular"),
        ("wave-1", "regular"),
        ("one-box", "wave-2", "regular", "regular"),
    ],
)
def test_names_must_be_those_of_a_release_in_its_order(names):
    said = refused(named(*names))
    assert said.startswith(f"Shop/Edge: partitions: got {', '.join(names)}; allowed: for {len(names)} partitions the")
    assert said.endswith("regular, in this order. It is the order of a release.")


@pytest.mark.parametrize(
    "share", ["20", True, False, None, [20], -1, -0.01, 100.01, 101, 0.001, 33.333, float("nan"), float("inf")]
)
@pytest.mark.parametrize("place", [0, 2])
def test_a_share_that_is_not_a_percentage_in_steps_of_a_hundredth_is_refused(share, place):
    shares: list[object] = [1, 4, 95]
    shares[place] = share
    said = refused(given_shares(*shares), argument=f"partitions[{place}].share")
    assert f"got {share!r}; allowed: a percentage of visitors, 0 to 100 in steps of 0.01." in said


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ((20, 79.99), "20 + 79.99 = 99.99 %"),
        ((20, 80.01), "20 + 80.01 = 100.01 %"),
        ((0.2, 0.8), "0.2 + 0.8 = 1 %"),
        ((0, 0), "0 + 0 = 0 %"),
        ((33.33, 33.33, 33.33), "33.33 + 33.33 + 33.33 = 99.99 %"),
        ((100, 100), "100 + 100 = 200 %"),
    ],
)
def test_shares_must_be_all_visitors(shares, words):
    said = f"Shop/Edge: partitions: got shares of {words}; allowed: {IN_ALL}"
    assert refused(given_shares(*shares)) == said


@pytest.mark.parametrize("shares", [(0, 100), (100, 0), (0, 0, 100), (0.1, 0.2, 99.7), (33.33, 33.33, 33.34)])
def test_shares_that_are_all_visitors_are_accepted(shares):
    assert tuple(Split.of(given_shares(*shares), path="Shop/Edge").shares.values()) == shares


@pytest.mark.parametrize("runtime", list(EdgeRuntime))
def test_an_edge_names_its_path(runtime):
    said = re.escape("Shop/Edge: partitions: got a list of 1; allowed")
    with pytest.raises(InvalidArgumentError, match=said):
        PartitionEdge(new_stack(), "Edge", partitions=split()[:1], edge_runtime=runtime)
