"""What AWS documents of stacks and alarms, each as a question to an account: does it behave so?"""

import json
import time
from collections.abc import Callable
from datetime import datetime, timezone

from botocore.exceptions import ClientError

from emulator.aws import Aws
from emulator.functions import TRUST, allow, make_function, policy

_ENOUGH_SECONDS = 4

_HOLD = """
import json, urllib.request
def handler(event, context):
    if event["RequestType"] != "Delete" and event["ResourceProperties"]["Answers"] == "no":
        return
    named = {each: event[each] for each in ("StackId", "RequestId", "LogicalResourceId")}
    answer = json.dumps({**named, "Status": "SUCCESS", "PhysicalResourceId": event["LogicalResourceId"]}).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], data=answer, method="PUT"))
"""
_AWAIT = """
import boto3, json, time, urllib.request
def handler(event, context):
    while event["RequestType"] != "Delete":
        found = boto3.client("cloudformation").list_stack_resources(StackName=event["StackId"])
        listed = {each["LogicalResourceId"] for each in found["StackResourceSummaries"]}
        if listed >= {*event["ResourceProperties"]["Awaited"]["regular"]}:
            break
        time.sleep(0.2)
    named = {each: event[each] for each in ("StackId", "RequestId", "LogicalResourceId")}
    answer = json.dumps({**named, "Status": "SUCCESS", "PhysicalResourceId": event["LogicalResourceId"]}).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], data=answer, method="PUT"))
"""
_VERSION = "def handler(event, context):\n    return context.function_version\n"


def a_resource_that_is_updated_is_listed_as_in_progress(aws: Aws) -> bool:
    function = make_function(aws, "hold-updated", _HOLD)
    make_stack(aws, "Updated", {"Held": _custom(function, answers="yes")})
    update_stack(aws, "Updated", {"Held": _custom(function, answers="no")})
    return becomes(lambda: _listed(aws, "Updated").get("Held") == "UPDATE_IN_PROGRESS")


def a_resource_that_an_update_adds_is_listed_as_created(aws: Aws) -> bool:
    function = make_function(aws, "hold-added", _HOLD)
    make_stack(aws, "Added", {"There": _custom(function, answers="yes")})
    update_stack(aws, "Added", {"There": _custom(function, answers="yes"), "Held": _custom(function, answers="no")})
    return becomes(lambda: _listed(aws, "Added").get("Held") == "CREATE_IN_PROGRESS")


def a_custom_resource_may_wait_for_what_is_created_beside_it(aws: Aws) -> bool:
    function = make_function(aws, "await-other", _AWAIT)
    granted = policy([allow("cloudformation:ListStackResources")])
    aws.client("iam").put_role_policy(RoleName="await-other-role", PolicyName="list", PolicyDocument=granted)
    # By their names the emulator comes to the custom resource first.
    awaiting = {"Type": "Custom::Awaiting", "Properties": {"ServiceToken": function, "Awaited": {"regular": ["Topic"]}}}
    return _is_made(aws, "Awaiting", {"Await": awaiting, "Topic": {"Type": "AWS::SNS::Topic"}})


def a_cancelled_update_does_not_wait_for_a_custom_resource(aws: Aws) -> bool:
    function = make_function(aws, "hold-cancelled", _HOLD)
    make_stack(aws, "Cancelled", {"Held": _custom(function, answers="yes")})
    update_stack(aws, "Cancelled", {"Held": _custom(function, answers="no")})
    assert becomes(lambda: ("Held", "UPDATE_IN_PROGRESS") in _events(aws, "Cancelled"))
    time.sleep(1)  # The event comes just before the function is asked.
    aws.cloudformation.cancel_update_stack(StackName="Cancelled")
    return becomes(lambda: "ROLLBACK" in status_of(aws, "Cancelled"))


