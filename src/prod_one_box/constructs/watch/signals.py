"""The metrics of what answers requests: functions behind an alias, HTTP APIs and REST APIs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from aws_cdk import Token, aws_cloudwatch, aws_lambda

from ...errors import InvalidArgumentError
from ..jsii_cache import resource_of

if TYPE_CHECKING:
    from aws_cdk import aws_apigateway, aws_apigatewayv2

_Names: TypeAlias = "tuple[str, str, str, str]"
"""The names of a namespace and of its metrics for requests, errors and latency."""

_LAMBDA: Final[_Names] = ("AWS/Lambda", "Invocations", "Errors", "Duration")
_HTTP_API: Final[_Names] = ("AWS/ApiGateway", "Count", "5xx", "Latency")
_REST_API: Final[_Names] = ("AWS/ApiGateway", "Count", "5XXError", "Latency")


@dataclass(frozen=True, kw_only=True)
class Signals:
    """The three metrics that the default alarms need.

    The dimensions are literal where possible, so that an alarm depends only on the resources whose ids it needs.

    Attributes:
        kind: The prefix of the alarms' ids.
        subject: What is measured, in words.
        requests: The number of requests.
        errors: The number of failed requests.
        latency: The 90th percentile of their duration, in milliseconds.
    """

    kind: str
    subject: str
    requests: aws_cloudwatch.Metric
    errors: aws_cloudwatch.Metric
    latency: aws_cloudwatch.Metric


def alias_dimensions(*, function_name: str, alias_name: str) -> dict[str, str]:
    """Return the dimensions of Lambda's metrics on an alias."""
    return {"FunctionName": function_name, "Resource": f"{function_name}:{alias_name}"}


def alias_signals(*, function: aws_lambda.IFunction, alias_name: str) -> Signals:
    """Return Lambda's metrics on all requests to an alias; they refer to the function's name only."""
    dimensions = alias_dimensions(function_name=function.function_name, alias_name=alias_name)
    return _signals("Alias", f"alias {alias_name}", _LAMBDA, dimensions)


def version_signals(*, function: aws_lambda.IFunction, version: aws_lambda.IVersion, alias_name: str) -> Signals:
    """Return Lambda's metrics on the requests to an alias that one version answers.

    The dimension ExecutedVersion separates the two versions of a weighted alias (Lambda developer guide, 'Using
    CloudWatch metrics with Lambda'). `Version.metric_errors` and the like have other dimensions, so they are not used.
    """
    dimensions = alias_dimensions(function_name=function.function_name, alias_name=alias_name)
    dimensions["ExecutedVersion"] = version.version
    return _signals("Version", f"the new version behind alias {alias_name}", _LAMBDA, dimensions)


def http_api_signals(*, api: "aws_apigatewayv2.IHttpApi") -> Signals:
    """Return API Gateway's metrics on an HTTP API.

    They also count a status of 500 that a handler returns, which is not an error to Lambda. API Gateway developer
    guide, 'Working with metrics for HTTP APIs'.
    """
    return _signals("HttpApi", "the HTTP API", _HTTP_API, {"ApiId": api.api_id})


def rest_api_signals(*, api: "aws_apigateway.IRestApi", stage_name: str) -> Signals:
    """Return API Gateway's metrics on one stage of a REST API.

    Their dimension is the API's name, by default the construct's id, which must be unique in the account and region.
    API Gateway developer guide, 'Amazon API Gateway dimensions and metrics'.

    Args:
        api: The API; of an owned one only the literal name is read.
        stage_name: The stage's literal name, such as "prod".
    """
    return _signals("RestApi", "the REST API", _REST_API, {"ApiName": api.rest_api_name, "Stage": stage_name})


def literal_stage_name(rest_api: "aws_apigateway.IRestApi", stage_name: str | None) -> str:
    """Return a stage's name as plain text.

    A reference to the stage depends on the API's deployment, its methods and so on the alias behind them.

    Args:
        rest_api: The API.
        stage_name: The name that the user gave; None for the API's own deployment stage.

    Raises:
        InvalidArgumentError: If the name is a reference, or is left out and not known at synth: for an imported API,
            or one made with `deploy=False`.
    """
    name = _own_stage_name(rest_api) if stage_name is None else stage_name
    if name is None or Token.is_unresolved(name):
        raise InvalidArgumentError(
            path=rest_api.node.path,
            argument="stage_name",
            given="none" if stage_name is None else "a reference to the stage",
            allowed="the name of the stage as it was given to the API",
            remedy='Write it out, such as "prod", which is RestApi\'s default.',
        )
    return name


def _own_stage_name(rest_api: "aws_apigateway.IRestApi") -> str | None:
    try:
        cfn_stage = resource_of(rest_api.deployment_stage)
    except (RuntimeError, AttributeError):  # jsii cannot return a stage that does not exist
        return None
    return getattr(cfn_stage, "stage_name", None)


def _signals(kind: str, subject: str, names: _Names, dimensions: dict[str, str]) -> Signals:
    namespace, requests, errors, latency = names

    def metric(name: str, statistic: str) -> aws_cloudwatch.Metric:
        return aws_cloudwatch.Metric(
            namespace=namespace, metric_name=name, statistic=statistic, dimensions_map=dimensions
        )

    return Signals(
        kind=kind,
        subject=subject,
        requests=metric(requests, "Sum"),
        errors=metric(errors, "Sum"),
        latency=metric(latency, "p90"),
    )
