"""Functions run on this machine as Lambda runs them."""

import asyncio
from dataclasses import replace

import pytest

from prod_one_box.assembly.cloud_assembly import AssemblyError
from prod_one_box.preview.function_code import FunctionCode
from prod_one_box.preview.local_function import FunctionFailedError, LocalFunction

NODE = """
console.log('a line of the log');
process.stdout.write('another\\n');
let times = 0;
export const handler = async (event, context) => {
    if (event.crash) throw new Error('as asked');
    if (event.exit) process.exit(3);
    if (event.hang) await new Promise(() => setInterval(() => {}, 1000));
    times += 1;
    return { times, word: process.env.WORD, name: context.functionName, left: context.getRemainingTimeInMillis() > 0,
        secret: process.env.SECRET ?? null, text: 'ä\\u2028' };
};
"""
PYTHON = """
import os, sys, time
print("a line of the log")
times = 0
def handler(event, context):
    global times
    if event.get("crash"): raise ValueError("as asked")
    if event.get("exit"): os._exit(3)
    if event.get("hang"): time.sleep(60)
    times += 1
    print("more of the log")
    return {"times": times, "word": os.environ["WORD"], "name": context.function_name,
            "left": context.get_remaining_time_in_millis() > 0, "secret": os.environ.get("SECRET"), "text": "ä\\u2028"}
"""


@pytest.fixture(params=["nodejs24.x", "python3.13"])
def code(request, tmp_path, monkeypatch) -> FunctionCode:
    monkeypatch.setenv("SECRET", "of the developer")
    name, text = ("index.mjs", NODE) if request.param == "nodejs24.x" else ("index.py", PYTHON)
    (tmp_path / name).write_text(text, "utf-8")
    return FunctionCode(
        name="Pages",
        version="v1",
        folder=tmp_path,
        handler="index.handler",
        runtime=request.param,
        environment={"WORD": "hello", "AWS_LAMBDA_FUNCTION_VERSION": "v1"},
        seconds=3,
        memory=128,
    )


def play(code: FunctionCode, *events: dict) -> list[object]:
    async def run():
        function = LocalFunction(code)
        answers = [await answer(function, event) for event in events]
        await function.close()
        return answers

    return asyncio.run(run())


async def answer(function: LocalFunction, event: dict) -> object:
    try:
        return await function.run(event)
    except FunctionFailedError as error:
        return str(error)


def test_a_function_keeps_its_state_and_gets_the_templates_environment_alone(code):
    first, second = play(code, {}, {})
    expected = {"word": "hello", "name": "Pages", "left": True, "secret": None, "text": "ä\u2028"}
    assert first == {"times": 1, **expected}
    assert second == {"times": 2, **expected}


def test_a_function_that_throws_answers_the_next_event(code):
    thrown, answer = play(code, {"crash": True}, {})
    assert "as asked" in thrown
    assert answer["times"] == 1


def test_a_function_that_ends_is_started_anew(code):
    before, ended, after = play(code, {}, {"exit": True}, {})
    assert "ended" in ended
    assert (before["times"], after["times"]) == (1, 1)


def test_a_function_that_takes_too_long_is_stopped(code, monkeypatch):
    monkeypatch.setattr("prod_one_box.preview.local_function._START_SECONDS", 1.0)
    late, answer = play(code, {"hang": True}, {})
    assert "no answer within 4 s" in late
    assert answer["times"] == 1


def test_a_function_that_cannot_be_loaded_says_so_each_time(code, tmp_path):
    for path in tmp_path.glob("index.*"):
        path.unlink()
    assert all("ended" in answer for answer in play(code, {}, {}))


def test_nothing_is_written_beside_the_code(code, tmp_path):
    play(code, {})
    assert [path.name for path in tmp_path.iterdir()] in (["index.mjs"], ["index.py"])


def test_another_runtime_is_refused_by_name(code):
    with pytest.raises(AssemblyError, match=r"java21 cannot be run here"):
        LocalFunction(replace(code, runtime="java21"))
