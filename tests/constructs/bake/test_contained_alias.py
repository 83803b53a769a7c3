"""Which aliases a wait may look after."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from bake.release import a_function, an_alias

from prod_one_box import DeployWaitResource, InvalidArgumentError


@pytest.fixture
def stack():
    return cdk.Stack(cdk.App(), "Shop")


def a_wait(stack, **aliases):
    return DeployWaitResource(stack, "Wait", duration=cdk.Duration.minutes(5), release_id="r1", **aliases)


def test_an_alias_that_codedeploy_manages_is_refused(stack):
    alias = an_alias(stack, "Backend", a_function(stack, "Function"))
    codedeploy.LambdaDeploymentGroup(stack, "Group", alias=alias)
    with pytest.raises(InvalidArgumentError, match=r"contained: got Shop/Backend; .* CodeDeploy does not manage"):
        a_wait(stack, contained=[alias])


def test_one_that_codedeploy_gets_to_manage_later_is_refused_at_synth(stack):
    alias = an_alias(stack, "Backend", a_function(stack, "Function"))
    a_wait(stack, baked=alias)
    codedeploy.LambdaDeploymentGroup(stack, "Group", alias=alias)
    with pytest.raises(RuntimeError, match=r"baked: Shop/Backend is managed by CodeDeploy"):
        stack.node.root.synth()


def test_an_alias_of_another_stack_is_refused(stack):
    other = cdk.Stack(stack.node.root, "Other")
    alias = an_alias(other, "OneBox", a_function(other, "Function"))
    with pytest.raises(InvalidArgumentError, match=r"baked: got Other/OneBox; .* the wait's own stack"):
        a_wait(stack, baked=alias)


def test_an_alias_on_a_version_that_does_not_follow_the_function_is_refused(stack):
    version = lambda_.Version(stack, "Version", lambda_=a_function(stack, "Function"))
    alias = lambda_.Alias(stack, "OneBox", alias_name="live", version=version)
    with pytest.raises(InvalidArgumentError, match=r"contained: got Shop/OneBox; .* current_version"):
        a_wait(stack, contained=[alias])


def test_an_alias_on_an_imported_version_is_refused(stack):
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop:7"
    version = lambda_.Version.from_version_arn(stack, "Version", arn)
    alias = lambda_.Alias(stack, "OneBox", alias_name="live", version=version)
    with pytest.raises(InvalidArgumentError, match=r"current_version"):
        a_wait(stack, contained=[alias])
