"""Fixtures for the tests of the backend."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_


def new_stack(**how):
    """Makes an app with one stack."""
    return cdk.Stack(cdk.App(), "Shop", **how)


def new_function(scope, name="Function", **how):
    """Makes a user's function."""
    return lambda_.Function(
        scope,
        name,
        **{
            "runtime": lambda_.Runtime.PYTHON_3_13,
            "handler": "index.handler",
            "code": lambda_.Code.from_inline("def handler(event, context): return {'statusCode': 200}"),
            **how,
        },
    )


@pytest.fixture(scope="session")
def make_stack():
    return new_stack


@pytest.fixture(scope="session")
def make_function():
    return new_function
