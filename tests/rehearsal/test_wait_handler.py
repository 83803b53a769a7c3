"""The code that answers the waits is the assembly's own, and reaches nothing but the rehearsal."""

import sys
from pathlib import Path

import boto3
import pytest

from prod_one_box.assembly.cloud_assembly import AssemblyError
from prod_one_box.rehearsal.release.release_plan import Disturbance, read_release
from rehearsal.shop_release import play, shop, stack


def release(folder: Path):
    return read_release(stack(folder, shop("B")), stack(folder, shop("A")))


def handler(folder: Path, name: str) -> Path:
    return folder / "asset.handler" / "handler" / name


def test_it_is_the_code_in_the_asset_that_decides(tmp_path: Path) -> None:
    plan = release(tmp_path)
    entry = handler(tmp_path, "entry.py")
    code = entry.read_text()
    assert "    _log(event, request, *poll)" in code
    entry.write_text(code.replace("    _log(event, request, *poll)", '    raise ReleaseEnded("not today")'))
    outcome, _ = play(plan)
    assert (outcome.ended_by, outcome.reason) == ("Preflight", "not today")


def test_loading_it_leaves_the_assembly_and_the_installed_clients_as_they_were(tmp_path: Path) -> None:
    plan = release(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    play(plan)
    assert sorted(tmp_path.rglob("*")) == before
    assert sys.modules["boto3"] is boto3
    assert hasattr(boto3, "Session")


def test_what_it_prints_is_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    play(release(tmp_path))
    assert capsys.readouterr() == ("", "")


def test_code_of_another_kind_is_refused(tmp_path: Path) -> None:
    plan = release(tmp_path)
    handler(tmp_path, "entry.py").write_text("def on_event(event, context): ...\n")
    with pytest.raises(AssemblyError, match="OnEvent: its code is not this library's, or of another version"):
        play(plan)


def test_code_that_cannot_be_loaded_is_refused_with_the_reason(tmp_path: Path) -> None:
    plan = release(tmp_path)
    handler(tmp_path, "wire.py").write_text("import a_module_that_nobody_has\n")
    with pytest.raises(AssemblyError, match="cannot be loaded: No module named 'a_module_that_nobody_has'"):
        play(plan)


def test_a_handler_that_crashes_ends_the_release_at_that_poll(tmp_path: Path) -> None:
    outcome, world = play(release(tmp_path), disturbance=Disturbance(crash_at_poll=3))
    (bake,) = [span for span in outcome.spans if span.name == "Bake" and not span.back]
    assert outcome.reason == "the handler crashed"
    assert bake.end - bake.begin == 2 * world.assumptions.handler_seconds + 2 * (10 + 1)
