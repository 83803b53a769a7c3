"""The template of the construct as a reviewer, cfn-lint and cdk-nag read it."""

import json

import aws_cdk as cdk
import cdk_nag
import pytest
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk.assertions import Template
from cfnlint import api as cfnlint
from cfnlint.config import ManualArgs

from masked import masked
from prod_one_box import TrafficShiftedFunction


def with_everything(stack, make_function):
    """Makes the construct with hooks and a configuration of its own."""
    routing = codedeploy.TrafficRouting.time_based_canary(interval=cdk.Duration.minutes(5), percentage=10)
    TrafficShiftedFunction(
        stack,
        "Backend",
        function=make_function(stack),
        deployment_config=codedeploy.LambdaDeploymentConfig(stack, "Config", traffic_routing=routing),
        pre_hook=make_function(stack, "Before"),
        post_hook=make_function(stack, "After"),
    )


@pytest.fixture(scope="module")
def template(make_stack, make_function):
    stack = make_stack()
    with_everything(stack, make_function)
    return Template.from_stack(stack).to_json()


def test_the_ids_and_types_of_its_resources_are_a_contract(template, snapshot):
    own = {name: body["Type"] for name, body in template["Resources"].items() if name.startswith("Backend")}
    assert masked(own) == snapshot


def test_the_alias_and_its_group_read_as_a_reviewer_expects(template, snapshot):
    types = ("AWS::Lambda::Alias", "AWS::CodeDeploy::DeploymentGroup")
    assert masked([body for body in template["Resources"].values() if body["Type"] in types]) == snapshot


def test_an_alarm_on_the_new_version_reads_as_a_reviewer_expects(template, snapshot):
    (alarm,) = (body for name, body in template["Resources"].items() if name.startswith("BackendVersionErrorRate"))
    assert masked(alarm) == snapshot


def test_cfn_lint_finds_nothing_but_cdks_own_redundancy(template):
    settings = ManualArgs(ignore_checks=["W3005"])
    assert [str(match) for match in cfnlint.lint(json.dumps(template), config=settings)] == []


def test_cdk_nag_finds_no_error_on_its_resources_that_is_not_acknowledged(make_function, tmp_path):
    stack = cdk.Stack(cdk.App(outdir=str(tmp_path)), "Shop")
    with_everything(stack, make_function)
    cdk.Validations.of(stack.node.root).add_plugins(cdk_nag.AwsSolutionsChecks(stack))
    with pytest.raises(RuntimeError, match="AwsSolutions"):  # by the user's own functions
        stack.node.root.synth()
    (report,) = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    assert [path for path in found(report["violations"]) if path.startswith("Shop/Backend")] == []
    assert len(found(report["suppressedViolations"])) == 3


def found(violations):
    """Lists the constructs that violations are about."""
    return [where["constructPath"] for violation in violations for where in violation["violatingConstructs"]]
