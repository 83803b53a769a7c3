"""The default alarms on error rate and latency, which need enough traffic to be red."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aws_cdk import Tokenization, aws_cloudwatch
from constructs import Construct

from ...errors import check_kind, check_list
from ..jsii_cache import remember_place
from .signals import Signals, http_api_signals, literal_stage_name, rest_api_signals
from .thresholds import DEFAULT_THRESHOLDS, Thresholds, warn_of_fraction

if TYPE_CHECKING:
    from aws_cdk import aws_apigateway, aws_apigatewayv2


def http_api_alarms(
    scope: Construct,
    *,
    api: "aws_apigatewayv2.IHttpApi",
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> list[aws_cloudwatch.Alarm]:
    """Make the alarms on an HTTP API: `HttpApiErrorRate` and `HttpApiLatency` in the scope.

    Every 5xx response counts as failed, also one that the integration returns (API Gateway developer guide, 'Working
    with metrics for HTTP APIs'). Give each API a scope of its own, since the alarms' ids are fixed.

    Args:
        scope: Where the alarms are made.
        api: The API.
        thresholds: When the alarms are red, and which are made; default: `Thresholds()`.

    Raises:
        InvalidArgumentError: If `thresholds` is not a `Thresholds`.
    """
    check_kind(thresholds, Thresholds, path="http_api_alarms", argument="thresholds", allowed="Thresholds(…)")
    return alarms_on(http_api_signals(api=api), scope, thresholds)


def rest_api_alarms(
    scope: Construct,
    *,
    api: "aws_apigateway.IRestApi",
    stage_name: str | None = None,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> list[aws_cloudwatch.Alarm]:
    """Make the alarms on a stage of a REST API: `RestApiErrorRate` and `RestApiLatency` in the scope.

    The metrics of a REST API carry its name (API Gateway developer guide, 'Amazon API Gateway dimensions and metrics'):
    give it a name that is unique in the account and region. Give each API a scope of its own, since the alarms' ids are
    fixed.

    Args:
        scope: Where the alarms are made.
        api: The API.
        stage_name: The stage's name as it was given to the API, such as "prod", and never a reference to the stage;
            default: None, the API's own deployment stage.
        thresholds: When the alarms are red, and which are made; default: `Thresholds()`.

    Raises:
        InvalidArgumentError: If `stage_name` is a reference, or is left out for an API whose stage has no name at
            synth, or `thresholds` is not a `Thresholds`.
    """
    check_kind(thresholds, Thresholds, path="rest_api_alarms", argument="thresholds", allowed="Thresholds(…)")
    signals = rest_api_signals(api=api, stage_name=literal_stage_name(api, stage_name))
    return alarms_on(signals, scope, thresholds)


def alarms_on(signals: Signals, scope: Construct, thresholds: Thresholds) -> list[aws_cloudwatch.Alarm]:
    """Make the alarms that the thresholds ask for, on any signals."""

    def alarm(
        name: str, expression: str, metrics: Mapping[str, aws_cloudwatch.IMetric], threshold: float, description: str
    ) -> aws_cloudwatch.Alarm:
        id = f"{signals.kind}{name}"
        cloudwatch_alarm = aws_cloudwatch.Alarm(
            scope,
            id,
            alarm_description=description,
            metric=aws_cloudwatch.MathExpression(
                # A period with too few requests counts as good.
                expression=f"IF(requests >= {thresholds.minimum_requests}, {expression}, 0)",
                using_metrics={"requests": signals.requests, **metrics},
                period=thresholds.period,
            ),
            threshold=threshold,
            comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=thresholds.datapoints,
            # Without requests there are no data points: no traffic is no fault.
            treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        return remember_place(scope, cloudwatch_alarm, id)

    alarms: list[aws_cloudwatch.Alarm] = []
    rate = thresholds.error_rate
    warn_of_fraction(scope, argument="Thresholds.error_rate", given=rate)
    if rate is not None:
        words = f"More than {rate:g} % of the requests to {signals.subject} fail."
        alarms.append(alarm("ErrorRate", "100 * errors / requests", {"errors": signals.errors}, rate, words))
    if thresholds.latency is not None:
        known = thresholds._latency_milliseconds
        limit = thresholds.latency.to_milliseconds() if known is None else known
        limit_text = Tokenization.stringify_number(limit) if known is None else f"{limit:g}"
        words = f"More than a tenth of the requests to {signals.subject} take longer than {limit_text} ms."
        alarms.append(alarm("Latency", "latency", {"latency": signals.latency}, limit, words))
    return alarms


def check_alarms(alarms: object, *, path: str) -> None:
    """Raise unless the argument `alarms` of the construct at a path is a list of alarms."""
    check_list(
        alarms,
        aws_cloudwatch.IAlarm,
        path=path,
        argument="alarms",
        allowed="a list of alarms (cloudwatch.IAlarm)",
        remedy="An alarm that exists elsewhere: cloudwatch.Alarm.from_alarm_arn(…).",
    )
