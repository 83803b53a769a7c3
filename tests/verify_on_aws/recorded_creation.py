"""A stack's id, written down before the stack has anything in it."""

from collections.abc import Callable
from subprocess import Popen

from botocore.exceptions import ClientError

from emulator.aws import Aws
from emulator.cdk_command import finish
from verify_on_aws.run_record import RunRecord

CHANGE_SET = "verify-on-aws"


def prepare(aws: Aws, record: RunRecord, name: str, deploy: Callable[..., Popen[bytes]]) -> tuple[str, ...]:
    """Make a stack of the run without resources, write its id down, and return the words that let `cdk deploy` fill it.

    A change set for a stack that does not exist makes the stack, in REVIEW_IN_PROGRESS; CloudFormation makes no
    resource until it is executed (CloudFormation API reference, "CreateChangeSet"). So whenever the run is killed, the
    record has the id of whatever could cost something.

    Args:
        aws: The account.
        record: The run.
        name: The stack.
        deploy: Begins `cdk deploy` for the stack, with further words.

    Returns:
        The words; none for a stack that the run has made already.
    """
    if name in record.stacks:
        return ()
    record.intend(name)
    named = ("--change-set-name", CHANGE_SET)
    try:
        status = finish(deploy("--method=prepare-change-set", *named))
    finally:
        _write_down(aws, record, name)
    assert status == 0, f"cdk deploy could not prepare {name}"
    return ("--method=execute-change-set", *named)


def _write_down(aws: Aws, record: RunRecord, name: str) -> None:
    try:
        stack = aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return
    record.made(name, stack["StackId"])
