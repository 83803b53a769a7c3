"""A canary on the site that its bake watches closes no circle, and adds nothing that the release waits for twice."""

import hashlib
import json

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_secretsmanager as secretsmanager
from canary.stacks import canary

from dependency_graph import cycles, dependencies, upstream
from functions import a_function
from prod_one_box import OneBoxFrontend, StickyPartitionDistribution, TrafficShiftedFunction, rest_api_origin

SECRET = "a-secret-that-no-template-holds"


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    """A whole site with a canary for each partition, and the secret in the same stack."""
    stack = cdk.Stack(cdk.App(), "Shop", env=cdk.Environment(region="eu-west-1"))
    backend = TrafficShiftedFunction(stack, "Backend", function=a_function(stack, "Api"))
    frontend = OneBoxFrontend(
        stack, "Frontend", build_function=lambda scope, _: a_function(scope, "Pages"), after=[backend.alias]
    )
    site = StickyPartitionDistribution(
        stack,
        "Site",
        partitions=frontend.partitions,
        backend=rest_api_origin(apigateway.LambdaRestApi(stack, "RestApi", handler=backend.alias)),
        tester_secret_digest=hashlib.sha256(SECRET.encode()).hexdigest(),
    )
    secret = secretsmanager.Secret(stack, "Secret")
    for partition in ("one-box", "regular"):
        made = canary(stack, f"{partition}-canary", site=site.domain_name, partition=partition, secret=secret)
        frontend.add_alarm(made.alarm)
    return stack


@pytest.fixture(scope="module")
def template(stack) -> dict:
    return assertions.Template.from_stack(stack).to_json()


def test_there_is_no_dependency_cycle(template):
    assert cycles(template) == []


def test_a_canary_waits_for_no_release(template):
    """It must run while the release goes on, and be there before."""
    graph = dependencies(template)
    canaries = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::Synthetics::Canary"]
    assert len(canaries) == 2
    needed = {template["Resources"][name]["Type"] for name in upstream(graph, canaries)}
    assert not needed & {
        "AWS::Lambda::Alias",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::CloudFormation::CustomResource",
    }


def test_the_template_holds_the_digest_and_not_the_secret(template):
    text = json.dumps(template)
    assert hashlib.sha256(SECRET.encode()).hexdigest() in text
    assert SECRET not in text
