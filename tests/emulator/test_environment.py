"""What keeps the emulator from starting is said in one line."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from emulator import emulated_aws
from emulator.emulated_aws import CannotStartError, EmulatedAws

pytestmark = pytest.mark.every_change


def test_a_port_in_use_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("EMULATOR_PORT", str(taken.getsockname()[1]))
        with pytest.raises(
            CannotStartError, match=r"^port \d+ is in use: free it, or name another with EMULATOR_PORT$"
        ):
            EmulatedAws(tmp_path)


@pytest.mark.parametrize("given", ["http", "65536", "-1", ""])
def test_what_is_no_port_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str) -> None:
    monkeypatch.setenv("EMULATOR_PORT", given)
    with pytest.raises(CannotStartError, match=rf"^EMULATOR_PORT: got {given!r}; allowed: the number of a free port$"):
        EmulatedAws(tmp_path)


def test_an_emulator_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(emulated_aws, "BUILD", tmp_path)
    with pytest.raises(CannotStartError, match=r"^the emulator is not installed: run `make test-emulator`$"):
        EmulatedAws(tmp_path).start()


def test_an_emulator_ends_with_the_process_that_started_it_even_if_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from emulator.emulated_aws import EmulatedAws;"
        "emulated = EmulatedAws(Path(sys.argv[1])); emulated.start(); print(emulated.port, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code, str(tmp_path / "run")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        port = int(starter.stdout.readline())
        starter.kill()
    until = time.monotonic() + 30
    while time.monotonic() < until and _listens(port):
        time.sleep(0.2)
    assert not _listens(port)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
