"""A request that Lambda delivers twice has two waiters; CloudFormation takes the first answer."""

import pytest
from bake.fake_aws import STACK
from bake.waiter import Waiter


def test_both_deliveries_have_the_same_beginning_and_the_same_outcome(shop):
    shop.release_one_box()
    request = shop.bake_request()
    first = Waiter(shop.aws, request)
    shop.aws.pass_time(seconds=45)
    second = Waiter(shop.aws, request)
    assert first.event == second.event
    shop.aws.pass_time(seconds=555)
    answers = first.poll(), second.poll()
    assert [answer.status for answer in answers] == ["SUCCESS", "SUCCESS"]


def test_a_red_alarm_ends_both_the_same_way_and_contains_once(shop):
    shop.release_one_box()
    request = shop.bake_request()
    waiters = Waiter(shop.aws, request), Waiter(shop.aws, request)
    shop.aws.put_alarm("shop-errors", "ALARM")
    assert [waiter.poll().status for waiter in waiters] == ["FAILED", "FAILED"]
    assert len(shop.aws.changes) == 1


def test_after_the_first_answer_the_second_waiter_touches_nothing_and_promotes_nothing(shop):
    waiter = shop.bake()
    shop.aws.put_resource("Wait", "UPDATE_COMPLETE")
    shop.aws.put_alias("shop-regular", 12)
    shop.aws.put_alarm("shop-errors", "ALARM")
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("FAILED", 720)
    assert "nothing was changed" in answer.reason
    assert shop.versions == ("7", "12")


def test_a_waiter_left_over_from_an_earlier_update_leaves_a_newer_release_of_the_same_version_alone(shop):
    left_over = shop.bake()
    shop.aws.pass_time(minutes=5)
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS")
    shop.aws.pass_time(minutes=1)
    newer = Waiter(shop.aws, shop.bake_request())
    shop.aws.put_alarm("shop-errors", "ALARM")
    assert left_over.poll() is None
    assert not shop.aws.changes
    assert newer.poll().status == "FAILED"


def test_the_beginning_is_the_clocks_when_cloudformation_does_not_say_it(shop):
    shop.aws.faults["list_stack_resources"] = "AccessDenied"
    waiter = shop.bake()
    shop.aws.faults.clear()
    assert waiter.event["StartedAt"] == shop.aws.now.isoformat()
    assert waiter.run().seconds == 600


def test_the_beginning_is_the_clocks_when_cloudformation_does_not_list_the_wait_as_asked(shop):
    request = shop.bake_request()
    shop.aws.put_resource("Wait", "UPDATE_COMPLETE")
    shop.aws.pass_time(seconds=30)
    assert Waiter(shop.aws, request).event["StartedAt"] == shop.aws.now.isoformat()
    del shop.aws.resources["Wait"]
    assert Waiter(shop.aws, request).event["StartedAt"] == shop.aws.now.isoformat()


def test_a_resource_whose_status_is_touched_again_meanwhile_is_still_the_same_request(shop):
    waiter = shop.bake()
    shop.aws.pass_time(seconds=5)
    shop.aws.put_resource("Wait", "UPDATE_IN_PROGRESS")
    assert waiter.run().status == "SUCCESS"


@pytest.mark.parametrize("own", ["UPDATE_COMPLETE", "UPDATE_IN_PROGRESS"])
def test_a_waiter_left_over_from_a_finished_release_moves_nothing_in_a_newer_ones_rollback(shop, own):
    first = shop.bake()
    second = Waiter(shop.aws, first.event)
    shop.aws.pass_time(seconds=600)
    assert first.poll().status == "SUCCESS"
    shop.aws.put_resource("Wait", "UPDATE_COMPLETE")
    shop.aws.put_alias("shop-regular", 12)
    shop.aws.pass_time(seconds=20)
    shop.aws.put_stack(STACK, "UPDATE_ROLLBACK_IN_PROGRESS")
    shop.aws.pass_time(seconds=5)
    shop.aws.put_resource("Wait", own)
    assert second.poll() is None
    assert shop.versions == ("7", "12")


def test_the_same_release_going_back_later_is_contained_by_either_waiter(shop):
    waiter = shop.bake()
    shop.aws.pass_time(seconds=5)
    shop.aws.put_resource("Wait", "UPDATE_COMPLETE")
    shop.aws.put_alias("shop-regular", 12)
    shop.aws.stacks[STACK]["StackStatus"] = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert waiter.poll().status == "FAILED"
    assert shop.versions == ("6", "11")
