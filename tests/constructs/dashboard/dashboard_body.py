"""A synthesized dashboard as CloudWatch gets it."""

import json
from typing import Any

from aws_cdk import Stack
from aws_cdk.assertions import Template

from dependency_graph import of_type


def body_of(stack: Stack) -> dict[str, Any]:
    """Finds the stack's dashboard and reads its body."""
    (dashboard,) = of_type(Template.from_stack(stack).to_json(), "AWS::CloudWatch::Dashboard").values()
    return json.loads(text_of(dashboard["Properties"]["DashboardBody"]))


def text_of(body: Any) -> str:
    """Joins a body's parts, with `<name>` or `<name.attribute>` for what only CloudFormation knows."""
    if isinstance(body, str):
        return body
    ((function, argument),) = body.items()
    if function == "Fn::Join":
        return argument[0].join(text_of(part) for part in argument[1])
    return f"<{argument}>" if function == "Ref" else f"<{'.'.join(argument)}>"


def graphs(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [widget for widget in body["widgets"] if widget["type"] == "metric"]


def titled(body: dict[str, Any], title: str) -> dict[str, Any]:
    """Finds the graph of a title."""
    (found,) = [graph for graph in graphs(body) if graph["properties"]["title"] == title]
    return found


def shown(graph: dict[str, Any]) -> list[list[Any]]:
    """The metrics of a graph, without the marks and what only feeds an expression."""
    visible = [metric for metric in graph["properties"]["metrics"] if metric[-1].get("visible", True)]
    return [metric for metric in visible if metric[0] != "ProdOneBox"]


def faults(body: dict[str, Any]) -> list[str]:
    """Holds a body against the rules of "Dashboard Body Structure and Syntax" and the quotas of dashboards."""
    widgets, found = body["widgets"], []
    if not body.keys() <= {"widgets", "start", "end", "periodOverride", "variables"}:
        found.append(f"members: {body.keys()}")
    if len(widgets) > 500:
        found.append("more than 500 widgets")
    found += [f"{widget['properties']['title']}: {fault}" for widget in widgets for fault in _faults(widget)]
    if sum(len(graph["properties"]["metrics"]) for graph in graphs(body)) > 2500:
        found.append("more than 2,500 metrics")
    cells = [(x, y) for w in widgets for x in range(w["x"], w["x"] + w["width"]) for y in _lines(w)]
    if len(cells) != len(set(cells)):
        found.append("widgets overlap")
    return found


def _lines(widget: dict[str, Any]) -> range:
    return range(widget["y"], widget["y"] + widget["height"])


def _faults(widget: dict[str, Any]) -> list[str]:
    properties = widget["properties"]
    checks = {
        "width": 1 <= widget["width"] <= 24 and widget["x"] + widget["width"] <= 24,
        "height": 1 <= widget["height"] <= 1000,
        "type": widget["type"] in ("metric", "alarm"),
    }
    if widget["type"] == "alarm":
        checks["alarms"] = 1 <= len(properties["alarms"]) <= 100
        return [name for name, right in checks.items() if not right]
    checks["members"] = properties.keys() <= {"metrics", "view", "title", "region", "yAxis", "period", "stat"}
    checks["metrics"] = 1 <= len(properties["metrics"]) <= 500
    checks["axes"] = all(axis["min"] < axis.get("max", 1e9) for axis in properties["yAxis"].values())
    ids = [metric[-1]["id"] for metric in properties["metrics"] if "id" in metric[-1]]
    checks["ids"] = len(ids) == len(set(ids))
    checks["each metric"] = all(_fits(metric) for metric in properties["metrics"])
    return [name for name, right in checks.items() if not right]


def _fits(metric: list[Any]) -> bool:
    """An expression stands alone; a metric is its namespace, its name, pairs of dimensions, and how it is drawn."""
    *names, drawn = metric
    known = {"label", "color", "period", "stat", "yAxis", "expression", "id", "visible", "region"}
    return drawn.keys() <= known and ("expression" in drawn if not names else len(names) % 2 == 0 and len(names) >= 4)
