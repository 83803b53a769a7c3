"""Every snippet of the documentation runs, and prints what the page says.

A page's snippets run one after the other, in one namespace that its prelude begins, in a folder that holds an example's
assembly as `cdk.out` and what is deployed before it as `deployed.out`.
"""

import re
import runpy
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from docs.pages import ROOT, Step, example_of, pages, prelude_of, steps
from docs.terminal import run

PAGES = [page for page in pages() if any(steps(page))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_snippets_of_a_page_run(
    page: Path, assemblies: dict[str, Callable[[str], Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDK_VALIDATION", "false")  # only warnings come of it, and it is most of a synth's time
    for name, assembly in assemblies.items():
        if any(name in step.block.text for step in steps(page)):
            (tmp_path / name).symlink_to(assembly(example_of(page)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    needs_names = any(step.block.language == "python" and not step.block.title for step in steps(page))
    names: dict[str, Any] = dict(runpy.run_path(str(prelude_of(page)))) if needs_names else {}
    names["__name__"] = "snippet"
    for step in steps(page):
        _check(page, step, _outcome(page, step, names))
    for name in [name for name in names if name.startswith("test_")]:
        names[name]()
    if isinstance(names.get("stack"), cdk.Stack):
        Template.from_stack(names["stack"])


def test_what_a_page_shows_as_output_is_compared(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(6 * 7)\n```\n\n```text\n43\n```\n")
    (step,) = steps(page)
    with pytest.raises(AssertionError):
        _check(page, step, _outcome(page, step, {}))


def _outcome(page: Path, step: Step, names: dict[str, Any]) -> str:
    block = step.block
    if block.language == "sh":
        return "".join(run(line, shown=step.output is not None) for line in _lines(block.text))
    if block.language == "diff":
        _apply(block.text, Path(block.title))
        return ""
    if block.title:
        Path(block.title).write_text(block.text)
        return ""
    lines_before = page.read_text("utf-8")[: block.start].count("\n")
    with redirect_stdout(StringIO()) as printed:
        exec(compile("\n" * lines_before + block.text, str(page), "exec"), names)
    return printed.getvalue()


def _lines(text: str) -> list[str]:
    return [line for line in re.sub(r" \\\n\s*", " ", text).splitlines() if line.strip()]


def _apply(diff: str, file: Path) -> None:
    gone = "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[0] in "- ")
    come = "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[0] in "+ ")
    text = file.read_text()
    assert text.count(gone) == 1, f"{file} has no such lines:\n{gone}"
    file.write_text(text.replace(gone, come))


def _check(page: Path, step: Step, printed: str) -> None:
    """Compares with what the page shows, where … stands for anything."""
    if step.output is None:
        return
    shown, came = _plain(step.output.text), _plain(printed)
    pattern = ".*?".join(re.escape(part) for part in shown.split("…"))
    assert re.fullmatch(pattern, came, re.DOTALL), f"{page.name} shows\n{shown}\n\nbut this came\n{came}"


def _plain(text: str) -> str:
    """Columns are as wide as their widest cell, which may be a name that the page leaves out."""
    return "\n".join(re.sub(r" +", " ", line).rstrip() for line in text.strip().splitlines())
