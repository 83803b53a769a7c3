"""The record of a run is there before the stack, and nothing but a record is taken for one."""

import json
from pathlib import Path
from typing import Any

import pytest

from verify_on_aws.run_record import NoRecordError, RunGoesOnError, RunRecord

RUN = "0a1b2c3d"
NAME = f"prod-one-box-verify-{RUN}-Site"
STACK = f"arn:aws:cloudformation:us-east-1:123456789012:stack/{NAME}/90e6e544-bd84-4355-8934-44dbfcae408d"
GOOD: dict[str, Any] = {
    "schema": 1,
    "run": RUN,
    "account": "123456789012",
    "region": "us-east-1",
    "stacks": {NAME: STACK},
}


def write(folder: Path, said: object) -> Path:
    path = folder / RUN / "run.json"
    path.parent.mkdir()
    path.write_text(said if isinstance(said, str) else json.dumps(said), "utf-8")
    return path.parent


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = RunRecord.begin(tmp_path, account="123456789012", region="eu-west-1")
    with record.hold():
        record.intend(record.prefix + "Site")
        assert RunRecord.read(record.folder).stacks == {record.prefix + "Site": None}
        stack = f"arn:aws:cloudformation:eu-west-1:123456789012:stack/{record.prefix}Site/1"
        record.made(record.prefix + "Site", stack)
    assert RunRecord.read(record.folder) == record


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        "null",
        {},
        GOOD | {"schema": 2},
        GOOD | {"run": "11111111"},
        GOOD | {"run": 5},
        GOOD | {"account": "1234"},
        GOOD | {"account": None},
        GOOD | {"region": None},
        GOOD | {"stacks": [STACK]},
        GOOD | {"stacks": {"CDKToolkit": STACK.replace(NAME, "CDKToolkit")}},
        GOOD | {"stacks": {"prod-one-box-verify-11111111-Site": None}},
        GOOD | {"stacks": {NAME: STACK.replace("123456789012", "210987654321")}},
        GOOD | {"stacks": {NAME: STACK.replace("us-east-1", "eu-west-1")}},
        GOOD | {"stacks": {NAME: STACK.replace(NAME, "CDKToolkit")}},
        GOOD | {"stacks": {NAME: "CDKToolkit"}},
        GOOD | {"stacks": {NAME: 5}},
    ],
)
def test_garbage_is_no_record(tmp_path: Path, said: object) -> None:
    with pytest.raises(NoRecordError, match=r"run\.json"):
        RunRecord.read(write(tmp_path, said))


def test_a_good_record_is_none_of_that(tmp_path: Path) -> None:
    assert RunRecord.read(write(tmp_path, GOOD)).stacks == {NAME: STACK}


def test_a_run_belongs_to_one_process(tmp_path: Path) -> None:
    folder = write(tmp_path, GOOD)
    held = RunRecord.read(folder).hold()
    with pytest.raises(RunGoesOnError):
        RunRecord.read(folder).hold()
    held.release()
    RunRecord.read(folder).hold().release()


def test_two_runs_share_nothing(tmp_path: Path) -> None:
    one, two = (RunRecord.begin(tmp_path, account="123456789012", region="us-east-1") for _ in range(2))
    assert {one.prefix, one.folder, one.tags["prod-one-box-verify"]}.isdisjoint(
        {two.prefix, two.folder, two.tags["prod-one-box-verify"]}
    )
