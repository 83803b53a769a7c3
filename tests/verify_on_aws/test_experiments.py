"""What an experiment asks AWS, and what it makes of the answers, where the emulator has no answer."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from verify_on_aws.experiments import EXPERIMENTS, codedeploy_way_back, compute_utilization, name, question

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
