"""Reads CloudWatch's metrics, for `observation`; with `aws`, the only place that calls AWS."""

from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from .aws import aws_errors, call, pages

_PERIOD: Final = 60
"""Seconds: Lambda and API Gateway send their metrics once a minute."""

_METRICS_A_CALL: Final = 500
"""CloudWatch API reference, GetMetricData: "as many as 500 different metrics"."""


class Metric(NamedTuple):
    """A statistic of a metric."""

    namespace: str
    name: str
    statistic: str
    dimensions: tuple[tuple[str, str], ...]


@aws_errors("get_metric_statistics")
def count_invocations(function: str, alias: str, *, since: datetime, until: datetime) -> dict[datetime, int]:
    """Read how often an alias was invoked in each minute for which CloudWatch has data, 1,440 minutes at most.

    Lambda developer guide, "Types of metrics for Lambda functions": the dimension `Resource` selects an alias.
    """
    name = function.rpartition(":")[2]
    answer = call(
        "cloudwatch",
        "get_metric_statistics",
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=[{"Name": "FunctionName", "Value": name}, {"Name": "Resource", "Value": f"{name}:{alias}"}],
        StartTime=since,
        EndTime=until,
        Period=60,
        Statistics=["Sum"],
    )
    return {each["Timestamp"]: round(each["Sum"]) for each in answer["Datapoints"]}


@lru_cache(maxsize=8)
@aws_errors("get_metric_data")
def read_series(metrics: tuple[Metric, ...], *, since: datetime, until: datetime) -> tuple[dict[datetime, float], ...]:
    """Read metrics minute by minute, each as the minutes for which CloudWatch has a value.

    The answer is kept: polls of the same minute ask for the same minutes, and a function that is still warm need not
    ask CloudWatch again. An error is not kept.

    Raises:
        AwsError: If CloudWatch does not answer completely.
    """
    found: list[dict[datetime, float]] = [{} for _ in metrics]
    for start in range(0, len(metrics), _METRICS_A_CALL):
        queries = [_query(f"m{number}", metric) for number, metric in enumerate(metrics)][start:][:_METRICS_A_CALL]
        status: dict[str, str] = {}
        for page in pages("cloudwatch", "get_metric_data", MetricDataQueries=queries, StartTime=since, EndTime=until):
            for result in page["MetricDataResults"]:
                found[int(result["Id"][1:])].update(zip(result["Timestamps"], result["Values"], strict=True))
                status[result["Id"]] = result["StatusCode"]
        incomplete = sorted(set(status.values()) - {"Complete"})
        if incomplete:
            raise ValueError(incomplete)
    return tuple(found)


def _query(id: str, metric: Metric) -> dict[str, object]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    return {
        "Id": id,
        "MetricStat": {
            "Metric": {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions},
            "Period": _PERIOD,
            "Stat": metric.statistic,
        },
    }
