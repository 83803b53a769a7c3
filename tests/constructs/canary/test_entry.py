"""The canary's entry reads the secret when it runs, and keeps it out of all that it leaves behind."""

import json
import subprocess
from pathlib import Path

import pytest
from canary.fake_visit import NODE, SCRIPT

ENVIRONMENT = {
    "SITE": "https://shop.example.com",
    "PAGES": '["/"]',
    "ALIVE_SELECTOR": "#ready",
    "PARTITION": "one-box",
    "COOKIE": "__Host-one-box-tester",
    "SECRET_ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:testers-AbCdEf",
    "BUDGET": "5000",
}


def run(answered: str) -> dict:
    entry = Path(__file__).parent / "entry.js"
    environment = {**ENVIRONMENT, "ANSWERED": answered}
    done = subprocess.run(
        [NODE, str(entry), str(SCRIPT / "index.js")], env=environment, capture_output=True, text=True, check=True
    )
    return {**json.loads(done.stdout), "printed": done.stderr}


@pytest.fixture(scope="module")
def seen() -> dict:
    return run("one-box")


def test_the_secret_is_read_by_its_arn_and_goes_into_the_cookie(seen):
    assert seen["error"] is None
    assert seen["asked"] == [{"SecretId": ENVIRONMENT["SECRET_ARN"]}]
    (cookie,) = seen["cookies"]
    assert (cookie["name"], cookie["value"]) == ("__Host-one-box-tester", "one-box.the-secret")


def test_neither_har_nor_logs_nor_reports_hold_headers(seen):
    configuration = seen["configuration"]
    off = ["harFile", "includeRequestHeaders", "includeResponseHeaders", "logRequestHeaders", "logResponseHeaders"]
    assert [configuration[name] for name in off] == [False] * 5
    assert set(configuration["restrictedHeaders"]) == {"cookie", "set-cookie"}
    assert seen["printed"] == ""


def test_a_failed_visit_fails_the_run_and_does_not_reveal_the_secret():
    failed = run("regular")
    assert "regular answered instead of one-box" in failed["error"]
    assert "the-secret" not in failed["error"]
