"""What becomes of a program whose answers cannot be read."""

import asyncio
import sys
from pathlib import Path

import pytest

from prod_one_box.sandbox.child_process import NoAnswerError
from prod_one_box.sandbox.worker import Worker

PROGRAM = """
import json, os, sys, time
answers = os.fdopen(int(sys.argv[-1]), "w")
print(json.dumps({"id": 0}), file=answers, flush=True)
for number, line in enumerate(sys.stdin, 1):
    asked = json.loads(line)
    if "leaves_heir" in asked and os.fork() == 0:
        time.sleep(600)
    if "leaves_heir" in asked:
        os._exit(0)
    time.sleep(asked.get("sleep", 0))
    os.write(1, b"what the program prints is no answer" + b"\\n")
    answer = asked.get("instead", json.dumps({"id": asked["id"], "pid": os.getpid(), "number": number}))
    print(answer * asked.get("times", 1), file=answers, flush=True)
"""


def play(folder: Path, *questions: dict) -> list[object]:
    async def run():
        worker = Worker([sys.executable, "-c", PROGRAM], env={}, cwd=folder)
        answers = [await answer(worker, question) for question in questions]
        await worker.close()
        return answers

    return asyncio.run(run())


async def answer(worker: Worker, question: dict) -> object:
    try:
        return await worker.ask(question, seconds=question.get("seconds", 30), start_seconds=30)
    except NoAnswerError as error:
        return str(error)


def test_what_a_program_prints_is_not_its_answer(tmp_path):
    first, second = play(tmp_path, {}, {})
    assert (first["number"], second["number"]) == (1, 2)
    assert first["pid"] == second["pid"]


@pytest.mark.parametrize(
    "question",
    [
        {"instead": "no JSON"},
        {"instead": "[]"},
        {"instead": '{"id": 77}'},
        {"instead": '{"number": 1}'},
        {"instead": "x" * 1024 * 1024, "times": 70},
    ],
)
def test_after_an_answer_that_cannot_be_read_the_program_is_started_anew(tmp_path, question):
    unread, after = play(tmp_path, question, {})
    assert "cannot be read" in unread
    assert after["number"] == 1


def test_a_program_whose_own_child_keeps_its_pipes_is_ended_all_the_same(tmp_path):
    unanswered, after = play(tmp_path, {"leaves_heir": True, "seconds": 1}, {})
    assert unanswered == "no answer within 1 s"
    assert after["number"] == 1


def test_a_question_that_is_given_up_ends_the_program(tmp_path):
    async def run():
        worker = Worker([sys.executable, "-c", PROGRAM], env={}, cwd=tmp_path)
        await worker.ask({}, seconds=30, start_seconds=30)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(worker.ask({"sleep": 600}, seconds=900, start_seconds=30), 0.5)
        after = await worker.ask({}, seconds=30, start_seconds=30)
        await worker.close()
        return after

    assert asyncio.run(run())["number"] == 1
