"""An assembly is read as CDK writes it: nested stacks, stages and their assets included."""

from pathlib import Path

import aws_cdk as cdk
import pytest

from functions import pages
from prod_one_box import EdgeRuntime, OneBoxFrontend, StickyPartitionDistribution
from prod_one_box.rehearsal.plan.release_steps import plan_release
from prod_one_box.template.cloud_assembly import AssemblyError, read_assembly
from prod_one_box.template.edge_functions import edge_functions


def test_a_nested_stacks_release_is_planned_under_its_own_name(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    nested = cdk.NestedStack(cdk.Stack(app, "Shop"), "Front")
    OneBoxFrontend(nested, "Frontend", build_function=pages)
    app.synth()
    planned = {stack.name: [step.phase for step in plan_release(stack)] for stack in read_assembly(tmp_path)}
    (inner,) = (name for name in planned if name != "Shop")
    assert inner.startswith("Shop/Front")
    assert planned[inner] == ["preflight", "one-box", "bake", "regular"]
    assert planned["Shop"] == []


def test_the_edge_code_of_a_stage_is_found_where_the_app_keeps_it(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    stack = cdk.Stack(cdk.Stage(app, "Prod"), "Shop", env=cdk.Environment(region="us-east-1"))
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages)
    StickyPartitionDistribution(stack, "Site", partitions=frontend.partitions, edge_runtime=EdgeRuntime.LAMBDA_AT_EDGE)
    app.synth()
    assert "oneBoxConfig" in edge_functions(read_assembly(tmp_path))["viewer-request"].code


@pytest.mark.parametrize("text", ["", "{", "\0", "[]", '{"artifacts": 5}', '{"artifacts": {"Shop": 7}}'])
def test_what_is_no_manifest_is_refused_with_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(AssemblyError, match=r"holds no cloud assembly .* make one with `cdk synth`") as refused:
        read_assembly(tmp_path)
    assert f"`CDK_OUTDIR={tmp_path} python app.py`" in str(refused.value)
