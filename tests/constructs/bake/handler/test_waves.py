"""A release through four partitions: three bakes and the watch after the promotion."""

import json

import pytest
from bake.fake_aws import FUNCTION, NOON, STACK
from bake.handler.logged_marks import LoggedMark, marks
from bake.waiter import Waiter, request
from bake.waves_shop import BAKES, PARTITIONS, properties, versions

HOLDING = [*BAKES, "Watch"]


@pytest.mark.parametrize("wait", HOLDING)
def test_a_quiet_wait_ends_well_after_its_time_with_everything_where_it_is(waves, wait):
    waves.switch_up_to(wait)
    answer = waves.ask(wait).run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 600, "quiet")
    assert not waves.aws.changes


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        ("Bake", "Quiet for 0:10:00. The one-box served at least 100 requests ("),
        ("BakeWave2", "Quiet for 0:10:00. wave-2 served at least 100 requests ("),
        ("BakeWave3", "Quiet for 0:10:00. wave-3 served at least 100 requests ("),
        ("Watch", "Quiet for 0:10:00. The regular partition served at least 100 requests ("),
    ],
)
def test_the_outcome_names_the_wave_and_counts_its_own_requests(waves, wait, words):
    waves.switch_up_to(wait)
    waves.aws.invoke("shop-one-box", 0 if wait == "Bake" else 5000)
    assert waves.ask(wait).run().data["Reason"].startswith(words)


def test_a_count_that_cannot_be_read_names_the_wave_too(waves):
    waves.switch_up_to("BakeWave2")
    waves.aws.faults["get_metric_statistics"] = "Throttling"
    assert "The number of requests that wave-2 served could not be read" in waves.ask("BakeWave2").run().data["Reason"]
    waves.switch_up_to("Watch")
    assert "The number of requests that the regular partition served could" in waves.ask("Watch").run().data["Reason"]


@pytest.mark.parametrize("wait", HOLDING)
def test_a_red_alarm_puts_every_partition_back_within_one_poll_most_visitors_first(waves, wait):
    waves.switch_up_to(wait)
    waiter = waves.ask(wait)
    assert waiter.poll() is None
    waves.aws.pass_time(seconds=10)
    waves.aws.put_alarm("shop-errors", "ALARM")
    switched = waves.on_b
    answer = waiter.poll()
    assert (answer.status, answer.seconds) == ("FAILED", 10)
    assert waves.on_b == []
    moved = [f"shop-{each}:live is back on version {PARTITIONS[each]}" for each in reversed(PARTITIONS)]
    expected = [each for each in moved if any(f"shop-{name}:" in each for name in switched)]
    assert f" Contained: {'; '.join(expected)}." in answer.reason


@pytest.mark.parametrize("wait", HOLDING)
def test_a_manual_flip_of_the_first_wave_ends_every_later_wait(waves, wait):
    waves.switch_up_to(wait)
    waiter = waves.ask(wait)
    assert waiter.poll() is None
    waves.aws.put_alias("shop-one-box", 6)
    answer = waiter.poll()
    assert answer.status == "FAILED"
    assert "shop-one-box:live is on version 6, not on the release's version 7." in answer.reason
    assert ("Nothing was promoted." in answer.reason) == (wait != "Watch")
    assert waves.on_b == []


def test_every_misplaced_alias_is_named_with_what_it_is_on_and_what_is_expected(waves):
    waves.switch_up_to("BakeWave3")
    waves.aws.put_alias("shop-one-box", 7, v6=0.25)
    waves.aws.put_alias("shop-wave-3", 31)
    assert (
        "shop-one-box:live is on version 7, 25% on version 6, not on the release's version 7; "
        "shop-wave-3:live is on version 31, not on the release's version 32."
    ) in waves.ask("BakeWave3").run().reason


def test_a_later_partition_need_not_be_on_the_new_version_yet(waves):
    waves.switch_up_to("Bake")
    assert waves.ask("Bake").poll() is None


def test_a_retry_after_a_containment_that_cloudformation_did_not_notice_promotes_nothing(waves):
    """With rollback disabled, CloudFormation takes both aliases for moved and asks the failed bake again."""
    waves.switch_up_to("BakeWave2")
    waves.aws.put_alarm("shop-errors", "ALARM")
    assert waves.ask("BakeWave2").run().status == "FAILED"
    waves.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", DisableRollback=True)
    waves.aws.put_alarm("shop-errors", "OK")
    answer = waves.ask("BakeWave2").run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert "shop-one-box:live is on version 6" in answer.reason
    assert "shop-wave-2:live is on version 21" in answer.reason


def test_each_wait_reads_one_alias_for_each_partition_up_to_its_own(waves):
    for number, wait in enumerate(HOLDING, start=1):
        waves.switch_up_to(wait)
        waiter = waves.ask(wait)
        waves.aws.calls.clear()
        waiter.poll()
        assert waves.aws.calls.count("get_alias") == number


