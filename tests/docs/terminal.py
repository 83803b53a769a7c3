"""Runs the lines of a page's shell blocks, where that needs no account and no network, and comes to an end."""

import os
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO

from prod_one_box.cli.main import _parser, main

NOT_RUN = (
    *("cdk ", "pip install ", "npm install ", "make ", "mkdir ", "cd ", "python -m venv ", ". .venv/", "aws "),
    *("SCRIPT=", "TESTER_SECRET="),  # the two lines that try a canary's script in a browser
    *("SITE=", "curl "),  # the lines that ask a deployed site
)
"""What needs an account, the network or another folder: such lines are only known to be harmless."""

FEW_VISITORS = {
    "rehearse": ["--visits-per-minute", "0"],
    "visitors": ["--count", "1000"],
    "recommend": ["--releases", "100"],
}
"""A release that nobody visits is played all the same, in a fraction of the time."""

NOBODY_NOTICES = ["--allow-undetected"]
"""Where nobody comes, a bad release turns no alarm red."""


def run(line: str, *, shown: bool) -> str:
    """Runs a line and returns what it prints; `# exit status 1` at its end says which one must come of it, or 0 must.

    Few visitors come, or none, where nobody looks at the output and the page says nothing of the exit status. A limit
    is held by nobody's visits, so a line that has one must say what comes of it.
    """
    if line.startswith(NOT_RUN):
        return ""
    command, _, remark = line.partition("  #")
    status = re.fullmatch(r" exit status (\d)", remark)
    assignments, words = _assignments(shlex.split(command))
    assert words[0] in {"prod-one-box", "python"}, f"{line}: not known to the tests; see NOT_RUN"
    assert status or "--max-" not in line, f"{line}: say at its end what comes of the limit, such as # exit status 0"
    if words[:2] == ["prod-one-box", "preview"]:  # serves until it is stopped
        _parser().parse_args(words[1:])
        return ""
    if words[0] == "python":
        printed, returned = _python(words[1:], assignments)
    else:
        few = FEW_VISITORS.get(words[1], []) if not shown and not status else []
        few = [*few, *NOBODY_NOTICES] if few and "--fault" in words else few
        printed, returned = _in_this_process([*words[1:], *few])
    assert returned == (int(status[1]) if status else 0), f"{line}: exit status {returned}\n{printed}"
    return printed


def _assignments(words: list[str]) -> tuple[dict[str, str], list[str]]:
    count = next(number for number, word in enumerate(words) if not re.match(r"\w+=", word))
    return {name: value for name, _, value in (word.partition("=") for word in words[:count])}, words[count:]


def _in_this_process(words: list[str]) -> tuple[str, int]:
    with redirect_stdout(StringIO()) as printed:
        returned = main(words)
    return printed.getvalue(), returned


def _python(words: list[str], assignments: dict[str, str]) -> tuple[str, int]:
    environment = {**os.environ, **assignments}
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, check=False)
    return done.stdout + (done.stderr if done.returncode else ""), done.returncode
