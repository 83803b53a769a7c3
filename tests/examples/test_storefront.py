"""The starter works as it is: its pages find their own scripts, its API answers, both edge runtimes synthesize."""

import json
import subprocess
from collections.abc import Callable
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from synthesized import EXAMPLES, copy_of, template_of

STOREFRONT = EXAMPLES / "storefront"


def render(frontend: Path, *paths: str) -> list[dict[str, Any]]:
    """Asks the front end's handler for paths, in Node as Lambda would."""
    program = (
        f"import {{ handler }} from {json.dumps((frontend / 'index.mjs').as_uri())};"
        f"const headers = {{ 'x-req-partition': '<one-box>' }};"
        f"for (const rawPath of {json.dumps(paths)})"
        "  console.log(JSON.stringify(await handler({ rawPath, headers })));"
    )
    done = subprocess.run(["node", "--input-type=module", "-e", program], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def assets_of(page: dict[str, Any]) -> list[str]:
    return [part.split('"')[0] for part in page["body"].split('="') if part.startswith("/assets/")]


def test_a_page_finds_its_own_scripts_and_styles() -> None:
    (page,) = render(STOREFRONT / "frontend", "/")
    answers = render(STOREFRONT / "frontend", *assets_of(page))
    assert [answer["statusCode"] for answer in answers] == [200, 200]
    assert {answer["headers"]["cache-control"] for answer in answers} == {"public, max-age=31536000, immutable"}


def test_another_release_does_not_have_them(tmp_path: Path) -> None:
    other = copy_of("storefront", tmp_path) / "frontend"
    for name in ("app.js", "style.css"):
        source = other / "client" / name
        source.write_text(source.read_text() + "\n")
    (page,) = render(STOREFRONT / "frontend", "/")
    assert [answer["statusCode"] for answer in render(other, *assets_of(page))] == [404, 404]


def test_the_page_names_its_partition_and_escapes_it() -> None:
    (page,) = render(STOREFRONT / "frontend", "/")
    assert "&lt;one-box&gt; partition" in page["body"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/products", None, 200),
        ("POST", "/api/orders", '{"product": "cup"}', 201),
        ("POST", "/api/orders", '{"product": "moon"}', 404),
        ("POST", "/api/orders", "[]", 400),
        ("POST", "/api/orders", None, 400),
        ("GET", "/api/nothing", None, 404),
    ],
)
def test_the_api_answers(method: str, path: str, body: str | None, status: int) -> None:
    spec = util.spec_from_file_location("storefront_backend", STOREFRONT / "backend" / "index.py")
    assert spec is not None
    assert spec.loader is not None
    backend = util.module_from_spec(spec)
    spec.loader.exec_module(backend)
    answer = backend.handler({"httpMethod": method, "path": path, "body": body}, None)
    assert answer["statusCode"] == status
    assert json.loads(answer["body"])


@pytest.mark.parametrize(
    ("runtime", "function_type"),
    [("cloudfront-functions", "AWS::CloudFront::Function"), ("lambda-at-edge", "AWS::Lambda::Function")],
)
def test_the_edge_runtime_is_chosen_by_context(
    assembly_of: Callable[..., Path], runtime: str, function_type: str
) -> None:
    template = template_of(assembly_of("storefront", runtime), "Storefront")
    edge = {
        body["Type"]
        for body in template["Resources"].values()
        if "EdgeFunction" in body.get("Metadata", {}).get("ProdOneBox", {})
    }
    assert edge == {function_type}


def test_the_smallest_example_synthesizes_a_release(assembly_of: Callable[..., Path]) -> None:
    template = template_of(assembly_of("minimal"), "Minimal")
    phases = [body.get("Metadata", {}).get("ProdOneBox", {}).get("Phase") for body in template["Resources"].values()]
    assert sorted(filter(None, phases)) == ["bake", "one-box", "preflight", "regular"]
