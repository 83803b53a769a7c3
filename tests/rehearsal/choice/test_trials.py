"""What simulated releases show of a setting, by the handler of an assembly."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from prod_one_box.rehearsal.choice.handler_trials import HandlerTrials
from prod_one_box.rehearsal.choice.present import read_present
from prod_one_box.rehearsal.choice.setting import Setting, Wave
from prod_one_box.rehearsal.choice.trials import Figures, Question, Trials
from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.visitors.faults import Fault
from prod_one_box.rehearsal.visitors.population import Population
from prod_one_box.template.cloud_assembly import AssemblyError, read_assembly

ONE_WAVE = Setting(waves=(Wave(20, 10),))
COMPARED = replace(ONE_WAVE, alarm=None)
QUESTION = Question(rate=60, usual=0.01, fault=0.1, releases=400)
NOISE = 0.05


@pytest.fixture(scope="module")
def handler(one_wave: Callable[..., Path]) -> HandlerTrials:
    return HandlerTrials(read_present(read_assembly(one_wave()), None).code)


@pytest.fixture(scope="module")
def figures(handler: HandlerTrials) -> Callable[..., Figures]:
    def of(setting: Setting = COMPARED, **question: float) -> Figures:
        return Trials(replace(QUESTION, **question), handler).figures(setting)

    return of


def test_more_traffic_and_larger_faults_are_not_found_less_often(figures: Callable[..., Figures]) -> None:
    by_traffic = [figures(rate=rate).found for rate in (10, 30, 60, 200)]
    by_fault = [figures(fault=fault).found for fault in (0.03, 0.1, 0.2, 0.5)]
    for found in (by_traffic, by_fault):
        assert all(more >= less - NOISE for less, more in pairwise(found))
        assert found[-1] > found[0] + 0.3


def test_a_version_that_always_fails_is_found_with_three_minutes_of_data(figures: Callable[..., Figures]) -> None:
    found = figures(rate=200, fault=1)
    # The minutes 1, 2 and 3, the last of which can be read in minute 7; by its alarms in minute 4.
    assert (found.found, found.minutes) == (1, 7)
    assert found.requests == pytest.approx(200 * 0.2 * 7, rel=0.01)
    assert figures(ONE_WAVE, rate=200, fault=1).minutes == 4


def test_good_releases_are_stopped_no_more_often_than_the_comparison_allows(figures: Callable[..., Figures]) -> None:
    for rate in (60, 1_000):
        assert figures(rate=rate, releases=1_000).false_aborts <= 0.05
    waves = tuple(Wave(*each) for each in ((5, 10), (15, 10), (30, 10)))
    assert figures(replace(COMPARED, waves=waves), rate=1_000).false_aborts <= 0.05


def test_one_wave_finds_what_the_comparison_is_said_to_find(figures: Callable[..., Figures]) -> None:
    assert figures(fault=0.2, releases=1_000).found >= 0.95
    assert figures(releases=1_000).found == pytest.approx(0.68, abs=0.1)


def test_what_is_not_found_is_counted_until_the_promotion(figures: Callable[..., Figures]) -> None:
    blind = replace(ONE_WAVE, alarm=None, compared=None)
    found = figures(blind)
    assert (found.found, found.minutes, found.false_aborts) == (0, None, 0)
    assert found.requests == pytest.approx(60 * 0.2 * 13)


def test_alarms_see_nothing_below_their_fewest_requests(figures: Callable[..., Figures]) -> None:
    alarms = replace(ONE_WAVE, compared=None, reading=0)
    assert figures(alarms, fault=0.5).found <= 0.2
    assert figures(alarms, rate=600, fault=0.5).found == 1


def test_a_later_wave_finds_what_the_first_has_missed(figures: Callable[..., Figures]) -> None:
    small, stairs = (Wave(1, 10),), (Wave(1, 10), Wave(49, 10))
    alone, more = (figures(replace(COMPARED, waves=waves), fault=0.2) for waves in (small, stairs))
    assert alone.found < 0.3
    assert more.found > 0.9
    assert more.minutes is not None
    assert more.minutes > 13


def test_the_seed_decides(figures: Callable[..., Figures]) -> None:
    assert figures(seed=3) == figures(seed=3)
    assert figures(seed=3) != figures(seed=4)


def test_a_handler_of_another_version_is_named(one_wave: Callable[..., Path], tmp_path: Path) -> None:
    code = read_present(read_assembly(one_wave()), None).code
    older = tmp_path / "handler"
    older.mkdir()
    for source in (code.folder / "handler").glob("*.py"):
        if source.name != "trials.py":
            (older / source.name).write_bytes(source.read_bytes())
    with pytest.raises(AssemblyError, match=rf"{code.function}: its code is of another version of the library"):
        HandlerTrials(replace(code, folder=tmp_path))


def test_a_rehearsal_of_the_same_fault_is_contained_in_the_same_minute(
    one_wave: Callable[..., Path], figures: Callable[..., Figures]
) -> None:
    report = rehearse(
        one_wave(),
        fault=Fault(front_end=True, error_rate=1),
        visitors=Population(visits_per_minute=15, assets_per_page=0, api_calls_per_page=0, usual_errors=0.01),
    )
    simulated = figures(ONE_WAVE, fault=1).minutes
    assert report.figures.contain is not None
    assert simulated is not None
    assert simulated - 1 <= report.figures.contain / 60 <= simulated
