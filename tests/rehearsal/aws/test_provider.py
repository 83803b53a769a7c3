"""The code that answers the waits is the assembly's own, and reaches nothing but the rehearsal."""

import sys
from pathlib import Path
from textwrap import indent

import boto3
import pytest

from prod_one_box.rehearsal.plan.release_plan import Disturbance, read_release
from prod_one_box.sandbox import wait_process
from prod_one_box.template.cloud_assembly import AssemblyError
from rehearsal.shop_release import play, shop, stack


def release(folder: Path):
    return read_release(stack(folder, shop("B")), stack(folder, shop("A")))


def handler(folder: Path, name: str) -> Path:
    return folder / "asset.handler" / "handler" / name


def change_polls(folder: Path, code: str, at_loading: str = "") -> None:
    """Puts code into every poll of the handler, which can name the handler's module `aws`."""
    code = f"from . import aws\n{code}"
    entry, usual = handler(folder, "entry.py"), "    _log(event, request, *poll)\n"
    assert usual in entry.read_text()
    entry.write_text(entry.read_text().replace(usual, f"{indent(code, '    ')}\n{usual}") + at_loading)


def attempt(folder: Path, expression: str) -> str:
    """What becomes of an expression in the handler, as the release's reason tells it."""
    plan = release(folder)
    change_polls(
        folder,
        f"try:\n    said = {expression}\n"
        "except Exception as error:\n    said = f'{type(error).__name__}: {error}'\n"
        "raise ReleaseEnded(str(said))",
    )
    return play(plan)[0].reason


def test_it_is_the_code_in_the_asset_that_decides(tmp_path: Path) -> None:
    plan = release(tmp_path)
    change_polls(tmp_path, 'raise ReleaseEnded("not today")')
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
    handler(tmp_path, "request.py").write_text("import a_module_that_nobody_has\n")
    with pytest.raises(AssemblyError, match="cannot be loaded: No module named 'a_module_that_nobody_has'"):
        play(plan)


def test_a_handler_that_crashes_ends_the_release_at_that_poll(tmp_path: Path) -> None:
    outcome, world = play(release(tmp_path), disturbance=Disturbance(crash_at_poll=3))
    (bake,) = [span for span in outcome.spans if span.name == "Bake" and not span.back]
    assert outcome.reason == "the handler crashed"
    assert bake.end - bake.begin == 2 * world.assumptions.handler_seconds + 2 * (10 + 1)


@pytest.mark.parametrize(
    ("expression", "refusal"),
    [
        ("open('/etc/passwd').read()", "PermissionError: the waits' code may not open '/etc/passwd' in a rehearsal"),
        ("os.open('/etc/passwd', os.O_RDONLY)", "PermissionError: the waits' code may not open"),
        ("open(__file__, 'a')", "PermissionError: the waits' code may not open"),
        ("open('new', 'w')", "PermissionError: the waits' code may not open 'new'"),
        ("os.listdir('/')", "PermissionError: the waits' code may not open '/'"),
        ("os.remove(__file__)", "PermissionError: the waits' code may not use os.remove"),
        ("os.system('true')", "PermissionError: the waits' code may not use os.system"),
        ("os.kill(os.getppid(), 0)", "PermissionError: the waits' code may not use os.kill"),
        ("__import__('socket')", "ImportError: the waits' code may not import _socket"),
        ("__import__('urllib.request').request.urlopen('file:///')", "ImportError: the waits' code may not import"),
        ("__import__('subprocess')", "ImportError: the waits' code may not import"),
        ("__import__('ctypes')", "ImportError: the waits' code may not import _ctypes"),
        ("aws.call('s3', 'list_buckets')", "ClientError: list_buckets: UnknownOperationException"),
        (
            "aws.connect('lambda', '')._ask('lambda', '__init__', {})",
            "ClientError: __init__: UnknownOperationException",
        ),
        ("aws.call('lambda', 'get_alias', Some='thing')", "ClientError: get_alias: TypeError"),
        ("aws.get_alias('nobody', 'live')", "AwsError: get_alias: ResourceNotFoundException"),
    ],
)
def test_what_it_may_not_do_is_refused(tmp_path: Path, expression: str, refusal: str) -> None:
    assert attempt(tmp_path, expression).startswith(refusal)


