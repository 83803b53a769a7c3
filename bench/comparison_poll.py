"""What the comparison adds to a poll of a bake, and how often it asks CloudWatch: four partitions, 55 minutes."""

import contextlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from statistics import median
from time import process_time
from typing import Any, Final
from unittest import mock

from prod_one_box.constructs.bake.handler import aws, compared_metrics, entry

from .figures import Figures
from .storefront import Storefront

_NOON: Final = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
_STACK: Final = "arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/0a1b"
_REQUESTS: Final = {"OneBox": 60, "Wave2": 240, "Wave3": 900, "Regular": 4800}
_BAKED: Final = 55 * 60
_EVERY: Final = 10


def measure(_storefront: Storefront) -> Mapping[str, Figures]:
    """Polls a bake of three waves with and without the comparison; CloudWatch answers at once."""
    plain, compared = _bake({}), _bake({"Comparison": _comparison()})
    reading = [seconds for seconds, reads in compared.polls if reads]
    kept = [seconds for seconds, reads in compared.polls if not reads]
    without = median(seconds for seconds, _ in plain.polls)
    rows = [
        ["without a comparison", f"{without * 1000:.2f} ms", "1", f"{len(plain.polls):,}"],
        _row("with figures of this minute", kept, without),
        _row("that reads the metrics", reading, without),
    ]
    calls, asked = compared.calls["get_metric_data"], compared.metrics_asked
    return {
        "comparison-poll": Figures(
            columns=["a poll", "processor time", "ratio", "polls in a bake"],
            rows=rows,
            notes=[f"In this bake, {calls} calls of `GetMetricData` ask for {asked:,} metrics."],
        )
    }


def _row(what: str, found: Sequence[float], without: float) -> list[str]:
    return [what, f"{median(found) * 1000:.2f} ms", f"{median(found) / without:.1f}", f"{len(found):,}"]


class _Bake:
    """A bake's polls, and its calls; each operation is answered as by an AWS where all is well."""

    def __init__(self) -> None:
        self.now = _NOON + timedelta(seconds=20)
        self.polls: list[tuple[float, bool]] = []
        self.calls: Counter[str] = Counter()
        self.metrics_asked = 0

    def clock(self) -> datetime:
        return self.now

    def __getattr__(self, operation: str) -> Any:  # noqa: ANN401
        answers = {
            "describe_stacks": lambda **_: {
                "Stacks": [{"StackStatus": "UPDATE_IN_PROGRESS", "LastUpdatedTime": _NOON}]
            },
            "list_stack_resources": lambda **_: {"StackResourceSummaries": [*_resources(self.now)]},
            "describe_alarms": lambda **_: {"MetricAlarms": []},
            "get_alias": lambda **_: {"FunctionVersion": "2", "RevisionId": "1"},
            "get_metric_statistics": lambda **_: {"Datapoints": []},
            "get_metric_data": self._series,
        }
        self.calls[operation] += 1
        return answers[operation]

    def _series(self, *, MetricDataQueries: Sequence[Any], StartTime: datetime, EndTime: datetime) -> dict[str, Any]:  # noqa: N803
        self.metrics_asked += len(MetricDataQueries)
        minutes = [StartTime + timedelta(minutes=n) for n in range(int((EndTime - StartTime).total_seconds() // 60))]
        return {"MetricDataResults": [_result(each, minutes) for each in MetricDataQueries]}


def _bake(properties: Mapping[str, object]) -> _Bake:
    bake = _Bake()
    event: dict[str, object] = {
        "RequestType": "Update",
        "StackId": _STACK,
        "RequestId": "1",
        "LogicalResourceId": "Bake",
        "ResourceProperties": {**_properties("B"), **properties},
        "OldResourceProperties": {**_properties("A"), **properties},
    }
    compared_metrics.forget()
    with (
        mock.patch.object(aws, "connect", return_value=bake),
        mock.patch.object(entry, "now", bake.clock),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        event |= entry.on_event(event, None)
        for _ in range(_BAKED // _EVERY):
            _poll(bake, event)
            bake.now += timedelta(seconds=_EVERY)
    return bake


def _poll(bake: _Bake, event: Mapping[str, object]) -> None:
    before, start = bake.calls["get_metric_data"], process_time()
    answer = entry.is_complete(event, None)
    bake.polls.append((process_time() - start, bake.calls["get_metric_data"] > before))
    if answer["IsComplete"]:
        raise RuntimeError(f"the bake ended too early: {json.dumps(answer)}")


def _properties(release: str) -> dict[str, object]:
    placed = [{"Alias": f"{name}Alias", "Version": f"{name}Version{release}"} for name in _REQUESTS]
    return {
        "ReleaseId": release,
        "DurationSeconds": str(_BAKED),
        "GraceSeconds": "120",
        "Baked": placed[:3],
        "Contained": placed,
        "StartedBy": "Preflight",
    }


def _comparison() -> dict[str, object]:
    return {
        "FalseAlarms": "0.05",
        "Tolerance": "1.5",
        "MinimumRequests": "20",
        "TooFew": "GO_ON",
        "Signals": {"SERVER_ERRORS": "ABORT", "SLOW": "REPORT"},
        "SlowAbove": "2000",
        "Partitions": [{"Alias": f"{name}Alias", "Api": f"{name}Api"} for name in _REQUESTS],
    }


def _resources(now: datetime) -> Iterator[dict[str, object]]:
    ids = {"Bake": ("bake", "UPDATE_IN_PROGRESS", now)}
    for number, name in enumerate(_REQUESTS):
        function = f"arn:aws:lambda:eu-central-1:123456789012:function:{name}"
        switched = _NOON - timedelta(minutes=20 * (2 - number))
        ids[f"{name}Alias"] = (f"{function}:live", "UPDATE_COMPLETE", switched)
        ids[f"{name}VersionA"] = (f"{function}:1", "CREATE_COMPLETE", _NOON - timedelta(days=1))
        ids[f"{name}VersionB"] = (f"{function}:2", "CREATE_COMPLETE", _NOON)
        ids[f"{name}Api"] = (name, "CREATE_COMPLETE", _NOON - timedelta(days=1))
    for logical_id, (physical_id, status, at) in ids.items():
        yield {
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": physical_id,
            "ResourceStatus": status,
            "LastUpdatedTimestamp": at,
        }


def _result(query: Mapping[str, Any], minutes: Sequence[datetime]) -> dict[str, Any]:
    metric = query["MetricStat"]["Metric"]
    requests = _REQUESTS.get(metric["Dimensions"][0]["Value"], 0)
    value = requests if metric["MetricName"] == "Count" else requests // 60
    found = minutes if requests else []
    return {"Id": query["Id"], "Timestamps": found, "Values": [float(value)] * len(found), "StatusCode": "Complete"}
