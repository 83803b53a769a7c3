"""A bake that ends well says how many requests its one-box served."""

import json
from datetime import timedelta

import pytest
from bake.fake_aws import NOON
from bake.shop import ONE_BOX, REGULAR
from bake.waiter import Waiter

from prod_one_box.constructs.bake.handler import metric_data


def baked(shop, *, visitors=lambda _minute: 0, **changed):
    """A bake of ten minutes, with so many visitors in each."""
    waiter = shop.bake(**changed)
    shop.aws.invocations.clear()
    for minute in range(10):
        if visitors(minute):
            shop.aws.invoke(ONE_BOX, visitors(minute))
        assert waiter.poll() is None
        shop.aws.pass_time(seconds=60)
    return waiter.poll()


def test_the_outcome_says_how_many_requests_the_one_box_served(shop):
    shop.aws.invoke(REGULAR, 5000)
    answer = baked(shop, visitors=lambda _minute: 150)
    assert answer.data["Outcome"] == "quiet"
    assert answer.data["Reason"] == (
        "Quiet for 0:10:00. The one-box served at least 1,500 requests (between 12:00 and 12:10 UTC; "
        "what came later may be missing)."
    )


def test_the_minute_in_which_the_one_box_switched_does_not_count(shop):
    shop.aws.pass_time(seconds=25)
    answer = baked(shop, visitors=lambda minute: 1000 if minute == 0 else 1)
    assert "at least 9 requests (between 12:01 and 12:10 UTC" in answer.data["Reason"]


def test_data_that_has_not_arrived_is_not_claimed(shop):
    answer = baked(shop, visitors=lambda _minute: 150)
    assert "at least 1,500 requests (between 12:00 and 12:10 UTC" in answer.data["Reason"]
    # A minute that CloudWatch does not have yet is a minute without a data point.
    for late in (8, 9):
        del shop.aws.invocations[next(iter(shop.aws.invocations))][NOON + timedelta(minutes=late)]
    shop.aws.now = NOON
    again = Waiter(shop.aws, shop.bake_request())
    shop.aws.pass_time(minutes=10)
    assert "at least 1,200 requests (between 12:00 and 12:08 UTC" in again.poll().data["Reason"]


def test_a_bake_too_short_for_metrics_does_not_claim_that_nobody_came(shop):
    waiter = shop.bake(DurationSeconds="120")
    shop.aws.invocations.clear()
    answer = waiter.run()
    assert (answer.seconds, answer.data["Outcome"]) == (120, "quiet")
    assert "could not be read (the bake is too short for its metrics to have arrived)" in answer.data["Reason"]


def test_a_bake_that_saw_nobody_is_named_and_promotes_the_release(shop):
    answer = baked(shop)
    assert (answer.status, answer.data["Outcome"]) == ("SUCCESS", "unvisited")
    assert (
        "The one-box served no request that Lambda has reported (between 12:00 and 12:07 UTC" in answer.data["Reason"]
    )
    assert "even the canaries" in answer.data["Reason"]


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling", "InternalServiceFault"])
def test_a_count_that_cannot_be_read_never_fails_a_release(shop, code):
    shop.aws.faults["get_metric_statistics"] = code
    answer = baked(shop)
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 600, "quiet")
    assert f"could not be read (get_metric_statistics: {code})" in answer.data["Reason"]


def test_nor_does_anything_that_nobody_foresaw(shop, monkeypatch):
    def fail(*_arguments, **_named):
        raise ZeroDivisionError

    monkeypatch.setattr(metric_data, "count_invocations", fail)
    answer = baked(shop)
    assert (answer.status, answer.data["Outcome"]) == ("SUCCESS", "quiet")
    assert "could not be read (ZeroDivisionError)" in answer.data["Reason"]


def test_it_is_asked_once_and_only_of_a_bake_that_ends_well(shop):
    shop.preflight().run()
    assert "get_metric_statistics" not in shop.aws.calls
    baked(shop)
    assert shop.aws.calls.count("get_metric_statistics") == 1


def test_a_bake_that_fails_does_not_ask(shop):
    shop.aws.put_alarm("shop-errors", "ALARM")
    shop.bake().run()
    assert "get_metric_statistics" not in shop.aws.calls


def test_the_log_says_it_too(shop, capsys):
    baked(shop, visitors=lambda _minute: 3)
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert "at least 30 requests" in last["reason"]
