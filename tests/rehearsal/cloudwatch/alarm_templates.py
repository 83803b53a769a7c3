"""Small hand-made templates with alarms."""

from pathlib import Path
from typing import Any

from prod_one_box.rehearsal.cloudwatch.alarm_definition import AlarmDefinition, read_alarms
from prod_one_box.rehearsal.cloudwatch.metrics import MetricKey
from prod_one_box.template.cloud_assembly import Resource, StackTemplate

DIMENSIONS = [
    {"Name": "FunctionName", "Value": {"Ref": "Pages"}},
    {"Name": "Resource", "Value": {"Fn::Join": ["", [{"Ref": "Pages"}, ":live"]]}},
]
LIVE = frozenset({("FunctionName", "${Pages}"), ("Resource", "${Pages}:live")})
INVOCATIONS = MetricKey("AWS/Lambda", "Invocations", LIVE)
ERRORS = MetricKey("AWS/Lambda", "Errors", LIVE)


def single(**changed: Any) -> dict[str, Any]:
    """An alarm on more than 5 errors in one minute; a None takes a property away."""
    properties = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": DIMENSIONS,
        "Period": 60,
        "Statistic": "Sum",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Threshold": 5,
        **changed,
    }
    return {name: value for name, value in properties.items() if value is not None}


def query(name: str, metric: str, **changed: Any) -> dict[str, Any]:
    """One metric of an alarm on an expression."""
    stat = {
        "Metric": {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": DIMENSIONS},
        "Period": 60,
        "Stat": "Sum",
        **changed,
    }
    return {"Id": name, "MetricStat": stat, "ReturnData": False}


def on_expression(expression: str, *queries: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """An alarm on an expression."""
    metrics = [{"Id": "expr_1", "Expression": expression}, *queries]
    alone = {"Namespace": None, "MetricName": None, "Dimensions": None, "Period": None, "Statistic": None}
    return single(**{**alone, "Metrics": metrics, **changed})


def definitions(**alarms: dict[str, Any]) -> dict[str, AlarmDefinition]:
    """Reads alarms by their logical ids; one with an `AlarmRule` is a composite alarm."""
    resources = {
        logical_id: Resource(
            logical_id=logical_id,
            type="AWS::CloudWatch::CompositeAlarm" if "AlarmRule" in said else "AWS::CloudWatch::Alarm",
            body={"Properties": said},
        )
        for logical_id, said in alarms.items()
    }
    return read_alarms(StackTemplate(name="Shop", resources=resources, folder=Path()))
