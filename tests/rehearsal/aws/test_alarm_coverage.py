"""Only an alarm that somebody watches at the time counts as noticed, and whoever watches nothing is named."""

from pathlib import Path

import pytest

from prod_one_box.rehearsal.aws.alarm_coverage import noticed_at, watching_nothing
from prod_one_box.rehearsal.aws.outcome import Span
from prod_one_box.rehearsal.cloudwatch.alarm_states import AlarmChange
from prod_one_box.rehearsal.plan.release_plan import ReleasePlan, read_release
from rehearsal.shop_release import shop, stack

BAKE = Span("Bake", "bake", 600, 900, done=False, back=False)
SHIFT = Span("ApiAlias", "backend", 20, 590, done=True, back=False)


def plan(folder: Path, *unwatching: str) -> ReleasePlan:
    new = shop("B")
    for name in unwatching:
        if name == "ApiGroup":
            new[name]["Properties"]["AlarmConfiguration"]["Enabled"] = False
        else:
            new[name]["Properties"]["Alarms"] = []
    return read_release(stack(folder, new), stack(folder, shop("A")))


def red(alarm: str, time: float, until: float = 5000) -> list[AlarmChange]:
    return [AlarmChange(time, alarm, "OK", "ALARM"), AlarmChange(until, alarm, "ALARM", "OK")]


@pytest.mark.parametrize(
    ("alarm", "time", "noticed"),
    [
        ("SiteRed", 700, 700),
        ("SiteRed", 595, 600),  # red before anybody looked, and still when the bake began
        ("SiteRed", 950, None),  # nobody looks any more
        ("ApiRedB", 700, None),  # the backend's alarm, after its shift
        ("ApiRedB", 100, 100),
        ("SiteRed", 5, None),  # before the bad version's first request
    ],
)
def test_an_alarm_is_noticed_by_whoever_watches_it_then(
    tmp_path: Path, alarm: str, time: float, noticed: float | None
) -> None:
    assert noticed_at(plan(tmp_path), [SHIFT, BAKE], red(alarm, time), since=30) == noticed


def test_an_alarm_that_is_green_again_before_anybody_looked_is_not_noticed(tmp_path: Path) -> None:
    assert noticed_at(plan(tmp_path), [SHIFT, BAKE], red("SiteRed", 100, until=400), since=30) is None


def test_an_alarm_that_the_wait_no_longer_names_is_not_noticed(tmp_path: Path) -> None:
    assert noticed_at(plan(tmp_path, "Bake"), [SHIFT, BAKE], red("SiteRed", 700), since=30) is None


def test_the_way_back_notices_nothing(tmp_path: Path) -> None:
    assert noticed_at(plan(tmp_path), [BAKE._replace(back=True)], red("SiteRed", 700), since=30) is None


def test_waits_and_groups_that_watch_nothing_are_named(tmp_path: Path) -> None:
    assert watching_nothing(plan(tmp_path)) == ()
    bake, group = watching_nothing(plan(tmp_path, "Bake", "ApiGroup"))
    assert bake.startswith("Bake watches no alarm")
    assert group.startswith("ApiAlias: its deployment group watches no alarm")
