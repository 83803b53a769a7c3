"""Waves: partitions of any number, released one after the other, each with a bake of its own."""

import json
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ssm as ssm
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct
from hypothesis import given, settings
from hypothesis import strategies as st

from dependency_graph import cycles, dependencies, of_type, upstream
from functions import a_function, pages
from partitions import partitions
from prod_one_box import (
    InvalidArgumentError,
    OneBoxFrontend,
    PartitionOrigin,
    StickyPartitionDistribution,
    TrafficShiftedFunction,
    Wave,
)
from prod_one_box.constructs.bake.handler import request as handler_request
from prod_one_box.constructs.bake.handler.request import Settings
from prod_one_box.constructs.edge.wait_order import ORIGINS
from prod_one_box.vocabulary import BUCKETS

WAIT = "Custom::ProdOneBoxDeployWait"
WATCH = cdk.Duration.minutes(10)


def new_stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Shop", env=cdk.Environment(region="eu-west-1"))


def built(waves: list[Wave], **given: Any) -> dict[str, Any]:
    """The template of a front end behind a backend."""
    stack = new_stack()
    backend = TrafficShiftedFunction(stack, "Backend", function=a_function(stack, "Api"))
    OneBoxFrontend(stack, "Frontend", build_function=pages, waves=waves, after=[backend.alias], **given)
    return assertions.Template.from_stack(stack).to_json()


def by_role(template: dict[str, Any]) -> dict[str, str]:
    """The logical ids of aliases and waits by what they are to the release."""
    roles = {}
    for kind in ("AWS::Lambda::Alias", WAIT):
        for name, body in of_type(template, kind).items():
            role = body["Metadata"]["ProdOneBox"]
            roles[" ".join(role[key] for key in ("Phase", "Partition") if key in role)] = name
    return roles


