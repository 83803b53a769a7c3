"""The stacks of runs that were killed before they could delete them."""

from pathlib import Path

from verify_on_aws.caller import identify, refuse_another_account
from verify_on_aws.deletion import Deletion, Left
from verify_on_aws.run_record import NoRecordError, RunGoesOnError, RunRecord
from verify_on_aws.stopped import Status
from verify_on_aws.terminal import say


def clean(folder: Path, wanted: str) -> Status:
    """Delete what the recorded runs of the caller's account have left, and say what is not deleted.

    Args:
        folder: Where the runs are.
        wanted: The account that was named; "" if none was.
    """
    caller = identify()
    refuse_another_account(caller, wanted)
    status = Status.HELD
    for each in sorted(path.parent for path in folder.glob("*/run.json")):
        try:
            record = RunRecord.read(each)
            if not record.stacks:
                continue
            if record.account != caller.account:
                raise NoRecordError(f"run {record.run} was made in another account: sign in there")
            with record.hold():
                # Another process may have gone on with it until now.
                deletion = Deletion(caller.aws(record.region), RunRecord.read(each), say)
                left = deletion.run()
        except NoRecordError as error:
            say(f"left alone: {error}")
            status = Status.LEFT
            continue
        except RunGoesOnError:
            say(f"left alone: run {each.name} goes on in another process")
            status = Status.LEFT
            continue
        show(left, deletion.outlived)
        status = Status.LEFT if left else status
    say("clean" if status is Status.HELD else "not everything was deleted, see above")
    return status


def show(left: list[Left], outlived: list[str]) -> list[str]:
    """Print what was not deleted and what outlived its stack, and return the lines."""
    lines = [f"not deleted: {each.name}: {each.why}; see to it with `{each.command}`" for each in left]
    lines += [f"outlived its stack: {each}" for each in outlived]
    for line in lines:
        say(line)
    return lines
