"""What no bake covers is listed by its construct: it changes for everybody at once."""

import json
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from functions import a_function
from prod_one_box import OneBoxFrontend, StickyPartitionDistribution, TrafficShiftedFunction
from prod_one_box.cli.main import main
from prod_one_box.rehearsal.plan.immediate_changes import ImmediateChange, immediate_changes
from prod_one_box.template.cloud_assembly import read_assembly

TITLE = "Changes for all visitors immediately, outside any bake"


def shop(folder: Path, *, release: str) -> Path:
    """A shop of which a release changes everything that it can."""
    app = cdk.App(outdir=str(folder))
    stack = cdk.Stack(app, "Shop")
    api = a_function(stack, "Api", environment={"RELEASE": release})
    backend = TrafficShiftedFunction(stack, "Backend", function=api)
    frontend = OneBoxFrontend(
        stack,
        "Frontend",
        build_function=lambda scope, partition: a_function(scope, "Pages", environment={"RELEASE": release}),
        after=[backend.alias],
    )
    worker = a_function(stack, "Worker", environment={"RELEASE": release})
    job = a_function(stack, "Job", environment={"RELEASE": release})
    lambda_.Alias(stack, "JobAlias", alias_name="live", version=job.current_version)
    api.add_to_role_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[f"arn:aws:s3:::{release}/*"]))
    logs.LogGroup(stack, "Logs", log_group_name=release)
    rest = apigateway.RestApi(stack, "Rest", cloud_watch_role=False)
    rest.root.add_resource(release).add_method("GET", apigateway.LambdaIntegration(worker))
    StickyPartitionDistribution(
        stack,
        "Site",
        partitions=frontend.partitions,
        web_acl_id=f"arn:aws:wafv2:us-east-1:123456789012:global/webacl/{release}/1",
    )
    app.synth()
    return folder


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("shops")
    return shop(folder / "one", release="one"), shop(folder / "two", release="two")


def test_what_no_alias_of_the_release_gates_is_listed_by_its_construct(releases: tuple[Path, Path]) -> None:
    one, two = (read_assembly(folder) for folder in releases)
    found = immediate_changes(two, one, "Shop")
    assert [each for each in found if each.group != "permissions"] == [
        ImmediateChange("edge", "changed", "Site/Distribution"),
        ImmediateChange("routes", "deleted", "Rest/Default/one"),
        ImmediateChange("routes", "deleted", "Rest/Default/one/GET"),
        ImmediateChange("routes", "new", "Rest/Default/two"),
        ImmediateChange("routes", "new", "Rest/Default/two/GET"),
        ImmediateChange("routes", "changed", "Rest/Deployment"),
        ImmediateChange("routes", "changed", "Rest/DeploymentStage.prod"),
        ImmediateChange("functions", "changed", "Job"),
        ImmediateChange("functions", "changed", "JobAlias"),
        ImmediateChange("functions", "changed", "Worker"),
    ]
    permissions = [each.path for each in found if each.group == "permissions"]
    assert "Api/ServiceRole/DefaultPolicy" in permissions
    assert all(path.startswith(("Api/ServiceRole/", "Rest/Default/")) for path in permissions)


def test_what_is_alike_changes_nothing_and_a_first_deployment_has_no_visitors(releases: tuple[Path, Path]) -> None:
    one, two = (read_assembly(folder) for folder in releases)
    assert immediate_changes(one, one, "Shop") == ()
    assert immediate_changes(two, [], "Shop") == ()
    assert immediate_changes(two, one, "Front")[0] == ImmediateChange("edge", "changed", "Shop/Site/Distribution")


def test_every_report_lists_it_where_it_is_known_what_is_deployed(
    releases: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = map(str, releases)
    page, data = tmp_path / "report.html", tmp_path / "report.json"
    written = ["--html", str(page), "--json", str(data), "--visits-per-minute", "0"]
    assert main(["rehearse", two, "--against", one, *written]) == 0
    printed = capsys.readouterr().out
    assert TITLE in printed
    assert "functions    changed  Worker" in printed
    assert TITLE in page.read_text()
    assert {"group": "functions", "change": "changed", "path": "Worker"} in json.loads(data.read_text())["at_once"]
    assert main(["rehearse", two, "--visits-per-minute", "0"]) == 0
    assert TITLE not in capsys.readouterr().out


def test_the_storefronts_own_release_changes_nothing_at_once(
    assembly_of: Callable[..., Path],
) -> None:
    one, two = read_assembly(assembly_of("storefront")), read_assembly(assembly_of("storefront", release="two"))
    assert immediate_changes(two, one, "Storefront") == ()
