"""What independent checkers say: cfn-lint of the template, cdk-nag of the construct and of the user's own upload."""

import json
from pathlib import Path

import aws_cdk as cdk
import cdk_nag
import pytest
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from cfnlint import api as cfnlint
from cfnlint.config import ManualArgs

from functions import users
from prod_one_box import OneBoxFrontend, StickyPartitionDistribution
from prod_one_box.constructs.assets.retained_assets import RetainedAssets


@pytest.fixture(scope="module")
def assembly(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with retained assets, and an upload of the user's own."""
    outdir = tmp_path_factory.mktemp("out")
    app = cdk.App(outdir=str(outdir))
    stack = cdk.Stack(app, "Shop", env=cdk.Environment(account="123456789012", region="us-east-1"))
    assets = RetainedAssets(stack, "Assets", directory=str(folder))
    frontend = OneBoxFrontend(stack, "Frontend", build_function=users, after=[assets])
    StickyPartitionDistribution(
        stack,
        "Site",
        partitions=frontend.partitions,
        additional_behaviors={assets.path: assets.behavior},
    )
    images = s3.Bucket(stack, "UsersBucket")
    source = s3_deployment.Source.data("a.txt", "a")
    s3_deployment.BucketDeployment(stack, "UsersUpload", sources=[source], destination_bucket=images)
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    with pytest.raises(RuntimeError, match="ValidationFailed"):  # by what is the user's own
        app.synth()
    return outdir


def violations(assembly: Path) -> set[tuple[str, str]]:
    report = json.loads((assembly / "validation-report.json").read_text())
    return {
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        if violation["severity"] == "error"
        for construct in violation["violatingConstructs"]
    }


def is_the_users(path: str) -> bool:
    return "Users" in path or path.startswith("Shop/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C/")


def test_cdk_nags_findings_on_the_construct_are_acknowledged(assembly: Path) -> None:
    assert {each for each in violations(assembly) if not is_the_users(each[1])} == set()


def test_findings_on_the_users_own_upload_are_not_acknowledged(assembly: Path) -> None:
    found = {rule.split("[")[0] for rule, path in violations(assembly) if "CDKBucketDeployment" in path}
    assert found == {"AwsSolutions-IAM4", "AwsSolutions-IAM5", "AwsSolutions-L1"}


def test_cfn_lint_finds_neither_a_cycle_nor_anything_else(assembly: Path) -> None:
    # W3005: CDK itself writes DependsOn beside references.
    settings = ManualArgs(ignore_checks=["W3005"])
    found = cfnlint.lint((assembly / "Shop.template.json").read_text(), regions=["us-east-1"], config=settings)
    assert [str(match) for match in found] == []
