"""The CDK's command line."""

import subprocess
from contextlib import suppress
from pathlib import Path

from emulator.aws import Aws
from emulator.emulated_aws import BUILD

_CDK = BUILD / "node_modules" / "aws-cdk" / "bin" / "cdk"
# Where the command line keeps its cache, in place of ~/.cdk (aws-cdk pull request 7674: "CDK_HOME").
_HOME = BUILD / "cdk-home"
_QUIET = ("--no-notices", "--no-version-reporting", "--no-color")
_LONGEST_SECONDS = 1800
_END_SECONDS = 30


class Cdk:
    """Runs `cdk` with an account's environment.

    Args:
        aws: The account.
        log: The file that gets what it prints.
    """

    def __init__(self, aws: Aws, log: Path) -> None:
        self._aws = aws
        self.log = log

    def start(self, command: str, *words: str) -> subprocess.Popen[bytes]:
        """Begin a command that goes on beside the test."""
        with self.log.open("ab") as log:
            log.write(f"\n$ cdk {command} {' '.join(words)}\n".encode())
            log.flush()
            return subprocess.Popen(
                ["node", str(_CDK), command, *words, *_QUIET],
                env={**self._aws.command_environment(), "CDK_HOME": str(_HOME)},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def run(self, command: str, *words: str) -> int:
        """Run a command to its end and return its exit status."""
        return finish(self.start(command, *words))

    def bootstrap(self) -> None:
        """Prepare the account and region for the CDK's deployments."""
        done = self.run("bootstrap", f"aws://{self._aws.account}/{self._aws.region}")
        assert done == 0, f"cdk bootstrap failed, see {self.log}"


def finish(process: subprocess.Popen[bytes]) -> int:
    """Wait for a command and return its exit status; end it if the wait is interrupted."""
    try:
        return process.wait(timeout=_LONGEST_SECONDS)
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a command that goes on, by force if it does not end by itself."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_END_SECONDS)
    finally:
        process.kill()
        process.wait()
