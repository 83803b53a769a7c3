"""CloudWatch's minutes begin where the seed says, not where the update does."""

from dataclasses import replace

import pytest

from prod_one_box.rehearsal.cloudwatch.metrics import MetricKey
from prod_one_box.vocabulary import ONE_BOX
from rehearsed import Release, scenario


def test_the_phase_of_the_minute_is_drawn_from_the_seed() -> None:
    phases = [replace(scenario(), seed=seed).phase for seed in range(600)]
    assert set(phases) == set(range(60))
    assert phases == [replace(scenario(), seed=seed).phase for seed in range(600)]


@pytest.mark.parametrize("phase", [0, 7, 30, 59])
def test_a_minute_of_a_metric_has_the_requests_of_that_minute_alone(phase: int) -> None:
    played = scenario()
    tier = played.site.front_ends[ONE_BOX]
    new = {
        "FunctionName": tier.function,
        "Resource": tier.resource,
        "ExecutedVersion": f"${{{tier.new_version}.Version}}",
    }
    key = MetricKey("AWS/Lambda", "Invocations", frozenset(new.items()))
    release = Release(played, phase=phase)
    start = release.store.start_of(3)
    release.to_new("OneBox", start)
    release.to_old("OneBox", start + 60)
    release.traffic.finish(400)

    before, meanwhile, after = (
        release.store.statistic(key, release.store.start_of(minute), 60, "Sum") for minute in (2, 3, 4)
    )
    assert (before, after) == (None, None)
    assert meanwhile
