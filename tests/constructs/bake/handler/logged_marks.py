"""The marks in the log of the handlers, read as CloudWatch reads them."""

import json
from dataclasses import dataclass

MARKS = {"ReleaseStarted", "BakeStarted", "Promoted", "ReleaseAborted", "Contained", "RolledBack"}


@dataclass(frozen=True)
class LoggedMark:
    """One mark: what, of which wait's release, when in milliseconds, of which wave."""

    name: str
    stack: str
    wait: str
    at: int
    wave: str = ""


def marks(log: str) -> list[LoggedMark]:
    """Extracts the metrics of embedded lines, by the rules of the format, in their order."""
    return [mark for line in log.splitlines() for mark in _of_line(line)]


def _of_line(line: str) -> list[LoggedMark]:
    root = json.loads(line)
    if "_aws" not in root:
        assert not MARKS & root.keys(), "a mark that CloudWatch would not read"
        return []
    assert root["_aws"].keys() == {"Timestamp", "CloudWatchMetrics"}
    (directive,) = root["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "ProdOneBox"
    usual = ["Stack", "Wait"]
    wave = root.get("Wave", "")
    assert directive["Dimensions"] == ([usual, [*usual, "Wave"]] if wave else [usual])
    stack, wait = (root[name] for name in usual)
    assert {type(stack), type(wait), type(wave)} == {str}
    names = [metric["Name"] for metric in directive["Metrics"]]
    assert {root[name] for name in names} == {1}
    assert {metric["Unit"] for metric in directive["Metrics"]} == {"Count"}
    return [LoggedMark(name, stack, wait, root["_aws"]["Timestamp"], wave) for name in names]