shares = st.lists(st.integers(0, BUCKETS // 6), min_size=1, max_size=5).map(lambda each: [one / 100 for one in each])


@settings(max_examples=10, deadline=None)
@given(shares)
def test_each_waves_bake_stands_between_its_alias_and_the_next(shares: list[float]) -> None:
    template = built([Wave(share=share) for share in shares], watch_time=WATCH)
    roles, graph = by_role(template), dependencies(template)
    names = ["one-box", *(f"wave-{number}" for number in range(2, len(shares) + 1))]
    steps = ["preflight", "backend", *(step for name in names for step in (name, f"bake {name}")), "regular", "watch"]
    assert set(roles) == {*steps, "split"}
    for earlier, later in pairwise(steps):
        assert roles[earlier] in upstream(graph, roles[later]), f"{later} comes after {earlier}"
    assert cycles(template) == []


@settings(max_examples=10, deadline=None)
@given(shares)
def test_the_partitions_of_a_release_have_all_buckets_and_each_bucket_once(shares: list[float]) -> None:
    frontend = OneBoxFrontend(
        new_stack(), "Frontend", build_function=pages, waves=[Wave(share=share) for share in shares]
    )
    assert sum(Decimal(str(each.share)) for each in frontend.partitions) == 100
    assert [each.share for each in frontend.partitions[:-1]] == shares


def test_after_a_bake_nothing_follows_but_the_next_partitions_alias() -> None:
    template = built([Wave(share=1), Wave(share=4), Wave(share=15)], watch_time=WATCH)
    roles = by_role(template)
    for bake, following in (("bake one-box", "wave-2"), ("bake wave-2", "wave-3"), ("bake wave-3", "regular")):
        waiting = [
            name for name, body in template["Resources"].items() if roles[bake] in _named(body.get("DependsOn", []))
        ]
        assert waiting == [roles[following]]


def _named(depends_on: str | list[str]) -> list[str]:
    return [depends_on] if isinstance(depends_on, str) else depends_on


def test_every_wait_checks_the_partitions_up_to_its_own_and_contains_all_with_most_visitors_first() -> None:
    template = built([Wave(share=1), Wave(share=4), Wave(share=15)], watch_time=WATCH)
    roles, waits = by_role(template), of_type(template, WAIT)
    order = ["one-box", "wave-2", "wave-3", "regular"]
    for number, wait in enumerate(("preflight", "bake one-box", "bake wave-2", "bake wave-3", "watch")):
        properties = Settings.of(waits[roles[wait]]["Properties"])
        assert [each.alias for each in properties.baked] == [roles[each] for each in order[:number]]
        largest = ["regular", "wave-3", "wave-2", "one-box"]
        assert [each.alias for each in properties.contained] == [roles[each] for each in largest]


def test_only_the_last_bake_marks_the_promotion_and_each_names_its_wave() -> None:
    template = built([Wave(share=1), Wave(share=4)], watch_time=WATCH)
    roles, waits = by_role(template), of_type(template, WAIT)
    marks = {
        wait: (waits[roles[wait]]["Properties"].get("Wave"), waits[roles[wait]]["Properties"].get("Promotes"))
        for wait in ("bake one-box", "bake wave-2", "watch")
    }
    assert marks == {"bake one-box": ("one-box", "false"), "bake wave-2": ("wave-2", None), "watch": (None, "false")}


def test_the_ids_of_the_first_and_the_last_partition_do_not_depend_on_the_number_of_waves() -> None:
    two, four = built([Wave()]), built([Wave(share=1), Wave(share=4), Wave(share=15)])
    ids = set(two["Resources"]) - {name for name in two["Resources"] if "CurrentVersion" in name}
    assert ids <= set(four["Resources"])
    for kind in ("AWS::Lambda::Function", "AWS::ApiGatewayV2::Api"):
        added = {name for name in of_type(four, kind) if name not in two["Resources"]}
        assert len(added) == 2, "one for each further wave, named by its place"
        assert all("Wave2" in name or "Wave3" in name for name in added)


def test_a_wave_may_share_the_function_of_the_wave_before_it() -> None:
    template = built([Wave(share=1), Wave(share=2, shares_function=True), Wave(share=15)])
    roles, aliases = by_role(template), of_type(template, "AWS::Lambda::Alias")
    first, second, third = (aliases[roles[name]]["Properties"] for name in ("one-box", "wave-2", "wave-3"))
    assert second["FunctionName"] == first["FunctionName"] != third["FunctionName"]
    assert (first["Name"], second["Name"], third["Name"]) == ("live", "live-wave-2", "live")


def test_a_changed_share_changes_the_split_that_the_waits_carry_and_no_release() -> None:
    before, after = built([Wave(share=1), Wave(share=4)]), built([Wave(share=1), Wave(share=9)])
    roles = by_role(before)
    old, new = (of_type(each, WAIT)[roles["preflight"]]["Properties"] for each in (before, after))
    assert old["Versions"] == new["Versions"]
    assert [each["Bound"] for each in old["Split"]] == ["100", "500", "10000"]
    assert [each["Bound"] for each in new["Split"]] == ["100", "1000", "10000"]


def test_the_gate_names_what_each_partition_cannot_answer_without() -> None:
    template = built([Wave(share=1), Wave(share=4)])
    gate = of_type(template, WAIT)[by_role(template)["split"]]["Properties"]
    assert list(gate["Awaited"]) == ["one-box", "wave-2", "regular"]
    for names in gate["Awaited"].values():
        assert sorted(template["Resources"][name]["Type"] for name in names) == [
            "AWS::ApiGatewayV2::Route",
            "AWS::ApiGatewayV2::Stage",
            "AWS::Lambda::Alias",
            "AWS::Lambda::Permission",
        ]
    assert "DependsOn" not in of_type(template, WAIT)[by_role(template)["split"]]


@pytest.mark.parametrize(
    ("waves", "message"),
    [
        ([], r"waves: got an empty list; allowed: a list of Wave"),
        (
            [Wave(share=60), Wave(share=40.01)],
            r"waves: got shares of 60 \+ 40.01 = 100.01 %; allowed: shares of at most",
        ),
        ([Wave(share=0.001)], r"waves\[0\].share: got 0.001; allowed: a percentage of visitors, 0 to 100 in steps"),
        ([Wave(), Wave(share="4")], r"waves\[1\].share: got '4'; allowed: a percentage"),
        ([Wave(shares_function=True)], r"waves\[0\].shares_function: got True; allowed: False for the first wave"),
        ([Wave(), Wave(bake_time=cdk.Duration.minutes(53))], r"waves\[1\].bake_time: got 53 min; allowed: at most 52"),
        ([20], r"waves: got 20; allowed: a list of Wave"),
        (Wave(), r"waves: got a Wave; allowed: a list of Wave"),
    ],
)
def test_waves_that_no_release_could_go_through_are_refused_by_name(waves: Any, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"Shop/Frontend: {message}"):
        OneBoxFrontend(new_stack(), "Frontend", build_function=pages, waves=waves)


def test_a_watch_in_which_no_alarm_could_fire_is_refused_by_name() -> None:
    with pytest.raises(InvalidArgumentError, match=r"watch_time: got 60 s|watch_time: got 1 min; allowed: at least 4"):
        OneBoxFrontend(new_stack(), "Frontend", build_function=pages, watch_time=cdk.Duration.minutes(1))


def test_more_functions_than_iam_would_take_are_refused_with_the_number() -> None:
    with pytest.raises(InvalidArgumentError, match=r"aliases of 61 functions .*; allowed: aliases of at most 60"):
        OneBoxFrontend(new_stack(), "Frontend", build_function=pages, waves=[Wave(share=1)] * 60)


def test_the_gate_names_the_ways_in_to_partitions_with_an_api_of_the_users_own() -> None:
    stack = new_stack()
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, create_apis=False)
    for each in frontend.partitions:
        apigatewayv2.HttpApi(each, "Own", default_integration=HttpLambdaIntegration("Pages", each.alias))
    template = assertions.Template.from_stack(stack).to_json()
    gate = of_type(template, WAIT)[by_role(template)["split"]]["Properties"]
    for partition, names in gate["Awaited"].items():
        assert names[0] == by_role(template)[partition]
        assert len(names) == 5, "of its own API alone"
        assert {template["Resources"][name]["Type"] for name in names} == {
            "AWS::ApiGatewayV2::Integration",
            "AWS::ApiGatewayV2::Route",
            "AWS::ApiGatewayV2::Stage",
            "AWS::Lambda::Alias",
            "AWS::Lambda::Permission",
        }


def test_a_function_with_the_sites_domain_is_created_after_the_edge_and_makes_no_cycle() -> None:
    stack = new_stack()
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages)
    site = StickyPartitionDistribution(stack, "Site", partitions=frontend.partitions)
    for each in frontend.partitions:
        each.function.add_environment("SITE", site.domain_name)
    template = assertions.Template.from_stack(stack).to_json()
    assert cycles(template) == []
    gate = of_type(template, WAIT)[by_role(template)["split"]]["Properties"]
    assert gate["EdgeFirst"] == "true"
    assert gate["Sites"] == [*of_type(template, "AWS::CloudFront::Distribution")]


