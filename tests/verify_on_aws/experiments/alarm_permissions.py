"""Does `DescribeAlarms` with several names need permission on each of them?

The waits name all their alarms in one call, and their policy allows `cloudwatch:DescribeAlarms` on all alarms of the
account. AWS documents the permission's resource type (service authorization reference, "Amazon CloudWatch"), and not
which alarm a call with several names is checked against, nor whether a refused name refuses the call or is left out; so
a policy alarm by alarm would be a guess. A function that may describe two of three alarms asks for one and for two.
"""

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from verify_on_aws.account_run import AccountRun
from verify_on_aws.answer import Answer

_CODE = """
import boto3

def handler(event, context):
    client, answers = boto3.client("cloudwatch"), {}
    for asked, names in event.items():
        try:
            found = client.describe_alarms(AlarmNames=names)["MetricAlarms"]
            answers[asked] = f"{len(found)} of {len(names)} alarms"
        except Exception as error:
            answers[asked] = f"{type(error).__name__}: {error}"
    return answers
"""
_ALLOWED, _REFUSED = ("First", "Second"), "Third"
_ONE, _SEVERAL = "one that is allowed", "two that are allowed"


def ask(run: AccountRun) -> Answer:
    outputs = run.deploy("Alarms", _build)
    first, second, third = (outputs[each] for each in (*_ALLOWED, _REFUSED))
    asked = {
        _ONE: [first],
        _SEVERAL: [first, second],
        "one that is refused": [third],
        "an allowed and a refused one": [first, third],
        "a refused and an allowed one": [third, first],
    }
    said = run.aws.awslambda.invoke(FunctionName=outputs["Function"], Payload=json.dumps(asked).encode())
    answers: dict[str, Any] = json.loads(said["Payload"].read())
    assert set(answers) == set(asked), answers
    assert answers[_ONE] == "1 of 1 alarms", f"the permission on one alarm does not work: {answers}"
    works = "works" if answers[_SEVERAL] == "2 of 2 alarms" else "does not work"
    return Answer(f"A call with several names under permissions alarm by alarm {works}.", answers)


def _build(stack: cdk.Stack) -> None:
    function = lambda_.Function(
        stack,
        "Asks",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(_CODE),
        timeout=cdk.Duration.seconds(60),
    )
    for name in (*_ALLOWED, _REFUSED):
        alarm = cloudwatch.Alarm(
            stack,
            f"{name}Alarm",
            metric=cloudwatch.Metric(namespace="AWS/Lambda", metric_name="Errors"),
            threshold=1,
            evaluation_periods=1,
        )
        cdk.CfnOutput(stack, name, value=alarm.alarm_name)
        if name in _ALLOWED:
            allowed = iam.PolicyStatement(actions=["cloudwatch:DescribeAlarms"], resources=[alarm.alarm_arn])
            function.add_to_role_policy(allowed)
    cdk.CfnOutput(stack, "Function", value=function.function_name)
