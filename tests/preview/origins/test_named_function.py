"""A local server that stands for a function, by the function's own name."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from preview.browsing import ANY, Browser, play
from preview.templates import body_of, distribution, function, http_api, origin, ref, rest_api
from prod_one_box.preview.panel import LOOPBACK
from prod_one_box.preview.preview import Preview
from prod_one_box.preview.server import serving
from prod_one_box.template.cloud_assembly import AssemblyError
from template.assemblies import write

IMAGE = {"ImageUri": {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.us-east-1.amazonaws.com/assets:abc"}}
SAID = (
    "Shop/Frontend/Pages: its code is a container image, which is not run here; "
    "start it yourself and give --origin Shop/Frontend/Pages="
)


def at(path: str, body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "Metadata": {"aws:cdk:path": path}}


def image(path: str = "Shop/Frontend/Pages/Resource") -> dict[str, Any]:
    return at(path, body_of("Lambda::Function", PackageType="Image", Code=IMAGE))


def site(folder: Path, api: dict[str, Any], path: str = "") -> Path:
    edge = distribution(origin("pages", ref("Api"), path), origin("other", ref("Other")))
    return write(
        folder, Shop={"Pages": image(), "Fn": function("the other"), **api, **http_api("Other", "Fn"), "Site": edge}
    )


def served(folder: Path, name: str) -> list[str]:
    """What the two origins answer while a local server stands for a function."""

    async def echo(request: web.Request) -> web.Response:
        return web.Response(text=f"mine: {request.raw_path}")

    async def run() -> list[str]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", echo)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, 0).start()
        url = f"http://{LOOPBACK}:{runner.addresses[0][1]}"
        async with serving(Preview(folder, origins={name: url}), ANY) as ports, aiohttp.ClientSession() as client:
            browser = Browser(client, ports)
            seen = [(await browser.get(path))[1] for path in ("/a%20b", "/other/")]
        await runner.cleanup()
        return seen

    return asyncio.run(run())


@pytest.mark.parametrize("name", ["Pages", "Shop/Pages", "Shop/Frontend/Pages"])
def test_a_function_is_given_by_its_logical_id_its_stack_or_its_construct(tmp_path, name):
    assert served(site(tmp_path, http_api("Api", "Pages")), name) == ["mine: /a%20b", "the other"]


@pytest.mark.parametrize("name", ["Api", "Shop/Frontend/Api"])
def test_an_origin_is_given_by_the_logical_id_or_the_construct_of_its_api(tmp_path, name):
    api = http_api("Api", "Pages")
    api["Api"] = at("Shop/Frontend/Api/Resource", api["Api"])
    assert served(site(tmp_path, api), name) == ["mine: /a%20b", "the other"]
    with pytest.raises(AssemblyError, match=r"allowed: Fn, Other, Shop/Frontend/Api, Shop/Frontend/Pages$"):
        Preview(tmp_path, origins={"Apis": f"http://{LOOPBACK}:1"})


def test_a_function_is_named_by_its_construct_and_knows_itself_by_its_logical_id(tmp_path, capsys):
    code = "def handler(event, context):\n    raise ValueError('I am ' + context.function_name)"
    failing = body_of("Lambda::Function", Handler="index.handler", Runtime="python3.13", Code={"ZipFile": code})
    edge = distribution(origin("pages", ref("Api")))
    write(tmp_path, Shop={"Fn": at("Shop/Pages/Resource", failing), **http_api("Api", "Fn"), "Site": edge})

    async def visit(browser: Browser) -> None:
        assert (await browser.get("/"))[0].status == 500

    play(visit, tmp_path)
    assert "Shop/Pages threw ValueError: I am Fn\n" in capsys.readouterr().err


def test_a_function_behind_a_rest_api_gets_the_path_without_the_stage(tmp_path):
    assert served(site(tmp_path, rest_api("Api", "Pages"), "/live"), "Pages")[0] == "mine: /a%20b"


def test_a_container_image_is_one_line_with_the_name_to_give(tmp_path):
    folder = site(tmp_path, http_api("Api", "Pages"))

    async def visit(browser: Browser) -> None:
        answer, text = await browser.get("/")
        assert (answer.status, text) == (502, f"{SAID}http://127.0.0.1:PORT\n")
        assert (await browser.panel("state"))[1]["notes"] == [f"{SAID}http://127.0.0.1:PORT"]

    play(visit, folder)


def test_a_function_that_was_given_needs_no_line(tmp_path):
    preview = Preview(site(tmp_path, http_api("Api", "Pages")), origins={"Pages": f"http://{LOOPBACK}:1"})
    assert preview.function_notes == []


def test_a_name_that_no_function_has_is_refused_with_those_that_there_are(tmp_path):
    with pytest.raises(AssemblyError, match=r"no origin is called Page; allowed: Api, Fn, Other, Shop/Frontend/Pages$"):
        Preview(site(tmp_path, http_api("Api", "Pages")), origins={"Page": f"http://{LOOPBACK}:1"})
