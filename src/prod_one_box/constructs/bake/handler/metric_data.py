"""Reads CloudWatch's metrics, for `observation`; with `aws`, the only place that calls AWS."""

from collections.abc import Sequence
from datetime import datetime
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


@aws_errors("get_metric_data")
def read_series(metrics: Sequence[Metric], *, since: datetime, until: datetime) -> dict[Metric, dict[datetime, float]]:
    """Read metrics minute by minute; one that CloudWatch does not give completely is left out."""
    found: dict[str, dict[datetime, float]] = {}
    complete: set[str] = set()
    ids = {f"m{number}": metric for number, metric in enumerate(metrics)}
    queries = [_query(id, metric) for id, metric in ids.items()]
    for start in range(0, len(queries), _METRICS_A_CALL):
        part = queries[start:][:_METRICS_A_CALL]
        for page in pages("cloudwatch", "get_metric_data", MetricDataQueries=part, StartTime=since, EndTime=until):
            for result in page["MetricDataResults"]:
                found.setdefault(result["Id"], {}).update(zip(result["Timestamps"], result["Values"], strict=True))
                # A result of several pages is partial on all but the last.
                (complete.add if result["StatusCode"] == "Complete" else complete.discard)(result["Id"])
    return {metric: found[id] for id, metric in ids.items() if id in complete}


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
