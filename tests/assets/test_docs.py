"""The docs' own snippet synthesizes."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from prod_one_box import OneBoxFrontend, StickyPartitionDistribution, TrafficShiftedFunction
from prod_one_box.assets.retained_assets import RetainedAssets

PAGE = Path(__file__).parent.parent.parent / "docs" / "retained-assets.md"


def pages(scope: Construct, partition: str) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Pages",
        runtime=lambda_.Runtime.NODEJS_24_X,
        handler="index.handler",
        code=lambda_.Code.from_inline("exports.handler = 1;"),
    )


def test_the_docs_snippet_synthesizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = tmp_path / "frontend" / "dist" / "assets"
    built.mkdir(parents=True)
    (built / "index-BfIqp0mZ.js").write_text("")
    monkeypatch.chdir(tmp_path)
    app = cdk.App(outdir=str(tmp_path / "out"))
    stack = cdk.Stack(app, "Shop", env=cdk.Environment(region="eu-west-1"))
    names = {
        "stack": stack,
        "pages": pages,
        "backend": TrafficShiftedFunction(stack, "Backend", function=pages(stack, "backend")),
        "OneBoxFrontend": OneBoxFrontend,
        "RetainedAssets": RetainedAssets,
        "StickyPartitionDistribution": StickyPartitionDistribution,
    }
    exec(PAGE.read_text("utf-8").split("```python")[1].split("```")[0], names)
    app.synth()
