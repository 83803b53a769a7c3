"""Answers of functions that cannot travel over HTTP."""

from pathlib import Path

import pytest

from preview.browsing import Browser, play
from preview.templates import body_of, distribution, http_api, origin, ref
from template.assemblies import write


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"statusCode": 200, "headers": {"bad name": "x"}}, 502),
        ({"statusCode": 200, "headers": {"": "x"}}, 502),
        ({"statusCode": 200, "headers": {"x-a": "one\r\nx-b: two"}}, 502),
        ({"statusCode": 101}, 500),
        ({"statusCode": 200, "headers": {"x-a": "\u00e4"}}, 200),
    ],
)
def test_an_answer_that_no_browser_could_read_is_refused(tmp_path: Path, answer: dict, status: int) -> None:
    code = {"ZipFile": f"def handler(event, context): return {answer!r}"}
    pages = body_of("Lambda::Function", Handler="index.handler", Runtime="python3.13", Code=code)
    folder = write(
        tmp_path, Shop={"Fn": pages, **http_api("Http", "Fn"), "Site": distribution(origin("o", ref("Http")))}
    )

    async def visit(browser: Browser) -> None:
        assert [(await browser.get("/"))[0].status for _ in range(2)] == [status] * 2

    play(visit, folder)
