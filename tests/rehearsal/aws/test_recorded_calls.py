"""A call of the waits' code is run again only if AWS answers otherwise than in an earlier call."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

import pytest

from prod_one_box.rehearsal.aws.recorded_calls import CallOfCode, Question, RecordedCalls, Result
from prod_one_box.sandbox.client_stubs import Ask, ClientError, refuse
from prod_one_box.sandbox.wait_process import HandlerFailedError

CALL = CallOfCode(
    folder=Path("asset"), module="m", function="f", now=datetime(2026, 1, 1, tzinfo=timezone.utc), event={"a": [1]}
)


class Aws:
    """Answers with what it holds, and counts what it was asked."""

    def __init__(self, **answers: object) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, _service: str, operation: str, _arguments: Mapping[str, object]) -> object:
        self.asked.append(operation)
        if self.answers[operation] is None:
            raise refuse("Refused", operation)
        return self.answers[operation]


class Code:
    """Asks for x, and for y if x is above 1; sums up."""

    def __init__(self, expected: Sequence[str] = ()) -> None:
        self.runs = 0
        self.expected = expected

    def __call__(self, ask: Ask) -> tuple[Result, list[Question]]:
        self.runs += 1
        for operation in self.expected:  # asked in the code's place, and not by it
            ask("s", operation, {})
        asked = ["x"]
        try:
            total = ask("s", "x", {})
            if total > 1:  # type: ignore[operator]
                asked.append("y")
                total += ask("s", "y", {})  # type: ignore[operator]
        except ClientError as error:
            return Result(None, "", str(error)), [Question("s", each, {}) for each in asked]
        return Result(total, "said"), [Question("s", each, {}) for each in asked]


def test_the_same_answers_give_the_same_result_without_a_run() -> None:
    calls, code = RecordedCalls(), Code()
    results = [calls.result(CALL, Aws(x=2, y=3), code) for _ in range(3)]

    assert results == [Result(5, "said")] * 3
    assert code.runs == 1


@pytest.mark.parametrize("expected", [(), ("y",), ("x",), ("x", "y")])
def test_another_answer_gives_another_run_which_is_asked_nothing_twice(expected: Sequence[str]) -> None:
    calls = RecordedCalls()
    calls.result(CALL, Aws(x=2, y=3), Code(expected))
    for aws, total in ((Aws(x=2, y=4), 6), (Aws(x=0), 0), (Aws(x=2, y=4), 6), (Aws(x=3, y=3), 6)):
        assert calls.result(CALL, aws, Code()) == Result(total, "said")
        assert aws.asked == ["x", "y"][: len(aws.answers)]


@pytest.mark.parametrize(
    "other",
    [
        {"event": {"a": [2]}},
        {"module": "other"},
        {"function": "other"},
        {"folder": Path("other")},
        {"now": datetime(2026, 1, 2, tzinfo=timezone.utc)},
    ],
)
def test_another_call_is_run(other: Mapping[str, object]) -> None:
    calls, code = RecordedCalls(), Code()
    calls.result(CALL, Aws(x=1), code)
    calls.result(CallOfCode(**{**vars(CALL), **other}), Aws(x=1), code)
    assert code.runs == 2


def test_a_refusal_and_an_error_are_recorded_too() -> None:
    calls, code = RecordedCalls(), Code()
    for _ in range(2):
        with pytest.raises(HandlerFailedError, match="y: Refused"):
            calls.result(CALL, Aws(x=2, y=None), code)
    assert code.runs == 1


def test_an_error_of_the_run_itself_is_not_recorded() -> None:
    calls, code = RecordedCalls(), Code()

    def crash(_ask: Ask) -> tuple[Result, list[Question]]:
        raise OSError("crashed")

    with pytest.raises(OSError, match="crashed"):
        calls.result(CALL, Aws(x=1), crash)
    assert calls.result(CALL, Aws(x=1), code) == Result(1, "said")
