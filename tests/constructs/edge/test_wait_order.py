"""The edge of a stack changes after the stack's preflight and gate, in whatever order the constructs are made."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from constructs import Construct
from edge.deployed import of_type, origin_of, split

from dependency_graph import cycles, dependencies, upstream
from dependency_graph import of_type as of_type_by_name
from functions import a_function, pages
from partitions import partitions
from prod_one_box import DeployWaitResource, EdgeRuntime, OneBoxFrontend, StickyPartitionDistribution, Wave
from prod_one_box.rehearsal.plan.split import edge_changes
from prod_one_box.template.cloud_assembly import read_assembly
from prod_one_box.template.links import Links

EDGE = ("AWS::CloudFront::Distribution", "AWS::CloudFront::Function", "AWS::Lambda::Version")
RUNTIMES = pytest.mark.parametrize("runtime", list(EdgeRuntime), ids=lambda runtime: runtime.value)
WAVES = [Wave(share=1), Wave(share=4)]


def new_stack(app: cdk.App, id: str = "Shop", region: str = "us-east-1") -> cdk.Stack:
    return cdk.Stack(app, id, env=cdk.Environment(region=region))


def template_of(stack: cdk.Stack) -> dict[str, Any]:
    template = cdk.App.of(stack).synth().get_stack_by_name(stack.stack_name).template
    assert cycles(template) == []
    return template


def waits_before_the_edge(template: dict[str, Any]) -> set[frozenset[str]]:
    """For each resource of the edge, the phases of the waits before it."""
    graph, resources = dependencies(template), template["Resources"]
    edge = [name for name, one in resources.items() if one["Type"] in EDGE and name.startswith("Site")]
    assert len(edge) > 2
    return {
        frozenset(
            resources[other]["Metadata"]["ProdOneBox"]["Phase"]
            for other in upstream(graph, name)
            if resources[other]["Type"] == "Custom::ProdOneBoxDeployWait"
        )
        for name in edge
    }


@RUNTIMES
def test_the_edge_of_a_frontend_waits_for_preflight_and_gate_and_for_no_bake(runtime):
    stack = new_stack(cdk.App())
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=WAVES)
    StickyPartitionDistribution(stack, "Site", partitions=frontend.partitions, edge_runtime=runtime)
    assert waits_before_the_edge(template_of(stack)) == {frozenset({"preflight", "split"})}


@RUNTIMES
def test_waits_that_are_made_later_are_found(runtime):
    stack = new_stack(cdk.App())
    StickyPartitionDistribution(stack, "Site", partitions=split([1, 4]), edge_runtime=runtime)
    OneBoxFrontend(stack, "Frontend", build_function=pages, waves=WAVES)
    assert waits_before_the_edge(template_of(stack)) == {frozenset({"preflight", "split"})}


def test_a_domain_in_a_functions_environment_closes_no_circle():
    stack = new_stack(cdk.App())
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=WAVES)
    site = StickyPartitionDistribution(stack, "Site", partitions=frontend.partitions)
    for partition in frontend.partitions:
        partition.function.add_environment("SITE", site.domain_name)
    assert waits_before_the_edge(template_of(stack)) == {frozenset({"preflight", "split"})}


@RUNTIMES
def test_functions_in_us_east_1_of_a_site_elsewhere_wait_for_nothing(runtime):
    stack = new_stack(cdk.App(), region="eu-west-1")
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=WAVES)
    site = StickyPartitionDistribution(stack, "Site", partitions=frontend.partitions, edge_runtime=runtime)
    template = template_of(stack)
    (distribution,) = of_type(template, "AWS::CloudFront::Distribution")
    waits = {stack.resolve(frontend.preflight.cfn_resource.logical_id)}
    assert waits < set(distribution["DependsOn"])
    assert site.edge.distribution is site.distribution


def test_a_site_in_another_stack_than_its_frontend_waits_for_nothing_but_that_stack():
    app = cdk.App()
    first, second = new_stack(app), new_stack(app, "Edge")
    frontend = OneBoxFrontend(first, "Frontend", build_function=pages, waves=WAVES)
    StickyPartitionDistribution(second, "Site", partitions=frontend.partitions)
    assert waits_before_the_edge(template_of(second)) == {frozenset()}
    assert [each.stack_name for each in second.dependencies] == ["Shop"]


def test_a_site_without_a_release_waits_for_nothing():
    stack = new_stack(cdk.App())
    names = ("one-box", "wave-2", "regular")
    StickyPartitionDistribution(stack, "Site", partitions=partitions(*map(origin_of, names), shares=(1, 4)))
    assert waits_before_the_edge(template_of(stack)) == {frozenset()}


def test_the_first_partitions_function_may_be_made_by_the_recipe_with_the_sites_domain():
    """The distribution is there before the front end, with origins of the user's own."""
    stack = new_stack(cdk.App())
    site = StickyPartitionDistribution(stack, "Site", partitions=split([1, 4]))

    def with_domain(scope: Construct, partition: str) -> Any:
        return a_function(scope, "Pages", environment={"SITE": site.domain_name})

    OneBoxFrontend(stack, "Frontend", build_function=with_domain, waves=WAVES)
    assert waits_before_the_edge(template_of(stack)) == {frozenset({"preflight", "split"})}


