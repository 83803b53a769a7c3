"""The Next.js recipe from its source: what OpenNext builds answers in plain Node, and is what the stack deploys."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from synthesized import EXAMPLES, synthesize, template_of

NEXTJS = EXAMPLES / "nextjs"
FRONTEND = NEXTJS / "frontend"


@pytest.fixture(scope="module")
def built() -> Path:
    """The build of the sources as they are: kept from an earlier run if it is younger than all of them."""
    out = FRONTEND / ".open-next"
    record = out / "open-next.output.json"
    sources = [file for file in FRONTEND.iterdir() if file.is_file()] + list((FRONTEND / "app").rglob("*"))
    if not record.exists() or record.stat().st_mtime < max(file.stat().st_mtime for file in sources):
        quiet = {**os.environ, "NEXT_TELEMETRY_DISABLED": "1"}
        for command in (["npm", "ci", "--no-audit", "--no-fund"], ["npm", "run", "build"]):
            done = subprocess.run(
                command, cwd=FRONTEND, env=quiet, capture_output=True, text=True, check=False, timeout=900
            )  # npm can wait for a registry for ever
            assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's bundle where Lambda would have it: away from the modules that built it."""
    return Path(shutil.copytree(built / "server-functions" / "default", tmp_path_factory.mktemp("var") / "task"))


def answers(server: Path, *paths: str, partition: str = "one-box") -> list[dict[str, Any]]:
    """Gives the handler API Gateway v2 events."""
    events = [
        {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {"host": "api.example", "x-forwarded-host": "shop.example", "x-req-partition": partition},
            "requestContext": {"http": {"method": "GET", "path": path, "sourceIp": "192.0.2.1"}},
            "isBase64Encoded": False,
        }
        for path in paths
    ]
    program = (
        f"import {{ handler }} from {json.dumps((server / 'index.mjs').as_uri())};"
        "import { writeFileSync } from 'node:fs';"
        "const answers = [];"
        f"for (const event of {json.dumps(events)}) answers.push(await handler(event, {{}}));"
        # What Next.js prints goes to stdout, so the answers do not.
        "writeFileSync('answers.json', JSON.stringify(answers));"
    )
    subprocess.run(["node", "--input-type=module", "-e", program], cwd=server, capture_output=True, check=True)
    return json.loads((server / "answers.json").read_text("utf-8"))


def static_files(text: str) -> set[str]:
    return set(re.findall(r"/_next/static/[\w./~-]+", text))


@pytest.mark.parametrize("path", ["/", "/products/cup"])
def test_a_page_is_rendered_and_every_file_that_it_names_was_built_with_it(
    server: Path, built: Path, path: str
) -> None:
    (page,) = answers(server, path)
    assert page["statusCode"] == 200
    assert "no-store" in page["headers"]["cache-control"]
    named = static_files(page["body"])
    assert {Path(name).suffix for name in named} == {".js", ".css", ".svg"}
    assert [name for name in named if not (built / "assets" / name.removeprefix("/")).is_file()] == []


def test_a_page_says_its_partition(server: Path) -> None:
    (page,) = answers(server, "/", partition="regular")
    assert "regular partition" in page["body"]


def test_a_route_has_parameters_and_404_for_what_is_not_there(server: Path) -> None:
    cup, moon, nothing = answers(server, "/products/cup", "/products/moon", "/nothing")
    assert "<h1>Cup</h1>" in cup["body"]
    assert [moon["statusCode"], nothing["statusCode"]] == [404, 404]


def test_the_api_answers(server: Path) -> None:
    (answer,) = answers(server, "/api/products")
    assert answer["statusCode"] == 200
    assert [product["id"] for product in json.loads(answer["body"])["products"]] == ["kettle", "teapot", "cup"]


def test_the_server_has_no_static_files_so_the_bucket_must(server: Path, built: Path) -> None:
    name = next((built / "assets" / "_next" / "static" / "chunks").iterdir()).name
    (answer,) = answers(server, f"/_next/static/chunks/{name}")
    assert answer["statusCode"] == 404


def test_the_stack_deploys_one_build_to_both_partitions_and_its_files_beside_them(built: Path, tmp_path: Path) -> None:
    template = template_of(synthesize(NEXTJS, tmp_path / "out"), "Nextjs")
    resources = template["Resources"].values()
    servers = [
        body["Properties"]
        for body in resources
        if body["Type"] == "AWS::Lambda::Function" and "partition" in body["Properties"].get("Description", "")
    ]
    assert len(servers) == 2
    assert servers[0]["Code"] == servers[1]["Code"]
    (distribution,) = (body for body in resources if body["Type"] == "AWS::CloudFront::Distribution")
    patterns = [each["PathPattern"] for each in distribution["Properties"]["DistributionConfig"]["CacheBehaviors"]]
    assert "/_next/static/*" in patterns


def test_without_a_build_synthesis_says_what_to_run(tmp_path: Path) -> None:
    for name in ("app.py", "nextjs_stack.py"):
        shutil.copy(NEXTJS / name, tmp_path)
    done = subprocess.run([sys.executable, "app.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "There is no frontend/.open-next: run npm install and npm run build in frontend first\n"
