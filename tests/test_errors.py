"""A value of another kind is refused in the user's own words, whatever CDK and jsii made of it."""

from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from functions import a_function, pages
from prod_one_box import DeployWaitResource, OneBoxFrontend, Thresholds
from prod_one_box.errors import InvalidArgumentError, check_kind, check_list, shown

WORDS = {"path": "Shop", "argument": "it", "allowed": "another kind"}


@jsii.implements(cloudfront.IOrigin)
class OriginOfTheUsers:
    """An origin that CDK does not have."""

    def bind(self, scope: Construct, **options: Any) -> cloudfront.OriginBindConfig:
        return cloudfront.OriginBindConfig()


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Shop")


def test_a_number_that_is_known_at_deployment_alone_is_called_a_token(stack: cdk.Stack) -> None:
    number = cdk.Token.as_number({"Ref": "Percent"})
    known = "got a token; allowed: .* A token gets its value at deployment: give one that is known at synth"
    for name in ("error_rate", "minimum_requests", "datapoints"):
        with pytest.raises(InvalidArgumentError, match=f"^Thresholds: {name}: {known}"):
            Thresholds(**{name: number})
    with pytest.raises(
        InvalidArgumentError, match=r"duration: got Duration.minutes\(a token\); .* A token gets its value"
    ):
        DeployWaitResource(stack, "Wait", duration=cdk.Duration.minutes(number), release_id="1")
    with pytest.raises(InvalidArgumentError, match=f"^Shop/Reserved: reserved_wait_concurrency: {known}"):
        DeployWaitResource(
            stack,
            "Reserved",
            duration=cdk.Duration.minutes(1),
            release_id="1",
            reserved_wait_concurrency=number,
        )


def imported_distribution(stack: cdk.Stack) -> object:
    return cloudfront.Distribution.from_distribution_attributes(
        stack, "Imported", distribution_id="E123", domain_name="d.example.com"
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda stack: a_function(stack, "Function"), "a Function"),
        (lambda stack: a_function(stack, "Aliased").add_alias("live"), "an Alias"),
        (lambda stack: OneBoxFrontend(stack, "Frontend", build_function=pages), "a OneBoxFrontend"),
        (lambda stack: lambda_.Function.from_function_name(stack, "Named", "pages"), "a FunctionBase"),
        (imported_distribution, "an IDistribution"),
        (lambda stack: a_function, "a function"),
        (lambda stack: [], "a list"),
        (lambda stack: "live", "'live'"),
        (lambda stack: 0.5, "0.5"),
        (lambda stack: True, "True"),
        (lambda stack: None, "None"),
    ],
)
def test_what_was_given_is_shown_as_the_user_knows_it(stack, make, words):
    assert shown(make(stack)) == words


@pytest.mark.parametrize(
    ("make", "interface"),
    [
        (lambda _: OriginOfTheUsers(), cloudfront.IOrigin),
        (lambda _: origins.HttpOrigin("a.example.com"), cloudfront.IOrigin),
        (
            lambda stack: secretsmanager.Secret.from_secret_name_v2(stack, "Secret", "testers"),
            secretsmanager.ISecret,
        ),
        (
            lambda _: codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE,
            codedeploy.ILambdaDeploymentConfig,
        ),
    ],
)
def test_whatever_has_an_interfaces_members_is_of_it(stack, make, interface):
    check_kind(make(stack), interface, **WORDS)


@pytest.mark.parametrize("interface", [cloudfront.IOrigin, secretsmanager.ISecret, codedeploy.ILambdaDeploymentConfig])
@pytest.mark.parametrize("given", ["text", None, cdk.App()])
def test_what_lacks_a_member_of_an_interface_is_not(interface, given):
    with pytest.raises(InvalidArgumentError, match=r"Shop: it: got .*; allowed: another kind"):
        check_kind(given, interface, **WORDS)


@pytest.mark.parametrize(
    ("given", "words"), [("text", "'text'"), (7, "7"), (None, "None"), ([7, "text"], "'text'"), ({7}, "a set")]
)
def test_a_list_is_refused_for_what_it_is_or_for_what_is_in_it(given, words):
    with pytest.raises(InvalidArgumentError, match=f"it: got {words}; allowed"):
        check_list(given, int, **WORDS)


@pytest.mark.parametrize("given", [[], (), [7], (7, 8)])
def test_a_list_of_the_kind_passes(given):
    check_list(given, int, **WORDS)
