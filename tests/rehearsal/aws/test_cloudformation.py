"""A release is played in the order and the time that its template enforces, and ends when something is red."""

from itertools import pairwise
from pathlib import Path

import pytest

from prod_one_box.rehearsal.aws.aliases import AliasState
from prod_one_box.rehearsal.plan.release_plan import Disturbance, ReleasePlan, read_release
from prod_one_box.template.cloud_assembly import read_assembly
from rehearsal.shop_release import begins, play, shop, stack

PHASES = ["Preflight", "ApiAlias", "OneBoxAlias", "Bake", "RegularAlias"]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> ReleasePlan:
    folder = tmp_path_factory.mktemp("shop")
    return read_release(stack(folder, shop("B")), stack(folder, shop("A")))


def test_a_good_release_goes_through_its_phases_one_after_the_other(plan: ReleasePlan) -> None:
    outcome, world = play(plan)
    found = begins(outcome)
    assert sorted(found, key=found.__getitem__) == PHASES
    assert (outcome.status, outcome.promoted, outcome.too_early) == ("UPDATE_COMPLETE", True, ())
    assert {name: str(state) for name, state in world.aliases.states().items()} == {
        "ApiAlias": "ApiVersionB",
        "OneBoxAlias": "OneBoxVersionB",
        "RegularAlias": "RegularVersionB",
    }


def test_a_good_release_takes_its_shift_its_bake_and_what_is_assumed_of_everything_else(plan: ReleasePlan) -> None:
    outcome, world = play(plan)
    spans = {span.name: span.end - span.begin for span in outcome.spans}
    assumed = world.assumptions
    assert spans["ApiAlias"] == 540 + assumed.codedeploy_start_seconds + assumed.codedeploy_finish_seconds
    # The bake ends with the first poll after 600 s, polls being 11 s apart, and has begun with two calls.
    assert spans["Bake"] == 2 + 11 * 55
    until_versions = sum(map(assumed.seconds_to_update, ("AWS::Lambda::Function", "AWS::Lambda::Version")))
    until_shift = until_versions + 2 * assumed.other_update_seconds
    aliases = 2 * assumed.seconds_to_update("AWS::Lambda::Alias")
    assert outcome.finished_at == until_shift + spans["ApiAlias"] + spans["Bake"] + aliases + assumed.cleanup_seconds


def test_the_shift_moves_a_tenth_at_once_and_another_each_minute(plan: ReleasePlan) -> None:
    _, world = play(plan)
    moves = [move for move in world.aliases.history if move.alias == "ApiAlias"]
    assert [round(move.after.part_of("ApiVersionB"), 6) for move in moves] == [n / 10 for n in range(1, 11)]
    assert {later.time - move.time for move, later in pairwise(moves)} == {60}


def test_a_red_alarm_in_the_bake_is_contained_within_a_poll_and_before_the_backend_goes_back(plan: ReleasePlan) -> None:
    outcome, world = play(plan, {"SiteRed": 700.5})
    (contained,) = outcome.contained
    poll = 10 + world.assumptions.handler_seconds
    assert contained.alias == "OneBoxAlias"
    assert 0 < contained.time - 700.5 <= poll
    backend = max(move.time for move in world.aliases.history if move.alias == "ApiAlias")
    assert contained.time < backend
    assert (outcome.status, outcome.ended_by, outcome.not_back) == ("UPDATE_ROLLBACK_COMPLETE", "Bake", ())
    assert outcome.too_early == ()
    assert "Alarm SiteRed is ALARM" in outcome.reason
    assert not any(move.alias == "RegularAlias" for move in world.aliases.history)


def test_a_resource_fails_before_the_stack_rolls_back_and_is_cancelled_after(plan: ReleasePlan) -> None:
    """CloudFormation user guide, "Monitor the progress of a stack update"; logs of cancelled updates."""
    failed, rolls_back = "Bake UPDATE_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS"
    for red, disturbance, expected in (
        ({"SiteRed": 700.5}, Disturbance(), [failed, rolls_back]),
        (None, Disturbance(sibling_fails_at=700), [failed, rolls_back]),
        (None, Disturbance(cancel_at=700), [rolls_back, failed]),
    ):
        _, world = play(plan, red, disturbance=disturbance)
        assert [each.text for each in world.journal if each.text in (failed, rolls_back)] == expected


