"""A latency that Lambda never lets a function reach would make an alarm that can never fire."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from prod_one_box import InvalidArgumentError, Thresholds
from prod_one_box.constructs.watch.thresholds import refuse_unreachable_latency


def function(stack, **how):
    return lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        **how,
    )


@pytest.mark.parametrize(("timeout", "latency"), [(None, 3), (2, 2), (10, 10)])
def test_a_latency_that_is_not_below_the_timeout_is_refused(timeout, latency):
    stack = cdk.Stack(cdk.App(), "Shop")
    limited = function(stack, timeout=cdk.Duration.seconds(timeout) if timeout else None)
    thresholds = Thresholds(latency=cdk.Duration.seconds(latency))
    with pytest.raises(InvalidArgumentError, match=f"thresholds: got latency={1000 * latency} ms; allowed: a lat"):
        refuse_unreachable_latency(stack, limited, thresholds)


def test_the_defaults_fit_lambdas_own_timeout():
    stack = cdk.Stack(cdk.App(), "Shop")
    refuse_unreachable_latency(stack, function(stack), Thresholds())


def test_an_imported_function_is_not_checked():
    stack = cdk.Stack(cdk.App(), "Shop")
    imported = lambda_.Function.from_function_name(stack, "Imported", "pages")
    refuse_unreachable_latency(stack, imported, Thresholds(latency=cdk.Duration.minutes(15)))
