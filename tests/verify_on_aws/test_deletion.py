"""Only what the run recorded and what carries its tag is deleted, whatever else is there."""

from collections.abc import Callable

import pytest
from botocore.stub import ANY, Stubber

from emulator.aws import Aws
from verify_on_aws import deletion
from verify_on_aws.conftest import ACCOUNT, REGION
from verify_on_aws.deletion import Deletion, Left
from verify_on_aws.run_record import TAG, RunRecord
from verify_on_aws.terminal import say

Make, There = Callable[..., str], Callable[[], set[str]]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "_LOOK_SECONDS", 0)


def delete(aws: Aws, record: RunRecord, *, longest_seconds: float = 60) -> list[Left]:
    return Deletion(aws, record, lambda _: None, longest_seconds).run()


def test_what_was_recorded_and_carries_the_tag_is_deleted(
    aws: Aws, record: RunRecord, make_stack: Make, there: There
) -> None:
    name = record.prefix + "Site"
    record.made(name, make_stack(name, record.tags))
    make_stack("CDKToolkit", {})
    assert delete(aws, record) == []
    assert there() == {"CDKToolkit"}
    assert RunRecord.read(record.folder).stacks == {}


@pytest.mark.parametrize("tags", [{}, {TAG: "ffffffff"}, {"other": "tag"}], ids=["none", "another run's", "another"])
def test_a_recorded_stack_without_the_runs_tag_is_left_alone(
    aws: Aws, record: RunRecord, make_stack: Make, there: There, tags: dict[str, str]
) -> None:
    name = record.prefix + "Site"
    record.made(name, make_stack(name, tags))
    (left,) = delete(aws, record)
    assert left.why == f"it does not carry the tag {TAG}={record.run}"
    assert left.command == f"aws cloudformation describe-stacks --region {REGION} --stack-name {name}"
    assert there() == {name}
    assert name in RunRecord.read(record.folder).stacks


def test_a_stack_with_the_tag_that_was_not_recorded_is_left_alone(
    aws: Aws, record: RunRecord, make_stack: Make, there: There
) -> None:
    recorded, other = record.prefix + "Site", record.prefix + "Other"
    record.made(recorded, make_stack(recorded, record.tags))
    make_stack(other, record.tags)
    assert delete(aws, record) == []
    assert there() == {other}


def test_a_stack_whose_id_was_never_recorded_is_left_alone_and_named(
    aws: Aws, record: RunRecord, make_stack: Make, there: There
) -> None:
    """The run was killed between the stack's creation and the record."""
    name = record.prefix + "Site"
    record.intend(name)
    make_stack(name, record.tags)
    (left,) = delete(aws, record)
    assert (left.name, there()) == (name, {name})
    by_hand = f"aws cloudformation delete-stack --region {REGION} --stack-name {name}"
    assert left.why == (
        f"its id was never recorded, so it may be somebody else's: if it carries the tag {TAG}={record.run}, "
        f"delete it with `{by_hand}`"
    )
    assert left.command == f"aws cloudformation describe-stacks --region {REGION} --stack-name {name}"


