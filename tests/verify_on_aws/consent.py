"""What is said before anything is made, and who must agree."""

from pathlib import Path
from typing import TextIO

from verify_on_aws.caller import Caller
from verify_on_aws.outlived import BEFOREHAND
from verify_on_aws.run_record import TAG, RunRecord
from verify_on_aws.stopped import Status, StoppedError

COST = "less than 1 US dollar, estimated in docs/unverified.md and never measured"
DURATION = "about two hours, estimated and never measured"


def announce(caller: Caller, record: RunRecord, makes: tuple[str, ...]) -> str:
    """Write what a run will do.

    Args:
        caller: Whose account it is.
        record: The run.
        makes: What the stacks hold, one line for each.
    """
    rows = [
        ("run", record.run),
        ("account", f"{caller.account}, as {caller.arn}"),
        ("region", caller.region),
        *([("endpoint", caller.endpoint)] if caller.endpoint else []),
        ("makes", f"stacks named {record.prefix}…, tagged {TAG}={record.run}, deployed by the CDK's bootstrap roles:"),
        *(("", f"- {line}") for line in makes),
        ("cost", COST),
        ("takes", DURATION),
        ("deletes", "these stacks at the end, also after Ctrl-C, and nothing else"),
        (
            "",
            "(after a kill: `make verify-on-aws-clean`, which reads the run's record in build: no `make clean` before)",
        ),
        ("leaves", BEFOREHAND[0]),
        *(("", line) for line in BEFOREHAND[1:]),
        ("writes", f"{_shown(record.folder)}/: the record, logs, report.md, report.json"),
    ]
    return "\n".join(f"{name:<10}{text}" for name, text in rows)


def ask(caller: Caller, wanted: str, keyboard: TextIO | None) -> None:
    """Return if somebody agreed: by typing yes, or by naming the account.

    Args:
        caller: Whose account it is.
        wanted: The account that was named, which is the caller's; "" if none was.
        keyboard: Where the answer comes from; None if the input is closed.

    Raises:
        StoppedError: If nobody is there to ask, or the answer is not yes.
    """
    if wanted:
        print(f"ACCOUNT={wanted}: going on", flush=True)
        return
    if keyboard is None or not keyboard.isatty():
        command = f"make verify-on-aws ACCOUNT={caller.account}"
        line = f"nobody can be asked without a terminal: nothing was made; `{command}` says yes"
        raise StoppedError(line, Status.NOBODY_TO_ASK)
    print("Type yes to go on: ", end="", flush=True)
    answer = keyboard.readline()
    if answer.strip() != "yes":
        raise StoppedError(f"the answer was {answer.strip()!r}, not 'yes': nothing was made", Status.REFUSED)


def _shown(folder: Path) -> Path:
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
