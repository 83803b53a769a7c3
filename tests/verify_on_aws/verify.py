"""One run: agreed to, played, reported, and deleted again."""

import shutil
import sys
from pathlib import Path

from emulator.emulated_aws import BUILD
from emulator.stack_events import stack_events
from verify_on_aws import scenarios
from verify_on_aws.account_run import AccountRun
from verify_on_aws.caller import Caller, identify, refuse_another_account, refuse_without_bootstrap
from verify_on_aws.clean import show
from verify_on_aws.consent import announce, ask
from verify_on_aws.deletion import Deletion, Left
from verify_on_aws.experiments import ask_all
from verify_on_aws.report import Report, Result
from verify_on_aws.run_record import RunRecord
from verify_on_aws.stack_operations import measured
from verify_on_aws.stopped import Status, StoppedError
from verify_on_aws.terminal import say

MAKES = (
    "Site, the scenarios' site: a distribution, two HTTP APIs, functions, alarms; updated some 20 times",
    "Leaving, the same once more, deployed and deleted",
    "Alarms: three alarms and a function that may describe two of them",
    "Origins: a distribution in front of two HTTP APIs",
    "Shift: a function, its alarms and its CodeDeploy deployment group",
)


def verify(folder: Path, wanted: str, *, only: str, experiments: frozenset[str] | None) -> Status:
    """Ask whether to go on, then play the scenarios, ask the experiments, and delete what was made.

    Args:
        folder: Where the runs are.
        wanted: The account that was named; "" if none was.
        only: Which scenarios to play, as pytest's -k takes it; "" for all.
        experiments: The names of the experiments to ask; None for all.

    Raises:
        StoppedError: If it cannot begin, or nobody agreed.
    """
    _refuse_without_command()
    caller = identify()
    refuse_another_account(caller, wanted)
    aws = caller.aws()
    refuse_without_bootstrap(aws)
    record = RunRecord.begin(folder, account=caller.account, region=caller.region)
    print(announce(caller, record, MAKES), flush=True)
    ask(caller, wanted, sys.stdin)
    with record.hold():
        return _Run(caller, AccountRun(aws, record)).play(only, experiments)


class _Run:
    def __init__(self, caller: Caller, run: AccountRun) -> None:
        self._run = run
        self._report = Report(run.folder, caller)

    def play(self, only: str, experiments: frozenset[str] | None) -> Status:
        self._report.write()
        status = Status.BROKEN
        try:
            scenarios.play(self._run, only=only, done=self._note)
            ask_all(self._run, self._report, only=experiments)
            self._report.state = "complete"
            status = Status.HELD if self._report.held() else Status.BROKEN
        except KeyboardInterrupt:
            self._report.state = "partial: the run was interrupted"
            status = Status.INTERRUPTED
            say("interrupted: deleting what was made")
        finally:
            status = self._end(status)
        return status

    def _note(self, result: Result) -> None:
        self._report.scenarios.append(result)
        self._report.write()

    def _end(self, status: Status) -> Status:
        """Delete, measure and report."""
        site = self._run.record.stacks.get(self._run.record.prefix + "Site")
        deletion = Deletion(self._run.aws, self._run.record, say)
        try:
            left = self._delete(deletion)
            self._report.left = show(left, deletion.outlived)
            status = Status.LEFT if left else status
        except KeyboardInterrupt:
            say("interrupted again: `make verify-on-aws-clean` deletes what is left")
            self._report.left = [f"perhaps {name}" for name in self._run.record.stacks]
            status = Status.LEFT
        else:
            self._measure(site)
        self._report.write()
        say(f"report: {self._run.folder / 'report.md'} ({self._report.state})")
        return status

    @staticmethod
    def _delete(deletion: Deletion) -> list[Left]:
        """Delete what was made; the first interruption begins anew, since the deletion is what it asks for."""
        try:
            return deletion.run()
        except KeyboardInterrupt:
            say("interrupted: the deletion goes on; once more leaves it to `make verify-on-aws-clean`")
        return deletion.run()

    def _measure(self, site: str | None) -> None:
        """Read how long the site's updates took.

        By its id a deleted stack's events can be read, too (CloudFormation API reference, "DescribeStackEvents").
        """
        try:
            events = stack_events(self._run.aws, site) if site else []
            self._report.assume.update(measured(events))
        except (Exception, KeyboardInterrupt) as error:  # Nothing of that is worth the report of what is left.
            say(f"the updates could not be measured: {type(error).__name__}")


def _refuse_without_command() -> None:
    if not shutil.which("node") or not (BUILD / "node_modules" / "aws-cdk").exists():
        raise StoppedError("the CDK's command line is not installed: run `make verify-on-aws`", Status.NOT_READY)