def test_a_stack_that_took_the_name_of_a_recorded_one_is_left_alone(
    aws: Aws, record: RunRecord, make_stack: Make, there: There
) -> None:
    name = record.prefix + "Site"
    make_stack(name, record.tags)
    record.made(name, f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/00000000-dead-beef-0000-000000000000")
    (left,) = delete(aws, record)
    assert "another id than the record" in left.why
    assert there() == {name}


def test_a_stack_that_was_never_made_is_struck_out(aws: Aws, record: RunRecord) -> None:
    record.intend(record.prefix + "Site")
    said: list[str] = []
    assert Deletion(aws, record, said.append).run() == []
    assert said == [f"{record.prefix}Site was never made"]
    assert RunRecord.read(record.folder).stacks == {}


def test_a_stack_that_aws_no_longer_knows_is_struck_out(aws: Aws, record: RunRecord) -> None:
    name = record.prefix + "Site"
    record.made(name, f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/00000000-dead-beef-0000-000000000000")
    said: list[str] = []
    assert Deletion(aws, record, said.append).run() == []
    assert said == [f"{name} is there no longer"]


class Script:
    """What CloudFormation answers, call by call, of one recorded stack."""

    def __init__(self, record: RunRecord) -> None:
        self.aws = Aws(ACCOUNT, REGION, {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"})
        self.stubber = Stubber(self.aws.cloudformation)
        self.record = record
        self.name = record.prefix + "Site"
        self.stack_id = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{self.name}/1"
        record.made(self.name, self.stack_id)
        self.tags = [{"Key": key, "Value": value} for key, value in record.tags.items()]

    def status(self, status: str, *, reason: str = "", tagged: bool = True) -> "Script":
        stack = {"StackName": self.name, "StackId": self.stack_id, "CreationTime": 0, "StackStatus": status}
        more = {"StackStatusReason": reason, "Tags": self.tags if tagged else []}
        self.stubber.add_response("describe_stacks", {"Stacks": [stack | more]}, {"StackName": self.stack_id})
        return self

    def accepts(self, call: str) -> "Script":
        self.stubber.add_response(call, {}, {"StackName": self.stack_id})
        return self

    def refuses(self, call: str, code: str, message: str) -> "Script":
        self.stubber.add_client_error(call, code, message, expected_params={"StackName": self.stack_id})
        return self

    def gone(self) -> "Script":
        self.status("DELETE_COMPLETE")
        self.stubber.add_response("list_stack_resources", {"StackResourceSummaries": []}, {"StackName": ANY})
        return self

    def played(self, *, longest_seconds: float = 60) -> list[Left]:
        with self.stubber:
            left = delete(self.aws, self.record, longest_seconds=longest_seconds)
        self.stubber.assert_no_pending_responses()
        return left


@pytest.fixture
def script(record: RunRecord) -> Script:
    return Script(record)


def test_a_stack_that_is_being_made_is_deleted_at_once(script: Script) -> None:
    script.status("CREATE_IN_PROGRESS").accepts("delete_stack").status("DELETE_IN_PROGRESS").gone()
    assert script.played() == []


def test_an_update_is_cancelled_and_its_way_back_awaited_before_the_deletion(script: Script) -> None:
    script.status("UPDATE_IN_PROGRESS").accepts("cancel_update_stack").status("UPDATE_ROLLBACK_IN_PROGRESS")
    script.status("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS").status("UPDATE_ROLLBACK_COMPLETE")
    script.accepts("delete_stack").status("DELETE_IN_PROGRESS").gone()
    assert script.played() == []


def test_a_status_that_changed_meanwhile_is_looked_at_again(script: Script) -> None:
    script.status("UPDATE_IN_PROGRESS")
    script.refuses("cancel_update_stack", "ValidationError", "cannot be called from current stack status")
    script.status("UPDATE_COMPLETE")
    script.refuses("delete_stack", "ValidationError", "cannot be deleted while in status UPDATE_IN_PROGRESS")
    script.status("UPDATE_COMPLETE").accepts("delete_stack").gone()
    assert script.played() == []


def test_a_deletion_that_fails_names_what_is_left_and_the_command(script: Script) -> None:
    script.status("CREATE_COMPLETE").accepts("delete_stack")
    script.status("DELETE_FAILED", reason="The following resource(s) failed to delete: [Site].")
    (left,) = script.played()
    assert left.why == "The following resource(s) failed to delete: [Site]."
    assert left.command == f"aws cloudformation delete-stack --region {REGION} --stack-name {script.stack_id}"
    assert script.name in RunRecord.read(script.record.folder).stacks


def test_a_deletion_that_failed_earlier_is_tried_again(script: Script) -> None:
    script.status("DELETE_FAILED").accepts("delete_stack").gone()
    assert script.played() == []


def test_a_protected_stack_is_left(script: Script) -> None:
    script.status("CREATE_COMPLETE")
    script.refuses("delete_stack", "ValidationError", "cannot be deleted while TerminationProtection is enabled")
    (left,) = script.played()
    assert "TerminationProtection" in left.why


def test_credentials_that_expire_in_the_middle_leave_the_stack_recorded(script: Script) -> None:
    script.status("CREATE_COMPLETE").accepts("delete_stack")
    script.refuses("describe_stacks", "ExpiredToken", "The security token included in the request is expired")
    (left,) = script.played()
    assert "ExpiredToken" in left.why
    assert RunRecord.read(script.record.folder).stacks == {script.name: script.stack_id}


def test_a_stack_without_resources_may_carry_the_tag_in_its_change_set(script: Script) -> None:
    script.status("REVIEW_IN_PROGRESS", tagged=False)
    script.stubber.add_response("describe_change_set", {"Tags": script.tags}, {"StackName": ANY, "ChangeSetName": ANY})
    script.accepts("delete_stack").gone()
    assert script.played() == []


def test_what_takes_too_long_is_left(script: Script) -> None:
    (left,) = script.status("DELETE_IN_PROGRESS").played(longest_seconds=-1)
    assert left.why == "it is still DELETE_IN_PROGRESS"


def test_what_outlives_the_stack_is_listed(script: Script) -> None:
    kinds = {"Function": "AWS::Lambda::Function", "Bucket": "AWS::S3::Bucket"}
    rows = [
        {
            "LogicalResourceId": name,
            "PhysicalResourceId": name.lower(),
            "ResourceType": kinds[name],
            "ResourceStatus": "DELETE_SKIPPED" if name == "Bucket" else "DELETE_COMPLETE",
            "LastUpdatedTimestamp": 0,
        }
        for name in kinds
    ]
    script.status("DELETE_COMPLETE")
    script.stubber.add_response("list_stack_resources", {"StackResourceSummaries": rows}, {"StackName": ANY})
    logs = script.aws.client("logs")
    script.aws.__dict__["session"] = _Session(logs)
    groups = [{"logGroupName": "/aws/lambda/function"}, {"logGroupName": "/aws/lambda/function-of-others"}]
    with Stubber(logs) as stubber, script.stubber:
        stubber.add_response("describe_log_groups", {"logGroups": groups}, {"logGroupNamePrefix": ANY})
        deletion = Deletion(script.aws, script.record, lambda _: None)
        assert deletion.run() == []
    command = f"aws logs delete-log-group --region {REGION} --log-group-name /aws/lambda/function"
    assert deletion.outlived == [
        "AWS::S3::Bucket bucket, which CloudFormation retained",
        f"log group /aws/lambda/function: {command}",
    ]


class _Session:
    def __init__(self, client: object) -> None:
        self._client = client

    def client(self, *_: object, **__: object) -> object:
        return self._client


def closed(*_: object, **__: object) -> None:
    raise OSError("[Errno 5] Input/output error")


def test_a_closed_terminal_keeps_no_stack_from_being_deleted(
    aws: Aws, record: RunRecord, make_stack: Make, there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (record.prefix + "Site", record.prefix + "Leaving"):
        record.made(name, make_stack(name, record.tags))
    monkeypatch.setattr("builtins.print", closed)
    assert Deletion(aws, record, say).run() == []
    assert there() == set()


def test_a_fault_with_one_stack_keeps_no_other_from_being_deleted(
    aws: Aws, record: RunRecord, make_stack: Make, there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [record.prefix + "Site", record.prefix + "Leaving"]
    for name in names:
        record.made(name, make_stack(name, record.tags))
    monkeypatch.setattr(Deletion, "_is_ours", lambda of, stack: stack["StackName"] != names[0] or 1 / 0)
    (left,) = delete(aws, record)
    assert (left.name, left.why) == (names[0], "ZeroDivisionError: division by zero")
    assert there() == {names[0]}


def test_an_update_that_overtook_the_deletion_is_cancelled_and_the_deletion_asked_for_again(script: Script) -> None:
    script.status("CREATE_COMPLETE").accepts("delete_stack")
    script.status("UPDATE_IN_PROGRESS").accepts("cancel_update_stack").status("UPDATE_ROLLBACK_COMPLETE")
    script.accepts("delete_stack").status("DELETE_IN_PROGRESS").gone()
    assert script.played() == []
