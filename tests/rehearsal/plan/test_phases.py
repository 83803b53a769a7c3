"""The orders in which a rollback may visit the phases of a release."""

from itertools import permutations

import pytest

from prod_one_box.rehearsal.plan.phases import is_phase, orders_of, phase_of, wave_of
from prod_one_box.template.cloud_assembly import Resource

TWO = ("preflight", "backend", "one-box", "bake", "regular")
FOUR = ("preflight", "backend", "one-box", "bake", "wave-2", "wave-3", "regular", "watch")


def of_role(**role: object) -> Resource:
    return Resource(logical_id="Some", type="Custom::Some", body={"Metadata": {"ProdOneBox": role}})


def test_the_phases_of_two_partitions_are_visited_in_every_order() -> None:
    assert list(orders_of(set(TWO))) == list(permutations(TWO))


def test_with_more_partitions_the_release_s_order_and_its_reverse_are_among_the_orders() -> None:
    orders = list(orders_of(set(FOUR)))
    assert {FOUR, FOUR[::-1]} <= set(orders)
    assert len(orders) == len(set(orders)) <= 2 * 24 + 2
    assert all(sorted(order) == sorted(FOUR) for order in orders)


def test_with_more_partitions_every_phase_that_is_not_theirs_comes_first_and_last_in_some_order() -> None:
    orders = set(orders_of(set(FOUR)))
    for phase in ("preflight", "backend"):
        assert {order[0] for order in orders} >= {phase}
        assert {order[-1] for order in orders} >= {phase}


def test_the_split_is_visited_in_no_order() -> None:
    assert list(orders_of({"one-box", "split"})) == [("one-box",)]


@pytest.mark.parametrize("name", ["preflight", "backend", "one-box", "wave-2", "wave-40", "regular", "watch", "split"])
def test_a_phase_is_known_by_its_name(name: str) -> None:
    assert is_phase(name)
    assert phase_of(of_role(Phase=name)) == name


@pytest.mark.parametrize("name", ["", "wave-1", "wave-02", "canary", None, 3])
def test_any_other_name_is_that_of_no_phase(name: object) -> None:
    assert not is_phase(name)
    assert phase_of(of_role(Phase=name)) == ""


def test_only_a_bake_belongs_to_a_wave() -> None:
    assert wave_of(of_role(Phase="bake", Partition="wave-2")) == "wave-2"
    assert wave_of(of_role(Phase="watch", Partition="wave-2")) == ""
    assert wave_of(of_role(Phase="bake", Partition="wave-1")) == ""
    assert wave_of(of_role(Phase="bake")) == ""
