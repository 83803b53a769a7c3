"""An update that changes the split and releases at the same time is refused at its start, unless overridden."""

import pytest
from bake.fake_aws import STACK
from bake.waiter import Waiter, request
from bake.waves_shop import name_of, properties, split, versions

TRIAL = {"Overrides": {"SPLIT_CHANGED": "a trial"}}
MORE = {"Split": split(wave_2="600")}
"""The second wave gets 100 more buckets, the third 100 fewer."""


def test_the_preflight_refuses_it_by_name_and_nothing_has_moved(waves):
    answer = waves.ask("Preflight", **MORE).run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert answer.reason.startswith("The update changes the split and releases at the same time. Nothing was released.")
    assert "Deploy two updates, first the split with the code that is live, then the release" in answer.reason
    assert "override the guard SPLIT_CHANGED with a reason" in answer.reason
    assert not waves.aws.changes


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (
            split(wave_2="600"),
            "wave-2 had buckets 100 to 499 and gets buckets 100 to 599; "
            "wave-3 had buckets 500 to 1999 and gets buckets 600 to 1999.",
        ),
        (
            split(wave_3=None),
            "regular had buckets 2000 to 9999 and gets buckets 500 to 9999; "
            "wave-3 had buckets 500 to 1999 and is removed.",
        ),
        (
            split(wave_4="2500"),
            "wave-4 is new with buckets 2000 to 2499; regular had buckets 2000 to 9999 and gets buckets 2500 to 9999.",
        ),
        (
            split(wave_2="100"),
            "wave-2 had buckets 100 to 499 and gets no buckets; "
            "wave-3 had buckets 500 to 1999 and gets buckets 100 to 1999.",
        ),
        (
            [{**each, "Function": "Middle"} if each["Partition"] == "wave-2" else each for each in split()],
            "wave-2 had function Wave2Function and gets Middle.",
        ),
    ],
)
def test_it_says_what_changes_for_which_partition(waves, new, words):
    assert f"Changes of the split: {words}" in waves.ask("Preflight", Split=new).run().reason


def test_a_partition_with_other_buckets_and_another_function_is_named_once(waves):
    new = [{**each, "Function": "Middle"} if each["Partition"] == "wave-2" else each for each in split(wave_2="600")]
    words = "wave-2 had buckets 100 to 499 and gets buckets 100 to 599, had function Wave2Function and gets Middle; "
    assert words in waves.ask("Preflight", Split=new).run().reason


def test_a_changed_split_alone_is_no_release(waves):
    waves.aws.put_resource("Preflight", "UPDATE_IN_PROGRESS")
    new, old = properties("Preflight", "A", **MORE), properties("Preflight", "A")
    answer = Waiter(waves.aws, request("Update", new=new, old=old, wait="Preflight")).run()
    assert answer.data["Outcome"] == "nothing-to-hold"


@pytest.mark.parametrize("partitions", [["wave-2"], ["one-box", "wave-2", "wave-3", "regular"]])
def test_a_partition_on_another_function_is_a_release_whatever_its_code_and_refused(waves, partitions):
    moved = [
        {**each, "Function": f"New{each['Function']}"} if each["Partition"] in partitions else each for each in split()
    ]
    on_new = {f"{name_of(each)}Alias": f"New{name_of(each)}Version" for each in partitions}
    waves.aws.put_resource("Preflight", "UPDATE_IN_PROGRESS")
    new = properties("Preflight", "A", Split=moved, Versions=versions("A", **on_new))
    answer = Waiter(waves.aws, request("Update", new=new, old=properties("Preflight", "A"), wait="Preflight")).run()
    assert answer.status == "FAILED"
    assert "a partition that gets another function, which is a release by itself" in answer.reason


@pytest.mark.parametrize("missing", ["new", "old"])
def test_a_side_without_a_split_counts_as_equal(waves, missing):
    sides = {"new": split(wave_2="600"), "old": split(), missing: None}
    waves.aws.put_resource("Preflight", "UPDATE_IN_PROGRESS")
    old = properties("Preflight", "A", Split=sides["old"])
    assert waves.ask("Preflight", old=old, Split=sides["new"]).run().status == "SUCCESS"


