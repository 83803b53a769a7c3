"""Requests without a release: answered at the first poll, without a call to AWS."""

import pytest
from bake.fake_aws import STACK
from bake.shop import properties
from bake.waiter import Waiter, request


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"])
def test_a_creation_is_done_at_once_in_a_new_stack_and_in_one_that_adopts_the_wait(shop, status):
    shop.aws.put_stack(STACK, status)
    shop.aws.put_alarm("shop-errors", "ALARM")
    answer = Waiter(shop.aws, request("Create", new=properties("A"))).run()
    assert (answer.status, answer.seconds, shop.aws.calls) == ("SUCCESS", 0, [])
    assert answer.data == {"Outcome": "nothing-to-hold", "Reason": "Create: there is no release to hold."}


def test_an_update_of_the_same_release_is_done_at_once(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    changed = request("Update", new=properties("A", DurationSeconds="900"), old=properties("A"))
    answer = Waiter(shop.aws, changed).run()
    assert (answer.status, answer.seconds, shop.aws.calls) == ("SUCCESS", 0, [])
    assert answer.data == {"Outcome": "nothing-to-hold", "Reason": "The release is the same as before."}


@pytest.mark.parametrize(
    "status", ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS"]
)
def test_a_deletion_is_done_at_once_in_any_state(shop, status):
    shop.aws.put_stack(STACK, status)
    shop.aws.faults["*"] = "AccessDenied"
    answer = Waiter(shop.aws, request("Delete", new=properties("A"))).run()
    assert (answer.status, answer.seconds, shop.aws.calls) == ("SUCCESS", 0, [])


@pytest.mark.parametrize("kind", ["Create", "Delete"])
def test_properties_of_another_version_of_the_library_do_not_matter(shop, kind):
    assert Waiter(shop.aws, request(kind, new={})).run().status == "SUCCESS"