def test_a_poll_that_cannot_read_an_alias_asks_for_no_other_and_passes_nothing(waves):
    waves.switch_up_to("BakeWave3")
    waiter = waves.ask("BakeWave3")
    waves.aws.pass_time(seconds=600)
    waves.aws.faults["get_alias"] = "Throttling"
    waves.aws.calls.clear()
    assert waiter.poll() is None
    assert waves.aws.calls.count("get_alias") == 1
    waves.aws.faults.clear()
    assert waiter.poll().status == "SUCCESS"


@pytest.mark.parametrize(
    ("lost", "words"),
    [("OneBoxAlias", "alias OneBoxAlias is unread"), ("OneBoxVersionB", "alias shop-one-box:live is unread")],
)
def test_an_alias_or_a_version_of_an_earlier_wave_that_is_not_listed_passes_nothing(waves, lost, words):
    waves.switch_up_to("BakeWave3")
    del waves.aws.resources[lost]
    answer = waves.ask("BakeWave3").run()
    assert (answer.status, answer.seconds) == ("FAILED", 720)
    assert words in answer.reason


@pytest.mark.parametrize("wait", ["Preflight", *HOLDING])
def test_an_update_cancelled_in_the_second_wave_is_put_back_by_whichever_wait_is_asked(waves, wait):
    waves.switch_up_to("BakeWave2")
    answer = waves.go_back(wait).run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 0, "gone-back")
    assert waves.on_b == []


def test_an_update_cancelled_in_the_second_wave_is_put_back_by_its_running_wait(waves):
    waves.switch_up_to("BakeWave2")
    waiter = waves.ask("BakeWave2")
    assert waiter.poll() is None
    waves.aws.put_stack(STACK, "UPDATE_ROLLBACK_IN_PROGRESS")
    waves.aws.put_resource("BakeWave2", "UPDATE_FAILED")
    answer = waiter.poll()
    assert "the release is over" in answer.reason
    assert waves.on_b == []


def test_a_request_that_is_delivered_twice_is_put_back_once(waves):
    waves.switch_up_to("BakeWave2")
    first = waves.ask("BakeWave2")
    second = Waiter(waves.aws, first.event)
    waves.aws.put_alarm("shop-errors", "ALARM")
    assert [first.poll().status, second.poll().status] == ["FAILED", "FAILED"]
    assert len(waves.aws.changes) == 2
    assert waves.on_b == []


def test_a_left_over_waiter_of_the_first_wave_disturbs_no_later_one(waves):
    waves.switch_up_to("Bake")
    left_over = waves.ask("Bake")
    waves.aws.put_resource("Bake", "UPDATE_COMPLETE")
    waves.switch_up_to("BakeWave3")
    waves.aws.put_alarm("shop-errors", "ALARM")
    assert left_over.poll() is None
    assert not waves.aws.changes


@pytest.mark.parametrize("wait", ["Preflight", *HOLDING])
def test_an_expedited_release_skips_every_bake_and_the_watch(waves, wait):
    waves.switch_up_to(wait)
    waves.aws.put_alarm("shop-errors", "ALARM")
    answer = waves.ask(wait, ExpeditedReason="at once").run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 0, "expedited")


def test_partitions_that_share_a_function_are_told_apart_by_their_aliases(waves):
    """Both are on the same version of it, each by an alias of its own."""
    both, shared = {"wave-2": "middle-2", "wave-3": "middle-3"}, "shop-middle"
    for name, alias in both.items():
        logical = f"Wave{name[-1]}"
        waves.aws.put_resource(f"{logical}Alias", "UPDATE_COMPLETE", f"{FUNCTION}:{shared}:{alias}")
        waves.aws.put_resource(f"{logical}VersionA", "CREATE_COMPLETE", f"{FUNCTION}:{shared}:4")
        waves.aws.put_resource(f"{logical}VersionB", "CREATE_COMPLETE", f"{FUNCTION}:{shared}:5")
        waves.aws.put_alias(shared, 5, name=alias)
    waves.switch("one-box")
    assert waves.ask("BakeWave3").poll() is None
    waves.aws.put_alias(shared, 4, name="middle-2")
    answer = waves.ask("BakeWave3").poll()
    assert "shop-middle:middle-2 is on version 4, not on the release's version 5." in answer.reason
    assert "shop-middle:middle-3 is back on version 4; shop-one-box:live is back on version 6" in answer.reason
    assert waves.aws.version_of(shared, "middle-3") == "4"


