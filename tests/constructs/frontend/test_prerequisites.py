"""What comes before the one-box: the backend, the files that its pages load, or any other construct."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from dependency_graph import cycles, dependencies, downstream, explicit_order, of_type, upstream
from functions import a_function, pages
from prod_one_box import OneBoxFrontend, StickyPartitionDistribution, TrafficShiftedFunction
from prod_one_box.constructs.assets.retained_assets import RetainedAssets
from prod_one_box.errors import InvalidArgumentError

UPLOAD = "Custom::CDKBucketDeployment"
FILES = str(Path(__file__).parent.parent / "assets" / "files")


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    stack = cdk.Stack(cdk.App(), "Shop", env=cdk.Environment(region="eu-west-1"))
    assets = RetainedAssets(stack, "Assets", directory=FILES)
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, after=[assets])
    StickyPartitionDistribution(
        stack,
        "Site",
        partitions=frontend.partitions,
        additional_behaviors={assets.path: assets.behavior},
    )
    return stack


@pytest.fixture(scope="module")
def template(stack: cdk.Stack) -> dict[str, Any]:
    return assertions.Template.from_stack(stack).to_json()


def phases(template: dict[str, Any], names: set[str]) -> list[str]:
    found = [template["Resources"][name].get("Metadata", {}).get("ProdOneBox", {}).get("Phase", "") for name in names]
    return sorted(filter(None, found))


def test_the_one_box_switches_when_its_files_are_there_and_nothing_else_waits_for_them(
    template: dict[str, Any],
) -> None:
    (upload,) = of_type(template, UPLOAD)
    waiting = {name for name, named in explicit_order(template).items() if upload in named}
    assert phases(template, waiting) == ["one-box"]
    assert len(waiting) == 1
    assert phases(template, downstream(dependencies(template), upload)) == ["bake", "one-box", "regular"]
    assert cycles(template) == []


def test_neither_preflight_nor_distribution_waits_for_the_upload(template: dict[str, Any]) -> None:
    (upload,) = of_type(template, UPLOAD)
    after = downstream(dependencies(template), upload)
    assert "AWS::CloudFront::Distribution" not in {template["Resources"][name]["Type"] for name in after}


def test_files_of_another_stack_are_uploaded_before_the_front_ends_stack_begins() -> None:
    app = cdk.App()
    files, site = cdk.Stack(app, "Files"), cdk.Stack(app, "Site")
    assets = RetainedAssets(files, "Assets", directory=FILES)
    frontend = OneBoxFrontend(site, "Frontend", build_function=pages, after=[assets])
    StickyPartitionDistribution(
        site,
        "Site",
        partitions=frontend.partitions,
        additional_behaviors={assets.path: assets.behavior},
    )
    app.synth()
    assert site.dependencies == [files]


def unawaited(app: cdk.App, *, after: Callable[[RetainedAssets], list[RetainedAssets]]) -> OneBoxFrontend:
    """A front end whose assets wait or do not."""
    stack = cdk.Stack(app, "Shop")
    assets = RetainedAssets(stack, "Assets", directory=FILES)
    return OneBoxFrontend(stack, "Frontend", build_function=pages, after=after(assets))


def test_files_that_no_front_end_of_their_stack_waits_for_are_refused() -> None:
    app = cdk.App()
    unawaited(app, after=lambda _: [])
    with pytest.raises(RuntimeError, match=r"Shop/Assets: .*no front end of this stack waits.*after="):
        app.synth()


def test_an_alias_of_the_users_may_wait_for_them_instead() -> None:
    app = cdk.App()
    frontend = unawaited(app, after=lambda _: [])
    assets = frontend.node.scope.node.find_child("Assets")
    assert isinstance(assets, RetainedAssets)
    alias = frontend.one_box.alias.node.default_child
    assert isinstance(alias, cdk.CfnResource)
    assets.upload_before(alias)
    app.synth()


def test_files_in_a_stack_without_a_front_end_need_nobody_to_wait() -> None:
    app = cdk.App()
    RetainedAssets(cdk.Stack(app, "Files"), "Assets", directory=FILES)
    app.synth()


def upload(scope: Construct, id: str = "Upload") -> s3_deployment.BucketDeployment:
    return s3_deployment.BucketDeployment(
        scope,
        id,
        sources=[s3_deployment.Source.asset(FILES)],
        destination_bucket=s3.Bucket(scope, f"{id}Bucket"),
        prune=False,
    )


def synthesized(stack: cdk.Stack) -> dict[str, Any]:
    return assertions.Template.from_stack(stack).to_json()


def in_phase(template: dict[str, Any], phase: str) -> str:
    (found,) = [
        name
        for name, each in template["Resources"].items()
        if each.get("Metadata", {}).get("ProdOneBox", {}).get("Phase") == phase
    ]
    return found


def test_an_own_upload_is_done_before_the_one_box_switches_and_nothing_else_waits_for_it() -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, after=[upload(stack)])
    StickyPartitionDistribution(stack, "Site", partitions=frontend.partitions)
    template = synthesized(stack)
    (uploaded,) = of_type(template, UPLOAD)
    after = downstream(dependencies(template), uploaded)
    assert {in_phase(template, each) for each in ("one-box", "bake", "regular")} <= after
    assert in_phase(template, "preflight") not in after
    assert not of_type(
        {"Resources": {name: template["Resources"][name] for name in after}}, "AWS::CloudFront::Distribution"
    )
    assert cycles(template) == []


def test_everything_in_a_construct_comes_first_also_what_is_put_into_it_later() -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    group = Construct(stack, "Group")
    ssm.StringParameter(group, "Early", string_value="1")
    OneBoxFrontend(stack, "Frontend", build_function=pages, after=[group])
    ssm.StringParameter(Construct(group, "Deeper"), "Late", string_value="2")
    upload(group)
    template = synthesized(stack)
    before = upstream(dependencies(template), in_phase(template, "one-box"))
    assert {*of_type(template, "AWS::SSM::Parameter"), *of_type(template, UPLOAD)} <= before
    assert cycles(template) == []


def test_an_alias_in_a_construct_waits_for_the_preflight_and_is_part_of_the_release() -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    backend = TrafficShiftedFunction(stack, "Backend", function=a_function(stack, "Api"))
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, after=[backend], alarms=[*backend.alias_alarms])
    template = synthesized(stack)
    graph = dependencies(template)
    preflight, alias = in_phase(template, "preflight"), in_phase(template, "backend")
    assert preflight in upstream(graph, alias)
    assert alias in upstream(graph, in_phase(template, "one-box"))
    version = stack.resolve(backend.alias.version.node.default_child.logical_id)
    assert version in template["Resources"][preflight]["Properties"]["ReleaseId"]
    assert cycles(template) == []
    assert frontend.preflight


def test_retained_assets_in_a_construct_are_awaited() -> None:
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    group = Construct(stack, "Group")
    assets = RetainedAssets(group, "Assets", directory=FILES)
    OneBoxFrontend(stack, "Frontend", build_function=pages, after=[group])
    app.synth()
    template = synthesized(stack)
    (uploaded,) = of_type(template, UPLOAD)
    assert in_phase(template, "one-box") in downstream(dependencies(template), uploaded)
    assert assets.upload


def test_an_upload_of_another_stack_is_deployed_before() -> None:
    app = cdk.App()
    files, site = cdk.Stack(app, "Files"), cdk.Stack(app, "Site")
    OneBoxFrontend(site, "Frontend", build_function=pages, after=[upload(files)])
    app.synth()
    assert site.dependencies == [files]


def test_a_construct_that_holds_the_front_end_cannot_come_before_it() -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    with pytest.raises(InvalidArgumentError, match=r"Shop/Frontend: after: got Shop, which holds this front end"):
        OneBoxFrontend(stack, "Frontend", build_function=pages, after=[stack])


def test_what_cloudformation_does_not_make_is_refused_at_synth() -> None:
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    found = s3.Bucket.from_bucket_name(stack, "Found", "found")
    OneBoxFrontend(stack, "Frontend", build_function=pages, after=[found])
    with pytest.raises(RuntimeError, match=r"Shop/Frontend: after: got Shop/Found, which is imported or empty"):
        app.synth()


def test_what_waits_for_the_one_box_itself_is_refused_at_synth() -> None:
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    group = Construct(stack, "Group")
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, after=[group])
    ssm.StringParameter(group, "Version", string_value=frontend.one_box.alias.function_arn)
    with pytest.raises(RuntimeError, match=r"after: .*Shop/Group/Version.* waits for .*OneBox"):
        app.synth()
