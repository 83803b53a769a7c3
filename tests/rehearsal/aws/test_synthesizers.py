"""Assemblies of every synthesizer are rehearsed, whatever their assets' keys look like."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from prod_one_box import EdgeRuntime, OneBoxFrontend, StickyPartitionDistribution
from prod_one_box.cli.main import main


@pytest.mark.parametrize(
    "synthesizer", [cdk.DefaultStackSynthesizer(bucket_prefix="team/shop/"), cdk.LegacyStackSynthesizer()]
)
def test_the_waits_code_and_the_edges_code_are_found(
    tmp_path: Path, synthesizer: cdk.IReusableStackSynthesizer, capsys: pytest.CaptureFixture[str]
) -> None:
    app = cdk.App(outdir=str(tmp_path), analytics_reporting=False)
    stack = cdk.Stack(app, "Shop", synthesizer=synthesizer, env=cdk.Environment(region="us-east-1", account="1" * 12))
    front = OneBoxFrontend(
        stack,
        "Frontend",
        build_function=lambda scope, _: lambda_.Function(
            scope,
            "Pages",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): return {}"),
        ),
    )
    StickyPartitionDistribution(stack, "Site", partitions=front.partitions, edge_runtime=EdgeRuntime.LAMBDA_AT_EDGE)
    app.synth()
    assert main(["visitors", str(tmp_path), "--count", "100"]) == 0
    assert main(["rehearse", str(tmp_path)]) == 0
    assert "a good release reached all visitors" in capsys.readouterr().out
