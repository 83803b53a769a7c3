"""`cdk diff` before each step of an app that adopts the constructs or leaves one: nothing it lives from is replaced."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from adoption.existing_app import STEPS, on_the_way, without

TESTS = Path(__file__).parent.parent
KEPT = (
    "Lambda::Function",
    "Lambda::Alias",
    "ApiGateway::RestApi",
    "ApiGatewayV2::Api",
    "CloudFront::Distribution",
    "S3::Bucket",
)
LOST = re.compile(rf"^\[[-~]\] AWS::(?:{'|'.join(KEPT)}) .*(?:replace|destroy|orphan).*$", re.MULTILINE)
TEMPLATE = "Shop.template.json"


@pytest.fixture(scope="module")
def cdk(npm_packages: Path) -> Path:
    """CDK's command line tool."""
    return npm_packages / "node_modules" / "aws-cdk" / "bin" / "cdk"


@pytest.fixture(scope="module")
def shop_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Iterable[str]], Path]:
    """The assembly of the shop that has taken some steps."""

    @cache
    def assembly(steps: tuple[str, ...]) -> Path:
        outdir = tmp_path_factory.mktemp("cdk.out")
        command = [sys.executable, str(TESTS / "adoption" / "existing_app.py"), *steps]
        subprocess.run(command, env={**os.environ, "CDK_OUTDIR": str(outdir)}, check=True)
        return outdir

    return lambda steps: assembly(tuple(steps))


def kept_in(template: Path) -> set[str]:
    """The logical ids of what holds data or traffic."""
    resources = json.loads(template.read_text())["Resources"]
    return {name for name, body in resources.items() if body["Type"].removeprefix("AWS::") in KEPT}


def diff(cdk: Path, deployed: Path, template: Path) -> str:
    """Compares an assembly with a template as it is deployed, without an account."""
    quiet = ["--no-notices", "--no-version-reporting", "--no-color", "--template", str(template)]
    command = ["node", str(cdk), "diff", "Shop", "--app", str(deployed), *quiet]
    environment = {**os.environ, "CI": "true", "CDK_DISABLE_CLI_TELEMETRY": "true"}
    done = subprocess.run(
        command, cwd=deployed, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize(("before", "after"), list(pairwise(on_the_way())), ids=STEPS)
def test_cdk_diff_announces_a_step_and_no_replacement(
    cdk: Path, shop_with: Callable[[Iterable[str]], Path], before: list[str], after: list[str]
) -> None:
    said = diff(cdk, shop_with(after), shop_with(before) / TEMPLATE)

    assert "Number of stacks with differences: 1" in said
    assert LOST.findall(said) == []


@pytest.mark.parametrize("step", STEPS)
def test_cdk_diff_announces_a_step_taken_back_and_nothing_lost_that_the_shop_had_before(
    cdk: Path, shop_with: Callable[[Iterable[str]], Path], step: str
) -> None:
    had, all_taken, left = (shop_with(steps) / TEMPLATE for steps in ([], STEPS, without(step)))
    gone = kept_in(all_taken) - kept_in(left)

    said = diff(cdk, left.parent, all_taken)

    assert "Number of stacks with differences: 1" in said
    assert {word for line in LOST.findall(said) for word in line.split()} & kept_in(all_taken) == gone
    assert gone & kept_in(had) == set()


def test_cdk_diff_would_announce_a_replacement(
    cdk: Path, shop_with: Callable[[Iterable[str]], Path], tmp_path: Path
) -> None:
    template = (shop_with([]) / TEMPLATE).read_text()
    renamed = tmp_path / "renamed.json"
    renamed.write_text(
        template.replace('"Handler": "index.handler"', '"Handler": "index.handler", "FunctionName": "a"')
    )

    assert LOST.findall(diff(cdk, shop_with([]), renamed))
