"""The command `prod-one-box` as a whole: its version, words that it does not know, and an interrupt."""

from importlib.metadata import version

import pytest

from prod_one_box.cli.main import main


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(words)
    captured = capsys.readouterr()
    return ended.value.code, captured.out, captured.err


def test_it_says_which_version_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "--version") == (0, f"prod-one-box {version('prod-one-box')}\n", "")


@pytest.mark.parametrize("command", ["plan", "visitors", "rehearse", "preview"])
def test_a_word_that_a_command_does_not_know_is_explained_by_that_commands_help(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    explained = f"unrecognized arguments: --fautl front-end (see prod-one-box {command} --help)"
    assert said(capsys, command, "cdk.out", "--fautl", "front-end") == (2, "", f"prod-one-box: {explained}\n")


@pytest.mark.parametrize(
    ("command", "inside"),
    [
        ("plan", "prod_one_box.cli.plan.read_assembly"),
        ("visitors", "prod_one_box.cli.visitors.read_assembly"),
        ("rehearse", "prod_one_box.rehearsal.rehearse.rehearse"),
    ],
)
def test_an_interrupt_ends_a_command_in_one_line(
    command: str, inside: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(inside, interrupted)
    assert main([command, "cdk.out"]) == 130
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "prod-one-box: interrupted\n")
