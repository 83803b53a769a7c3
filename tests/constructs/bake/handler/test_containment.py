"""What containment moves, and what it leaves alone."""

import pytest
from bake.fake_aws import STACK
from bake.shop import properties
from bake.waves_shop import MOST_VISITORS_FIRST, PARTITIONS

from prod_one_box.constructs.bake.handler import containment


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
    [
        ("PreconditionFailedException", 5),
        ("ResourceConflictException", 5),
        ("TooManyRequestsException", 5),
        ("AccessDeniedException", 1),
        ("ServiceException", 1),
    ],
)
def test_a_move_is_tried_again_only_when_another_change_or_the_rate_of_calls_was_in_its_way(shop, code, attempts):
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


@pytest.fixture
def red(waves):
    """A watch that finds an alarm red while every partition is on the failed version, and the moves that it tries."""
    waves.switch(*PARTITIONS)
    waiter = waves.ask("Watch")
    waves.aws.put_alarm("shop-errors", "ALARM")
    return waiter


@pytest.fixture
def tried(waves, monkeypatch):
    """The partitions that were to be moved, in the order of the calls."""
    names, usual = [], waves.aws.update_alias

    def update_alias(region, FunctionName, **arguments):  # noqa: N803
        names.append(FunctionName.rpartition(":shop-")[2])
        return usual(region, FunctionName, **arguments)

    monkeypatch.setattr(waves.aws, "update_alias", update_alias)
    return names


def test_every_alias_is_tried_once_before_any_is_tried_again(waves, red, tried):
    lost = [
        lambda each=each: waves.aws.put_alias(f"shop-{each}", PARTITIONS[each] + 1) for each in ("wave-3", "regular")
    ]
    waves.aws.interferences = [lambda: None, *lost]
    assert red.poll().status == "FAILED"
    assert tried == [*MOST_VISITORS_FIRST, "regular", "wave-3"]
    assert waves.on_b == []


def test_one_alias_that_fails_keeps_no_other_from_being_tried_again(waves, red, tried):
    waves.aws.interferences = [lambda: waves.aws.put_alias("shop-regular", 12)] * 30
    answer = red.poll()
    assert waves.on_b == ["regular"]
    assert "Containment failed: shop-regular:live could not be put back on version 11" in answer.reason
    assert tried.count("regular") == 5


def test_an_alias_that_another_wait_has_put_back_meanwhile_is_no_failure(waves, red):
    waves.aws.interferences = [lambda: waves.aws.put_alias("shop-regular", 11)]
    answer = red.poll()
    assert waves.on_b == []
    assert "Containment failed" not in answer.reason
    assert "shop-regular" not in answer.reason


def test_the_pauses_before_retries_are_random_short_and_longer_each_time(waves, red):
    waves.aws.faults["update_alias"] = "TooManyRequestsException"
    found = []
    for _ in range(50):
        waves.pauses.clear()
        red.poll()
        found.append(waves.pauses[1:])
        assert waves.pauses[0] == 0
    longest = [max(pauses) for pauses in zip(*found, strict=True)]
    assert all(limit / 2 < pause <= limit for pause, limit in zip(longest, [0.1, 0.2, 0.4, 0.8], strict=True))
    assert len({tuple(pauses) for pauses in found}) == 50


def test_without_a_lost_race_nothing_pauses(waves, red):
    red.poll()
    assert waves.pauses == [0]


def test_after_a_minute_no_other_attempt_starts_and_each_alias_left_is_named(waves, red, tried, monkeypatch):
    """A poll that is still running after three minutes fails without a reason."""
    clock = iter([0, 20, 40, 60, 80, 100, 120])
    monkeypatch.setattr(containment, "monotonic", lambda: next(clock))
    waves.aws.interferences = [lambda: waves.aws.put_alias("shop-regular", 12)]
    answer = red.poll()
    assert tried == ["regular", "wave-3", "wave-2"]
    assert waves.on_b == ["one-box", "regular"]
    for each in ("regular:live could not be put back on version 11", "one-box:live could not be put back on version 6"):
        assert f"shop-{each} (update_alias: TimeoutError)" in answer.reason


def test_a_rollback_tries_again_what_it_had_no_time_for(waves, monkeypatch):
    waves.switch(*PARTITIONS)
    waiter = waves.go_back("Watch")
    with monkeypatch.context() as patch:
        clock = iter([0, 61, 61, 61, 61])
        patch.setattr(containment, "monotonic", lambda: next(clock))
        assert waiter.poll() is None
    assert waiter.poll().status == "SUCCESS"
    assert waves.on_b == []
