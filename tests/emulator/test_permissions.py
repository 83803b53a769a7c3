"""With IAM enforced, a call of the wait's handler or of its provider framework without its permission is refused."""

import json
from collections.abc import Iterator

import pytest

from emulator import request_probes, stack_probes
from emulator.aws import Aws
from emulator.emulated_aws import BUILD, emulator_beside_the_scenarios
from emulator.functions import allow, answer_of, make_function, make_role, policy

_ASK = """
import boto3
from botocore.exceptions import ClientError
def handler(event, context):
    answers = {}
    for action, (service, operation, named) in event.items():
        try:
            getattr(boto3.client(service), operation)(**named)
        except ClientError as error:
            answers[action] = error.response["Error"]["Code"]
    return answers
"""
_MACHINE = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
_FUNCTION, _ALIAS = {"FunctionName": "watched"}, {"FunctionName": "watched", "Name": "live"}
_INVOCATIONS = {"Namespace": "AWS/Lambda", "MetricName": "Invocations"}
_PERIOD = {"StartTime": "2026-01-01T00:00:00Z", "EndTime": "2026-01-01T01:00:00Z"}
_STATISTIC = {"Metric": _INVOCATIONS, "Period": 60, "Stat": "Sum"}
CALLS = {
    "cloudformation:DescribeStacks": ("cloudformation", "describe_stacks", {"StackName": "Watched"}),
    "cloudformation:ListStackResources": ("cloudformation", "list_stack_resources", {"StackName": "Watched"}),
    "cloudwatch:DescribeAlarms": ("cloudwatch", "describe_alarms", {"AlarmNames": ["watched"]}),
    "cloudwatch:DescribeAlarmHistory": ("cloudwatch", "describe_alarm_history", {"AlarmName": "watched"}),
    "cloudwatch:GetMetricStatistics": (
        "cloudwatch",
        "get_metric_statistics",
        {**_INVOCATIONS, **_PERIOD, "Period": 60, "Statistics": ["Sum"]},
    ),
    "cloudwatch:GetMetricData": (
        "cloudwatch",
        "get_metric_data",
        {"MetricDataQueries": [{"Id": "m0", "MetricStat": _STATISTIC}], **_PERIOD},
    ),
    "lambda:GetAlias": ("lambda", "get_alias", _ALIAS),
    "lambda:UpdateAlias": ("lambda", "update_alias", {**_ALIAS, "FunctionVersion": "1"}),
    "lambda:GetFunction": ("lambda", "get_function", _FUNCTION),
    "lambda:InvokeFunction": ("lambda", "invoke", _FUNCTION),
    "states:StartExecution": ("stepfunctions", "start_execution", {}),
}


@pytest.fixture(scope="module")
def account() -> Iterator[Aws]:
    with emulator_beside_the_scenarios(BUILD / "permissions") as aws:
        yield aws


@pytest.fixture(scope="module")
def calls(account: Aws) -> dict[str, object]:
    """The calls, in an account that has what they ask for, and a function `asks` that makes them."""
    make_function(account, "asks", _ASK)
    make_function(account, "watched", "def handler(event, context):\n    return None\n")
    account.awslambda.create_alias(**_ALIAS, FunctionVersion="1")
    request_probes.make_alarms(account, "watched")
    stack_probes.make_stack(account, "Watched", {"Topic": {"Type": "AWS::SNS::Topic"}})
    machine = _make_machine(account, "watched", _MACHINE)
    return {**CALLS, "states:StartExecution": ("stepfunctions", "start_execution", {"stateMachineArn": machine})}


@pytest.mark.parametrize("missing", [*CALLS, None])
def test_a_call_without_its_permission_is_refused(missing: str | None, account: Aws, calls: dict[str, object]) -> None:
    granted = policy([allow(*(action for action in calls if action != missing))])
    account.client("iam").put_role_policy(RoleName="asks-role", PolicyName="granted", PolicyDocument=granted)

    refused = answer_of(account, "asks", **calls)

    assert list(refused) == ([missing] if missing else [])
    assert all(code.startswith("AccessDenied") for code in refused.values())


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("cloudformation:DescribeStacks", "arn:aws:cloudformation:*:*:stack/Other/*"),
        ("cloudformation:ListStackResources", "arn:aws:cloudformation:*:*:stack/Other/*"),
        ("cloudwatch:DescribeAlarms", "arn:aws:cloudwatch:*:*:alarm:other"),
        ("cloudwatch:DescribeAlarmHistory", "arn:aws:cloudwatch:*:*:alarm:other"),
        ("lambda:GetAlias", "arn:aws:lambda:*:*:function:other"),
        ("lambda:UpdateAlias", "arn:aws:lambda:*:*:function:other"),
    ],
)
def test_a_permission_on_something_else_does_not_do(
    action: str, resource: str, account: Aws, calls: dict[str, object]
) -> None:
    granted = policy([allow(action, on=resource)])
    account.client("iam").put_role_policy(RoleName="asks-role", PolicyName="granted", PolicyDocument=granted)

    assert answer_of(account, "asks", **{action: calls[action]})[action].startswith("AccessDenied")


def test_no_run_proves_the_permissions_of_a_state_machine_s_role(account: Aws, calls: dict[str, object]) -> None:
    """AWS refuses it (Step Functions developer guide, "How Step Functions works with IAM"); the emulator does not."""
    function = account.awslambda.get_function(**_FUNCTION)["Configuration"]["FunctionArn"]
    task = {"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": function, "End": True}}}
    client = account.client("stepfunctions")
    execution = client.start_execution(stateMachineArn=_make_machine(account, "tasked", task))["executionArn"]

    assert stack_probes.becomes(lambda: client.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"), (
        "the emulator enforces a state machine's role now: say so where it is said that no run proves it"
    )


def test_no_run_proves_the_permission_of_an_api_on_its_function(account: Aws, calls: dict[str, object]) -> None:
    """AWS refuses it (Lambda developer guide, "Invoking a Lambda function using an Amazon API Gateway endpoint")."""
    page = make_function(account, "page", 'def handler(event, context):\n    return {"statusCode": 200}\n')
    api = request_probes.make_http_api(account, page, permission=False)

    assert account.ask(f"{api}.execute-api.localhost", "/").status == 200, (
        "the emulator enforces an API's permission now: say so where it is said that no run proves it"
    )


def _make_machine(account: Aws, name: str, definition: dict[str, object]) -> str:
    role = make_role(account, f"{name}-machine")
    made = account.client("stepfunctions").create_state_machine(
        name=name, roleArn=role, definition=json.dumps(definition)
    )
    return str(made["stateMachineArn"])
