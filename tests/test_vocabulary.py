"""Shares and buckets: the arithmetic that the constructs, the edge code and the tools must agree on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.vocabulary import BUCKETS, bucket_of, buckets_of_share


@given(st.integers(0, BUCKETS))
def test_every_step_of_a_hundredth_percent_is_one_bucket(buckets: int) -> None:
    assert buckets_of_share(buckets / 100) == buckets


@given(st.integers(0, BUCKETS), st.integers(0, BUCKETS))
def test_a_larger_share_holds_every_bucket_of_a_smaller_one(one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert set(range(buckets_of_share(small / 100))) <= set(range(buckets_of_share(large / 100)))


@pytest.mark.parametrize("share", [-0.01, 100.01, 33.333, float("nan"), float("inf"), -1])
def test_a_share_that_no_bucket_can_express_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match=r"outside 0 to 100|not a multiple of 0.01"):
        buckets_of_share(share)


@given(st.text(), st.lists(st.text(), max_size=4))
def test_a_visitor_has_one_bucket_and_always_the_same(salt: str, attributes: list[str]) -> None:
    bucket = bucket_of(salt, attributes)
    assert 0 <= bucket < BUCKETS
    assert bucket == bucket_of(salt, tuple(attributes))


def test_a_bucket_never_changes_from_one_version_of_the_library_to_the_next() -> None:
    """A change here would move visitors of every site; the figures come from sha256sum, not from this code."""
    assert bucket_of("", []) == 0xE3B0C442 % BUCKETS
    assert bucket_of("a", ["b"]) == 0x7E18F737 % BUCKETS
