"""Limits hold up to their value, and a moment that never came breaks them."""

from dataclasses import replace

import pytest

from prod_one_box.rehearsal.release.aliases import AliasMove, AliasState
from prod_one_box.rehearsal.report.limits import Limits, duration, parse_seconds, parse_share
from prod_one_box.rehearsal.visitors.figures import Figures, figures_of, worst_of
from prod_one_box.rehearsal.visitors.timeline import Impact

OLD, NEW = AliasState("Old"), AliasState("New")
OUT = AliasMove(100, "OneBox", OLD, NEW, "the release")
BACK = AliasMove(260, "OneBox", NEW, OLD, "containment")


def figures(*moves: AliasMove, met: int = 50, bad: bool = True) -> Figures:
    return figures_of(
        Impact(visitors=200, met=met),
        moves=moves,
        bad={"OneBox": "New"} if bad else {},
        red_at=[40, 250],
        ended_at=255,
        total=400,
        held=300,
        restored=bool(moves) and moves[-1].after == OLD,
    )


def test_times_count_from_the_first_exposure() -> None:
    found = figures(OUT, BACK)

    assert (found.exposed_at, found.detect, found.contain, found.back) == (100, 150, 160, 160)
    assert (found.blast_radius, found.overhead) == (0.25, 100)


def test_what_was_never_put_back_is_never_contained() -> None:
    found = figures(OUT)

    assert (found.contain, found.back) == (None, None)


def test_a_good_release_exposes_nobody_and_counts_the_way_back_from_its_end() -> None:
    found = figures(OUT, BACK, bad=False)

    assert (found.exposed_at, found.detect, found.contain, found.back) == (None, None, None, 5)


def test_the_worst_of_several_plays_is_the_worst_of_each_figure() -> None:
    worst = worst_of([figures(OUT, BACK, met=80), figures(OUT, BACK._replace(time=300), met=50)])

    assert (worst.met, worst.contain) == (80, 200)
    assert worst_of([figures(OUT, BACK), figures(OUT)]).contain is None


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
    assert sorted(each.name for each in limits.exceeded_by(figures(OUT, BACK))) == exceeded


def test_a_moment_that_never_came_breaks_its_limit() -> None:
    (exceeded,) = Limits(max_contain=1e9).exceeded_by(figures(OUT))

    assert "never" in str(exceeded)


def test_a_good_release_breaks_no_limit_on_what_only_bad_ones_do() -> None:
    good = replace(figures(OUT, bad=False), blast_radius=1.0)

    assert Limits(max_affected=0.1, max_detect=1, max_back=1).exceeded_by(good) == ()


def test_durations_and_shares_are_read_as_people_write_them() -> None:
    assert [parse_seconds(text) for text in ("90", "90s", "3m", "1.5h")] == [90, 90, 180, 5400]
    assert [parse_share(text) for text in ("25%", "0.25", "100%")] == [0.25, 0.25, 1]
    assert [duration(each) for each in (None, 5, 59.9, 60, 137)] == [
        "never",
        "5 s",
        "1 min 00 s",
        "1 min 00 s",
        "2 min 17 s",
    ]


@pytest.mark.parametrize(("parse", "text"), [(parse_seconds, "soon"), (parse_share, "120%"), (parse_share, "-1")])
def test_what_is_neither_is_refused(parse: object, text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        parse(text)  # type: ignore[operator]
