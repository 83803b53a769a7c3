"""What visitors met agrees with what can be computed by hand."""

from math import sqrt

import pytest

from prod_one_box.rehearsal.cloudwatch.metrics import MetricKey
from prod_one_box.rehearsal.visitors.faults import Fault
from prod_one_box.rehearsal.visitors.population import Population
from rehearsed import Release, bad_backend, bad_front_end, scenario

ONE_PAGE = Population(visits_per_minute=600, pages_per_visit=1, assets_per_page=1, api_calls_per_page=1, returning=0)


def test_the_exposed_visitors_are_those_of_the_share_while_the_version_was_served() -> None:
    release = Release(scenario(population=ONE_PAGE, fault=bad_front_end()))
    release.to_new("OneBox", 100)
    release.to_old("OneBox", 400)
    release.traffic.finish(499)

    expected = 600 / 60 * 300 * 0.2

    assert abs(release.traffic.timeline.impact.met - expected) < 3 * sqrt(expected)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_step_of_a_shift_gets_its_part_of_the_requests(part: float) -> None:
    release = Release(scenario(population=ONE_PAGE, fault=bad_backend()))
    release.to_new("Backend", 0, part)
    release.traffic.finish(599)
    slices = release.traffic.timeline.slices
    new, old = sum(each.new[2] for each in slices), sum(each.old[2] for each in slices)

    assert abs(new - part * (new + old)) < 3 * sqrt((new + old) * part * (1 - part))


def test_errors_come_at_their_rate_from_the_new_version_alone() -> None:
    release = Release(scenario(population=ONE_PAGE, fault=bad_front_end(0.25)))
    release.to_new("OneBox", 0)
    release.traffic.finish(599)
    new = sum(each.new[0] for each in release.traffic.timeline.slices)
    errors = sum(sum(each.errors) for each in release.traffic.timeline.slices)

    assert abs(errors - 0.25 * new) < 3 * sqrt(new * 0.25 * 0.75)


def test_a_late_fault_shows_only_after_its_time() -> None:
    release = Release(scenario(population=ONE_PAGE, fault=Fault(front_end=True, error_rate=1, after=120)))
    release.to_new("OneBox", 60)
    release.traffic.finish(299)
    failing = [each.start for each in release.traffic.timeline.slices if sum(each.errors)]

    assert failing
    assert min(failing) == 180


def test_a_crash_is_lambdas_error_and_an_answer_of_500_only_the_apis() -> None:
    counted = {}
    for answers in (False, True):
        release = Release(scenario(fault=Fault(front_end=True, error_rate=1, answers=answers)))
        release.to_new("OneBox", 0)
        release.traffic.finish(59)
        of_lambda = MetricKey("AWS/Lambda", "Errors", frozenset({("FunctionName", "${OneBoxFn}")}))
        of_api = MetricKey("AWS/ApiGateway", "5xx", frozenset({("ApiId", "${OneBoxApi}")}))
        counted[answers] = [release.store.statistic(key, 0, 60, "Sum") for key in (of_lambda, of_api)]

    assert counted[False][0] == counted[False][1] > 0
    assert counted[True] == [0, counted[False][1]]


def test_a_fault_for_some_visitors_spares_the_others() -> None:
    release = Release(scenario(population=ONE_PAGE, fault=Fault(backend=True, error_rate=1, visitors=0.3)))
    release.to_new("Backend", 0)
    release.traffic.finish(599)
    impact = release.traffic.timeline.impact

    assert impact.met_error / impact.met == pytest.approx(0.3, abs=0.03)


def test_a_broken_page_is_seen_by_visitors_and_by_no_metric() -> None:
    release = Release(scenario(fault=Fault(front_end=True, broken_page=True)))
    release.to_new("OneBox", 0)
    release.traffic.finish(120)
    impact = release.traffic.timeline.impact

    assert impact.saw_broken == impact.met > 0
    assert impact.errors == 0


def test_without_stickiness_nearly_every_page_with_15_assets_breaks() -> None:
    many = Population(visits_per_minute=120, assets_per_page=15)
    release = Release(scenario(population=many, sticky=False))
    release.to_new("OneBox", 0)
    release.traffic.finish(299)
    impact = release.traffic.timeline.impact
    intact = 0.2**16 + 0.8**16

    assert impact.broken_apart / impact.pages_apart == pytest.approx(1 - intact, abs=0.02)


def test_it_makes_no_difference_how_often_the_visitors_catch_up() -> None:
    once, often = Release(scenario(fault=bad_front_end())), Release(scenario(fault=bad_front_end()))
    for time in range(0, 200, 7):
        often.traffic.catch_up(time)
    for release in (once, often):
        release.to_new("OneBox", 200)
        release.traffic.finish(300)

    assert once.traffic.timeline == often.traffic.timeline


def test_a_site_without_visitors_has_none() -> None:
    release = Release(scenario(population=Population(visits_per_minute=0)))
    release.to_new("OneBox", 0)
    release.traffic.finish(300)

    assert release.traffic.timeline.impact.visitors == 0
