"""One report of a run: Markdown for people, JSON for programs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from verify_on_aws.account_ids import without_account_ids
from verify_on_aws.caller import Caller


@dataclass(frozen=True)
class Result:
    """What became of a scenario or an experiment.

    Attributes:
        name: The scenario's name, or the experiment's question.
        outcome: passed, failed or not played; answered or not answered.
        said: The assertion that failed, the answer, or why there is none.
        evidence: What the answer rests on, as JSON has it.
    """

    name: str
    outcome: str
    said: str = ""
    evidence: Any = None


@dataclass
class Report:
    """Grows with the run, and is written anew with each result, so that a run that ends early has one too.

    Attributes:
        folder: Where report.md and report.json go.
        caller: Whose account it is; its id is not in the report.
        scenarios: What became of each scenario.
        experiments: What became of each experiment.
        assume: Measured seconds, by the names that `prod-one-box rehearse --assume` knows.
        left: What was not deleted, and what outlived its stack.
        state: How far the run came: complete, or partial and why.
    """

    folder: Path
    caller: Caller
    scenarios: list[Result] = field(default_factory=list)
    experiments: list[Result] = field(default_factory=list)
    assume: dict[str, float] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    state: str = "partial: the run goes on, or was killed"

    def write(self) -> None:
        """Write both files."""
        said = without_account_ids(self._said(), account=self.caller.account, arn=self.caller.arn)
        (self.folder / "report.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
        (self.folder / "report.md").write_text(_markdown(said), encoding="utf-8")

    def held(self) -> bool:
        """Whether a scenario was played, all passed, and every experiment got an answer."""
        outcomes = {each.outcome for each in (*self.scenarios, *self.experiments)}
        return bool(self.scenarios) and outcomes <= {"passed", "answered"}

    def _said(self) -> Mapping[str, Any]:
        return {
            "schema": 1,
            "state": self.state,
            "region": self.caller.region,
            "endpoint": self.caller.endpoint,
            "scenarios": [asdict(each) for each in self.scenarios],
            "experiments": [asdict(each) for each in self.experiments],
            "assume": self.assume,
            "left": self.left,
        }


def _markdown(said: Mapping[str, Any]) -> str:
    where = f"{said['region']}, at {said['endpoint']}" if said["endpoint"] else said["region"]
    played = [f"- **{each['outcome']}**: {each['name']}{_indented(each['said'])}" for each in said["scenarios"]]
    parts = [
        f"# Releases on an account\n\n{said['state'].capitalize()}. Region: {where}.",
        "## Scenarios",
        "\n".join(played) or "None.",
        "## Experiments",
        *([text for each in said["experiments"] for text in _experiment(each)] or ["None."]),
        "## Measured",
        "Medians of the updates, in seconds; report.json has them for `prod-one-box rehearse --assume`.",
        "\n".join(f"- `{name}`: {seconds:g}" for name, seconds in said["assume"].items()) or "Nothing.",
        "## What is left",
        "\n".join(f"- {line}" for line in said["left"]) or "Nothing that was noticed.",
    ]
    return "\n\n".join(parts) + "\n"


def _experiment(said: Mapping[str, Any]) -> list[str]:
    evidence = json.dumps(said["evidence"], indent=2)
    shown = [f"```json\n{evidence}\n```"] if said["evidence"] is not None else []
    return [f"### {said['name']}", f"**{said['outcome']}**: {said['said']}", *shown]


def _indented(text: str) -> str:
    return "".join(f"\n      {line}" for line in ["", *text.splitlines()]) if text else ""
