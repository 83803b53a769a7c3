"""The dashboard shows a release as it goes: what can end it, both versions, both partitions, and its marks."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_synthetics as synthetics
from aws_cdk.assertions import Template
from bake.handler.logged_marks import MARKS
from canary.stacks import canary
from constructs import Construct
from dashboard.dashboard_body import body_of, faults, graphs, shown, text_of, titled
from syrupy.assertion import SnapshotAssertion

from dependency_graph import cycles, dependencies, dependents, of_type
from functions import a_function
from masked import masked
from prod_one_box import InvalidArgumentError, OneBoxFrontend, TrafficShiftedFunction, Wave
from prod_one_box.constructs.dashboard.release_dashboard import ReleaseDashboard


def a_shop(scope: Construct, id: str, **options: Any) -> tuple[cdk.Stack, OneBoxFrontend, list[TrafficShiftedFunction]]:
    stack = cdk.Stack(scope, id, **options)
    backend = TrafficShiftedFunction(stack, "Backend", function=a_function(stack, "Orders"))
    frontend = OneBoxFrontend(
        stack, "Frontend", build_function=a_function, after=[backend.alias], alarms=backend.alias_alarms
    )
    return stack, frontend, [backend]


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    """A region-agnostic stack with everything that a dashboard can show."""
    stack, frontend, backends = a_shop(cdk.App(), "Shop")
    canary = synthetics.Canary(
        stack,
        "Visitor",
        runtime=synthetics.Runtime.SYNTHETICS_NODEJS_PUPPETEER_9_1,
        test=synthetics.Test.custom(code=synthetics.Code.from_inline("exports.handler = 1"), handler="index.handler"),
    )
    frontend.add_alarm(
        canary.metric_success_percent().create_alarm(stack, "CanaryFails", threshold=90, evaluation_periods=1)
    )
    site = cloudfront.Distribution.from_distribution_attributes(
        stack, "Site", distribution_id="E123", domain_name="d.example.com"
    )
    ReleaseDashboard(stack, "Releases", frontend=frontend, backends=backends, distribution=site, canaries=[canary])
    return stack


@pytest.fixture(scope="module")
def template(stack: cdk.Stack) -> dict[str, Any]:
    return Template.from_stack(stack).to_json()


@pytest.fixture(scope="module")
def body(stack: cdk.Stack) -> dict[str, Any]:
    return body_of(stack)


def test_the_body_has_the_form_that_cloudwatch_requires(body: dict[str, Any]) -> None:
    assert faults(body) == []


def test_the_rows_stand_in_the_order_of_a_release(body: dict[str, Any]) -> None:
    placed = sorted(body["widgets"], key=lambda widget: (widget["y"], widget["x"]))
    sections = [widget["properties"]["title"].split(":")[0] for widget in placed]
    assert list(dict.fromkeys(sections)) == [
        "Red, they end the backend's shift",
        "Red, they end the release",
        "Shop/Backend",
        "one-box",
        "regular",
        "site",
        "canaries",
    ]


def test_every_alarm_that_can_end_a_release_is_shown_once(template: dict[str, Any], body: dict[str, Any]) -> None:
    listed = [arn for widget in body["widgets"] if widget["type"] == "alarm" for arn in widget["properties"]["alarms"]]
    assert sorted(listed) == sorted(f"<{name}.Arn>" for name in of_type(template, "AWS::CloudWatch::Alarm"))


@pytest.mark.parametrize("what", ["requests", "5xx", "4xx", "latency (p90)"])
def test_the_partitions_stand_side_by_side_in_equal_graphs(body: dict[str, Any], what: str) -> None:
    left, right = titled(body, f"one-box: {what}"), titled(body, f"regular: {what}")
    assert (left["x"], right["x"]) == (0, 12)
    assert [left[key] for key in ("y", "width", "height")] == [right[key] for key in ("y", "width", "height")]
    assert left["properties"]["yAxis"] == right["properties"]["yAxis"]
    assert left["properties"]["yAxis"]["left"]["min"] == 0
    assert [metric[-1]["label"] for metric in shown(left)] == [metric[-1]["label"] for metric in shown(right)]


def test_each_half_shows_its_own_api(template: dict[str, Any], body: dict[str, Any]) -> None:
    apis = {name.split("Frontend")[1][:3]: f"<{name}>" for name in of_type(template, "AWS::ApiGatewayV2::Api")}
    for graph in graphs(body):
        partition = {"one-box": "One", "regular": "Reg"}.get(graph["properties"]["title"].split(":")[0])
        values = {metric[3] for metric in graph["properties"]["metrics"] if metric[0] == "AWS/ApiGateway"}
        assert values == ({apis[partition]} if partition else set())


@pytest.mark.parametrize(
    ("what", "metric", "statistic"),
    [("requests", "Invocations", "Sum"), ("errors", "Errors", "Average"), ("latency (p90)", "Duration", "p90")],
)
def test_a_search_finds_every_version_behind_the_alias(
    template: dict[str, Any], body: dict[str, Any], what: str, metric: str, statistic: str
) -> None:
    (function,) = [name for name in of_type(template, "AWS::Lambda::Function") if name.startswith("Orders")]
    search, total = shown(titled(body, f"Shop/Backend: {what}"))
    assert search[0]["expression"] == (
        "SEARCH('{AWS/Lambda,FunctionName,Resource,ExecutedVersion} "
        f"""MetricName="{metric}" Resource="<{function}>:live"', '{statistic}')"""
    )
    assert search[0]["label"] == "version ${PROP('Dim.ExecutedVersion')}"
    assert total[:-1] == ["AWS/Lambda", metric, "FunctionName", f"<{function}>", "Resource", f"<{function}>:live"]


