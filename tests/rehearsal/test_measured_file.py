"""Measured durations are read from a file, by the command and in Python."""

import json
from pathlib import Path

import pytest

from prod_one_box import Assumptions
from prod_one_box.cli.main import main
from prod_one_box.cli.rehearse_options import read_assumptions
from prod_one_box.template.cloud_assembly import AssemblyError

ALIAS = "update_seconds.AWS::Lambda::Alias"


def written(folder: Path, assume: object, **others: object) -> Path:
    path = folder / "measured.json"
    path.write_text(json.dumps({"schema": 1, "where": "somewhere", "assume": assume, **others}))
    return path


def test_a_file_gives_the_numbers_that_it_names_and_leaves_the_others(tmp_path: Path) -> None:
    assume = {ALIAS: 0.4, "update_seconds.Custom::Else": 7, "handler_seconds": 0.25, "browsers": 3}
    found = Assumptions.from_file(written(tmp_path, assume))
    usual = Assumptions()

    assert found.update_seconds == {**usual.update_seconds, "AWS::Lambda::Alias": 0.4, "Custom::Else": 7}
    assert (found.handler_seconds, found.browsers) == (0.25, 3)
    assert found.cleanup_seconds == usual.cleanup_seconds


def test_the_command_takes_the_same_file(tmp_path: Path) -> None:
    file = written(tmp_path, {ALIAS: 0.4, "backend_weights.Api": 2})
    assert read_assumptions([f"@{file}"]) == Assumptions.from_file(str(file))


def test_the_last_one_counts_whether_it_is_a_file_or_a_number(tmp_path: Path) -> None:
    file = written(tmp_path, {ALIAS: 0.4, "handler_seconds": 0.25})
    number_last = read_assumptions([f"@{file}", f"{ALIAS}=9s"])
    file_last = read_assumptions([f"{ALIAS}=9s", "cleanup_seconds=1", f"@{file}"])

    assert (number_last.seconds_to_update("AWS::Lambda::Alias"), number_last.handler_seconds) == (9, 0.25)
    assert (file_last.seconds_to_update("AWS::Lambda::Alias"), file_last.cleanup_seconds) == (0.4, 1)


REFUSED = [
    ("", "it is not JSON: Expecting value"),
    ("[" * 100_000, "it is not JSON"),
    ("[1]", "got no measured numbers; allowed: a JSON object with schema and assume"),
    ("{}", "got no measured numbers"),
    ('{"schema": 2, "assume": {}}', "schema: got 2; allowed: 1"),
    ('{"schema": true, "assume": {}}', "schema: got True; allowed: 1"),
    ('{"schema": 1}', "assume: got no object; allowed: numbers by name"),
    ('{"schema": 1, "assume": {"luck": 1}}', "'luck': got an unknown name; allowed: update_seconds.KEY"),
    ('{"schema": 1, "assume": {"lu\\nck": 1}}', r"'lu\\nck': got an unknown name"),
    ('{"schema": 1, "assume": {"update_seconds": 1}}', "'update_seconds': got an unknown name"),
    ('{"schema": 1, "assume": {"handler_seconds": "1s"}}', "'handler_seconds': got '1s'; allowed: a number"),
    ('{"schema": 1, "assume": {"handler_seconds": true}}', "'handler_seconds': got True; allowed: a number"),
    ('{"schema": 1, "assume": {"handler_seconds": -1}}', "handler_seconds: got -1; allowed: 0 or more"),
    ('{"schema": 1, "assume": {"handler_seconds": NaN}}', "handler_seconds: got nan; allowed: 0 or more"),
    ('{"schema": 1, "assume": {"handler_seconds": 1e999}}', "handler_seconds: got inf; allowed: 0 or more"),
    (
        '{"schema": 1, "assume": {"poll_seconds": 1e300}}',
        r"poll_seconds: got 1e\+300; allowed: more than 0, up to a year",
    ),
    ('{"schema": 1, "assume": {"browsers": 1.5}}', "browsers: got 1.5; allowed: a whole number"),
]


@pytest.mark.parametrize(("content", "reason"), REFUSED)
def test_a_file_that_means_nothing_is_refused_by_its_name_in_one_line(
    content: str, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)

    with pytest.raises(ValueError, match=reason) as in_python:
        Assumptions.from_file(path)
    with pytest.raises(AssemblyError, match=reason) as on_the_command_line:
        read_assumptions([f"@{path}", "handler_seconds=1"])
    assert str(in_python.value).startswith(f"{path}: ")
    assert str(on_the_command_line.value).startswith(f"--assume @{path}: ")
    assert "\n" not in str(in_python.value) + str(on_the_command_line.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe")
    for path, reason in (
        (tmp_path / "none.json", "it cannot be read: No such file"),
        (tmp_path, "it cannot be read: Is a directory"),
        (binary, "it is not JSON"),
    ):
        with pytest.raises(ValueError, match=reason):
            Assumptions.from_file(path)


def test_the_command_ends_with_one_line_and_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", str(tmp_path), "--assume", f"@{tmp_path / 'none.json'}"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "none.json: it cannot be read: No such file or directory" in said.err