def test_a_site_that_is_red_already_gets_no_release(plan: ReleasePlan) -> None:
    outcome, world = play(plan, {"SiteRed": 0.0})
    assert outcome.ended_by == "Preflight"
    assert world.aliases.history == []


def test_a_red_backend_is_put_back_at_once_and_no_front_end_has_moved(plan: ReleasePlan) -> None:
    outcome, world = play(plan, {"ApiRedB": 200.0})
    assert outcome.ended_by == "ApiAlias"
    assert {move.alias for move in world.aliases.history} == {"ApiAlias"}
    assert world.aliases.state("ApiAlias") == AliasState("ApiVersionA")
    assert outcome.back_at is not None
    assert 0 <= outcome.back_at - 200 <= world.assumptions.codedeploy_look_seconds


def test_a_group_without_automatic_rollback_leaves_the_alias_to_cloudformation(tmp_path: Path) -> None:
    resources = shop("B")
    del resources["ApiGroup"]["Properties"]["AutoRollbackConfiguration"]
    outcome, _ = play(read_release(stack(tmp_path, resources), stack(tmp_path, shop("A"))), {"ApiRedB": 200.0})
    assert outcome.back_at is not None
    assert outcome.ended_at is not None
    assert outcome.back_at > outcome.ended_at
    assert outcome.not_back == ()


def test_an_expedited_release_does_not_bake(tmp_path: Path) -> None:
    new = stack(tmp_path, shop("B", ExpeditedReason="a fix"))
    outcome, _ = play(read_release(new, stack(tmp_path, shop("A"))))
    (bake,) = [span for span in outcome.spans if span.name == "Bake"]
    assert outcome.promoted
    assert bake.end - bake.begin < 10


def test_red_alarms_overridden_ignore_what_was_red_before_the_release(tmp_path: Path) -> None:
    plan = read_release(stack(tmp_path, shop("B", Overrides={"RED_ALARMS": "a fix"})), stack(tmp_path, shop("A")))
    assert play(plan, {"SiteRed": 0.0})[0].promoted
    assert play(plan, {"SiteRed": 700.0})[0].ended_by == "Bake"


def test_an_update_that_releases_nothing_moves_nothing(tmp_path: Path) -> None:
    old, new = shop("A"), shop("A")
    new["SiteRed"]["Properties"]["Threshold"] = 2
    outcome, world = play(read_release(stack(tmp_path, new), stack(tmp_path, old)))
    assert outcome.promoted
    assert world.aliases.history == []
    assert begins(outcome) == {}


def test_a_cancel_after_the_end_changes_nothing(plan: ReleasePlan) -> None:
    assert play(plan, disturbance=Disturbance(cancel_at=5000))[0].promoted


def test_a_cancel_while_cleaning_up_comes_too_late(plan: ReleasePlan) -> None:
    finished_at = play(plan)[0].finished_at
    outcome, world = play(plan, disturbance=Disturbance(cancel_at=finished_at - 5))
    assert (outcome.promoted, outcome.ended_at) == (True, None)
    assert world.journal[-1].text == "UPDATE_COMPLETE"


def test_the_same_release_is_played_alike_again(plan: ReleasePlan) -> None:
    assert play(plan, {"SiteRed": 700.5})[1].journal == play(plan, {"SiteRed": 700.5})[1].journal


def test_the_storefront_is_released_in_order_from_its_template_alone(assembly_of) -> None:
    (template,) = read_assembly(assembly_of("storefront"))
    plan = read_release(template)
    outcome, world = play(plan)
    found = [span.phase for span in outcome.spans if span.phase]
    waves = [phase for wave in ("one-box", "wave-2", "wave-3") for phase in (wave, "bake")]
    assert found == ["preflight", "backend", *waves, "regular", "watch"]
    assert outcome.promoted
    assert outcome.too_early == ()
    assert plan.not_understood == ()
    (note,) = plan.assumed
    assert "No deployed templates were given" in note
    assert all(state.version in template.resources for state in world.aliases.states().values())