def an_update_without_rollback_says_so(aws: Aws) -> bool:
    make_stack(aws, "Kept", {"Topic": {"Type": "AWS::SNS::Topic"}})
    said = []
    for disabled in (True, False):
        body = json.dumps(
            {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": str(disabled)}}}}
        )
        aws.cloudformation.update_stack(StackName="Kept", TemplateBody=body, DisableRollback=disabled)
        assert becomes(lambda: status_of(aws, "Kept") == "UPDATE_COMPLETE")
        said.append(aws.cloudformation.describe_stacks(StackName="Kept")["Stacks"][0]["DisableRollback"])
    return said == [True, False]


def an_alarm_on_metric_math_is_created(aws: Aws) -> bool:
    return _is_made(aws, "MetricMath", {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": _alarm("made")}})


def an_alarm_on_metric_math_turns_red(aws: Aws) -> bool:
    if not _is_made(aws, "Red", {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": _alarm("red")}}):
        return False
    _put_requests(aws, "red", errors=5)
    return becomes(lambda: _state(aws, "red") == "ALARM")


def an_alarm_that_was_set_by_hand_stays_red(aws: Aws) -> bool:
    """Nothing that AWS documents, but what scenarios rest on, with data that say otherwise."""
    make_stack(aws, "ByHand", {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": _alarm("by-hand")}})
    _put_requests(aws, "by-hand", errors=0)
    states = []
    for given in ("OK", "ALARM", "OK"):
        aws.cloudwatch.set_alarm_state(AlarmName="by-hand", StateValue=given, StateReason="by hand")
        states.append(_state(aws, "by-hand"))
    return states == ["OK", "ALARM", "OK"]


def a_deployment_group_is_created(aws: Aws) -> bool:
    return _is_made(aws, "Group", _group())


def an_alias_with_an_update_policy_is_shifted(aws: Aws) -> bool:
    function = make_function(aws, "shifted", _VERSION)
    second = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": function, "Description": "the next"}}
    if not _is_made(aws, "Shifted", {**_group(), "Live": _alias(function, "1")}):
        return False
    update_stack(
        aws, "Shifted", {**_group(), "Next": second, "Live": _alias(function, {"Fn::GetAtt": ["Next", "Version"]})}
    )
    return becomes(lambda: _weights(aws, "shifted") == {"2": 0.1})


def _custom(function: str, *, answers: str) -> dict[str, object]:
    """A custom resource that answers, or never does: what goes on then is left to the emulator's end."""
    return {"Type": "Custom::Held", "Properties": {"ServiceToken": function, "Answers": answers}}


def _alarm(name: str) -> dict[str, object]:
    metrics = [
        {
            "Id": id,
            "MetricStat": {"Metric": {"Namespace": name, "MetricName": metric}, "Period": 60, "Stat": "Sum"},
            "ReturnData": False,
        }
        for id, metric in (("requests", "Requests"), ("errors", "Errors"))
    ]
    return {
        "AlarmName": name,
        "Metrics": [*metrics, {"Id": "rate", "Expression": "100 * errors / requests"}],
        "EvaluationPeriods": 1,
        "Threshold": 10,
        "ComparisonOperator": "GreaterThanThreshold",
    }


def _group() -> dict[str, object]:
    properties = {
        "ApplicationName": {"Ref": "Application"},
        "ServiceRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "DeploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes",
    }
    return {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
        "Application": {"Type": "AWS::CodeDeploy::Application", "Properties": {"ComputePlatform": "Lambda"}},
        "Group": {"Type": "AWS::CodeDeploy::DeploymentGroup", "Properties": properties},
    }


def _alias(function: str, version: object) -> dict[str, object]:
    names = {"ApplicationName": {"Ref": "Application"}, "DeploymentGroupName": {"Ref": "Group"}}
    return {
        "Type": "AWS::Lambda::Alias",
        "Properties": {"FunctionName": function, "Name": "live", "FunctionVersion": version},
        "UpdatePolicy": {"CodeDeployLambdaAliasUpdate": names},
    }


def make_stack(aws: Aws, name: str, resources: dict[str, object]) -> None:
    assert _is_made(aws, name, resources), status_of(aws, name)


def _is_made(aws: Aws, name: str, resources: dict[str, object]) -> bool:
    """Make a stack; False if CloudFormation refuses the template, or a resource fails."""
    try:
        aws.cloudformation.create_stack(StackName=name, TemplateBody=_template(resources), Capabilities=_CAPABILITIES)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return False
    becomes(lambda: not status_of(aws, name).endswith("_IN_PROGRESS"))
    return status_of(aws, name) == "CREATE_COMPLETE"


def update_stack(aws: Aws, name: str, resources: dict[str, object]) -> None:
    aws.cloudformation.update_stack(StackName=name, TemplateBody=_template(resources), Capabilities=_CAPABILITIES)


_CAPABILITIES = ["CAPABILITY_IAM"]


def _template(resources: dict[str, object]) -> str:
    return json.dumps({"Resources": resources})


def status_of(aws: Aws, name: str) -> str:
    return str(aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


def _listed(aws: Aws, name: str) -> dict[str, str]:
    found = aws.cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    return {each["LogicalResourceId"]: each["ResourceStatus"] for each in found}


def _weights(aws: Aws, function: str) -> dict[str, float]:
    found = aws.awslambda.get_alias(FunctionName=function, Name="live")
    return found.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})


def _put_requests(aws: Aws, namespace: str, *, errors: int) -> None:
    """Publish ten requests of the minute before, and how many of them failed."""
    at = datetime.fromtimestamp(time.time() // 60 * 60 - 30, timezone.utc)
    data = [
        {"MetricName": name, "Value": value, "Timestamp": at} for name, value in (("Requests", 10), ("Errors", errors))
    ]
    aws.cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)


def _state(aws: Aws, alarm: str) -> str:
    return str(aws.cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"][0]["StateValue"])


def _events(aws: Aws, name: str) -> set[tuple[str, str]]:
    found = aws.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return {(each["LogicalResourceId"], each["ResourceStatus"]) for each in found}


def becomes(true: Callable[[], bool]) -> bool:
    """Whether something becomes true in a few seconds."""
    until = time.monotonic() + _ENOUGH_SECONDS
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.1)
    return False