def test_a_backend_with_the_sites_domain_and_an_upload_that_invalidates_it_come_before_the_edge_too() -> None:
    def gate(build: Callable[[cdk.Stack], Construct]) -> dict[str, Any]:
        stack = new_stack()
        earlier = build(stack)
        frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, after=[earlier])
        site = StickyPartitionDistribution(stack, "Site", partitions=frontend.partitions)
        if isinstance(earlier, lambda_.Alias):
            cast("lambda_.Function", earlier.lambda_).add_environment("SITE", site.domain_name)
        else:
            cdk.CustomResource(earlier, "Invalidation", service_token="t", properties={"Site": site.domain_name})
        template = assertions.Template.from_stack(stack).to_json()
        assert cycles(template) == []
        return of_type(template, WAIT)[by_role(template)["split"]]["Properties"]

    backend = gate(lambda stack: TrafficShiftedFunction(stack, "Backend", function=a_function(stack, "Api")).alias)
    upload = gate(lambda stack: Construct(stack, "Upload"))
    assert (backend["EdgeFirst"], upload["EdgeFirst"]) == ("true", "true")


def the_gate(build: Callable[[cdk.Stack], object]) -> dict[str, Any]:
    """The gate's properties in a stack that makes no cycle."""
    stack = new_stack()
    build(stack)
    template = assertions.Template.from_stack(stack).to_json()
    assert cycles(template) == []
    return of_type(template, WAIT)[by_role(template)["split"]]["Properties"]


def site_of(frontend: OneBoxFrontend) -> StickyPartitionDistribution:
    return StickyPartitionDistribution(cdk.Stack.of(frontend), "Site", partitions=frontend.partitions)


