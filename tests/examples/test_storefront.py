"""The starter works as it is: its API answers, both edge runtimes synthesize, the context chooses the release."""

import json
from collections.abc import Callable
from importlib import util
from pathlib import Path

import pytest

from synthesized import EXAMPLES, template_of

STOREFRONT = EXAMPLES / "storefront"
SHARES = {"one-box": 5, "wave-2": 15, "wave-3": 30, "regular": 50}


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


def front_end_files(assembly: Path) -> set[bytes]:
    """The front ends' handlers that an assembly carries."""
    return {file.read_bytes() for file in assembly.glob("asset.*/index.mjs")}


def test_the_release_of_the_pages_is_chosen_by_context(assembly_of: Callable[..., Path]) -> None:
    built = STOREFRONT / "frontend" / "built"
    assert front_end_files(assembly_of("storefront")) == {(built / "one" / "index.mjs").read_bytes()}
    assert front_end_files(assembly_of("storefront", release="two")) == {(built / "two" / "index.mjs").read_bytes()}


def reserved(assembly: Path) -> dict[str, int]:
    """The executions that functions have reserved, by what the functions are described as."""
    functions = [
        body["Properties"]
        for body in template_of(assembly, "Storefront")["Resources"].values()
        if "ReservedConcurrentExecutions" in body.get("Properties", {})
    ]
    return {each["Description"]: each["ReservedConcurrentExecutions"] for each in functions}


@pytest.fixture(scope="module")
def with_context(assembly_of: Callable[..., Path]) -> Path:
    """The starter with reserved concurrency and reasons, neither of which changes what the other does."""
    reasons = {"overrideRedAlarms": "the fix", "overrideRollbackDisabled": "a trial"}
    return assembly_of("storefront", reserveConcurrency="true", **reasons)


def test_concurrency_is_reserved_by_context(assembly_of: Callable[..., Path], with_context: Path) -> None:
    assert reserved(assembly_of("storefront")) == {}
    kept = reserved(with_context)
    pages = {f"The pages of the {name} partition": kept.pop(f"The pages of the {name} partition") for name in SHARES}
    assert list(pages.values()) == list(SHARES.values())
    assert set(kept.values()) == {12}


def test_reasons_are_given_by_context(with_context: Path) -> None:
    resources = template_of(with_context, "Storefront")["Resources"].values()
    waits = [each["Properties"] for each in resources if each["Type"] == "Custom::ProdOneBoxDeployWait"]
    overrides = [each["Overrides"] for each in waits if "Overrides" in each]
    assert overrides == 5 * [{"RED_ALARMS": "the fix", "ROLLBACK_DISABLED": "a trial"}]


def test_the_smallest_example_synthesizes_a_release(assembly_of: Callable[..., Path]) -> None:
    template = template_of(assembly_of("minimal"), "Minimal")
    phases = [body.get("Metadata", {}).get("ProdOneBox", {}).get("Phase") for body in template["Resources"].values()]
    assert sorted(filter(None, phases)) == ["bake", "one-box", "preflight", "regular", "split"]


def test_the_api_is_regional_since_the_site_has_a_cloudfront_of_its_own(assembly_of: Callable[..., Path]) -> None:
    resources = template_of(assembly_of("storefront"), "Storefront")["Resources"].values()
    (api,) = [each["Properties"] for each in resources if each["Type"] == "AWS::ApiGateway::RestApi"]
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
