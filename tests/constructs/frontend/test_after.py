"""What the one-box waits for: the backend, and the files that its pages name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from dependency_graph import cycles, dependencies, downstream, explicit_order, of_type
from functions import pages
from prod_one_box import OneBoxFrontend, StickyPartitionDistribution
from prod_one_box.constructs.assets.retained_assets import RetainedAssets

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
        one_box=frontend.one_box.origin,
        regular=frontend.regular.origin,
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
        one_box=frontend.one_box.origin,
        regular=frontend.regular.origin,
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
    with pytest.raises(RuntimeError, match=r"\[Shop/Assets\] .*no front end of this stack waits.*after="):
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
