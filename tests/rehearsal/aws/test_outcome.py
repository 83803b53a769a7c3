"""Aliases that stand wrongly for a time are reported with that time; what lasts no time is not."""

from pathlib import Path

from prod_one_box.rehearsal.aws.aliases import AliasMove, AliasState
from prod_one_box.rehearsal.aws.cloudformation import states_before
from prod_one_box.rehearsal.aws.outcome import Exposure, exposures
from prod_one_box.rehearsal.plan.release_plan import read_release
from prod_one_box.rehearsal.visitors.invariants import Invariant, Ledger, with_history
from rehearsal.shop_release import shop, stack


def found(folder: Path, *moves: tuple[float, str, AliasState]) -> tuple[Exposure, ...]:
    plan = read_release(stack(folder, shop("B")), stack(folder, shop("A")))
    history = [AliasMove(time, alias, None, state, "a test") for time, alias, state in moves]
    return exposures(plan, states_before(plan), history, [], end=100.0)


def test_a_front_end_and_a_backend_that_move_at_the_same_time_never_stood_wrongly(tmp_path: Path) -> None:
    one_box, api = AliasState("OneBoxVersionB"), AliasState("ApiVersionB")
    assert found(tmp_path, (10.0, "OneBoxAlias", one_box), (10.0, "ApiAlias", api)) == ()


def test_a_backend_that_still_gives_the_old_version_some_requests_is_old(tmp_path: Path) -> None:
    half = AliasState("ApiVersionA", (("ApiVersionB", 0.9),))
    (exposure,) = found(
        tmp_path,
        (10.0, "ApiAlias", half),
        (20.0, "OneBoxAlias", AliasState("OneBoxVersionB")),
        (35.0, "ApiAlias", AliasState("ApiVersionB")),
    )
    assert (exposure.begin, exposure.end) == (20.0, 35.0)


def test_what_is_not_over_at_the_end_lasts_until_then(tmp_path: Path) -> None:
    (exposure,) = found(tmp_path, (20.0, "OneBoxAlias", AliasState("OneBoxVersionB")))
    assert (exposure.begin, exposure.end) == (20.0, 100.0)


def test_what_stood_wrongly_breaks_its_invariant_for_as_long_as_it_did_and_overlaps_count_once() -> None:
    exposures = [
        Exposure(10, 30, "a", unbaked=False),
        Exposure(20, 50, "b", unbaked=False),
        Exposure(90, 95, "c", unbaked=True),
    ]
    verdicts = {each.invariant: each for each in with_history(Ledger().verdicts(), exposures)}

    assert not any(each.violations for each in verdicts.values())
    assert {name: each.seconds for name, each in verdicts.items() if not each.held} == {
        Invariant.NEW_ON_NEW: 40,
        Invariant.BAKED_FIRST: 5,
    }
    assert verdicts[Invariant.NEW_ON_NEW].first == "a from 10.0 s"
