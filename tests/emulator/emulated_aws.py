"""The emulator's process: started on the loopback interface with IAM enforced, stopped with all that it started."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emulator.aws import Aws

REPOSITORY = Path(__file__).parent.parent.parent
BUILD = REPOSITORY / "build" / "emulator"
SHIM = Path(__file__).parent / "shim"
ACCOUNT, REGION = "000000000000", "us-east-1"
_WITHOUT_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_HERE = "127.0.0.1,localhost"
_START_SECONDS = 60
_OPERATION_SECONDS = 240


class CannotStartError(Exception):
    """What keeps the emulator from starting, in one line."""


class EmulatedAws:
    """One emulator.

    Args:
        folder: Where it keeps its log and its temporary files; emptied when it starts.
        gaps: The gaps that the shim closes; default: all of them.
        port: Its port, 0 for a free one; default: the one that EMULATOR_PORT names, or a free one.
    """

    def __init__(self, folder: Path, *, gaps: tuple[str, ...] = (), port: int | None = None) -> None:
        self.folder = folder
        self.log = folder / "emulator.log"
        self.port = _port() if port is None else _free(port)
        self._gaps = gaps
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Aws:
        """Start it and wait until it answers."""
        python = BUILD / "venv" / "bin" / "python"
        node = shutil.which("node")
        if not python.exists() or not (BUILD / "node_modules").exists() or not node:
            raise CannotStartError("the emulator is not installed: run `make test-emulator`")
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "tmp").mkdir(parents=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(python), str(SHIM), *self._gaps],
                env=self._environment(python),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._wait_until_it_answers()
        address = f"http://127.0.0.1:{self.port}"
        named = {"AWS_ENDPOINT_URL": address, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        environment = {**named, "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": _HERE, "no_proxy": _HERE}
        return Aws(ACCOUNT, REGION, environment, edge=address, operation_seconds=_OPERATION_SECONDS)

    def stop(self) -> None:
        """End it with the functions that it runs, each of which is a process of its group."""
        if self._process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                break
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                continue
        self._process.wait()
        self._process = None

    def _environment(self, python: Path) -> dict[str, str]:
        return {
            "PATH": os.pathsep.join([str(python.parent), os.environ["PATH"]]),
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder / "tmp"),
            "STATE_DIR": str(self.folder / "state"),
            "S3_DATA_DIR": str(self.folder / "s3"),
            "NODE_PATH": str(BUILD / "node_modules"),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": "localhost",
            "MINISTACK_REGION": REGION,
            "AUTH": "true",
        }

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            try:
                with _WITHOUT_PROXY.open(f"http://127.0.0.1:{self.port}/_ministack/health", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        last = self.log.read_text(errors="replace").strip().splitlines()[-1:]
        self.stop()
        raise CannotStartError(f"the emulator does not start: {''.join(last) or 'it says nothing'} ({self.log})")


@contextmanager
def emulator_beside_the_scenarios(folder: Path, *, gaps: tuple[str, ...] = ()) -> Iterator[Aws]:
    """Run an emulator on a port of its own while the block goes on."""
    emulated = EmulatedAws(folder, gaps=gaps, port=0)
    try:
        yield emulated.start()
    finally:
        emulated.stop()


def emulator_version() -> str:
    """The emulator's name and version, as it is installed."""
    command = "from importlib.metadata import version; print('ministack', version('ministack'))"
    python = BUILD / "venv" / "bin" / "python"
    return subprocess.run([str(python), "-c", command], check=True, capture_output=True, text=True).stdout.strip()


def _port() -> int:
    """The port that EMULATOR_PORT names, or a free one."""
    wanted = os.environ.get("EMULATOR_PORT", "0")
    if not wanted.isdigit() or int(wanted) > 65535:
        raise CannotStartError(f"EMULATOR_PORT: got {wanted!r}; allowed: the number of a free port")
    return _free(int(wanted))


def _free(wanted: int) -> int:
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise CannotStartError(f"port {wanted} is in use: free it, or name another with EMULATOR_PORT") from error
        return int(listener.getsockname()[1])