def a_parameter_with_the_domain(stack: cdk.Stack) -> None:
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages)
    kept = ssm.StringParameter(stack, "Domain", string_value=site_of(frontend).domain_name)
    frontend.one_box.function.add_environment("SITE", kept.parameter_name)


def a_backend_that_invalidates(stack: cdk.Stack) -> None:
    function = a_function(stack, "Api")
    backend = TrafficShiftedFunction(stack, "Backend", function=function)
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, after=[backend.alias])
    site_of(frontend).distribution.grant_create_invalidation(function)


def functions_of_elsewhere_that_invalidate(stack: cdk.Stack) -> None:
    made = {name: a_function(stack, f"Pages-{name}") for name in ("one-box", "regular")}
    frontend = OneBoxFrontend(stack, "Frontend", build_function=lambda _, name: made[name])
    site_of(frontend).distribution.grant_create_invalidation(made["one-box"])


def urls_that_only_the_distribution_may_call(stack: cdk.Stack) -> None:
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, create_apis=False)
    urls = [each.alias.add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM) for each in frontend.partitions]
    controlled = [origins.FunctionUrlOrigin.with_origin_access_control(url) for url in urls]
    StickyPartitionDistribution(stack, "Site", partitions=partitions(*controlled))


@pytest.mark.parametrize(
    "build",
    [
        a_parameter_with_the_domain,
        a_backend_that_invalidates,
        functions_of_elsewhere_that_invalidate,
        urls_that_only_the_distribution_may_call,
    ],
)
def test_whatever_makes_a_partition_wait_for_the_site_is_found(build: Callable[[cdk.Stack], None]) -> None:
    assert the_gate(build)["EdgeFirst"] == "true"


def test_another_distribution_that_a_function_needs_holds_no_edge_up() -> None:
    def build(stack: cdk.Stack) -> None:
        files = cloudfront.Distribution(
            stack, "Files", default_behavior=cloudfront.BehaviorOptions(origin=origins.HttpOrigin("files.example.com"))
        )
        frontend = OneBoxFrontend(stack, "Frontend", build_function=pages)
        frontend.one_box.function.add_environment("FILES", files.domain_name)
        site_of(frontend)

    assert "EdgeFirst" not in the_gate(build)


def test_other_shares_at_the_edge_than_in_the_front_end_are_refused() -> None:
    stack = new_stack()
    frontend = OneBoxFrontend(stack, "Frontend", build_function=pages, waves=[Wave(share=1)])
    given = [
        PartitionOrigin(partition_name=each.partition_name, share=50, origin=each.origin)
        for each in frontend.partitions
    ]
    StickyPartitionDistribution(stack, "Site", partitions=given)
    with pytest.raises(
        RuntimeError, match="got shares of one-box 50 %, regular 50 %; allowed: those of the stack's One"
    ):
        cast("cdk.App", stack.node.root).synth()


def test_the_waits_carry_the_address_of_each_origin_as_a_text() -> None:
    gate = the_gate(lambda stack: site_of(OneBoxFrontend(stack, "Frontend", build_function=pages)))
    (addresses,) = gate["Origins"].values()
    assert list(addresses) == ["one-box", "regular"]
    assert all("execute-api" in address for address in addresses.values())
    assert ORIGINS == handler_request.ORIGINS


def test_the_name_of_an_alias_on_a_shared_function_is_checked_whole() -> None:
    waves = [Wave(share=1), Wave(share=2, shares_function=True)]
    with pytest.raises(InvalidArgumentError, match=r"alias_name: got 'a+-wave-2'; allowed: 1 to 128"):
        OneBoxFrontend(new_stack(), "Frontend", build_function=pages, waves=waves, alias_name="a" * 125)


def test_the_most_partitions_take_the_room_in_a_request_that_is_left_for_them() -> None:
    def largest(waves: int) -> int:
        template = built([Wave(share=1)] * waves, watch_time=WATCH)
        waits = of_type(template, WAIT).values()
        return max(len(json.dumps({**wait["Properties"], "Alarms": []}, separators=(",", ":"))) for wait in waits)

    each = (largest(6) - largest(3)) / 3
    assert 60 * each < 35_000
