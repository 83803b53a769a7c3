"""`cdk diff` before each step of an app that adopts the constructs: nothing with data or traffic is replaced."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from adoption.existing_app import STEPS

TESTS = Path(__file__).parent.parent
KEPT = ("Lambda::Function", "ApiGateway::RestApi", "ApiGatewayV2::Api", "CloudFront::Distribution", "S3::Bucket")
LOST = re.compile(rf"^\[[-~]\] AWS::(?:{'|'.join(KEPT)}) .*(?:replace|destroy|orphan).*$", re.MULTILINE)


@pytest.fixture(scope="module")
def cdk(npm_packages: Path) -> Path:
    """CDK's command line tool."""
    return npm_packages / "node_modules" / "aws-cdk" / "bin" / "cdk"


@pytest.fixture(scope="module")
def shop_after(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    @cache
    def assembly(step: str) -> Path:
        outdir = tmp_path_factory.mktemp(step)
        command = [sys.executable, str(TESTS / "adoption" / "existing_app.py"), step]
        subprocess.run(command, env={**os.environ, "CDK_OUTDIR": str(outdir)}, check=True)
        return outdir

    return assembly


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


@pytest.mark.parametrize(("before", "after"), list(pairwise(STEPS)))
def test_cdk_diff_announces_a_step_and_no_replacement(
    cdk: Path, shop_after: Callable[[str], Path], before: str, after: str
) -> None:
    said = diff(cdk, shop_after(after), shop_after(before) / "Shop.template.json")

    assert "Number of stacks with differences: 1" in said
    assert LOST.findall(said) == []


def test_cdk_diff_would_announce_a_replacement(cdk: Path, shop_after: Callable[[str], Path], tmp_path: Path) -> None:
    template = (shop_after("existing") / "Shop.template.json").read_text()
    renamed = tmp_path / "renamed.json"
    renamed.write_text(
        template.replace('"Handler": "index.handler"', '"Handler": "index.handler", "FunctionName": "a"')
    )

    assert LOST.findall(diff(cdk, shop_after("existing"), renamed))
