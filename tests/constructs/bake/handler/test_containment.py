"""What containment moves, and what it leaves alone."""

import pytest
from bake.fake_aws import STACK
from bake.shop import properties


def test_another_change_of_the_alias_meanwhile_is_read_again(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    waiter = shop.bake()
    shop.aws.interferences = [lambda: shop.aws.put_alias("shop-one-box", 7)] * 2
    assert waiter.poll().status == "FAILED"
    assert shop.versions == ("6", "11")
    assert len(shop.aws.changes) == 3


def test_an_alias_that_somebody_moves_on_meanwhile_is_left_where_it_is(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    waiter = shop.bake()
    shop.aws.interferences = [lambda: shop.aws.put_alias("shop-one-box", 8)]
    assert waiter.poll().status == "FAILED"
    assert shop.versions == ("8", "11")


def test_it_gives_up_on_an_alias_that_never_holds_still_and_says_so(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    waiter = shop.bake()
    shop.aws.interferences = [lambda: shop.aws.put_alias("shop-one-box", 7)] * 9
    answer = waiter.poll()
    assert "shop-errors is ALARM" in answer.reason
    assert "could not be put back on version 6 (update_alias: PreconditionFailedException)" in answer.reason


def test_a_containment_that_fails_is_said_and_the_failure_still_reported(shop):
    shop.aws.put_alarm("shop-errors", "ALARM", reason="5 errors")
    shop.aws.faults["update_alias"] = "AccessDeniedException"
    answer = shop.bake().run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert "shop-errors is ALARM: 5 errors" in answer.reason
    assert "Containment failed: shop-one-box:live" in answer.reason


@pytest.mark.parametrize(
    ("code", "attempts"),
    [("PreconditionFailedException", 5), ("ResourceConflictException", 5), ("AccessDeniedException", 1)],
)
def test_a_move_is_tried_again_only_when_somebody_else_changed_the_alias_meanwhile(shop, code, attempts):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.faults["update_alias"] = code
    assert f"could not be put back on version 6 (update_alias: {code})" in shop.bake().run().reason
    assert len(shop.aws.changes) == attempts


def test_every_alias_that_could_not_be_put_back_is_named(shop):
    waiter = shop.bake()
    shop.aws.put_alias("shop-regular", 12)
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.aws.faults["update_alias"] = "AccessDeniedException"
    failed = " could not be put back on version {} (update_alias: AccessDeniedException)"
    both = f"shop-one-box:live{failed.format(6)}; shop-regular:live{failed.format(11)}."
    assert waiter.poll().reason.endswith(f" Containment failed: {both}")


def test_weights_on_the_failed_version_are_taken_off(shop):
    waiter = shop.bake()
    shop.aws.put_alias("shop-one-box", 6, v7=0.5)
    assert waiter.poll().status == "FAILED"
    alias = shop.aws.get_alias("", "arn:aws:lambda:eu-central-1:123456789012:function:shop-one-box", "live")
    assert (alias["FunctionVersion"], alias["RoutingConfig"]) == ("6", {"AdditionalVersionWeights": {}})


def test_an_alias_new_in_the_release_has_no_former_version_to_go_to(shop):
    old = {"ReleaseId": "OneBoxVersionA"}
    shop.aws.put_alarm("shop-errors", "ALARM")
    answer = shop.bake(old=old).run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert not shop.aws.changes


def test_both_partitions_go_back_when_both_are_on_the_failed_version(shop):
    waiter = shop.bake()
    shop.aws.put_alias("shop-regular", 12)
    shop.aws.put_stack(STACK, "UPDATE_ROLLBACK_IN_PROGRESS")
    waiter.poll()
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize("letter", ["y", "é", "急", "🚨"])
def test_the_longest_reasons_leave_room_for_what_was_contained(shop, letter):
    names = [f"alarm-{number}-{'x' * 200}" for number in range(20)]
    for name in names:
        shop.aws.put_alarm(name, "ALARM", reason="a" + letter * 1022)
    answer = shop.bake(Alarms=[{"Name": name} for name in names]).run()
    assert len(answer.reason.encode()) < 2000
    assert "shop-one-box:live is back on version 6" in answer.reason


def test_an_alias_that_is_only_under_bake_is_not_moved(shop):
    regular = {"Alias": "RegularAlias", "Version": "RegularVersion"}
    old = properties("A", Contained=[{**regular, "Version": "RegularVersionA"}])
    shop.aws.put_alarm("shop-errors", "ALARM")
    answer = shop.bake(old=old, Contained=[{**regular, "Version": "RegularVersionB"}]).run()
    assert answer.status == "FAILED"
    assert shop.versions == ("7", "11")


def test_an_alias_that_was_not_to_be_contained_before_is_not_moved_either(shop):
    old = properties("A", Contained=[{"Alias": "RegularAlias", "Version": "RegularVersionA"}])
    shop.aws.put_alarm("shop-errors", "ALARM")
    assert shop.bake(old=old).run().status == "FAILED"
    assert shop.versions == ("7", "11")
