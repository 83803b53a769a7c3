"""What independent checkers say of the synthesized templates: cfn-lint and cdk-nag's AwsSolutions pack."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import cdk_nag
import pytest
from cfnlint import api as cfnlint
from cfnlint.config import ManualArgs

from feature_flags import recommended_flags
from prod_one_box import EdgeRuntime
from synthesized import template_of
from whole_site import whole_site

ASSEMBLIES = {
    "minimal": ("minimal", "cloudfront-functions"),
    "storefront with CloudFront Functions": ("storefront", "cloudfront-functions"),
    "storefront with Lambda@Edge": ("storefront", "lambda-at-edge"),
}


@pytest.fixture(scope="module", params=ASSEMBLIES)
def assembly(request: pytest.FixtureRequest, assembly_of: Callable[..., Path]) -> Path:
    return assembly_of(*ASSEMBLIES[request.param])


def test_cfn_lint_reports_nothing(assembly: Path) -> None:
    # W3005: CDK itself writes DependsOn beside references.
    settings = ManualArgs(ignore_checks=["W3005"])
    templates = sorted(assembly.glob("*.template.json"))
    assert templates
    for template in templates:
        found = cfnlint.lint(template.read_text(), regions=["us-east-1"], config=settings)
        assert [str(match) for match in found] == [], template.name


WITHOUT_RESOURCE_LEVEL = {
    # CloudWatch API reference, DescribeAlarms: composite alarms need a permission that is scoped to *.
    "cloudwatch:DescribeAlarms",
    # Service authorization reference, "Amazon CloudWatch": the actions have no resource types.
    "cloudwatch:GetMetricStatistics",
    "cloudwatch:GetMetricData",
}


def test_no_statement_names_all_resources_where_aws_offers_one(assembly: Path) -> None:
    for path in assembly.glob("*.template.json"):
        for name, body in template_of(assembly, path.name.removesuffix(".template.json"))["Resources"].items():
            for statement in body.get("Properties", {}).get("PolicyDocument", {}).get("Statement", []):
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                if statement["Resource"] == "*":
                    assert set(actions) <= WITHOUT_RESOURCE_LEVEL, (name, actions)


def violations(outdir: Path) -> list[tuple[str, str]]:
    """Rule and construct of each violation that nobody has acknowledged, but for the user's own functions."""
    report: dict[str, Any] = json.loads((outdir / "validation-report.json").read_text())
    return [
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        if violation["severity"] == "error"
        for construct in violation["violatingConstructs"]
        if "/Users" not in construct["constructPath"]
    ]


@pytest.mark.parametrize("flags", [{}, recommended_flags()], ids=["without feature flags", "with recommended ones"])
@pytest.mark.parametrize("runtime", list(EdgeRuntime))
def test_every_finding_of_cdk_nag_on_the_librarys_resources_is_acknowledged_with_a_reason(
    runtime: EdgeRuntime, flags: dict[str, Any], tmp_path: Path
) -> None:
    app = cdk.App(context=flags, outdir=str(tmp_path / "cdk.out"))
    built = tmp_path / "built"
    built.mkdir()
    (built / "app-0123456789abcdef.js").write_text("1")
    stack = cdk.Stack(app, "Shop", env=cdk.Environment(region="us-east-1"))
    whole_site(stack, str(built), edge_runtime=runtime)
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    with pytest.raises(RuntimeError, match="ValidationFailed"):  # by the user's own functions
        app.synth()
    assert violations(tmp_path / "cdk.out") == []
