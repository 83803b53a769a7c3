"""The default alarms: error rate and latency, under enough traffic to mean something.

Whether what was given as alarms are some.
"""

from collections.abc import Mapping

from aws_cdk import aws_apigateway, aws_apigatewayv2, aws_cloudwatch, aws_lambda
from constructs import Construct

from ...errors import check_kind, check_list
from ..jsii_cache import made_in
from .signals import Signals, alias_signals, http_api_signals, literal_stage_name, rest_api_signals, version_signals
from .thresholds import DEFAULT_THRESHOLDS, Thresholds, refuse_unreachable_latency, warn_of_fraction


def alias_alarms(
    scope: Construct, *, function: aws_lambda.IFunction, alias_name: str, thresholds: Thresholds
) -> list[aws_cloudwatch.Alarm]:
    """Makes the alarms on all requests to an alias: `AliasErrorRate` and `AliasLatency` in the scope.

    Args:
        scope: Where the alarms are made.
        function: The function, not the alias.
        alias_name: The alias's name.
        thresholds: When they are red, and which there are.
    """
    refuse_unreachable_latency(scope, function, thresholds)
    return alarms_on(alias_signals(function=function, alias_name=alias_name), scope, thresholds)


def version_alarms(
    scope: Construct,
    *,
    function: aws_lambda.IFunction,
    version: aws_lambda.IVersion,
    alias_name: str,
    thresholds: Thresholds,
) -> list[aws_cloudwatch.Alarm]:
    """Makes the alarms on one version's answers behind an alias: `VersionErrorRate` and `VersionLatency` in the scope.

    Args:
        scope: Where the alarms are made.
        function: The function.
        version: The version.
        alias_name: The alias's name.
        thresholds: When they are red, and which there are.
    """
    signals = version_signals(function=function, version=version, alias_name=alias_name)
    return alarms_on(signals, scope, thresholds)


def http_api_alarms(
    scope: Construct,
    *,
    api: aws_apigatewayv2.IHttpApi,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> list[aws_cloudwatch.Alarm]:
    """Makes the alarms on an HTTP API: `HttpApiErrorRate` and `HttpApiLatency` in the scope.

    An answer of 5xx counts as failed, whoever gave it (API Gateway developer guide, 'Working with metrics for HTTP
    APIs'). Give each API a scope of its own, since the alarms' ids are fixed.

    Args:
        scope: Where the alarms are made.
        api: The API.
        thresholds: When they are red, and which there are; default: `Thresholds()`.

    Raises:
        InvalidArgumentError: If `thresholds` are of another kind.
    """
    check_kind(thresholds, Thresholds, path="http_api_alarms", argument="thresholds", allowed="Thresholds(…)")
    return alarms_on(http_api_signals(api=api), scope, thresholds)


def rest_api_alarms(
    scope: Construct,
    *,
    api: aws_apigateway.IRestApi,
    stage_name: str | None = None,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> list[aws_cloudwatch.Alarm]:
    """Makes the alarms on a stage of a REST API: `RestApiErrorRate` and `RestApiLatency` in the scope.

    A REST API is measured under its name (API Gateway developer guide, 'Amazon API Gateway dimensions and metrics'):
    give it one that no other has in the account and region. Give each API a scope of its own, since the alarms' ids are
    fixed.

    Args:
        scope: Where the alarms are made.
        api: The API.
        stage_name: The stage's name as it was given to the API, such as "prod", and never a reference to the stage;
            default: None, which means the API's own deployment stage.
        thresholds: When they are red, and which there are; default: `Thresholds()`.

    Raises:
        InvalidArgumentError: If `stage_name` is a reference, or left out for an API whose stage has no name at synth.
    """
    check_kind(thresholds, Thresholds, path="rest_api_alarms", argument="thresholds", allowed="Thresholds(…)")
    signals = rest_api_signals(api=api, stage_name=literal_stage_name(api, stage_name))
    return alarms_on(signals, scope, thresholds)


def alarms_on(signals: Signals, scope: Construct, thresholds: Thresholds) -> list[aws_cloudwatch.Alarm]:
    """Makes the alarms on whatever answers requests.

    Args:
        signals: What is measured of it.
        scope: Where the alarms are made.
        thresholds: When they are red, and which there are.
    """
    alarms: list[aws_cloudwatch.Alarm] = []
    warn_of_fraction(scope, argument="Thresholds.error_rate", given=thresholds.error_rate)
    if thresholds.error_rate is not None:
        rate = _under_traffic("100 * errors / requests", {"errors": signals.errors}, signals, thresholds)
        words = f"More than {thresholds.error_rate:g} % of the requests to {signals.subject} fail."
        alarms.append(
            _alarm(
                scope,
                f"{signals.kind}ErrorRate",
                metric=rate,
                threshold=thresholds.error_rate,
                description=words,
                thresholds=thresholds,
            )
        )
    if thresholds.latency is not None:
        latency = _under_traffic("latency", {"latency": signals.latency}, signals, thresholds)
        limit = thresholds._latency_milliseconds or thresholds.latency.to_milliseconds()  # a token, perhaps
        words = f"More than a tenth of the requests to {signals.subject} take longer than {limit:g} ms."
        alarms.append(
            _alarm(
                scope,
                f"{signals.kind}Latency",
                metric=latency,
                threshold=limit,
                description=words,
                thresholds=thresholds,
            )
        )
    return alarms


def _under_traffic(
    expression: str, metrics: Mapping[str, aws_cloudwatch.IMetric], signals: Signals, thresholds: Thresholds
) -> aws_cloudwatch.MathExpression:
    """Counts a period as good when too few requests came to judge it."""
    return aws_cloudwatch.MathExpression(
        expression=f"IF(requests >= {thresholds.minimum_requests}, {expression}, 0)",
        using_metrics={"requests": signals.requests, **metrics},
        period=thresholds.period,
    )


def _alarm(
    scope: Construct,
    id: str,
    *,
    metric: aws_cloudwatch.IMetric,
    threshold: float,
    description: str,
    thresholds: Thresholds,
) -> aws_cloudwatch.Alarm:
    alarm = aws_cloudwatch.Alarm(
        scope,
        id,
        alarm_description=description,
        metric=metric,
        threshold=threshold,
        comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=thresholds.datapoints,
        # Without requests there are no data points: no traffic is no fault.
        treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    return made_in(scope, alarm, id)


def check_alarms(alarms: object, *, path: str) -> None:
    """Refuses names and other things that are no alarms.

    Args:
        alarms: What the user gave.
        path: The construct's path.

    Raises:
        InvalidArgumentError: If it is no list of alarms.
    """
    check_list(
        alarms,
        aws_cloudwatch.IAlarm,
        path=path,
        argument="alarms",
        allowed="a list of alarms (cloudwatch.IAlarm)",
        remedy="An alarm that exists elsewhere: cloudwatch.Alarm.from_alarm_arn(…).",
    )