def test_every_graph_carries_every_mark_of_this_front_ends_releases(
    template: dict[str, Any], body: dict[str, Any]
) -> None:
    (preflight,) = [name for name in of_type(template, "Custom::ProdOneBoxDeployWait") if "Preflight" in name]
    for graph in graphs(body):
        marks = [metric for metric in graph["properties"]["metrics"] if metric[0] == "ProdOneBox"]
        assert {mark[1] for mark in marks} == MARKS
        for mark in marks:
            wave = ["Wave", "one-box"] if mark[1] == "BakeStarted" else []
            assert mark[2:-1] == ["Stack", "Shop", "Wait", preflight, *wave]
            assert (mark[-1]["yAxis"], mark[-1]["stat"]) == ("right", "Maximum")
        assert len({mark[-1]["color"] for mark in marks}) == len(MARKS)


def test_the_bake_marks_under_the_name_that_the_dashboard_reads(template: dict[str, Any]) -> None:
    waits = of_type(template, "Custom::ProdOneBoxDeployWait")
    (preflight,) = [name for name in waits if "Preflight" in name]
    assert {name: body["Properties"].get("StartedBy", name) for name, body in waits.items()} == dict.fromkeys(
        waits, preflight
    )


def test_the_sites_metrics_are_read_where_cloudfront_keeps_them(body: dict[str, Any]) -> None:
    for title in ("site: requests", "site: errors"):
        for metric in shown(titled(body, title)):
            assert metric[2:-1] == ["DistributionId", "E123", "Region", "Global"]
            assert metric[-1]["region"] == "us-east-1"


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Shop/Backend: throttles", ["Throttles"]),
        ("site: requests", ["Requests"]),
        ("site: errors", ["4xxErrorRate", "5xxErrorRate"]),
        ("canaries: passed", ["SuccessPercent"]),
        ("canaries: duration", ["Duration"]),
    ],
)
def test_each_graph_shows_the_metrics_of_its_title(body: dict[str, Any], title: str, names: list[str]) -> None:
    assert [metric[1] for metric in shown(titled(body, title))] == names


def test_a_release_canary_is_shown_like_any_other() -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    frontend = OneBoxFrontend(stack, "Frontend", build_function=a_function)
    ReleaseDashboard(stack, "Releases", frontend=frontend, canaries=[canary(stack)])
    (passed,) = shown(titled(body_of(stack), "canaries: passed"))
    assert passed[-1]["label"] == "Shop/Canary/Canary"


def test_nothing_waits_for_the_dashboard(template: dict[str, Any]) -> None:
    (dashboard,) = of_type(template, "AWS::CloudWatch::Dashboard")
    assert dependents(dependencies(template))[dashboard] == set()
    assert cycles(template) == []


def test_partitions_without_apis_show_what_lambda_measures() -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    frontend = OneBoxFrontend(stack, "Frontend", build_function=a_function, create_apis=False)
    ReleaseDashboard(stack, "Releases", frontend=frontend)
    body = body_of(stack)
    assert faults(body) == []
    assert [graph["properties"]["title"] for graph in graphs(body)] == [
        f"{partition}: {what}"
        for what in ("requests", "errors", "latency (p90)")
        for partition in ("one-box", "regular")
    ]
    assert shown(titled(body, "regular: requests"))[0][:2] == ["AWS/Lambda", "Invocations"]


