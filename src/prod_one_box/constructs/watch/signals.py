"""What is measured of something that answers requests.

A REST API's stage by its name, without a reference to it.
"""

from dataclasses import dataclass

from aws_cdk import Token, aws_apigateway, aws_apigatewayv2, aws_cloudwatch, aws_lambda
from aws_cdk import aws_apigateway as apigateway

from ...errors import InvalidArgumentError


@dataclass(frozen=True, kw_only=True)
class Signals:
    """The three metrics of something that answers requests.

    The dimensions are written out, so that an alarm waits for nothing but the resources whose ids it needs.

    Attributes:
        kind: What the ids of the alarms on it begin with.
        subject: What is measured, in words.
        requests: The number of requests.
        errors: The number of those that failed.
        latency: The 90th percentile of their duration, in milliseconds.
    """

    kind: str
    subject: str
    requests: aws_cloudwatch.Metric
    errors: aws_cloudwatch.Metric
    latency: aws_cloudwatch.Metric


def alias_dimensions(*, function_name: str, alias_name: str) -> dict[str, str]:
    """Returns the dimensions under which Lambda measures the requests to an alias.

    Args:
        function_name: The function's name.
        alias_name: The alias's name.
    """
    return {"FunctionName": function_name, "Resource": f"{function_name}:{alias_name}"}


def alias_signals(*, function: aws_lambda.IFunction, alias_name: str) -> Signals:
    """Returns what Lambda measures of all requests to an alias, whichever version answers them.

    Args:
        function: The function; its name is the only thing read, so nothing waits for the alias.
        alias_name: The alias's name.
    """
    dimensions = alias_dimensions(function_name=function.function_name, alias_name=alias_name)
    return _lambda_signals("Alias", f"alias {alias_name}", dimensions)


def version_signals(*, function: aws_lambda.IFunction, version: aws_lambda.IVersion, alias_name: str) -> Signals:
    """Returns what Lambda measures of one version's answers to requests to an alias.

    Lambda developer guide, 'Using CloudWatch metrics with Lambda': the dimension ExecutedVersion tells the two
    versions of a weighted alias apart. `Version.metric_errors` and its kind name other
    dimensions, so they are not used.

    Args:
        function: The function.
        version: The version.
        alias_name: The alias's name.
    """
    dimensions = alias_dimensions(function_name=function.function_name, alias_name=alias_name)
    dimensions["ExecutedVersion"] = version.version
    return _lambda_signals("Version", f"the new version behind alias {alias_name}", dimensions)


def http_api_signals(*, api: aws_apigatewayv2.IHttpApi) -> Signals:
    """Returns what API Gateway measures of an HTTP API.

    An answer of 500 that a handler gives on purpose counts here; to Lambda it is no error. API Gateway developer
    guide, 'Working with metrics for HTTP APIs'.

    Args:
        api: The API.
    """
    return _api_signals("HttpApi", "the HTTP API", "5xx", {"ApiId": api.api_id})


def rest_api_signals(*, api: aws_apigateway.IRestApi, stage_name: str) -> Signals:
    """Returns what API Gateway measures of one stage of a REST API.

    API Gateway developer guide, 'Amazon API Gateway dimensions and metrics'. A REST API is measured under its name,
    so give it one that no other REST API of the account and region has: by default it is the construct's id.

    Args:
        api: The API; of an owned one only the literal name is read.
        stage_name: The stage's name as it was given to the API, such as "prod".

    """
    return _api_signals("RestApi", "the REST API", "5XXError", {"ApiName": api.rest_api_name, "Stage": stage_name})


def _lambda_signals(kind: str, subject: str, dimensions: dict[str, str]) -> Signals:
    return Signals(
        kind=kind,
        subject=subject,
        requests=_metric("AWS/Lambda", "Invocations", "Sum", dimensions),
        errors=_metric("AWS/Lambda", "Errors", "Sum", dimensions),
        latency=_metric("AWS/Lambda", "Duration", "p90", dimensions),
    )


def _api_signals(kind: str, subject: str, errors: str, dimensions: dict[str, str]) -> Signals:
    return Signals(
        kind=kind,
        subject=subject,
        requests=_metric("AWS/ApiGateway", "Count", "Sum", dimensions),
        errors=_metric("AWS/ApiGateway", errors, "Sum", dimensions),
        latency=_metric("AWS/ApiGateway", "Latency", "p90", dimensions),
    )


def _metric(namespace: str, name: str, statistic: str, dimensions: dict[str, str]) -> aws_cloudwatch.Metric:
    return aws_cloudwatch.Metric(namespace=namespace, metric_name=name, statistic=statistic, dimensions_map=dimensions)


def literal_stage_name(rest_api: apigateway.IRestApi, stage_name: str | None) -> str:
    """Finds the stage's name as plain text.

    A reference to the stage waits for the API's deployment, its methods and so for the alias behind them.

    Args:
        rest_api: The API.
        stage_name: The name that the user gave; None for the API's own deployment stage.

    Raises:
        InvalidArgumentError: If the name is a reference, or left out where none is known at synth: for an imported
            API, or one made with `deploy=False`.
    """
    given = stage_name
    name = given if given is not None else _own_stage_name(rest_api)
    if name is None or Token.is_unresolved(name):
        raise InvalidArgumentError(
            path=rest_api.node.path,
            argument="stage_name",
            given="none" if given is None else "a reference to the stage",
            allowed="the name of the stage as it was given to the API",
            remedy='Write it out, such as "prod", which is RestApi\'s default.',
        )
    return name


def _own_stage_name(rest_api: apigateway.IRestApi) -> str | None:
    try:
        cfn_stage = rest_api.deployment_stage.node.default_child
    except (RuntimeError, AttributeError):  # jsii cannot hand over a stage that is not there
        return None
    return cfn_stage.stage_name if isinstance(cfn_stage, apigateway.CfnStage) else None
