"""The scenarios of tests/emulator, played where a run is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from verify_on_aws.account_run import AccountRun
from verify_on_aws.report import Result

_TESTS = Path(__file__).parent.parent
SCENARIOS = tuple(_TESTS / "emulator" / f"test_{each}.py" for each in ("good_releases", "aborted_releases", "deletion"))


class _Listener:
    def __init__(self, done: Callable[[Result], None]) -> None:
        self._done = done
        self.interrupted = False

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        # Pytest calls this too when it stops by itself, as it does after an error in collecting.
        self.interrupted = not isinstance(excinfo.value, pytest.Session.Interrupted)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            name = report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")
            said = "" if report.passed else report.longreprtext
            self._done(Result(name, report.outcome, said))


class _Named:
    """Lets the fixtures find the run: pytest's plugins given as objects have no names of their own."""

    def __init__(self, run: AccountRun) -> None:
        self._run = run

    def pytest_configure(self, config: pytest.Config) -> None:
        config.pluginmanager.register(self._run, "account_run")


def play(run: AccountRun, *, only: str, done: Callable[[Result], None]) -> None:
    """Play them.

    Args:
        run: The run, which the fixtures of tests/emulator find by its name, `account_run`.
        only: What pytest's -k takes; "" for all.
        done: What gets the result of each.

    Raises:
        KeyboardInterrupt: If it was interrupted, after pytest's own end.
    """
    words = ["-c", str(_TESTS.parent / "pyproject.toml"), "--rootdir", str(_TESTS.parent), "-p", "no:cacheprovider"]
    selected = ["-k", only] if only else []
    listener = _Listener(done)
    ended = pytest.main([*words, *selected, *map(str, SCENARIOS)], plugins=[listener, _Named(run)])
    if listener.interrupted:
        raise KeyboardInterrupt
    if ended not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        done(
            Result(
                "the scenarios", "failed", f"pytest ended with {pytest.ExitCode(ended).name}: its output above says why"
            )
        )
