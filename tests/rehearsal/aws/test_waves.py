"""A release in waves: its order, what is put back when a wave turns red, and every way back."""

from dataclasses import replace

import pytest

from prod_one_box.rehearsal.aws.outcome import Outcome, end_of_bakes
from prod_one_box.rehearsal.plan.release_plan import Disturbance, ReleasePlan, WayBack, read_release, ways_back
from rehearsal.shop_release import begins, in_waves, play, stack

ORDER = ["Preflight", "OneBoxAlias", "Bake", "Wave2Alias", "BakeWave2", "Wave3Alias", "BakeWave3", "RegularAlias"]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> ReleasePlan:
    folder = tmp_path_factory.mktemp("waves")
    return read_release(stack(folder, in_waves("B")), stack(folder, in_waves("A")))


@pytest.fixture(scope="module")
def began(plan: ReleasePlan) -> dict[str, float]:
    return begins(play(plan)[0])


def contained(outcome: Outcome) -> dict[str, float]:
    return {move.alias: move.time for move in outcome.contained}


def test_each_wave_is_baked_before_the_next_and_the_promotion_is_watched(began: dict[str, float]) -> None:
    assert sorted(began, key=began.__getitem__) == [*ORDER, "Watch"]
    for bake, following in zip(ORDER[2::2], ORDER[3::2], strict=True):
        assert began[following] - began[bake] >= 600


def test_a_good_release_reaches_everybody_and_no_wave_too_early(plan: ReleasePlan) -> None:
    outcome, _ = play(plan)
    assert (outcome.promoted, outcome.too_early, outcome.contained) == (True, (), ())


@pytest.mark.parametrize(
    ("wait", "waves"),
    [
        ("BakeWave2", {"OneBoxAlias", "Wave2Alias"}),
        ("Watch", {"OneBoxAlias", "Wave2Alias", "Wave3Alias", "RegularAlias"}),
    ],
)
def test_a_red_wave_puts_back_every_partition_on_the_failed_version_in_one_poll(
    plan: ReleasePlan, began: dict[str, float], wait: str, waves: set[str]
) -> None:
    red = began[wait] + 100.5
    outcome, world = play(plan, {"SiteRed": red})
    back = contained(outcome)
    assert outcome.ended_by == wait
    assert back.keys() == waves
    assert all(red < time <= red + 12 for time in back.values())
    assert outcome.not_back == ()
    assert all(state.version.endswith("A") for state in world.aliases.states().values())


def test_whatever_the_way_back_a_cancel_in_the_third_wave_puts_all_of_them_back(
    plan: ReleasePlan, began: dict[str, float]
) -> None:
    cancelled = replace(plan, disturbance=Disturbance(cancel_at=began["BakeWave3"] + 60))
    ways = list(ways_back(plan, play(cancelled)[0].touched))
    assert len(ways) == 120 + 1
    for way in (ways[0], ways[len(ways) // 2], ways[-2], WayBack(order=())):
        outcome, _ = play(cancelled, way_back=way)
        assert (outcome.status, outcome.not_back) == ("UPDATE_ROLLBACK_COMPLETE", ())
        # The rollback itself may be the first at some of them.
        assert contained(outcome).keys() <= {"OneBoxAlias", "Wave2Alias", "Wave3Alias"}
        assert outcome.back_at is not None


def test_a_wave_that_does_not_wait_for_the_bake_before_it_is_noticed(
    plan: ReleasePlan, began: dict[str, float]
) -> None:
    outcome, _ = play(plan, without=frozenset({"order"}))
    assert {each.text for each in outcome.too_early} == {
        f"{wave}Alias served its new version before the bake was over" for wave in ("Wave2", "Wave3", "Regular")
    }


def test_a_partition_waits_for_the_bakes_of_all_waves_before_it(plan: ReleasePlan) -> None:
    outcome, _ = play(plan)
    ends = {span.name: span.end for span in outcome.spans}
    assert end_of_bakes(plan, outcome.spans, "one-box") is None
    assert end_of_bakes(plan, outcome.spans, "wave-2") == ends["Bake"]
    assert end_of_bakes(plan, outcome.spans, "regular") == ends["BakeWave3"]
