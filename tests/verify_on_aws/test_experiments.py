"""What an experiment asks AWS, and what it makes of the answers, where the emulator has no answer."""

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from verify_on_aws.experiments import (
    EXPERIMENTS,
    alarm_permissions,
    codedeploy_way_back,
    compute_utilization,
    name,
    question,
    selected_origin,
)

REGION = "us-east-1"


def client(service: str) -> Any:
    return boto3.client(service, region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing")


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda each: each.__name__.rpartition(".")[2])
def test_each_experiment_asks_a_question_and_says_why(experiment: Any) -> None:
    first, empty, *why = experiment.__doc__.splitlines()
    assert first.endswith("?")
    assert first == question(experiment)
    assert empty == ""
    assert len(why) >= 3


def test_the_page_on_what_is_not_verified_names_each_question() -> None:
    page = (Path(__file__).parents[2] / "docs" / "unverified.md").read_text("utf-8")
    assert [f"| `{name(each)}` | {question(each)} |" in page for each in EXPERIMENTS] == [True] * len(EXPERIMENTS)


class Edge:
    """The site's two functions, and what CloudFront says of each test."""

    def __init__(self, *results: dict[str, Any]) -> None:
        self.cloudformation, self.cloudfront = client("cloudformation"), client("cloudfront")
        self.formation, self.front = Stubber(self.cloudformation), Stubber(self.cloudfront)
        rows = [
            {
                "LogicalResourceId": f"Site{event}0000",
                "PhysicalResourceId": f"arn:aws:cloudfront::123456789012:function/us-east-1Site{event}",
                "ResourceType": "AWS::CloudFront::Function",
                "ResourceStatus": "CREATE_COMPLETE",
                "LastUpdatedTimestamp": 0,
            }
            for event in ("ViewerRequest", "ViewerResponse")
        ]
        self.formation.add_response("list_stack_resources", {"StackResourceSummaries": rows})
        self.tested: list[dict[str, Any]] = []
        for each in ("ViewerRequest", "ViewerResponse"):
            for _ in range(2):
                self._expect(f"us-east-1Site{each}", results)

    def _expect(self, name: str, results: tuple[dict[str, Any], ...]) -> None:
        self.front.add_response("describe_function", {"ETag": "E1"}, {"Name": name, "Stage": "LIVE"})
        for at in range(10):
            wanted = {"Name": name, "IfMatch": "E1", "Stage": "LIVE", "EventObject": ANY}
            self.front.add_response("test_function", {"TestResult": results[at % len(results)]}, wanted)

    def ask(self) -> Any:
        aws = SimpleNamespace(cloudformation=self.cloudformation, client=self._client)
        run = SimpleNamespace(aws=aws, site=lambda: SimpleNamespace(stack_name="Site"))
        with self.formation, self.front:
            return compute_utilization.ask(run)

    def _client(self, service: str) -> Any:
        assert service == "cloudfront"
        self.cloudfront.meta.events.register("provide-client-params.cloudfront.TestFunction", self._note)
        return self.cloudfront

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        self.tested.append(json.loads(params["EventObject"]))


def test_the_highest_compute_utilization_of_both_functions_is_the_answer() -> None:
    edge = Edge({"ComputeUtilization": "12"}, {"ComputeUtilization": "31"})
    answer = edge.ask()
    edge.front.assert_no_pending_responses()
    assert answer.said == "The highest compute utilization of 10 tests each was 31 of 100."
    assert len(answer.evidence) == 4
    assert {each["context"]["eventType"] for each in edge.tested} == {"viewer-request", "viewer-response"}
    assert all(("response" in each) == (each["context"]["eventType"] == "viewer-response") for each in edge.tested)


def test_a_function_that_fails_in_the_test_is_no_answer() -> None:
    edge = Edge({"ComputeUtilization": "0", "FunctionErrorMessage": "TypeError: no cookies"})
    with pytest.raises(AssertionError, match="TypeError: no cookies"):
        edge.ask()


def test_the_deployments_of_a_group_are_read() -> None:
    codedeploy = client("codedeploy")
    outputs = {"Application": "app", "Group": "group"}
    named = {"applicationName": "app", "deploymentGroupName": "group"}
    info = {"status": "Stopped", "creator": "CloudFormation", "errorInformation": {"code": "ALARM_ACTIVE"}}
    run: Any = SimpleNamespace(aws=SimpleNamespace(client=lambda _: codedeploy))
    with Stubber(codedeploy) as stubber:
        stubber.add_response("list_deployments", {"deployments": ["d-1"]}, named)
        stubber.add_response("get_deployment", {"deploymentInfo": info}, {"deploymentId": "d-1"})
        (found,) = codedeploy_way_back._deployments(run, outputs)
    assert (found["status"], found["errorInformation"]["code"]) == ("Stopped", "ALARM_ACTIVE")


def alarms(**answers: str) -> Any:
    """What the experiment makes of what its function answers."""
    said = dict.fromkeys(
        [
            "one that is allowed",
            "two that are allowed",
            "one that is refused",
            "an allowed and a refused one",
            "a refused and an allowed one",
        ],
        "AccessDenied",
    )
    payload = json.dumps(said | {name.replace("_", " "): answer for name, answer in answers.items()}).encode()
    invoke = SimpleNamespace(invoke=lambda **_: {"Payload": io.BytesIO(payload)})
    outputs = dict.fromkeys(("First", "Second", "Third", "Function"), "name")
    run: Any = SimpleNamespace(aws=SimpleNamespace(awslambda=invoke), deploy=lambda *_: outputs)
    return alarm_permissions.ask(run)


def test_a_function_that_may_describe_no_alarm_is_no_answer() -> None:
    with pytest.raises(AssertionError, match="AccessDenied"):
        alarms()


def test_permissions_alarm_by_alarm_are_answered_when_one_alarm_works() -> None:
    assert alarms(one_that_is_allowed="1 of 1 alarms").said.endswith("does not work.")
    assert alarms(one_that_is_allowed="1 of 1 alarms", two_that_are_allowed="2 of 2 alarms").said.endswith(" works.")


def origins(monkeypatch: pytest.MonkeyPatch, unselected: tuple[int, str]) -> Any:
    """What the experiment makes of what its distribution answers without a selection."""
    pages = {
        "/": unselected,
        "/?origin=first": (200, "first.example"),
        "/?origin=second": (200, "second.example"),
        "/?origin=unknown": (503, ""),
    }

    def ask(_: str, path: str) -> Any:
        status, host = pages[path]
        return SimpleNamespace(status=status, body=json.dumps({"host": host}) if host else "an error page")

    outputs = {"first": "first.example", "second": "second.example", "Domain": "site.example"}
    run: Any = SimpleNamespace(aws=SimpleNamespace(ask=ask), deploy=lambda *_: outputs)
    monkeypatch.setattr(selected_origin, "_DOMAIN_SECONDS", 0)
    return selected_origin.ask(run)


@pytest.mark.parametrize("unselected", [(403, ""), (200, "second.example"), (500, "first.example")])
def test_a_distribution_that_does_not_answer_by_itself_is_no_answer(
    monkeypatch: pytest.MonkeyPatch, unselected: tuple[int, str]
) -> None:
    with pytest.raises(AssertionError, match=str(unselected[0])):
        origins(monkeypatch, unselected)


def test_selected_origins_are_answered_when_the_default_origin_is(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "The selected origin's own host was asked; an unknown id answered 503."
    assert origins(monkeypatch, (200, "first.example")).said == said
