"""Whatever ends an update, every way back that AWS may take is played, and the outcome names the ones that hurt."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import pytest

from prod_one_box.rehearsal.aws.aliases import AliasMove
from prod_one_box.rehearsal.aws.outcome import Outcome
from prod_one_box.rehearsal.aws.recorded_calls import RecordedCalls
from prod_one_box.rehearsal.plan.release_plan import Disturbance, Managed, ReleasePlan, WayBack, read_release, ways_back
from rehearsal.shop_release import begins, play, shop, stack

FORTH = ("preflight", "backend", "one-box", "bake", "regular")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> ReleasePlan:
    folder = tmp_path_factory.mktemp("shop")
    return read_release(stack(folder, shop("B")), stack(folder, shop("A")))


class Played(NamedTuple):
    """A way back with its outcome and the moves of the aliases."""

    way: WayBack
    outcome: Outcome
    moves: list[AliasMove]


def every_play(plan: ReleasePlan, red: dict[str, float] | None = None) -> list[Played]:
    calls, plays = RecordedCalls(), []
    for way in ways_back(plan, play(plan, red, calls=calls)[0].touched):
        outcome, world = play(plan, red, calls=calls, way_back=way)
        plays.append(Played(way, outcome, world.aliases.history))
    return plays


@pytest.fixture(scope="module")
def disturbed(plan: ReleasePlan) -> Callable[[Disturbance], list[Played]]:
    """Every way back after a disturbance, played once."""

    @cache
    def plays(disturbance: Disturbance) -> list[Played]:
        return every_play(replace(plan, disturbance=disturbance))

    return plays


ENDS = {
    "cancelled in the bake": Disturbance(cancel_at=703.0),
    "cancelled in the shift": Disturbance(cancel_at=300.0),
    "a sibling fails in the bake": Disturbance(sibling_fails_at=1000.0),
    "a sibling fails in the shift": Disturbance(sibling_fails_at=100.0),
    "the handler crashes": Disturbance(crash_at_poll=5),
}


@pytest.mark.parametrize("disturbance", ENDS.values(), ids=ENDS)
def test_every_way_back_brings_every_alias_back(
    disturbed: Callable[[Disturbance], list[Played]], disturbance: Disturbance
) -> None:
    outcomes = [each.outcome for each in disturbed(disturbance)]
    assert {outcome.status for outcome in outcomes} == {"UPDATE_ROLLBACK_COMPLETE"}
    assert all(outcome.not_back == () and outcome.back_at is not None for outcome in outcomes)


@pytest.mark.parametrize("disturbance", ENDS.values(), ids=ENDS)
def test_only_an_order_that_visits_the_backend_before_any_guard_or_front_end_can_mix_old_and_new(
    disturbed: Callable[[Disturbance], list[Played]], disturbance: Disturbance
) -> None:
    for way, outcome, _ in disturbed(disturbance):
        if outcome.too_early:
            assert way.order == () or way.order.index("backend") == 0
            assert outcome.way_back == str(way)
            assert "OneBoxAlias served its new version while ApiAlias still served its old one" in {
                exposure.text for exposure in outcome.too_early
            }


@pytest.mark.parametrize("order", [FORTH, FORTH[::-1]], ids=["forwards", "backwards"])
@pytest.mark.parametrize("managed", Managed)
@pytest.mark.parametrize("disturbance", ENDS.values(), ids=ENDS)
def test_the_template_s_order_and_its_reverse_keep_old_and_new_apart(
    plan: ReleasePlan, disturbance: Disturbance, order: tuple[str, ...], managed: Managed
) -> None:
    outcome, _ = play(plan, disturbance=disturbance, way_back=WayBack(order=order, managed=managed))
    assert (outcome.too_early, outcome.not_back) == ((), ())


def test_a_crashed_handler_and_a_backend_that_goes_back_first_are_found_out(
    disturbed: Callable[[Disturbance], list[Played]],
) -> None:
    hurt = [way for way, outcome, _ in disturbed(Disturbance(crash_at_poll=5)) if outcome.too_early]
    assert hurt
    assert all(way.order[:1] in ((), ("backend",)) for way in hurt)


def test_after_a_red_bake_no_way_back_mixes_old_and_new(plan: ReleasePlan) -> None:
    assert all(not each.outcome.too_early for each in every_play(plan, {"SiteRed": 700.5}))


def test_whatever_the_way_back_the_one_box_is_back_one_poll_after_a_cancel(
    disturbed: Callable[[Disturbance], list[Played]],
) -> None:
    for _, _, moves in disturbed(Disturbance(cancel_at=703.0)):
        (back,) = [move.time for move in moves if move.after.version == "OneBoxVersionA"]
        assert 0 < back - 703 <= 11


def test_a_cancel_after_the_promotion_began_takes_both_partitions_back(plan: ReleasePlan) -> None:
    promotion = begins(play(plan)[0])["RegularAlias"]
    outcome, _ = play(plan, disturbance=Disturbance(cancel_at=promotion + 1))
    assert {move.alias for move in outcome.contained} == {"OneBoxAlias", "RegularAlias"}
    assert (outcome.too_early, outcome.not_back) == ((), ())


def test_a_backend_that_shifts_back_takes_as_long_as_it_took_to_shift_out(plan: ReleasePlan) -> None:
    disturbance = Disturbance(sibling_fails_at=1000.0)
    flipped = play(plan, disturbance=disturbance)[0].finished_at
    way = WayBack(order=FORTH, managed=Managed.SHIFTED)
    shifted = play(plan, disturbance=disturbance, way_back=way)[0].finished_at
    assert shifted - flipped > 540


def test_a_backend_that_is_halfway_out_never_gets_more_requests_on_its_way_back(plan: ReleasePlan) -> None:
    way = WayBack(order=FORTH, managed=Managed.SHIFTED)
    _, world = play(plan, disturbance=Disturbance(cancel_at=300.0), way_back=way)
    moves = [move for move in world.aliases.history if move.alias == "ApiAlias" and move.time > 310]
    parts = [move.after.part_of("ApiVersionB") for move in moves]
    assert parts == sorted(parts, reverse=True)
    assert parts[-1] == 0


def test_a_shift_that_has_not_begun_when_the_update_is_cancelled_never_does(plan: ReleasePlan) -> None:
    cancelled = replace(plan, disturbance=Disturbance(cancel_at=21.0))
    for managed in Managed:
        outcome, world = play(cancelled, way_back=WayBack(order=(), managed=managed))
        assert "ApiAlias" in begins(outcome)
        assert outcome.not_back == ()
        assert not any(move.after.serves("ApiVersionB") for move in world.aliases.history)


def test_a_red_alarm_that_stops_the_shift_back_leaves_the_rollback_failed_and_says_what_is_not_back(
    plan: ReleasePlan,
) -> None:
    way = WayBack(order=FORTH, managed=Managed.STOPPED)
    outcome, world = play(plan, {"ApiRedB": 690.0}, disturbance=Disturbance(sibling_fails_at=703.0), way_back=way)
    assert outcome.status == "UPDATE_ROLLBACK_FAILED"
    assert outcome.not_back == ("ApiAlias",)
    assert outcome.back_at is None
    assert world.aliases.state("OneBoxAlias").version == "OneBoxVersionA"


def test_the_ways_back_are_every_order_in_every_manner(plan: ReleasePlan) -> None:
    assert sum(1 for _ in ways_back(plan)) == (120 + 1) * 3
    assert next(ways_back(plan)) == WayBack(order=FORTH)
    assert len({str(way) for way in ways_back(plan)}) == (120 + 1) * 3
    assert sum(1 for _ in ways_back(plan, frozenset({"Preflight", "OneBoxAlias"}))) == 2 + 1


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"cancel_at": -5}, "cancel_at"),
        ({"sibling_fails_at": float("nan")}, "sibling_fails_at"),
        ({"cancel_at": float("inf")}, "cancel_at"),
        ({"throttle_at": -1}, "throttle_at"),
        ({"throttle_at": 5, "throttle_for": float("nan")}, "throttle_for"),
        ({"throttle_for": 5}, "throttle_for"),
        ({"crash_at_poll": 0}, "crash_at_poll"),
    ],
)
def test_a_disturbance_at_no_time_is_refused_and_named(asked: dict[str, float], name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: got"):
        Disturbance(**asked)