@pytest.mark.parametrize("unread", ["100", ["one-box"], [{"Partition": "one-box"}], [{"Bound": "5"}], {"Bound": "5"}])
def test_a_split_that_cannot_be_read_refuses_nothing(waves, unread):
    assert waves.ask("Preflight", Split=unread).run().status == "SUCCESS"


def test_a_split_with_one_entry_that_cannot_be_read_counts_as_none(waves):
    new = split()
    new[1]["Bound"] = "half"
    assert waves.ask("Preflight", Split=new).run().status == "SUCCESS"


def test_with_a_reason_of_its_own_it_goes_out_and_the_reason_is_recorded(waves):
    answer = waves.ask("Preflight", **MORE, **TRIAL).run()
    assert answer.data["Reason"] == "Quiet for 0:00:00. Changed split overridden: a trial."


def test_a_reason_that_was_not_needed_is_not_recorded(waves):
    assert waves.ask("Preflight", **TRIAL).run().data["Reason"] == "Quiet for 0:00:00."


def test_a_reason_counts_in_the_update_in_which_it_changed_alone(waves):
    old = properties("Preflight", "A", **TRIAL)
    assert waves.ask("Preflight", old=old, **MORE, **TRIAL).run().status == "FAILED"
    again = {"Overrides": {"SPLIT_CHANGED": "another trial"}}
    assert waves.ask("Preflight", old=old, **MORE, **again).run().status == "SUCCESS"


@pytest.mark.parametrize("guard", ["RED_ALARMS", "ROLLBACK_DISABLED"])
def test_no_other_reason_opens_this_lock(waves, guard):
    assert "changes the split" in waves.ask("Preflight", **MORE, Overrides={guard: "a trial"}).run().reason


def test_its_reason_opens_no_other_lock(waves):
    waves.aws.put_alarm("shop-errors", "ALARM")
    assert "shop-errors is ALARM" in waves.ask("Preflight", **MORE, **TRIAL).run().reason
    waves.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", DisableRollback=True)
    assert "would not roll this update back" in waves.ask("Preflight", **MORE, **TRIAL).run().reason


def test_an_expedited_release_is_refused_too(waves):
    assert "changes the split" in waves.ask("Preflight", **MORE, ExpeditedReason="at once").run().reason


@pytest.mark.parametrize("wait", ["Bake", "BakeWave3", "Watch"])
def test_later_waits_leave_the_question_to_the_first_one(waves, wait):
    waves.switch_up_to(wait)
    assert waves.ask(wait, **MORE).run().status == "SUCCESS"


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_IN_PROGRESS"])
def test_the_way_back_is_never_refused(waves, status):
    """A rollback, or the old template deployed again."""
    waves.switch("one-box")
    waves.aws.put_stack(STACK, status)
    waves.aws.put_resource("Preflight", "UPDATE_IN_PROGRESS")
    new, old = properties("Preflight", "A"), properties("Preflight", "B", **MORE)
    answer = Waiter(waves.aws, request("Update", new=new, old=old, wait="Preflight")).run()
    assert (answer.status, answer.data["Outcome"]) == ("SUCCESS", "gone-back")
    assert waves.on_b == []


@pytest.mark.parametrize("fault", [{}, {"list_stack_resources": "Throttling"}])
def test_an_update_that_may_be_a_rollback_is_not_refused_yet(waves, fault):
    waiter = waves.ask("Preflight", **MORE)
    for partition in ("OneBox", "Wave2", "Wave3", "Regular"):
        del waves.aws.resources[f"{partition}VersionB"]
    waves.aws.faults.update(describe_stacks="Throttling", **fault)
    assert waiter.poll() is None
    waves.aws.faults.clear()
    assert "changes the split" in waiter.poll().reason


def test_another_origin_is_another_split(waves):
    """The edge would reach it before the partition's turn."""
    old, new = ({"edge": {"one-box": "old", "wave-2": way}} for way in ("old", "new"))
    before = properties("Preflight", "A", Origins=old)
    answer = waves.ask("Preflight", old=before, Origins=new).run()
    assert "Changes of the split: wave-2 gets another origin." in answer.reason
    waves.aws.put_resource("Preflight", "UPDATE_IN_PROGRESS")
    assert waves.ask("Preflight", old=properties("Preflight", "A"), Origins=new).run().status == "SUCCESS"
