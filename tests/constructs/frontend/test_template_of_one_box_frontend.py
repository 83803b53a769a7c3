"""The template of the construct as a reviewer reads it: what is ordered, what each wait is told."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_lambda as lambda_
from constructs import Construct
from syrupy.assertion import SnapshotAssertion

from dependency_graph import of_type
from masked import masked
from prod_one_box import OneBoxFrontend


def pages(scope: Construct, partition: str) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Pages",
        runtime=lambda_.Runtime.NODEJS_24_X,
        handler="index.handler",
        code=lambda_.Code.from_inline(f"exports.handler = async () => '{partition}';"),
    )


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    stack = cdk.Stack(cdk.App(), "Shop")
    OneBoxFrontend(stack, "Frontend", build_function=pages)
    return masked(assertions.Template.from_stack(stack).to_json())


def test_the_two_waits(template: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    assert of_type(template, "Custom::ProdOneBoxDeployWait") == snapshot


def test_the_two_aliases(template: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    assert of_type(template, "AWS::Lambda::Alias") == snapshot
