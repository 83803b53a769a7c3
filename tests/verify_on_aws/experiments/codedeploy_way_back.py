"""How does an alias that CodeDeploy shifted go back while its version's alarm is red?

When an update fails after a shift, CloudFormation takes the alias back. AWS documents neither whether that is a shift
of its own or a single call, nor whether an alarm of the group that is red then stops it. The library keeps canary and
front-end alarms out of the group for that reason; a version's own alarm is in it. A release whose shift ends well, and
that fails half a minute later on another resource, is rolled back while all of the stack's alarms are held in ALARM.
"""

import time
from subprocess import Popen
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_

from emulator.alias_history import AliasHistory, Sample
from emulator.cdk_command import finish
from emulator.held_alarm import HeldAlarm
from emulator.stack_events import StackEvent, stack_events
from prod_one_box import TrafficShiftedFunction
from verify_on_aws.account_run import AccountRun
from verify_on_aws.answer import Answer, unless_refused

_WORD = "Shift"
_LOOK_SECONDS = 0.5
_ALIAS = "AWS::Lambda::Alias"
_FAILS_AFTER_SECONDS = 30


def ask(run: AccountRun) -> Answer:
    outputs = run.deploy(_WORD, lambda stack: _build(stack, "first"))
    name = run.record.prefix + _WORD
    before = stack_events(run.aws, name)[-1].at
    with AliasHistory(run.aws, {"backend": (outputs["Function"], outputs["Alias"])}) as history:
        process = run.start(_WORD, lambda stack: _build(stack, "second", fails=True))
        held: list[HeldAlarm] = []
        try:
            held = _red_once_shifted(run, name, before, process)
        finally:
            if not held:
                process.terminate()
        try:
            finish(process)
        finally:
            for alarm in held:
                alarm.release()
    events = [each for each in stack_events(run.aws, name, since=before) if each.at > before]
    assert held, "the alias was never shifted to the end"
    seen = history.changes("backend")
    began = before.timestamp()
    changes = [
        {"after": round(each.at - began, 1), "version": each.version, "weights": dict(each.weights)} for each in seen
    ]
    back = [each for each in seen if each.at >= _went_back(events)]
    weights = "with weights on the way, so shifted" if any(each.weights for each in back) else "without weights"
    status = run.aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    return Answer(
        f"The stack ended in {status}; the alias {f'changed {weights}' if back else 'did not go back'}.",
        {
            "alias": changes,
            "deployments": unless_refused(lambda: _deployments(run, outputs)),
            "events": [f"{each.at} {each.logical_id} {each.status} {each.reason}" for each in events],
        },
        _measured(events, seen),
    )


def _red_once_shifted(run: AccountRun, stack: str, before: Any, process: Popen[bytes]) -> list[HeldAlarm]:
    """Hold all alarms in ALARM as soon as CloudFormation has seen the shift's end."""
    while process.poll() is None:
        shifted = [
            each
            for each in stack_events(run.aws, stack, since=before)
            if each.at > before and each.type == _ALIAS and each.status == "UPDATE_COMPLETE"
        ]
        if shifted:
            pages = run.aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
            resources = [each for page in pages for each in page["StackResourceSummaries"]]
            alarms = [each for each in resources if each["ResourceType"] == "AWS::CloudWatch::Alarm"]
            return [HeldAlarm(run.aws, each["PhysicalResourceId"], "ALARM") for each in alarms]
        time.sleep(_LOOK_SECONDS)
    return []


def _went_back(events: list[StackEvent]) -> float:
    return next(each.at.timestamp() for each in events if each.status == "UPDATE_ROLLBACK_IN_PROGRESS")


def _deployments(run: AccountRun, outputs: dict[str, str]) -> list[dict[str, Any]]:
    client = run.aws.client("codedeploy")
    group = {"applicationName": outputs["Application"], "deploymentGroupName": outputs["Group"]}
    found = []
    for each in client.list_deployments(**group)["deployments"]:
        info = client.get_deployment(deploymentId=each)["deploymentInfo"]
        named = ("status", "creator", "createTime", "completeTime", "errorInformation", "rollbackInfo")
        found.append({name: info.get(name) for name in named})
    return found


def _measured(events: list[StackEvent], seen: list[Sample]) -> dict[str, float]:
    """What a rehearsal assumes of CodeDeploy, from the alias's own events and its first and last change."""
    own = [each.at.timestamp() for each in events if each.type == _ALIAS][:2]
    forward = [each.at for each in seen if len(own) == 2 and own[0] - 1 <= each.at <= own[1] + 1]
    if not forward:
        return {}
    return {
        "codedeploy_start_seconds": round(max(0.0, forward[0] - own[0]), 1),
        "codedeploy_finish_seconds": round(max(0.0, own[1] - forward[-1]), 1),
    }


def _build(stack: cdk.Stack, release: str, *, fails: bool = False) -> None:
    function = lambda_.Function(
        stack,
        "Backend",
        description=release,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(f"def handler(event, context):\n    return {release!r}\n"),
    )
    config = codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES
    backend = TrafficShiftedFunction(stack, "Shifted", function=function, deployment_config=config)
    outputs = {
        "Function": function.function_name,
        "Alias": backend.alias.alias_name,
        "Application": backend.application.application_name,
        "Group": backend.deployment_group.deployment_group_name,
    }
    for name, value in outputs.items():
        cdk.CfnOutput(stack, name, value=value)
    if fails:
        # Nobody signals it, so it fails by itself: late enough for the alarms to be red before the rollback begins.
        handle = cdk.CfnWaitConditionHandle(stack, "Handle")
        late = cdk.CfnWaitCondition(stack, "Late", handle=handle.ref, timeout=str(_FAILS_AFTER_SECONDS))
        late.add_resource_dependency(backend.alias.node.default_child)
