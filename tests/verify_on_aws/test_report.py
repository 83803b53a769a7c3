"""A report names no account, no key and no person, and its numbers can be given to a rehearsal."""

import json
from pathlib import Path

import pytest

from verify_on_aws.account_ids import without_account_ids
from verify_on_aws.caller import Caller
from verify_on_aws.report import Report, Result

ACCOUNT = "123456789012"
ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/jane.doe@example.com"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f:live", "arn:aws:lambda:us-east-1:ACCOUNT:function:f:live"),
        (f"cdk-hnb659fds-assets-{ACCOUNT}-us-east-1", "cdk-hnb659fds-assets-ACCOUNT-us-east-1"),
        (f"x{ACCOUNT}9 and 9{ACCOUNT}", "xACCOUNT9 and 9ACCOUNT"),
        ("arn:aws:iam::210987654321:role/other", "arn:aws:iam::ACCOUNT:role/other"),
        (f"User: {ARN} is not authorized", "User: CALLER is not authorized"),
        ("key AKIAIOSFODNN7EXAMPLE", "key KEY"),
        ("1796053508.0367663 and 4.25", "1796053508.0367663 and 4.25"),
        ({ACCOUNT: [int(ACCOUNT), 4.25, None, True, 7]}, {"ACCOUNT": ["ACCOUNT", 4.25, None, True, 7]}),
    ],
)
def test_account_ids_keys_and_callers_are_replaced(said: object, shown: object) -> None:
    assert without_account_ids(said, account=ACCOUNT, arn=ARN) == shown


@pytest.mark.parametrize("home", ["", "/build/home"])
def test_the_folders_of_a_person_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    folder = tmp_path / "clone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", f"{folder}{home}" if home else str(tmp_path))
    said = f"{folder}/build/cdk.log and {Path.home()}/.aws/config but not {tmp_path}stead/x"
    shown = f"./build/cdk.log and ~/.aws/config but not {tmp_path}stead/x"
    assert without_account_ids(said, account=ACCOUNT, arn=ARN) == shown


@pytest.fixture
def report(tmp_path: Path) -> Report:
    evidence = {"events": [f"arn:aws:sns:us-east-1:{ACCOUNT}:t"], ACCOUNT: [ACCOUNT, int(ACCOUNT)]}
    return Report(
        tmp_path,
        Caller(ACCOUNT, "us-east-1", ARN, ""),
        scenarios=[Result("red", "failed", f"assert {ACCOUNT!r} == {ARN!r}"), Result("good", "passed")],
        experiments=[Result("Who?", "answered", f"{ARN}.", evidence), Result("Why?", "not answered", f"{ARN} may not")],
        assume={"update_seconds.AWS::Lambda::Alias": 2.1},
        left=[f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/s/1"],
        state="complete",
    )


@pytest.mark.parametrize("name", ["report.md", "report.json"])
def test_no_file_of_a_report_has_an_account_or_a_person(report: Report, name: str) -> None:
    report.write()
    text = (report.folder / name).read_text("utf-8")
    assert ACCOUNT not in text
    assert "jane" not in text
    assert "ACCOUNT" in text


def test_the_json_is_json_with_the_measured_seconds(report: Report) -> None:
    report.write()
    said = json.loads((report.folder / "report.json").read_text("utf-8"))
    assert (said["schema"], said["assume"]) == (1, {"update_seconds.AWS::Lambda::Alias": 2.1})
    assert [each["outcome"] for each in said["scenarios"]] == ["failed", "passed"]
