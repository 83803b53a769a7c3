"""The provider that the waits of a stack share is the same on every machine."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.assertions import Template
from bake.release_stack import a_release
from cdk_nag import AwsSolutionsChecks
from cfnlint import api as cfnlint

import prod_one_box
from prod_one_box import DeployWaitResource, InvalidArgumentError

SYNTH = """
import sys, aws_cdk as cdk
from prod_one_box import DeployWaitResource
app = cdk.App(outdir=sys.argv[1])
DeployWaitResource(cdk.Stack(app, "Shop"), "Wait", duration=cdk.Duration.minutes(5), release_id="r1")
app.synth()
"""


def handler_code(template):
    functions = [
        each["Properties"] for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"
    ]
    return {each["Code"]["S3Key"] for each in functions if each["Handler"].startswith("handler.")}


def test_all_waits_of_a_stack_share_one_provider_and_stacks_have_their_own():
    app = cdk.App()
    stacks = [cdk.Stack(app, name) for name in ("One", "Two")]
    for stack in stacks:
        for wait in ("First", "Second"):
            DeployWaitResource(stack, wait, duration=cdk.Duration.minutes(5), release_id="r1")
    for stack in stacks:
        Template.from_stack(stack).resource_count_is("AWS::StepFunctions::StateMachine", 1)


def test_another_poll_interval_in_the_same_stack_is_refused():
    stack = cdk.Stack(cdk.App(), "Shop")
    usual = {"duration": cdk.Duration.minutes(5), "release_id": "r1"}
    DeployWaitResource(stack, "First", **usual)
    with pytest.raises(InvalidArgumentError, match="Shop/Second: poll_interval: got 30 s; allowed: 10 s"):
        DeployWaitResource(stack, "Second", **usual, poll_interval=cdk.Duration.seconds(30))


def waits_that_reserve(*reserved: int | None) -> cdk.Stack:
    stack = cdk.Stack(cdk.App(), "Shop")
    usual = {"duration": cdk.Duration.minutes(5), "release_id": "r1"}
    for number, executions in enumerate(reserved):
        DeployWaitResource(stack, f"Wait{number}", **usual, reserved_wait_concurrency=executions)
    return stack


def functions(stack: cdk.Stack) -> list[dict]:
    template = Template.from_stack(stack).to_json()
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]


def test_concurrency_is_reserved_for_both_handlers_and_the_frameworks_three_functions():
    found = functions(waits_that_reserve(4, 4))
    assert sorted(each["Handler"] for each in found) == [
        "framework.isComplete",
        "framework.onEvent",
        "framework.onTimeout",
        "handler.entry.is_complete",
        "handler.entry.on_event",
    ]
    assert {each["ReservedConcurrentExecutions"] for each in found} == {4}


def test_without_being_asked_nothing_is_reserved():
    assert all("ReservedConcurrentExecutions" not in each for each in functions(waits_that_reserve(None, None)))


@pytest.mark.parametrize(
    ("reserved", "shared"), [((4, None), "got None; allowed: 4, as"), ((None, 4), "got 4; allowed: None, as")]
)
def test_another_reservation_in_the_same_stack_is_refused(reserved, shared):
    with pytest.raises(InvalidArgumentError, match=f"Shop/Wait1: reserved_wait_concurrency: {shared}"):
        waits_that_reserve(*reserved)


def test_a_reservation_in_which_waits_could_throttle_each_other_is_refused():
    waits_that_reserve(6, 6, 6)
    with pytest.raises(
        InvalidArgumentError, match=r"Shop/Wait2: .* got 5; allowed: at least 6, 2 for each of the stack's 3"
    ):
        waits_that_reserve(5, 5, 5)


def test_the_providers_id_is_a_contract(release_template):
    tokens = {
        each["Properties"]["ServiceToken"]["Fn::GetAtt"][0]
        for each in release_template["Resources"].values()
        if each["Type"] == "Custom::ProdOneBoxDeployWait"
    }
    assert tokens == {"ProdOneBoxDeployWaitProviderframeworkonEventA75D29F2"}


def test_the_deployed_folder_holds_the_handlers_python_and_nothing_else(deployed_handler):
    source = Path(prod_one_box.__file__).parent / "constructs" / "bake" / "handler"
    deployed = {path.relative_to(deployed_handler).as_posix() for path in deployed_handler.rglob("*") if path.is_file()}
    assert deployed == {f"handler/{path.name}" for path in source.glob("*.py")}


def test_the_code_is_the_same_from_another_folder_with_caches_lying_about(tmp_path, release_template):
    package = tmp_path / "elsewhere" / "prod_one_box"
    shutil.copytree(Path(prod_one_box.__file__).parent, package)
    bake = package / "constructs" / "bake"
    for folder in (bake, bake / "handler", bake / "handler" / "sub"):
        (folder / "__pycache__").mkdir(parents=True, exist_ok=True)
        (folder / "__pycache__" / "entry.cpython-399.pyc").write_text("junk")
        (folder / ".DS_Store").write_text("junk")
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    subprocess.run([sys.executable, "-c", SYNTH, str(tmp_path / "out")], check=True, env=environment)
    template = json.loads((tmp_path / "out" / "Shop.template.json").read_text())
    assert handler_code(template) == handler_code(release_template)


def test_cfn_lint_finds_nothing_in_a_release(release_template):
    config = cfnlint.ManualArgs(ignore_checks=["W3005"], regions=["eu-central-1"])
    assert cfnlint.lint(json.dumps(release_template), config=config) == []


def test_cdk_nag_finds_nothing_that_is_not_acknowledged_with_a_reason(tmp_path):
    app = cdk.App(outdir=str(tmp_path))
    stack = cdk.Stack(app, "Shop")
    a_release(stack)
    imported = cloudwatch.Alarm.from_alarm_name(stack, "Imported", "errors")
    DeployWaitResource(stack, "Wait", duration=cdk.Duration.minutes(5), release_id="r1", alarms=[imported])
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with pytest.raises(RuntimeError, match="ValidationFailed"):  # for the roles of the example's own functions
        app.synth()
    report = json.loads((tmp_path / "validation-report.json").read_text())
    found = [
        construct["constructPath"]
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    ]
    assert set(found) == {"Shop/OneBoxFunction/ServiceRole/Resource", "Shop/RegularFunction/ServiceRole/Resource"}
