"""No `cdk` goes on when the run that began it has ended."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from emulator import cdk_command
from emulator.cdk_command import finish
from emulator.update import Update

_SLEEPS = "import time; print('begun', flush=True); time.sleep(600)"
_STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_SLEEPS}"


class Command(subprocess.Popen[bytes]):
    """A command during which the run is ended: the first wait is interrupted."""

    def __init__(self, code: str) -> None:
        super().__init__([sys.executable, "-c", code], stdout=subprocess.PIPE)
        assert self.stdout is not None
        self.stdout.readline()
        self._waits = 0

    def wait(self, timeout: float | None = None) -> int:
        self._waits += 1
        if self._waits == 1:
            raise KeyboardInterrupt
        return super().wait(timeout)


@pytest.fixture(params=[_SLEEPS, _STUBBORN], ids=["obedient", "stubborn"])
def command(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    monkeypatch.setattr(cdk_command, "_END_SECONDS", 1, raising=False)
    command = Command(request.param)
    yield command
    command.kill()
    subprocess.Popen.wait(command)


def test_an_interrupted_wait_for_an_update_ends_its_command(command: Command) -> None:
    aws = SimpleNamespace(operation_seconds=60)
    nothing = SimpleNamespace(__enter__=lambda: None, __exit__=lambda: None)
    site: Any = SimpleNamespace(aws=aws, aliases={}, visitors_during=lambda _: nothing)
    update = Update(site, Path(), ())
    update._process, update._aliases = command, nothing
    with pytest.raises(KeyboardInterrupt):
        update.__exit__(None)
    assert command.poll() is not None


def test_an_interrupted_wait_for_a_command_ends_it(command: Command) -> None:
    with pytest.raises(KeyboardInterrupt):
        finish(command)
    assert command.poll() is not None
