"""The command `prod-one-box preview`: what it says when it cannot serve, and how it ends."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from preview.templates import distribution, function, http_api, origin, ref
from prod_one_box.cli.main import main
from prod_one_box.preview.preview import Preview
from prod_one_box.template.cloud_assembly import AssemblyError
from template.assemblies import write


@pytest.fixture(scope="module")
def storefront(assembly_of: Callable[[str], Path]) -> Path:
    return assembly_of("storefront")


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["preview", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def started(assembly: Path) -> "subprocess.Popen[str]":
    start = "import sys; from prod_one_box.cli.main import main; sys.exit(main(sys.argv[1:]))"
    words = [sys.executable, "-c", start, "preview", str(assembly), "--port", "0", "--panel-port", "0"]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_it_serves_site_and_panel_until_it_is_stopped(storefront):
    with started(storefront) as process:
        urls = [re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())[0] for _ in range(2)]
        with urllib.request.urlopen(urls[0]) as page:
            assert b"Storefront" in page.read()
        with urllib.request.urlopen(f"{urls[1]}state") as state:
            assert json.load(state)["count"] == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


@pytest.mark.parametrize("partitions", [None, {"regular": "pages"}])
def test_a_site_whose_visitors_are_not_split_is_served_and_said_to_be_so(tmp_path, partitions):
    site = {
        "Fn": function("the page"),
        **http_api("Http", "Fn"),
        "Site": distribution(origin("pages", ref("Http")), partitions=partitions),
    }
    with started(write(tmp_path, Shop=site)) as process:
        said = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    assert ("this distribution has no partitions: all visitors get the same" in said) is (partitions is None)


def test_a_folder_without_an_assembly_is_refused(capsys, tmp_path):
    assert "holds no cloud assembly" in refusal(capsys, str(tmp_path))


def test_a_stack_that_is_not_there_is_refused(capsys, storefront):
    assert "this assembly has no stack Elsewhere" in refusal(capsys, str(storefront), "--stack", "Elsewhere")


def test_a_refusal_names_constructs(capsys, storefront, monkeypatch):
    template = json.loads((storefront / "Storefront.template.json").read_text())
    (pages,) = (name for name in template["Resources"] if re.fullmatch("FrontendOneBoxPages[0-9A-F]{8}", name))

    async def refuse(*_):
        raise AssemblyError(f"{pages}: its code is not among the assembly's assets")

    monkeypatch.setattr("prod_one_box.cli.preview._serve", refuse)
    said = refusal(capsys, str(storefront))
    assert said == "prod-one-box: Storefront/Frontend/OneBox/Pages: its code is not among the assembly's assets\n"


@pytest.mark.parametrize(("option", "other"), [("--port", "--panel-port"), ("--panel-port", "--port")])
def test_a_port_that_is_in_use_is_one_line_with_its_option_and_the_remedy(capsys, storefront, option, other):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = refusal(capsys, str(storefront), option, port, other, "0")
    assert said == f"prod-one-box: {option} {port}: the port is in use; choose another, or 0 for any that is free\n"


@pytest.mark.parametrize("option", ["--port", "--panel-port"])
@pytest.mark.parametrize("port", ["99999", "-1", "65536", "http"])
def test_a_port_that_is_none_is_refused(capsys, storefront, option, port):
    with pytest.raises(SystemExit) as ended:
        main(["preview", str(storefront), f"{option}={port}"])
    captured = capsys.readouterr()
    assert (ended.value.code, captured.out, captured.err.count("\n")) == (2, "", 1)
    assert f"got '{port}'; allowed: 0 to 65535" in captured.err


def test_a_name_that_no_origin_has_is_refused_with_those_that_there_are(capsys, storefront):
    said = refusal(capsys, str(storefront), "--origin", "onebox=http://127.0.0.1:3000")
    assert "no origin is called onebox; allowed: " in said
    allowed = said.partition("allowed: ")[2].strip().split(", ")
    assert {"one-box", "wave-2", "wave-3", "regular"} <= set(allowed)
    assert len(allowed) == len(set(allowed))
    for name in allowed:
        Preview(storefront, origins={name: "http://127.0.0.1:3000"})


@pytest.mark.parametrize(
    "word", ["one-box", "=http://127.0.0.1:3000", "one-box=https://www.example.com", "a=file:///etc"]
)
def test_an_origin_that_is_no_server_of_this_machine_is_refused(capsys, storefront, word):
    assert "allowed: NAME=http://127.0.0.1:PORT" in refusal(capsys, str(storefront), "--origin", word)


def test_without_aiohttp_one_line_says_what_to_install(capsys, storefront, monkeypatch):
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    assert "pip install 'prod-one-box[preview]'" in refusal(capsys, str(storefront))


def test_help_loads_no_server():
    seen = "import sys, prod_one_box.cli.main; print(sorted({'aiohttp', 'asyncio', 'aws_cdk'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