def test_the_edge_does_not_come_after_a_wait_that_the_user_made_and_that_comes_after_the_site() -> None:
    stack = new_stack(cdk.App())
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=WAVES)
    site = StickyPartitionDistribution(stack, "Site", partitions=frontend.partitions)
    own = DeployWaitResource(stack, "Own", duration=cdk.Duration.seconds(0), release_id="1")
    own.cfn_resource.add_resource_dependency(site.distribution.node.default_child)
    assert waits_before_the_edge(template_of(stack)) == {frozenset({"preflight", "split"})}


def waits_before_the_nested_stack(template: dict[str, Any]) -> set[str]:
    """The phases of the waits before the only nested stack of a stack."""
    ((name, _),) = of_type_by_name(template, "AWS::CloudFormation::Stack").items()
    before = upstream(dependencies(template), name)
    waits = of_type_by_name(template, "Custom::ProdOneBoxDeployWait")
    return {waits[each]["Metadata"]["ProdOneBox"]["Phase"] for each in before & waits.keys()}


def gate_of(template: dict[str, Any]) -> dict[str, Any]:
    waits = of_type(template, "Custom::ProdOneBoxDeployWait")
    (gate,) = [each for each in waits if each["Metadata"]["ProdOneBox"].get("Phase") == "split"]
    return gate["Properties"]


def not_held(app: cdk.App) -> list[str]:
    messages = [each.entry.data for each in app.synth().get_stack_by_name("Shop").messages]
    return [each for each in messages if "edgeNotHeld" in each]


@RUNTIMES
def test_a_nested_stack_with_the_edge_waits_for_preflight_and_gate_of_the_stack_around_it(runtime):
    stack = new_stack(cdk.App())
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=WAVES)
    StickyPartitionDistribution(
        cdk.NestedStack(stack, "Inner"), "Site", partitions=frontend.partitions, edge_runtime=runtime
    )
    template = template_of(stack)
    assert waits_before_the_nested_stack(template) == {"preflight", "split"}
    (origins,) = gate_of(template)["Origins"].values()
    assert list(origins) == ["one-box", "wave-2", "regular"]
    assert "FrontendOneBoxApi" in origins["one-box"]
    assert "EdgeFirst" not in gate_of(template)
    assert not_held(cdk.App.of(stack)) == []


def test_an_edge_two_stacks_deep_is_held_by_what_the_outer_one_has_of_it():
    stack = new_stack(cdk.App())
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=WAVES)
    inner = cdk.NestedStack(cdk.NestedStack(stack, "Inner"), "Innermost")
    StickyPartitionDistribution(inner, "Site", partitions=frontend.partitions)
    assert waits_before_the_nested_stack(template_of(stack)) == {"preflight", "split"}


def test_a_nested_stack_with_the_edge_may_need_what_is_made_before_the_waits():
    stack = new_stack(cdk.App())
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=WAVES)
    logs = s3.Bucket(stack, "Logs", object_ownership=s3.ObjectOwnership.OBJECT_WRITER)
    frontend.preflight.node.add_dependency(logs)
    StickyPartitionDistribution(
        cdk.NestedStack(stack, "Inner"), "Site", partitions=frontend.partitions, log_bucket=logs
    )
    assert waits_before_the_nested_stack(template_of(stack)) == {"preflight", "split"}


def test_a_nested_stack_is_not_held_by_a_wait_that_needs_it_which_is_named():
    app = cdk.App()
    stack = new_stack(app)
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=WAVES)
    inner = cdk.NestedStack(stack, "Inner")
    site = StickyPartitionDistribution(inner, "Site", partitions=frontend.partitions)
    frontend.preflight.node.add_dependency(site)
    assert waits_before_the_nested_stack(template_of(stack)) == {"split"}
    (said,) = not_held(app)
    assert "Shop/Frontend/Preflight" in said
    assert "Shop/Inner" in said


def test_a_partition_that_needs_the_nested_stack_of_the_edge_comes_after_the_edge():
    stack = new_stack(cdk.App())
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=WAVES)
    site = StickyPartitionDistribution(cdk.NestedStack(stack, "Inner"), "Site", partitions=frontend.partitions)
    for partition in frontend.partitions:
        partition.function.add_environment("SITE", site.domain_name)
    template = template_of(stack)
    assert waits_before_the_nested_stack(template) == {"preflight", "split"}
    assert gate_of(template)["EdgeFirst"] == "true"


@pytest.mark.parametrize("is_held", [True, False])
def test_the_plan_names_a_split_that_the_preflight_cannot_refuse_unless_the_nested_edge_is_held(is_held):
    def links(share: float) -> Links:
        app = cdk.App()
        stack = new_stack(app)
        frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=[Wave(share=share)])
        inner = cdk.NestedStack(stack, "Inner")
        site = StickyPartitionDistribution(inner, "Site", partitions=frontend.partitions)
        if not is_held:
            frontend.preflight.node.add_dependency(site)
        return Links(read_assembly(Path(app.synth().directory)))

    (said,) = edge_changes(links(30), links(20))
    assert "one-box 20 %, regular 80 % becomes one-box 30 %, regular 70 %" in said
    assert ("It is in another stack than Shop, whose preflight cannot refuse" in said) is not is_held
