"""What the waits' code asks is answered as AWS stands at that moment, however often it asks the same."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from prod_one_box.sandbox.client_stubs import refuse
from prod_one_box.sandbox.wait_process import WaitProcess

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
CODE = """
import boto3
from botocore.exceptions import ClientError

now = None
aliases = boto3.client("lambda")


def said(ask, **arguments):
    try:
        return ask(**arguments)["said"]
    except ClientError as error:
        return error.response["Error"]["Code"]


def handler(event, context):
    return [said(getattr(aliases, operation), Name=operation, Since=now()) for operation in event]
"""


class Counter:
    """An AWS whose number changes by updates only, and which knows what it was asked."""

    def __init__(self) -> None:
        self.number = 0
        self.asked: list[str] = []

    def __call__(self, service: str, operation: str, arguments: Mapping[str, object]) -> object:
        self.asked.append(operation)
        assert (service, arguments["Name"], arguments["Since"]) == ("lambda", operation, NOON)
        if operation == "get_nothing":
            raise refuse("ResourceNotFoundException", operation)
        self.number += operation == "update_alias"
        return {"said": self.number}


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., object]:
    (tmp_path / "code.py").write_text(CODE)
    process = WaitProcess(tmp_path)
    process.load(["code"])
    return lambda operations, aws, now=NOON: process.call("code", "handler", operations, now=now, ask=aws)[0]


def test_the_same_questions_are_answered_as_things_stand_each_time(call: Callable[..., object]) -> None:
    aws = Counter()
    answers = []
    for number in (1, 2, 2, 5):
        aws.number = number
        answers.append(call(["get_alias", "get_nothing", "list_aliases", "get_alias"], aws))

    assert answers == [[number, "ResourceNotFoundException", number, number] for number in (1, 2, 2, 5)]


def test_a_change_is_seen_by_what_is_asked_after_it_and_happens_once_a_call(call: Callable[..., object]) -> None:
    aws = Counter()
    asked = ["get_alias", "update_alias", "get_alias", "update_alias", "get_alias"]

    assert [call(asked, aws) for _ in range(3)] == [[0, 1, 1, 2, 2], [2, 3, 3, 4, 4], [4, 5, 5, 6, 6]]


def test_other_questions_than_those_of_the_call_before_get_their_own_answers(call: Callable[..., object]) -> None:
    aws = Counter()
    calls = [
        ["get_alias", "list_aliases"],
        ["list_aliases"],
        [],
        ["get_alias", "get_nothing"],
        ["update_alias"],
        ["get_alias"],
    ]

    answers = [call(asked, aws) for asked in calls]
    assert answers == [[0, 0], [0], [], [0, "ResourceNotFoundException"], [1], [1]]
    assert aws.asked.count("update_alias") == 1


def test_a_question_with_another_time_in_it_is_another_question(call: Callable[..., object]) -> None:
    call(["get_alias"], Counter())
    times: list[object] = []

    def aws(_service: str, _operation: str, arguments: Mapping[str, object]) -> object:
        times.append(arguments["Since"])
        return {"said": arguments["Since"]}

    later = NOON + timedelta(minutes=1)
    assert call(["get_alias"], aws, later) == [later]
    assert times[-1] == later


def test_the_code_is_found_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assembly").mkdir()
    (tmp_path / "assembly" / "code.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    assert "handler" in WaitProcess(Path("assembly")).load(["code"])["code"]
