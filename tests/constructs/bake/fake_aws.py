"""An AWS of one account on a virtual clock, where moto is not faithful: stacks in the middle of an update,
resources yet to come, revision ids, composite alarms, alarm histories, and calls that fail.

Every call and every answer is checked against botocore's own service models.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache

import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

STACK = "arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/0a1b"
ROOT = "arn:aws:cloudformation:eu-central-1:123456789012:stack/root/0c1d"
FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function"
NOON = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)


class NotAsAwsError(BaseException):
    """A call or an answer that AWS does not have; a mistake in the tests or the code, which nothing may take in."""


@dataclass
class FakeAws:
    """What the handler can see and change."""

    now: datetime = NOON
    stacks: dict[str, dict] = field(default_factory=dict)
    resources: dict[str, dict] = field(default_factory=dict)
    alarms: dict[tuple[str, str], dict] = field(default_factory=dict)
    history: list[tuple[str, str, datetime, str, str]] = field(default_factory=list)
    aliases: dict[tuple[str, str], dict] = field(default_factory=dict)
    invocations: dict[tuple[str, str], dict[datetime, int]] = field(default_factory=dict)
    metrics: dict[tuple[str, str, str, str], dict[datetime, float]] = field(default_factory=dict)
    metric_status: str = "Complete"
    incomplete: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    faults: dict[str, str] = field(default_factory=dict)
    interferences: list[Callable[[], None]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def connect(self, service: str, region: str) -> "_Client":
        return _Client(self, service, region)

    def pass_time(self, **spent: float) -> None:
        self.now += timedelta(**spent)

    def put_stack(self, stack_id: str, status: str, *, root: str = "", **said: object) -> None:
        times = {"CreationTime": NOON - timedelta(days=9), "LastUpdatedTime": self.now}
        nested = {"RootId": root} if root else {}
        self.stacks[stack_id] = {"StackName": "shop", "StackId": stack_id, "StackStatus": status, **times, **nested}
        self.stacks[stack_id].update(said)

    def put_resource(self, logical_id: str, status: str, physical_id: str = "") -> None:
        known = self.resources.get(logical_id, {}).get("PhysicalResourceId", "")
        self.resources[logical_id] = {
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": physical_id or known,
            "ResourceType": "AWS::Any::Thing",
            "ResourceStatus": status,
            "LastUpdatedTimestamp": self.now,
        }

    def put_alarm(self, name: str, state: str, *, region: str = "", composite: bool = False, reason: str = "") -> None:
        before = self.alarms.get((region, name))
        if before and before["StateValue"] != state:
            self.history.append((region, name, self.now, before["StateValue"], state))
        changed = {"StateTransitionedTimestamp": self.now, "StateUpdatedTimestamp": self.now}
        self.alarms[region, name] = {
            "AlarmName": name,
            "StateValue": state,
            "StateReason": reason or f"{name} went to {state}",
            "composite": composite,
            **changed,
        }

    def put_alias(self, function: str, version: int, *, name: str = "live", **weights: float) -> None:
        """Moves an alias as somebody else: CloudFormation, or a person."""
        self.aliases[f"{FUNCTION}:{function}", name] = {
            "Name": name,
            "FunctionVersion": str(version),
            "RoutingConfig": {"AdditionalVersionWeights": {key.strip("v"): part for key, part in weights.items()}},
            "RevisionId": f"revision-{len(self.calls)}-{version}",
        }

    def version_of(self, function: str, name: str = "live") -> str:
        return self.aliases[f"{FUNCTION}:{function}", name]["FunctionVersion"]

    def invoke(self, function: str, times: int) -> None:
        """Lets visitors come in this minute; CloudWatch has their number at once."""
        minute = self.now.replace(second=0, microsecond=0)
        found = self.invocations.setdefault((f"{FUNCTION}:{function}", "live"), {})
        found[minute] = found.get(minute, 0) + times

    def measure(self, metric: tuple[str, str, str, str], minute: datetime, value: float) -> None:
        """CloudWatch has a value: of a namespace, a name, a statistic and the first dimension's value."""
        self.metrics.setdefault(metric, {})[minute] = value

    @property
    def changes(self) -> list[str]:
        return [call for call in self.calls if call == "update_alias"]

    def describe_stacks(self, region, StackName):  # noqa: N803
        if StackName not in self.stacks:
            raise _refusal("ValidationError", "DescribeStacks")
        return {"Stacks": [self.stacks[StackName]]}

    def list_stack_resources(self, region, StackName, NextToken="0"):  # noqa: N803
        page, rest = list(self.resources.values())[int(NextToken) :][:3], int(NextToken) + 3
        more = {"NextToken": str(rest)} if rest < len(self.resources) else {}
        return {"StackResourceSummaries": page, **more}

    def describe_alarms(self, region, AlarmNames, AlarmTypes, NextToken="0"):  # noqa: N803
        assert len(AlarmNames) <= 100
        known = [self.alarms[region, name] for name in sorted(AlarmNames) if (region, name) in self.alarms]
        page, rest = known[int(NextToken) :][:50], int(NextToken) + 50
        answer = {"MetricAlarms": [], "CompositeAlarms": [], **({"NextToken": str(rest)} if rest < len(known) else {})}
        for alarm in page:
            kind = self._kind(region, alarm["AlarmName"])
            if kind in AlarmTypes:
                answer[f"{kind}s"].append({key: each for key, each in alarm.items() if key != "composite"})
        return answer

    def get_metric_statistics(self, region, StartTime, EndTime, **metric):  # noqa: N803
        dimensions = {each["Name"]: each["Value"] for each in metric.pop("Dimensions")}
        assert metric == {"Namespace": "AWS/Lambda", "MetricName": "Invocations", "Period": 60, "Statistics": ["Sum"]}
        function, _, alias = dimensions["Resource"].rpartition(":")
        assert dimensions["FunctionName"] == function
        found = self.invocations.get((f"{FUNCTION}:{function}", alias), {})
        # What CloudWatch gives is in no order.
        points = [{"Timestamp": at, "Sum": float(n), "Unit": "Count"} for at, n in reversed(found.items())]
        return {
            "Label": "Invocations",
            "Datapoints": [each for each in points if StartTime <= each["Timestamp"] < EndTime],
        }

    def get_metric_data(self, region, MetricDataQueries, StartTime, EndTime, NextToken="0"):  # noqa: N803
        """Answers two metrics a page; the status of the last is as the test wants it."""
        assert len({each["Id"] for each in MetricDataQueries}) == len(MetricDataQueries) <= 500
        page, rest = MetricDataQueries[int(NextToken) :][:2], int(NextToken) + 2
        more = {"NextToken": str(rest)} if rest < len(MetricDataQueries) else {}
        results = [self._series(each, StartTime, EndTime) for each in page]
        return {"MetricDataResults": [each for each in results if each["Label"] not in self.left_out], **more}

    def _series(self, query: dict, start: datetime, end: datetime) -> dict:
        metric, period, statistic = (
            query["MetricStat"]["Metric"],
            query["MetricStat"]["Period"],
            query["MetricStat"]["Stat"],
        )
        assert period == 60
        key = (metric["Namespace"], metric["MetricName"], statistic, metric["Dimensions"][0]["Value"])
        found = {at: value for at, value in self.metrics.get(key, {}).items() if start <= at < end}
        return {
            "Id": query["Id"],
            "Timestamps": [*found],
            "Values": [*map(float, found.values())],
            "Label": key[1],
            "StatusCode": "InternalError" if key[1] in self.incomplete else self.metric_status,
        }

    def _kind(self, region: str, alarm: str) -> str:
        return "CompositeAlarm" if self.alarms[region, alarm]["composite"] else "MetricAlarm"

    def describe_alarm_history(self, region, AlarmName, AlarmTypes, StartDate, NextToken="0", **order):  # noqa: N803
        assert order == {"HistoryItemType": "StateUpdate", "ScanBy": "TimestampAscending", "MaxRecords": 100}
        items = [
            {
                "AlarmName": name,
                "Timestamp": at,
                "HistoryData": json.dumps({"oldState": {"stateValue": old}, "newState": {"stateValue": new}}),
            }
            for where, name, at, old, new in self.history
            if (where, name) == (region, AlarmName) and at >= StartDate and self._kind(where, name) in AlarmTypes
        ]
        rest = int(NextToken) + 100
        more = {"NextToken": str(rest)} if rest < len(items) else {}
        return {"AlarmHistoryItems": items[int(NextToken) : rest], **more}

    def get_alias(self, region, FunctionName, Name):  # noqa: N803
        return dict(self.aliases[FunctionName, Name])

    def update_alias(self, region, FunctionName, Name, FunctionVersion, RevisionId, RoutingConfig):  # noqa: N803
        if self.interferences:
            self.interferences.pop()()
        alias = self.aliases[FunctionName, Name]
        if RevisionId != alias["RevisionId"]:
            raise _refusal("PreconditionFailedException", "UpdateAlias")
        alias.update(FunctionVersion=FunctionVersion, RoutingConfig=RoutingConfig, RevisionId=f"ours-{len(self.calls)}")
        return dict(alias)


@dataclass
class _Client:
    aws: FakeAws
    service: str
    region: str

    def __getattr__(self, operation: str) -> Callable[..., dict]:
        model = _operation(self.service, operation)

        def call(**arguments: object) -> dict:
            _check(arguments, model.input_shape)
            self.aws.calls.append(operation)
            code = self.aws.faults.get(operation) or self.aws.faults.get("*")
            if code:
                raise _refusal(code, model.name)
            try:
                answer = getattr(self.aws, operation)(self.region, **arguments)
            except AssertionError as error:
                raise NotAsAwsError from error
            _check(answer, model.output_shape)
            return answer

        return call


@cache
def _service(name: str):
    return botocore.session.get_session().get_service_model(name)


@cache
def _operation(service: str, operation: str):
    model = _service(service)
    return next(model.operation_model(name) for name in model.operation_names if xform_name(name) == operation)


def _check(values: dict, shape) -> None:
    report = ParamValidator().validate(values, shape)
    if report.has_errors() or not values.keys() <= shape.members.keys():
        raise NotAsAwsError(report.generate_report(), values.keys() - shape.members.keys())


def _refusal(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)
