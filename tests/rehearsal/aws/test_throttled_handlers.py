"""Lambda has no execution left for the waits' handlers: what happens without reserved concurrency, and with it."""

from pathlib import Path
from typing import Any

import pytest

from prod_one_box.rehearsal.aws.outcome import Outcome
from prod_one_box.rehearsal.aws.world import World
from prod_one_box.rehearsal.plan.release_plan import Disturbance, read_release
from rehearsal.shop_release import play, shop, stack

IN_THE_BAKE = 703.0


def played(folder: Path, *, reserved: tuple[str, ...] = (), **asked: Any) -> tuple[Outcome, World]:
    """A good release whose waits' handlers are throttled."""
    new, old = shop("B"), shop("A")
    for name in reserved:
        for template in (new, old):
            template[name]["Properties"]["ReservedConcurrentExecutions"] = 4
    plan = read_release(stack(folder, new), stack(folder, old))
    return play(plan, disturbance=Disturbance(**asked))


def test_for_a_moment_in_the_bake_it_ends_the_release_and_the_rollback_contains(tmp_path: Path) -> None:
    outcome, _ = played(tmp_path, throttle_at=IN_THE_BAKE, throttle_for=12.0)
    assert (outcome.ended_by, outcome.reason) == ("Bake", "TooManyRequestsException: Rate Exceeded.")
    assert outcome.status == "UPDATE_ROLLBACK_COMPLETE"
    assert outcome.not_back == ()


def test_until_the_end_the_rollback_s_requests_fail_alike_and_nothing_is_contained(tmp_path: Path) -> None:
    outcome, _ = played(tmp_path, throttle_at=IN_THE_BAKE)
    assert outcome.status == "UPDATE_ROLLBACK_FAILED"
    assert outcome.contained == ()
    assert set(outcome.not_back) == {"ApiAlias", "OneBoxAlias"}


def test_on_the_way_back_alone_a_wait_that_has_contained_leaves_the_rollback_failed(tmp_path: Path) -> None:
    outcome, _ = played(tmp_path, cancel_at=IN_THE_BAKE, throttle_at=IN_THE_BAKE + 4, throttle_for=300.0)
    assert outcome.status == "UPDATE_ROLLBACK_FAILED"


def test_at_the_beginning_the_preflight_fails_and_nothing_has_moved(tmp_path: Path) -> None:
    outcome, world = played(tmp_path, throttle_at=0, throttle_for=1.5)
    assert (outcome.ended_by, outcome.status) == ("Preflight", "UPDATE_ROLLBACK_COMPLETE")
    assert world.aliases.history == []


def test_with_reserved_concurrency_the_release_goes_on(tmp_path: Path) -> None:
    outcome, world = played(tmp_path, reserved=("OnEvent", "IsComplete"), throttle_at=IN_THE_BAKE)
    assert outcome.promoted
    said = "Bake: concurrency is reserved for its handler, so it is not throttled"
    assert said in {event.text for event in world.journal}


@pytest.mark.parametrize("one", ["OnEvent", "IsComplete"])
def test_a_reservation_for_one_of_the_two_handlers_is_not_enough(tmp_path: Path, one: str) -> None:
    outcome, _ = played(tmp_path, reserved=(one,), throttle_at=IN_THE_BAKE)
    assert outcome.ended_by == "Bake"
