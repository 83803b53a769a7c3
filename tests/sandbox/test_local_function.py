"""Functions run on this machine as Lambda runs them."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from prod_one_box.preview.origins.function_code import FunctionCode
from prod_one_box.sandbox import local_function
from prod_one_box.sandbox.local_function import FunctionFailedError, LocalFunction
from prod_one_box.template.cloud_assembly import AssemblyError

NODE = """
import { readdirSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
console.log('a line of the log');
process.stdout.write('another\\n');
let times = 0;
export const handler = async (event, context) => {
    if (event.crash) throw new Error('as asked');
    if (event.exit) process.exit(3);
    if (event.hang) await new Promise(() => setInterval(() => {}, 1000));
    if (event.write) writeSync(1, '{"level":30,"msg":"a logger that writes to the descriptor itself"}\\n');
    if (event.home) return { home: homedir(), holds: readdirSync(homedir()), ...process.env };
    if (event.sleep) await new Promise((done) => setTimeout(done, event.sleep));
    if (event.big) return 'ä'.repeat(event.big / 2);
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
    if event.get("write"): os.write(1, b'{"level": 30}' + bytes([10]))
    if event.get("home"):
        home = os.path.expanduser("~")
        return {"home": home, "holds": os.listdir(home), **os.environ}
    if event.get("sleep"): time.sleep(event["sleep"] / 1000)
    if event.get("big"): return "ä" * (event["big"] // 2)
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
        environment={
            "WORD": "hello",
            "AWS_LAMBDA_FUNCTION_NAME": "Pages",
            "AWS_LAMBDA_FUNCTION_VERSION": "v1",
        },
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


def test_what_a_function_writes_to_its_output_is_never_taken_for_an_answer(code):
    assert [answer["times"] for answer in play(code, {}, {"write": True}, {})] == [1, 2, 3]


@pytest.mark.parametrize("megabytes", [7, 70])
def test_an_answer_that_is_too_large_for_lambda_is_refused_and_the_next_one_is_its_own(code, megabytes):
    before, refused, after = play(code, {}, {"big": megabytes * 1024 * 1024}, {})
    assert "exceeded maximum allowed payload size (6291556 bytes)" in refused
    assert (before["times"], after["times"]) == (1, 2)


def test_an_answer_of_six_megabytes_arrives(code):
    (answer,) = play(code, {"big": 6 * 1024 * 1024})
    assert len(answer) == 3 * 1024 * 1024


def test_a_function_that_throws_answers_the_next_event(code):
    thrown, answer = play(code, {"crash": True}, {})
    assert "as asked" in thrown
    assert answer["times"] == 1


def test_a_function_that_ends_is_started_anew(code):
    before, ended, after = play(code, {}, {"exit": True}, {})
    assert "ended" in ended
    assert (before["times"], after["times"]) == (1, 1)


def test_a_function_that_takes_longer_than_its_timeout_is_stopped_be_it_fresh_or_not(code):
    late, answer = play(code, {"hang": True}, {})
    assert "no answer within 3 s" in late
    assert answer["times"] == 1


def test_a_function_that_cannot_be_loaded_says_so_each_time(code, tmp_path):
    for path in tmp_path.glob("index.*"):
        path.unlink()
    for said in play(code, {}, {}):
        assert "it could not be loaded: " in said
        assert "index" in said


@pytest.fixture
def developers_home(tmp_path_factory, monkeypatch) -> Path:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_text("[default]\naws_access_key_id = A\naws_secret_access_key = B\n")
    return home


def test_a_function_has_an_empty_home_and_is_told_of_no_credentials(code, developers_home):
    (seen,) = play(code, {"home": True})
    assert seen["home"] == seen["HOME"] == seen["USERPROFILE"] != str(developers_home)
    assert seen["holds"] == []
    assert seen["AWS_SHARED_CREDENTIALS_FILE"] == seen["AWS_CONFIG_FILE"] == os.devnull
    assert seen["AWS_EC2_METADATA_DISABLED"] == "true"
    assert not Path(seen["home"]).exists()


def test_aws_own_library_finds_no_credentials_of_the_developer(code, tmp_path, developers_home):
    found = "repr(botocore.session.get_session().get_credentials())"
    (tmp_path / "index.py").write_text(f"import botocore.session\ndef handler(event, context): return {found}")
    assert play(replace(code, runtime="python3.13"), {}) == ["None"]


def test_requests_at_once_are_answered_side_by_side_each_in_an_environment_of_its_own(code):
    async def run():
        function = LocalFunction(replace(code, seconds=20))
        answers = await asyncio.gather(*(function.run({"sleep": 3000}) for _ in range(3)))
        again = await function.run({})
        await function.close()
        return [*answers, again]

    assert [answer["times"] for answer in asyncio.run(run())] == [1, 1, 1, 2]


def test_no_more_than_a_few_environments_are_started_and_the_others_wait(code, monkeypatch):
    monkeypatch.setattr(local_function, "_MOST", 2)

    async def run():
        function = LocalFunction(code)
        answers = await asyncio.gather(*(function.run({}) for _ in range(5)))
        await function.close()
        return answers

    times = [answer["times"] for answer in asyncio.run(run())]
    assert times.count(1) <= 2
    assert len(times) == 5


def test_nothing_is_written_beside_the_code(code, tmp_path):
    play(code, {})
    assert [path.name for path in tmp_path.iterdir()] in (["index.mjs"], ["index.py"])


def test_another_runtime_is_refused_by_name(code):
    with pytest.raises(AssemblyError, match=r"java21 cannot be run here"):
        LocalFunction(replace(code, runtime="java21"))