def test_each_bake_is_marked_with_its_wave_and_the_last_one_alone_promotes(waves, capsys):
    waves.ask("Preflight").run()
    for wait in HOLDING:
        waves.switch_up_to(wait)
        waves.ask(wait).run()
    found = [
        (mark.name, mark.wave, (mark.at - NOON.timestamp() * 1000) / 60_000) for mark in marks(capsys.readouterr().out)
    ]
    assert found == [
        ("ReleaseStarted", "", 0),
        ("BakeStarted", "one-box", 0),
        ("BakeStarted", "wave-2", 10),
        ("BakeStarted", "wave-3", 20),
        ("Promoted", "", 30),
    ]


def test_a_red_watch_marks_the_abort_and_the_containment_under_the_releases_first_wait(waves, capsys):
    waves.switch_up_to("Watch")
    waves.aws.put_alarm("shop-errors", "ALARM")
    waves.ask("Watch").run()
    noon = round(NOON.timestamp() * 1000)
    assert marks(capsys.readouterr().out) == [
        LoggedMark("ReleaseAborted", "shop", "Preflight", noon),
        LoggedMark("Contained", "shop", "Preflight", noon),
    ]


@pytest.mark.parametrize("wait", ["Watch", "BakeWave2"])
def test_an_expedited_wait_that_promotes_nothing_marks_no_promotion(waves, capsys, wait):
    waves.switch_up_to(wait)
    waves.ask(wait, ExpeditedReason="at once").run()
    assert "Promoted" not in [mark.name for mark in marks(capsys.readouterr().out)]


def test_the_rollbacks_request_is_marked_without_a_wave(waves, capsys):
    waves.switch_up_to("BakeWave2")
    waves.go_back("BakeWave2").run()
    assert [(mark.name, mark.wave) for mark in marks(capsys.readouterr().out)] == [
        ("RolledBack", ""),
        ("Contained", ""),
    ]


def test_the_watchs_own_rollback_marks_only_what_it_puts_back(waves, capsys):
    waves.switch_up_to("Watch")
    waves.go_back("Watch").run()
    assert [mark.name for mark in marks(capsys.readouterr().out)] == ["Contained"]


def test_the_lines_of_the_log_name_the_wave_in_either_direction(waves, capsys):
    waves.switch_up_to("BakeWave2")
    waves.ask("BakeWave2").poll()
    waves.go_back("BakeWave2").poll()
    waves.go_back("Watch").poll()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["wait"], line.get("wave")) for line in lines] == [
        ("BakeWave2", "wave-2"),
        ("BakeWave2", "wave-2"),
        ("BakeWave2", "wave-2"),
        ("Watch", None),
    ]


def update(waves, *, new, old, wait="BakeWave2", release=("A", "A")):
    """Asks a wait of an update that does not switch anything, with its own two sets of versions."""
    waves.aws.put_resource(wait, "UPDATE_IN_PROGRESS")
    after, before = properties(wait, release[0], Versions=new), properties(wait, release[1], Versions=old)
    return Waiter(waves.aws, request("Update", new=after, old=before, wait=wait)).run()


def test_a_partition_that_is_added_or_removed_makes_no_release(waves):
    """The release id changes with it."""
    fewer = {alias: version for alias, version in versions("A").items() if alias != "Wave3Alias"}
    for new, old in [(versions("A"), fewer), (fewer, versions("A"))]:
        answer = update(waves, new=new, old=old, release=("A", "B"))
        assert (answer.seconds, answer.data["Outcome"]) == (0, "nothing-to-hold")


def test_the_backends_version_makes_a_release(waves):
    waves.aws.put_alarm("shop-errors", "ALARM")
    answer = update(waves, new=versions("A", BackendAlias="BackendVersionB"), old=versions("A"), wait="Preflight")
    assert "shop-errors is ALARM" in answer.reason


@pytest.mark.parametrize("missing", ["new", "old"])
def test_where_a_side_does_not_say_its_versions_the_release_id_decides(waves, missing):
    sides = {"new": versions("A"), "old": versions("A"), missing: None}
    assert update(waves, **sides).data["Outcome"] == "nothing-to-hold"
    waves.aws.put_alarm("shop-errors", "ALARM")
    sides = {"new": versions("B"), "old": versions("A"), missing: None}
    assert update(waves, **sides, wait="Preflight", release=("B", "A")).status == "FAILED"


def test_a_partition_that_is_new_in_the_release_is_checked_and_left_alone_and_the_others_are_put_back(waves):
    old = properties("BakeWave3", "A")
    del old["Contained"][MIDDLE], old["Baked"][-1], old["Versions"]["Wave3Alias"]
    waves.switch_up_to("BakeWave3")
    waiter = waves.ask("BakeWave3", old=old)
    assert waiter.poll() is None
    waves.aws.put_alias("shop-wave-3", 30)
    assert "shop-wave-3:live is on version 30" in waiter.poll().reason
    assert waves.on_b == []
    assert waves.aws.version_of("shop-wave-3") == "30"


MIDDLE = 1  # wave-3's place among the contained
