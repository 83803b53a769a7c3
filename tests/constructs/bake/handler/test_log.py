"""The log of the handlers says what happened in a release."""

import json

import pytest
from bake.fake_aws import STACK

LINE = ["message", "wait", "requestId", "elapsedSeconds", "step", "outcome", "reason", "alarms"]
LINE += ["contained", "notContained", "problems"]


ENDS = {
    "waiting": ("wait", lambda aws: None),
    "quiet": ("done", lambda aws: aws.pass_time(seconds=600)),
    "red": ("fail", lambda aws: aws.put_alarm("shop-errors", "ALARM")),
    "misplaced": ("fail", lambda aws: aws.put_alias("shop-one-box", 6)),
    "ended-elsewhere": ("fail", lambda aws: aws.put_stack(STACK, "UPDATE_ROLLBACK_IN_PROGRESS")),
    "answered": ("wait", lambda aws: aws.put_resource("Wait", "UPDATE_COMPLETE")),
    "inconclusive": ("fail", lambda aws: (aws.faults.update(describe_alarms="Throttling"), aws.pass_time(seconds=720))),
}


@pytest.mark.parametrize("outcome", ENDS)
def test_a_word_says_what_a_poll_found(shop, capsys, outcome):
    step, happen = ENDS[outcome]
    waiter = shop.bake()
    happen(shop.aws)
    waiter.poll()
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["step"], line["outcome"]) == (step, outcome)


def test_a_poll_that_waits_says_for_what(shop, capsys):
    waiter = shop.bake()
    waiter.poll()
    shop.aws.faults.update(describe_stacks="Throttling", get_alias="Throttling")
    waiter.poll()
    quiet, unread = map(json.loads, capsys.readouterr().out.splitlines()[1:])
    assert (quiet["reason"], quiet["contained"], quiet["notContained"]) == ("Quiet so far.", [], [])
    assert unread["reason"] == "the stack's update was not seen (unread); alias shop-one-box:live is unread"
    assert unread["problems"] == ["describe_stacks: Throttling", "get_alias: Throttling"]


def test_alarms_that_cloudwatch_does_not_have_are_told_apart(shop, capsys):
    shop.aws.put_resource("Latency", "CREATE_IN_PROGRESS", "shop-latency")
    shop.bake(Alarms=[{"LogicalId": "Latency"}, {"Name": "gone"}]).poll()
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["alarms"] == {"Latency": "not created yet", "gone": "missing"}


def test_every_poll_leaves_a_line_in_the_log_without_the_secret_of_the_answer(shop, capsys):
    waiter = shop.bake()
    start = capsys.readouterr().out
    assert waiter.poll() is None
    text = capsys.readouterr().out
    line = json.loads(text)
    assert line["alarms"] == {"shop-errors": "OK"}
    assert line["step"] == "wait"
    assert "secret" not in start + text


def test_the_line_of_the_last_poll_says_what_ended_the_release_and_what_was_put_back(shop, capsys):
    waiter = shop.bake()
    start = json.loads(capsys.readouterr().out)
    assert (start["message"], start["wait"], start["requestId"]) == ("start", "Wait", "5e6f")
    shop.aws.pass_time(seconds=210)
    shop.aws.put_alarm("shop-errors", "ALARM", reason="5 errors")
    answer = waiter.poll()
    line = json.loads(capsys.readouterr().out)
    assert {key: each for key, each in line.items() if key in LINE} == {
        "message": "poll",
        "wait": "Wait",
        "requestId": "5e6f",
        "elapsedSeconds": 210,
        "step": "fail",
        "outcome": "red",
        "reason": answer.reason,
        "alarms": {"shop-errors": "ALARM"},
        "contained": ["shop-one-box:live is back on version 6"],
        "notContained": [],
        "problems": [],
    }


def test_the_lines_of_a_rollback_say_what_could_not_be_read_or_put_back_and_the_last_that_it_is_done(shop, capsys):
    shop.release_one_box()
    waiter = shop.go_back()
    shop.aws.faults["update_alias"] = "Throttling"
    waiter.poll()
    shop.aws.faults = {"list_stack_resources": "Throttling"}
    waiter.poll()
    shop.aws.faults = {}
    waiter.poll()
    failed, unread, done = map(json.loads, capsys.readouterr().out.splitlines())
    assert failed["notContained"] == ["shop-one-box:live could not be put back on version 6 (update_alias: Throttling)"]
    assert (failed["step"], failed["outcome"], failed["contained"]) == ("wait", "gone-back", [])
    assert (unread["step"], unread["outcome"]) == ("wait", "waiting")
    assert unread["reason"] == "The stack is going back; its resources could not be read yet."
    assert unread["problems"] == ["list_stack_resources: Throttling"]
    assert (done["step"], done["outcome"], done["notContained"]) == ("done", "gone-back", [])
    assert done["reason"] == "The stack is going back. Contained: shop-one-box:live is back on version 6."
