"""Calls that AWS throttles or refuses: they neither pass nor fail a bake until its time is up."""

import pytest
from bake.fake_aws import ROOT, STACK

READS = ["describe_stacks", "list_stack_resources", "describe_alarms", "get_alias", "*"]


@pytest.mark.parametrize("call", READS)
def test_a_bake_that_never_gets_a_reading_fails_after_its_grace_period(shop, call):
    shop.aws.faults[call] = "Throttling"
    answer = shop.bake().run()
    assert (answer.status, answer.seconds) == ("FAILED", 720)
    assert "No conclusive reading in time" in answer.reason
    assert "Throttling" in answer.reason


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("describe_stacks", "the stack's update was not seen (unread)"),
        ("list_stack_resources", "the stack's resources are unread"),
        ("list_stack_resources", "alarm Errors: unread"),
        ("describe_alarms", "alarm shop-errors: unread"),
        ("get_alias", "alias shop-one-box:live is unread"),
    ],
)
def test_it_says_what_it_could_not_read(shop, call, words):
    shop.aws.faults[call] = "Throttling"
    assert words in shop.bake().run().reason


@pytest.mark.parametrize("call", ["describe_stacks", "describe_alarms"])
def test_it_contains_what_it_still_can(shop, call):
    shop.aws.faults[call] = "Throttling"
    shop.bake().run()
    assert shop.versions == ("6", "11")


def test_it_says_that_it_could_not_contain(shop):
    shop.aws.faults["list_stack_resources"] = "Throttling"
    answer = shop.bake().run()
    assert "Containment failed: nothing could be put back" in answer.reason


@pytest.mark.parametrize("call", READS)
def test_a_disturbance_in_the_middle_changes_nothing(shop, call):
    waiter = shop.bake()
    assert waiter.poll() is None
    shop.aws.faults[call] = "ServiceUnavailable"
    shop.aws.pass_time(seconds=300)
    assert waiter.poll() is None
    shop.aws.faults.clear()
    assert waiter.run().seconds == 600


@pytest.mark.parametrize("call", READS)
def test_a_disturbance_at_the_end_delays_the_promotion_until_a_reading_is_conclusive(shop, call):
    waiter = shop.bake()
    shop.aws.faults[call] = "ServiceUnavailable"
    shop.aws.pass_time(seconds=600)
    assert waiter.poll() is None
    shop.aws.pass_time(seconds=70)
    shop.aws.faults.clear()
    answer = waiter.poll()
    assert (answer.status, answer.seconds) == ("SUCCESS", 670)


@pytest.mark.parametrize("call", ["describe_stacks", "get_alias"])
def test_red_wins_over_what_could_not_be_read(shop, call):
    waiter = shop.bake()
    shop.aws.faults[call] = "Throttling"
    shop.aws.put_alarm("shop-errors", "ALARM")
    answer = waiter.poll()
    assert "shop-errors is ALARM" in answer.reason


def test_a_stack_in_a_state_that_no_release_has_promotes_nothing(shop):
    waiter = shop.bake()
    shop.aws.put_stack(STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    answer = waiter.run()
    assert answer.seconds == 720
    assert "describe_stacks: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS is out of date" in answer.reason


def test_an_unread_root_keeps_a_nested_stack_waiting(shop):
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", root=ROOT)
    waiter = shop.bake()
    shop.aws.pass_time(seconds=600)
    assert waiter.poll() is None
    shop.aws.put_stack(ROOT, "UPDATE_IN_PROGRESS")
    assert waiter.poll().status == "SUCCESS"


def test_red_that_may_be_a_rollbacks_ends_nothing_until_the_direction_is_known(shop):
    waiter = shop.bake(Alarms=[{"Name": "shop-errors"}])
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.faults.update(describe_stacks="Throttling", list_stack_resources="Throttling")
    assert waiter.poll() is None
    shop.aws.faults.clear()
    assert waiter.poll().status == "FAILED"


def test_a_list_of_resources_without_the_wait_itself_is_none_to_go_by(shop):
    waiter = shop.bake(Baked=None)
    del shop.aws.resources["Wait"]
    assert "the stack's resources are unread" in waiter.run().reason