def test_it_sees_no_environment_and_no_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "hunter2")
    assert attempt(tmp_path, "dict(os.environ), os.read(0, 1)") == "({}, b'')"


def test_it_may_read_its_own_files_but_none_that_they_point_at(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    release(tmp_path)
    handler(tmp_path, "own.txt").write_text("fine")
    handler(tmp_path, "link.txt").symlink_to(tmp_path / "secret")
    path = "__file__.replace('entry.py', '{}')"
    assert attempt(tmp_path, f"open({path.format('own.txt')}).read()") == "fine"
    handler(tmp_path, "entry.py").write_text(
        (wait_process._PACKAGES / "prod_one_box/constructs/bake/handler/entry.py").read_text()
    )
    assert attempt(tmp_path, f"open({path.format('link.txt')}).read()").startswith("PermissionError")


def test_code_that_reaches_out_while_it_is_loaded_is_refused_with_the_reason(tmp_path: Path) -> None:
    plan = release(tmp_path)
    handler(tmp_path, "request.py").write_text("open('/etc/passwd')\n")
    with pytest.raises(AssemblyError, match="cannot be loaded: the waits' code may not open '/etc/passwd'"):
        play(plan)


def test_what_it_prints_does_not_disturb_what_it_answers(tmp_path: Path) -> None:
    expected = play(release(tmp_path), {"SiteRed": 800.0})[0]
    change_polls(tmp_path, "print('{}'); os.write(1, b'{}'); __import__('sys').stderr.write('{}')", "print('loaded')\n")
    assert play(release(tmp_path), {"SiteRed": 800.0})[0] == expected


def test_every_play_begins_with_code_that_has_just_been_loaded(tmp_path: Path) -> None:
    plan = release(tmp_path)
    change_polls(
        tmp_path, "polls.append(1)\nif len(polls) == 3: raise ReleaseEnded(f'{len(polls)} polls')", "\npolls = []\n"
    )
    first, second = play(plan)[0], play(plan)[0]
    assert first == second
    assert first.reason == "3 polls"


def test_an_endless_loop_is_stopped_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wait_process, "LONGEST_SECONDS", 4.0)
    plan = release(tmp_path)
    change_polls(tmp_path, "while True: pass")
    with pytest.raises(AssemblyError, match=r"^the handler crashed: .*asset\.handler: no answer within 4 s$"):
        play(plan)


def test_a_process_that_ends_is_named_and_the_next_rehearsal_has_another(tmp_path: Path) -> None:
    plan = release(tmp_path)
    usual = handler(tmp_path, "entry.py").read_text()
    change_polls(tmp_path, "os._exit(7)")
    with pytest.raises(
        AssemblyError, match=r"^the handler crashed: .*asset\.handler: the process ended with status 7$"
    ):
        play(plan)
    handler(tmp_path, "entry.py").write_text(usual)
    assert play(plan)[0].promoted


def test_answers_that_it_forges_are_named(tmp_path: Path) -> None:
    plan = release(tmp_path)
    forged = "for each in range(3, 9):\n    try: os.write(each, b'[\"?\"]\\n')\n    except OSError: pass"
    change_polls(tmp_path, forged)
    with pytest.raises(AssemblyError, match=r"^the handler crashed: .*asset\.handler: its answer cannot be read"):
        play(plan)


def test_its_process_ends_when_nobody_needs_it(tmp_path: Path) -> None:
    release(tmp_path)
    process = wait_process.WaitProcess(tmp_path / "asset.handler")
    child = process._child._process
    assert child.poll() is None
    del process
    assert child.returncode is not None
