"""Releases that compare the new version with the old one, by what the partitions' APIs count.

The minutes are real, so two releases go on side by side, each on a site of its own: one that is as good as the version
before it, and one that answers every fifth page with a 500. The one-box gets 15 requests a minute, fewer than the
default alarms want, so that they stay quiet whatever happens there.

A run proves nothing about these:

- When CloudWatch has a minute's metrics. The emulator has each request's at once.
- The requests that Lambda reports. The emulator measures a function by its name alone, so the bake that passes finds
  none for its alias and is `unvisited`, though its comparison counts them by the API.
"""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from emulator.aws import Aws
from emulator.outcome import Outcome
from emulator.site import Site
from emulator.site_app import Release
from emulator.uneven_visitors import UnevenVisitors
from prod_one_box.constructs.bake.handler.compared import READABLE_AFTER

BAKE_SECONDS = 270
"""Three whole minutes after the switch, wherever in a minute it is, and half a minute more."""

OPERATION_SECONDS = 900
ORDER = ["preflight", "one-box", "bake", "regular"]
FAILED = re.compile(
    r"New against old: ([\d,]+) of ([\d,]+) requests \([\d.]+%\) failed on the new version, "
    r"([\d,]+) of ([\d,]+) requests \([\d.]+%\) on the old one: "
)
CAUTIOUS = "so a cautious default stands for that."


@dataclass(frozen=True)
class Released:
    """A site with the release that it got."""

    site: Site
    outcome: Outcome
    before: dict[str, int]


@pytest.fixture(scope="module")
def released(aws: Aws, cdk_folder: Path) -> tuple[Released, Released]:
    """A good release and a bad one."""
    good, bad = (_site(aws, cdk_folder, name) for name in ("ComparedGood", "ComparedBad"))
    before = [site.at_rest().versions() for site in (good, bad)]
    with (
        good.releasing(_release("as-good")) as as_good,
        bad.releasing(replace(_release("worse"), fails_every=5)) as worse,
    ):
        pass
    return Released(good, as_good.outcome, before[0]), Released(bad, worse.outcome, before[1])


def test_a_version_that_fails_a_fifth_is_aborted_while_no_alarm_is_red(released: tuple[Released, Released]) -> None:
    _, bad = released

    then = bad.outcome
    assert (then.exit_status, then.status) == (1, "UPDATE_ROLLBACK_COMPLETE")
    assert then.steps() == ["preflight", "one-box", "bake"]
    assert then.aliases.path("one-box") == ["old", "new", "old"]
    assert then.aliases.path("regular") == ["old"]
    assert then.aliases.when("one-box", "old") < then.rollback_began() + 1 + then.slack_seconds
    assert bad.site.versions() == bad.before

    # by the comparison alone
    reason = then.reason_of("bake")
    assert reason.startswith("Error: New against old: ")
    new_failures, new, old_failures, old = counts_in(reason)
    assert new / 10 < new_failures < new * 3 / 10
    assert (old_failures, old > new) == (0, True)
    assert "by chance, at most 1 release in " in reason
    assert CAUTIOUS in reason
    assert f"is back on version {bad.before['one-box']}" in reason
    assert alarms_that_were_red(bad.site) == []

    # and only visitors of the one-box saw failures
    failed = {(visit.visitor, visit.page) for visit in then.visitors.visits if visit.page != 200}
    assert failed == {("one-box", 500)}
    assert then.visitors.releases_seen_by("regular") == ["first"]


def test_a_good_release_passes_and_says_what_would_have_been_found(released: tuple[Released, Released]) -> None:
    good, _ = released

    then = good.outcome
    assert (then.exit_status, then.status) == (0, "UPDATE_COMPLETE")
    assert then.steps() == ORDER
    assert [then.aliases.path(each) for each in good.before] == [["old", "new"]] * len(good.before)
    assert then.seconds_of("bake") >= BAKE_SECONDS + READABLE_AFTER
    assert alarms_that_were_red(good.site) == []
    assert {visit.page for visit in then.visitors.visits} == {200}

    reason = reason_of_passing(good.site)
    assert reason.startswith("Quiet for ")
    new_failures, new, old_failures, old = counts_in(reason)
    assert (new_failures, old_failures) == (0, 0)
    assert old > new > 0
    assert re.search(r"no difference beyond the tolerance, \d+\.\d% or more would have been found", reason)
    assert CAUTIOUS in reason


def counts_in(reason: str) -> tuple[int, int, int, int]:
    """The failures and requests of the new version, and of the old one, in a comparison's sentence."""
    found = FAILED.search(reason)
    assert found, reason
    new_failures, new, old_failures, old = (int(each.replace(",", "")) for each in found.groups())
    return new_failures, new, old_failures, old


def alarms_that_were_red(site: Site) -> list[str]:
    """The alarms of a site that are red or have been."""
    client = site.aws.cloudwatch
    found = client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{site.stack_name}-")
    alarms = {each["AlarmName"]: each["StateValue"] for page in found for each in page["MetricAlarms"]}
    assert alarms, "the site has no alarm"
    history = client.get_paginator("describe_alarm_history")
    items = (
        (name, item["HistoryData"])
        for name in alarms
        for page in history.paginate(AlarmName=name, HistoryItemType="StateUpdate")
        for item in page["AlarmHistoryItems"]
    )
    turned = {name for name, data in items if json.loads(data)["newState"]["stateValue"] == "ALARM"}
    return sorted(turned | {name for name, state in alarms.items() if state == "ALARM"})


def reason_of_passing(site: Site) -> str:
    """The reason with which the bake ended well, from the line that its last poll logs."""
    lines = [json.loads(each) for each in site.logged("New against old") if each.startswith('{"message": "poll"')]
    assert [each["step"] for each in lines] == ["done"]
    return str(lines[0]["reason"])


def _site(aws: Aws, folder: Path, name: str) -> Site:
    """A site that compares, in its first release."""
    patient = replace(aws, operation_seconds=OPERATION_SECONDS)
    site = Site(patient, folder / name.lower(), stack_name=name, visitors=UnevenVisitors)
    assert site.create(_release("first")).exit_status == 0, f"see {site.cdk.log}"
    return site


def _release(name: str) -> Release:
    return Release(name=name, bake_seconds=BAKE_SECONDS, compares=True)
