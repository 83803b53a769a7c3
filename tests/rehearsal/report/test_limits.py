"""Limits hold up to their value, and a moment that never came breaks them."""

from dataclasses import replace

import pytest

from prod_one_box.rehearsal.aws.aliases import AliasMove, AliasState
from prod_one_box.rehearsal.report.limits import Limits
from prod_one_box.rehearsal.visitors.figures import Figures, figures_of
from prod_one_box.rehearsal.visitors.timeline import Impact

OLD, NEW = AliasState("Old"), AliasState("New")
OUT = AliasMove(100, "OneBox", OLD, NEW, "the release")
BACK = AliasMove(260, "OneBox", NEW, OLD, "containment")


def figures(*moves: AliasMove, met: int = 50, bad: bool = True, restored: bool = False) -> Figures:
    return figures_of(
        Impact(visitors=1000, came=200, met=met),
        moves=moves,
        bad={"OneBox": "New"} if bad else {},
        noticed_at=250 if bad else None,
        red_at=240,
        ended_at=255,
        total=400,
        held=300,
        restored=restored or (bool(moves) and moves[-1].after == OLD),
    )


def test_times_count_from_the_first_exposure() -> None:
    found = figures(OUT, BACK)

    assert (found.exposed_at, found.detect, found.contain, found.back) == (100, 150, 160, 160)
    assert (found.blast_radius, found.share_met, found.overhead) == (0.05, 0.25, 100)


def test_what_was_never_put_back_is_never_contained() -> None:
    found = figures(OUT)

    assert (found.contain, found.back) == (None, None)


def test_a_good_release_exposes_nobody_and_counts_the_way_back_from_its_end() -> None:
    found = figures(OUT, BACK, bad=False)

    assert (found.exposed_at, found.detect, found.contain, found.back) == (None, None, None, 5)


def test_what_was_back_before_the_update_ended_needs_no_more_time() -> None:
    assert figures(OUT, BACK._replace(time=200), bad=False).back == 0


def test_where_nothing_moved_nothing_has_to_go_back() -> None:
    assert figures(restored=True).back == 0


@pytest.mark.parametrize(
    ("limits", "exceeded"),
    [
        (Limits(max_affected=0.25, max_detect=150, max_contain=160, max_total=400), []),
        (Limits(max_affected=0.2), ["max_affected"]),
        (Limits(max_detect=149), ["max_detect"]),
        (Limits(max_back=100, max_total=399), ["max_back", "max_total"]),
    ],
)
def test_a_limit_is_broken_above_its_value(limits: Limits, exceeded: list[str]) -> None:
    assert sorted(each.name for each in limits.exceeded_in([("", figures(OUT, BACK))])) == exceeded


def test_a_moment_that_never_came_breaks_its_limit() -> None:
    (exceeded,) = Limits(max_contain=1e9, allow_undetected=True).exceeded_in([("", figures(OUT))])

    assert "never" in str(exceeded)


def test_a_good_release_breaks_no_limit_on_what_only_bad_ones_do() -> None:
    good = replace(figures(OUT, bad=False), blast_radius=1.0, ended_at=None)

    assert Limits(max_affected=0.1, max_detect=1, max_back=1).exceeded_in([("", good)]) == ()


def test_a_good_release_that_ends_midway_has_to_be_back_in_time() -> None:
    ended = figures(OUT, BACK, bad=False)

    assert Limits(max_back=5).exceeded_in([("", ended)]) == ()
    (exceeded,) = Limits(max_back=4).exceeded_in([("", ended)])
    assert (exceeded.name, exceeded.value) == ("max_back", 5)


def test_of_several_ways_back_the_worst_is_named() -> None:
    ways = [("a", figures(OUT, BACK)), ("b", figures(OUT, BACK._replace(time=300))), ("c", figures(OUT, BACK))]
    (exceeded,) = Limits(max_contain=150).exceeded_in(ways)

    assert (exceeded.value, exceeded.way) == (200, "b")
    assert "(way back: b)" in str(exceeded)
    (never,) = Limits(max_contain=150).exceeded_in([*ways, ("d", figures(OUT))])
    assert (never.value, never.way) == (None, "d")


@pytest.mark.parametrize(("limit", "broken"), [(155, False), (154, True)])
def test_what_ended_before_anybody_noticed_breaks_the_limit_only_if_it_lasted_longer(
    limit: float, broken: bool
) -> None:
    unnoticed = replace(figures(OUT, BACK), detect=None)

    assert bool(Limits(max_detect=limit).exceeded_in([("", unnoticed)], from_outside=True)) is broken


def test_what_nobody_noticed_until_the_release_was_everywhere_breaks_any_limit_on_detection() -> None:
    unnoticed = replace(figures(OUT), detect=None, ended_at=None)

    assert Limits(max_detect=1e9).exceeded_in([("", unnoticed)]) != ()


def test_who_is_affected_is_judged_among_those_who_came_however_long_the_way_back_takes() -> None:
    for visitors in (200, 100_000):
        longer = replace(figures(OUT, BACK), visitors=visitors)
        assert Limits(max_affected=0.25).exceeded_in([("", longer)]) == ()
        (exceeded,) = Limits(max_affected=0.24).exceeded_in([("", longer)])
        assert exceeded.value == 0.25


@pytest.mark.parametrize(
    ("limit", "name"),
    [
        ({"max_errors": 25}, "max_errors"),
        ({"max_affected": -0.1}, "max_affected"),
        ({"max_broken": float("nan")}, "max_broken"),
        ({"max_detect": -1}, "max_detect"),
        ({"max_total": float("inf")}, "max_total"),
    ],
)
def test_a_limit_that_means_nothing_is_refused_and_named(limit: dict[str, float], name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: got"):
        Limits(**limit)
    assert Limits(max_errors=1, max_detect=0) != Limits(max_errors=0)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            replace(figures(OUT), ended_at=None),
            "--allow-undetected: the bad release reached all visitors; a watched alarm turned red too late",
        ),
        (
            replace(figures(OUT), ended_at=None, detect=None),
            "--allow-undetected: the bad release reached all visitors; no watched alarm turned red",
        ),
        (
            replace(figures(OUT, BACK), detect=None),
            "--allow-undetected: the bad release served visitors; no watched alarm turned red",
        ),
    ],
)
def test_a_bad_release_that_nothing_stops_or_nobody_notices_breaks_what_needs_no_limit(
    found: Figures, said: str
) -> None:
    (exceeded,) = Limits().exceeded_in([("", found)])
    assert (exceeded.name, str(exceeded)) == ("allow_undetected", said)
    assert Limits(allow_undetected=True).exceeded_in([("", found)]) == ()


def test_what_was_noticed_or_ended_otherwise_or_served_nobody_is_not_undetected() -> None:
    unnoticed = replace(figures(OUT, BACK), detect=None)
    assert Limits().exceeded_in([("", figures(OUT, BACK))]) == ()
    assert Limits().exceeded_in([("", unnoticed)], from_outside=True) == ()
    assert Limits().exceeded_in([("", replace(figures(OUT, bad=False), ended_at=None))]) == ()
    assert Limits().exceeded_in([("", replace(unnoticed, ended_at=None))], from_outside=True) != ()