def test_five_backends_and_two_hundred_alarms_stay_within_cloudwatchs_limits() -> None:
    stack, frontend, backends = a_shop(cdk.App(), "Shop")
    for number in range(4):
        function = a_function(stack, f"Function{number}")
        backends.append(TrafficShiftedFunction(stack, f"Backend{number}", function=function))
    for number in range(200):
        arn = f"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:alarm-{number}"
        frontend.add_alarm(cloudwatch.Alarm.from_alarm_arn(stack, f"Alarm{number}", arn))
    ReleaseDashboard(stack, "Releases", frontend=frontend, backends=backends)
    body = body_of(stack)
    assert faults(body) == []
    assert len(graphs(body)) == 5 * 4 + 4 * 2
    (dashboard,) = of_type(Template.from_stack(stack).to_json(), "AWS::CloudWatch::Dashboard").values()
    # CloudFormation takes a template of 1 MB.
    assert len(text_of(dashboard["Properties"]["DashboardBody"])) < 100_000


def in_waves(waves: int) -> cdk.Stack:
    stack = cdk.Stack(cdk.App(), "Shop")
    frontend = OneBoxFrontend(stack, "Frontend", build_function=a_function, waves=[Wave(share=1)] * waves)
    ReleaseDashboard(stack, "Releases", frontend=frontend)
    return stack


def waves_marked(graph: dict[str, Any]) -> list[str]:
    return [metric[7] for metric in graph["properties"]["metrics"] if metric[:2] == ["ProdOneBox", "BakeStarted"]]


def test_a_partitions_graphs_mark_the_first_switch_and_its_own() -> None:
    body = body_of(in_waves(3))
    partitions = {graph["properties"]["title"].split(":")[0]: waves_marked(graph) for graph in graphs(body)}
    assert partitions == {
        "one-box": ["one-box"],
        "wave-2": ["one-box", "wave-2"],
        "wave-3": ["one-box", "wave-3"],
        "regular": ["one-box"],
    }


def test_a_dashboard_of_many_waves_stays_within_cloudwatchs_limits_and_grows_with_their_number() -> None:
    def text(waves: int) -> str:
        (dashboard,) = of_type(Template.from_stack(in_waves(waves)).to_json(), "AWS::CloudWatch::Dashboard").values()
        return text_of(dashboard["Properties"]["DashboardBody"])

    nine, many = text(9), text(36)
    assert faults(json.loads(many)) == []
    assert len(many) < 4 * len(nine)


def test_a_dashboard_in_another_stack_refers_to_the_front_ends_stack() -> None:
    app = cdk.App()
    _, frontend, backends = a_shop(app, "Shop")
    other = cdk.Stack(app, "Dashboards")
    ReleaseDashboard(other, "Releases", frontend=frontend, backends=backends, dashboard_name="shop-releases")
    body = json.dumps(Template.from_stack(other).to_json())
    assert '"Stack\\",\\"Shop\\"' in body.replace("\\\\", "\\")
    assert "shop-releases" in body


def test_an_alarm_in_a_stack_that_depends_on_the_front_ends_makes_no_cycle() -> None:
    app = cdk.App()
    stack, frontend, _ = a_shop(app, "Shop")
    site = cdk.Stack(app, "Site")
    cdk.CfnOutput(site, "Address", value=frontend.one_box.http_api.api_endpoint)
    alarm = cloudwatch.Alarm(
        site,
        "Errors",
        alarm_name="site-errors",
        metric=cloudwatch.Metric(namespace="AWS/CloudFront", metric_name="5xxErrorRate"),
        threshold=1,
        evaluation_periods=1,
    )
    frontend.add_alarm(alarm)
    ReleaseDashboard(stack, "Releases", frontend=frontend)
    app.synth()
    assert any(arn.endswith(":alarm:site-errors") for arn in body_of(stack)["widgets"][0]["properties"]["alarms"])


def test_an_alarm_added_after_the_dashboard_is_refused_by_name() -> None:
    app = cdk.App()
    stack, frontend, backends = a_shop(app, "Shop")
    ReleaseDashboard(stack, "Releases", frontend=frontend, backends=backends)
    frontend.add_alarm(backends[0].alias.metric_errors().create_alarm(stack, "Late", threshold=1, evaluation_periods=1))
    with pytest.raises(RuntimeError, match=r"Shop/Releases: frontend: .*Shop/Late.*after the last add_alarm"):
        app.synth()


def test_another_regions_front_end_is_refused() -> None:
    app = cdk.App()
    _, frontend, _ = a_shop(app, "Shop", env=cdk.Environment(region="eu-central-1"))
    other = cdk.Stack(app, "Dashboards", env=cdk.Environment(region="us-east-1"))
    with pytest.raises(InvalidArgumentError, match="which is in eu-central-1"):
        ReleaseDashboard(other, "Releases", frontend=frontend)


def test_a_failure_rate_as_a_reviewer_reads_it(body: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    assert masked(titled(body, "one-box: 4xx")) == snapshot
