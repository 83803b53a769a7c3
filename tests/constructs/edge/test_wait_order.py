"""The edge of a stack changes after the stack's preflight and gate, in whatever order the constructs are made."""

from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct
from edge.deployed import of_type, origin_of, split

from dependency_graph import cycles, dependencies, upstream
from functions import a_function, pages
from partitions import partitions
from prod_one_box import DeployWaitResource, EdgeRuntime, OneBoxFrontend, StickyPartitionDistribution, Wave

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
