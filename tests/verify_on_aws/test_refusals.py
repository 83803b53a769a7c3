"""What keeps a run from beginning is said in one line, with an exit status of its own, and nothing is made."""

import os
import shlex
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from emulator.aws import Aws
from emulator.emulated_aws import REPOSITORY
from verify_on_aws import scenarios, verify
from verify_on_aws.__main__ import main
from verify_on_aws.conftest import ACCOUNT, Keyboard
from verify_on_aws.stopped import Status

Refused = Callable[..., None]


@pytest.fixture
def refused(command: None, runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Refused:
    """What runs the command, and checks that it ends so and leaves nothing."""
    monkeypatch.setattr(scenarios, "play", lambda *_, **__: pytest.fail("it went on"))

    def check(status: Status, line: str, *words: str) -> None:
        assert main(["--folder", str(runs), *words]) == status
        (said,) = capsys.readouterr().err.strip().splitlines()
        assert said.startswith("verify-on-aws: ")
        assert line in said
        assert not runs.exists()

    return check


def test_without_the_command_line_tool_nothing_begins(refused: Refused, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(verify, "BUILD", tmp_path / "nothing")
    refused(Status.NOT_READY, "the CDK's command line is not installed: run `make verify-on-aws`")


def test_without_credentials_nothing_begins(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    refused(Status.NO_CREDENTIALS, "no usable credentials: Unable to locate credentials; sign in, or set AWS_PROFILE")


def test_a_profile_that_does_not_exist_is_named(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    refused(Status.NO_CREDENTIALS, "The config profile (nobody) could not be found")


def test_without_a_region_nothing_begins(refused: Refused) -> None:
    refused(Status.NO_CREDENTIALS, "no region: set AWS_REGION, or one in the profile")


class _Expired(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = (
            b"<ErrorResponse><Error><Code>ExpiredToken</Code><Message>it is expired</Message></Error></ErrorResponse>"
        )
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def expired(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS to which all credentials are expired."""
    server = HTTPServer(("127.0.0.1", 0), _Expired)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    yield
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.usefixtures("expired")
def test_with_expired_credentials_nothing_begins(refused: Refused) -> None:
    refused(Status.NO_CREDENTIALS, "(ExpiredToken)")


@pytest.mark.usefixtures("bootstrapped")
def test_another_account_than_the_one_named_is_refused(refused: Refused) -> None:
    line = f"ACCOUNT=210987654321, but the credentials are those of account {ACCOUNT}: nothing was made"
    refused(Status.WRONG_ACCOUNT, line, "--account", "210987654321")


@pytest.mark.usefixtures("aws")
def test_an_account_that_is_not_bootstrapped_is_named_with_the_command(refused: Refused) -> None:
    refused(Status.NOT_BOOTSTRAPPED, f"run `npx aws-cdk bootstrap aws://{ACCOUNT}/us-east-1` first")


@pytest.mark.parametrize("typed", ["no\n", "y\n", "YES\n", "\n", ""])
def test_any_answer_but_yes_is_a_refusal(bootstrapped: Aws, refused: Refused, monkeypatch, typed: str) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard(typed))
    refused(Status.REFUSED, f"the answer was {typed.strip()!r}, not 'yes': nothing was made")
    assert bootstrapped.cloudformation.describe_stacks()["Stacks"] == []


@pytest.mark.usefixtures("bootstrapped")
def test_without_a_terminal_the_account_must_be_named(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard = Keyboard("yes\n")
    keyboard.isatty = lambda: False
    monkeypatch.setattr("sys.stdin", keyboard)
    refused(Status.NOBODY_TO_ASK, f"nothing was made; `make verify-on-aws ACCOUNT={ACCOUNT}` says yes")


@pytest.mark.usefixtures("bootstrapped")
def test_with_a_closed_input_the_account_must_be_named(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    refused(Status.NOBODY_TO_ASK, "nobody can be asked without a terminal")


@pytest.mark.usefixtures("bootstrapped")
def test_an_account_in_the_environment_says_nothing(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOUNT", ACCOUNT)
    monkeypatch.setattr("sys.stdin", Keyboard("no\n"))
    refused(Status.REFUSED, "the answer was 'no', not 'yes'")


@pytest.mark.parametrize("words", [[], ["--account", ACCOUNT]], ids=["unnamed", "named"])
def test_make_passes_the_account_of_its_command_line_only(words: list[str]) -> None:
    make = ["make", "--dry-run", "--no-print-directory", "--old-file=.venv/ready", "verify-on-aws-clean"]
    given = [f"ACCOUNT={ACCOUNT}"] if words else []
    environment = {**os.environ, "ACCOUNT": "210987654321", "MAKEFLAGS": ""}
    done = subprocess.run([*make, *given], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)
    assert shlex.split(done.stdout.splitlines()[-1])[3:] == ["verify_on_aws", "--clean", *words]


@pytest.mark.usefixtures("bootstrapped")
def test_an_interruption_at_the_prompt_makes_nothing(
    command: None, runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keyboard = Keyboard()
    keyboard.readline = _interrupt
    monkeypatch.setattr("sys.stdin", keyboard)
    assert main(["--folder", str(runs)]) == Status.INTERRUPTED
    assert capsys.readouterr().err == "\nverify-on-aws: interrupted: nothing was made\n"
    assert not runs.exists()


@pytest.mark.usefixtures("bootstrapped", "command")
def test_what_will_happen_is_said_before_the_prompt(runs: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard("no\n"))
    assert main(["--folder", str(runs)]) == Status.REFUSED
    said, _, after = capsys.readouterr().out.partition("Type yes to go on: ")
    assert after == ""
    for expected in (ACCOUNT, "us-east-1", "US dollar", "prod-one-box-verify-", "log groups", "Lambda@Edge", "buckets"):
        assert expected in said


def _interrupt() -> str:
    raise KeyboardInterrupt
