"""Each milestone of a release is marked once, in the log, for the dashboard."""

import pytest
from bake.fake_aws import NOON, STACK
from bake.handler.logged_marks import LoggedMark, marks
from bake.shop import properties
from bake.waiter import Waiter, request


@pytest.fixture
def marked(capsys):
    """The names of the marks since it was last asked."""
    return lambda: [mark.name for mark in marks(capsys.readouterr().out)]


def test_a_good_release_is_marked_when_it_starts_when_the_one_box_has_switched_and_when_it_is_promoted(shop, marked):
    assert shop.preflight().run().status == "SUCCESS"
    assert marked() == ["ReleaseStarted"]
    waiter = shop.bake()
    assert marked() == ["BakeStarted"]
    assert waiter.run().status == "SUCCESS"
    assert marked() == ["Promoted"]


def test_both_waits_mark_the_release_under_the_wait_at_its_beginning_at_the_handlers_own_time(shop, capsys):
    shop.preflight().run()
    shop.aws.pass_time(minutes=9)
    shop.bake(StartedBy="Preflight").run()
    noon = round(NOON.timestamp() * 1000)
    assert marks(capsys.readouterr().out) == [
        LoggedMark("ReleaseStarted", "shop", "Preflight", noon),
        LoggedMark("BakeStarted", "shop", "Preflight", noon + 9 * 60_000),
        LoggedMark("Promoted", "shop", "Preflight", noon + 19 * 60_000),
    ]


def test_a_red_alarm_marks_the_abort_and_the_containment_and_the_rollback_only_itself(shop, marked):
    waiter = shop.bake()
    waiter.poll()
    shop.aws.put_alarm("shop-errors", "ALARM")
    assert waiter.poll().status == "FAILED"
    assert marked() == ["BakeStarted", "ReleaseAborted", "Contained"]
    assert shop.go_back().run().status == "SUCCESS"
    assert marked() == ["RolledBack"]


def test_a_release_refused_by_its_preflight_is_marked_as_aborted_with_nothing_contained(shop, marked):
    shop.aws.put_alarm("shop-errors", "ALARM")
    assert shop.preflight().run().status == "FAILED"
    assert marked() == ["ReleaseStarted", "ReleaseAborted"]


def test_a_cancelled_release_is_marked_by_whichever_guard_contains_it(shop, marked):
    running = shop.bake()
    assert marked() == ["BakeStarted"]
    assert shop.go_back().run().status == "SUCCESS"
    assert marked() == ["RolledBack", "Contained"]
    assert running.run().status == "FAILED"
    assert marked() == ["ReleaseAborted"]


def test_a_containment_that_fails_is_not_marked_as_one(shop, marked):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.faults["update_alias"] = "AccessDeniedException"
    shop.bake().run()
    assert marked() == ["BakeStarted", "ReleaseAborted"]


def test_a_containment_that_is_tried_again_is_marked_when_it_works(shop, marked):
    shop.release_one_box()
    shop.aws.faults["update_alias"] = "TooManyRequestsException"
    waiter = shop.go_back()
    assert waiter.poll() is None
    assert marked() == []
    shop.aws.faults.clear()
    assert waiter.poll().status == "SUCCESS"
    assert marked() == ["RolledBack", "Contained"]


def test_an_expedited_release_is_marked_as_promoted_without_its_bake(shop, marked):
    assert shop.bake(ExpeditedReason="back to Monday").run().seconds == 0
    assert marked() == ["BakeStarted", "Promoted"]


@pytest.mark.parametrize("kind", ["Create", "Delete"])
def test_what_is_no_release_is_not_marked(shop, marked, kind):
    Waiter(shop.aws, request(kind, new=properties("A"))).run()
    Waiter(shop.aws, request("Update", new=properties("A", DurationSeconds="900"), old=properties("A"))).run()
    assert marked() == []


def test_a_waiter_whose_request_was_answered_by_another_marks_no_abort(shop, marked):
    waiter = shop.bake()
    shop.aws.put_resource("Wait", "UPDATE_COMPLETE")
    assert waiter.run().status == "FAILED"
    assert marked() == ["BakeStarted"]


def test_a_start_that_cannot_be_told_from_a_rollback_is_not_marked_and_disturbs_nothing(shop, marked):
    shop.aws.faults["*"] = "Throttling"
    waiter = shop.bake()
    shop.aws.faults.clear()
    assert waiter.run().status == "SUCCESS"
    assert marked() == ["Promoted"]


def test_a_nested_stack_whose_root_goes_back_starts_no_release(shop, marked):
    root = STACK.replace("/shop/", "/root/")
    shop.release_one_box()
    shop.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", root=root)
    shop.aws.put_stack(root, "UPDATE_ROLLBACK_IN_PROGRESS")
    shop.bake_request()
    reverse = request("Update", new=properties("A"), old=properties("B"))
    assert Waiter(shop.aws, reverse).run().status == "SUCCESS"
    assert marked() == ["RolledBack", "Contained"]
