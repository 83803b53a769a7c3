"""How many visitors a bad release reaches: never more than were exposed when it was noticed."""

from dataclasses import replace
from math import sqrt
from pathlib import Path

import aws_cdk as cdk
import pytest

from functions import pages
from prod_one_box import OneBoxFrontend, StickyPartitionDistribution, Wave
from prod_one_box.cli.main import main
from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.report.judgement import blast_of
from prod_one_box.rehearsal.report.report import Report
from prod_one_box.rehearsal.report.report_html import report_as_html
from prod_one_box.rehearsal.visitors.population import Population
from prod_one_box.vocabulary import partition_names, regular_share
from rehearsed import Release, as_text, bad_front_end, scenario, site_of_waves, split_into

BUSY = Population(
    visits_per_minute=750, pages_per_visit=4, assets_per_page=0, api_calls_per_page=0, behind_one_address=0
)
"""3,000 requests a minute: four pages in each of 750 visits, by visitors whom the edge can tell apart."""

FEW = Population(visits_per_minute=60, assets_per_page=1, api_calls_per_page=0)
FIVE, ONE = (1.0, 4.0, 15.0, 30.0), (20.0,)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[float, ...], Path]:
    """An assembly of a shop for each sequence of waves."""
    return {shares: synthesize(shares, tmp_path_factory.mktemp("shop")) for shares in (FIVE, ONE)}


def synthesize(shares: tuple[float, ...], folder: Path) -> Path:
    app = cdk.App(outdir=str(folder))
    stack = cdk.Stack(app, "Shop", env=cdk.Environment(region="us-east-1"))
    waves = [Wave(share=share, bake_time=cdk.Duration.minutes(6)) for share in shares]
    front = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=waves)
    StickyPartitionDistribution(stack, "Site", partitions=front.partitions)
    app.synth()
    return folder


def noticed_in_the_first_wave(assembly: Path, share: float) -> Report:
    report = rehearse(assembly, fault=bad_front_end(), visitors=BUSY)
    figures, blast = report.figures, blast_of(report)

    assert report.held
    assert not report.released
    assert [each.switched_at is not None for each in report.exposure][:2] == [True, False]
    assert blast is not None
    assert (blast.exposure, blast.within) == (share, True)
    assert figures.met <= figures.came * share + 3 * sqrt(figures.came * share * (1 - share))
    assert report.exposure[0].met == figures.met > 0
    return report


def test_a_bad_front_end_noticed_in_a_first_wave_of_1_percent_reaches_at_most_1_percent_of_who_came(
    sites: dict[tuple[float, ...], Path],
) -> None:
    small, large = noticed_in_the_first_wave(sites[FIVE], 0.01), noticed_in_the_first_wave(sites[ONE], 0.2)

    assert small.figures.share_met < large.figures.share_met / 10
    assert "a bad front end went back in the one-box, at an exposure of 1 %" in as_text(small)
    assert "a bad front end went back\n" in as_text(large)
    for text in (as_text(small), report_as_html(small)):
        assert "exposure 20 %" in text
        assert "not reached" in text


def test_no_bound_is_claimed_where_partitions_share_a_function(sites: dict[tuple[float, ...], Path]) -> None:
    report = rehearse(sites[ONE], fault=bad_front_end(), visitors=FEW)
    shared = replace(report, exposure=tuple(replace(each, function="Shared") for each in report.exposure))

    assert blast_of(report) is not None
    assert blast_of(shared) is None


def test_every_wave_is_counted_in_a_release_that_reaches_everybody(sites: dict[tuple[float, ...], Path]) -> None:
    report = rehearse(sites[FIVE], visitors=FEW)

    assert (report.held, report.released) == (True, True)
    assert [each.partition for each in report.exposure] == list(partition_names(4))
    assert [each.exposure for each in report.exposure] == [0.01, 0.05, 0.2, 0.5, 1]
    switches = [each.switched_at for each in report.exposure]
    assert switches == sorted(switches)
    assert sum(each.met for each in report.exposure) == report.figures.met


def test_visitors_are_counted_by_partition(
    sites: dict[tuple[float, ...], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["visitors", str(sites[FIVE]), "--count", "2000"]) == 0
    printed = capsys.readouterr().out
    for name, share in (("the one-box", 1), ("wave-2", 4), ("wave-3", 15), ("the regular partition", 50)):
        assert f" reached {name}: " in printed
        assert f", its share is {share} %" in printed


def test_the_plan_names_the_traffic_that_a_small_wave_needs(
    sites: dict[tuple[float, ...], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", str(sites[FIVE])]) == 0
    printed = capsys.readouterr().out
    assert "Frontend/OneBox/Alias, switches in one call: exposure 1 %" in printed
    assert "needs    2,000 requests a minute in all, for 20 from its 1 %" in printed
    assert "Frontend/Regular/Alias, switches in one call: exposure 100 %" in printed


@pytest.mark.parametrize("shares", [(1, 4, 15), (25, 25)])
def test_each_partition_s_visitors_meet_the_new_version_only_after_its_own_switch(shares: tuple[float, ...]) -> None:
    release = Release(scenario(site=site_of_waves(len(shares)), shares=shares, fault=bad_front_end(), population=FEW))
    aliases = ["OneBox", *(f"Wave{number}" for number in range(2, len(shares) + 1)), "Regular"]
    for number, alias in enumerate(aliases):
        release.to_new(alias, 300.0 * (number + 1))
    release.traffic.catch_up(300.0 * (len(aliases) + 1))

    met, new_at = release.traffic.met_in, release.traffic.new_at
    assert list(met) == list(split_into(*shares))
    assert sum(met.values()) == release.traffic.timeline.impact.met
    for number, partition in enumerate(met):
        assert met[partition] > 0
        assert min(new_at[partition]) >= 300 * (number + 1)
    assert release.violations() == {}
    assert regular_share(shares) == split_into(*shares)["regular"]
