"""The command `prod-one-box recommend`: its table, its JSON, and what it says when it cannot run."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.cli.main import main

QUICK = ["--releases", "100"]
ASKED = ["--requests", "60/min", "--find", "10%", *QUICK]


@pytest.fixture(scope="module")
def storefront(one_wave: Callable[..., Path]) -> Path:
    return one_wave()


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["recommend", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def usage(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["recommend", *words])
    assert ended.value.code == 2
    return capsys.readouterr().err


def changed(assembly: Path, folder: Path, change: Callable[[dict[str, Any]], None]) -> str:
    """Copy an assembly and change the resources of its template."""
    copy = shutil.copytree(assembly, folder / "cdk.out")
    file = copy / "Storefront.template.json"
    template = json.loads(file.read_text())
    change(template["Resources"])
    file.write_text(json.dumps(template))
    return str(copy)


def test_it_prints_settings_side_by_side_and_the_python_of_one(
    storefront: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recommend", str(storefront), *ASKED]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert lines[0] == "Storefront at 60 requests a minute"
    assert max(map(len, lines)) <= 80
    now = next(line for line in lines if " now " in line)
    assert now.split()[:6] == ["now", "20", "10", "5", "%", "of"]
    assert sum(line.startswith("> ") for line in lines) == 1
    assert "    waves=[" in lines
    assert any(line.startswith("    comparison=Comparison(") for line in lines)
    assert any(line.startswith("    thresholds=Thresholds(") for line in lines)


def test_the_same_seed_prints_the_same_and_another_does_not(
    storefront: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = []
    for seed in ("1", "1", "2"):
        assert main(["recommend", str(storefront), *ASKED, "--seed", seed]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != printed[2]


def test_an_assembly_is_found_from_the_folder_that_holds_it(
    storefront: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cdk.out").symlink_to(storefront)
    monkeypatch.chdir(tmp_path)
    assert main(["recommend", "cdk.out", *ASKED]) == 0
    assert capsys.readouterr().out.startswith("Storefront at 60")


def test_its_json_has_the_documented_keys(storefront: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recommend", str(storefront), *ASKED, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)

    documented = (Path(__file__).parents[2] / "docs" / "reference" / "json.md").read_text()
    section = documented.partition("## `recommend`")[2].partition("\n## ")[0]
    assert report["format"] == 1
    assert report["requests_per_minute"] == 60
    assert report["settings"][0]["waves"] == [{"share": 20, "bake_seconds": 600}]
    assert report["settings"][0]["comparison"] == {"false_alarms": 0.05, "tolerance": 1.5}
    assert 0 <= report["recommended"] < len(report["settings"])
    of_settings = {key for setting in report["settings"] for key in setting}
    inner = {key for name in ("thresholds", "comparison") for key in report["settings"][0][name]}
    for key in (*report, *of_settings, *inner, *report["settings"][0]["waves"][0]):
        assert f"`{key}`" in section or f".{key}`" in section, key


@pytest.mark.parametrize("rate", ["60", "0/min", "-1/s", "many/min", "2000000/min", "1/day"])
def test_a_rate_that_is_none_is_refused(storefront: Path, capsys: pytest.CaptureFixture[str], rate: str) -> None:
    said = usage(capsys, str(storefront), f"--requests={rate}", "--find", "10%")
    assert f"--requests: got {rate!r}; allowed: a rate above 0 and up to 1,000,000/min" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--usual-errors", "10%"], "--find: got 0.1; allowed: more than --usual-errors, 0.1, up to 100%"),
        (["--releases", "99"], "--releases: got 99; allowed: 100 to 5,000"),
        (["--pages-per-visit", "0"], "--pages-per-visit: got 0; allowed: above 0"),
        (["--pages-per-visit", "nan"], "--pages-per-visit: got nan; allowed: above 0"),
        (["--stack", "Nobody"], "Nobody"),
    ],
)
def test_an_option_that_is_not_allowed_is_named(
    storefront: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert said in refusal(capsys, str(storefront), *ASKED, *words)


def test_an_assembly_without_a_front_end_is_refused(
    assembly_of: Callable[..., Path], tmp_path: Path, storefront: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def without_bakes(resources: dict[str, Any]) -> None:
        for name in [name for name in resources if name.startswith("FrontendBake")]:
            resources[name]["Metadata"]["ProdOneBox"]["Phase"] = "preflight"

    assert "no stack of this assembly holds a front end with bakes" in refusal(
        capsys, changed(storefront, tmp_path, without_bakes), *ASKED
    )
    assert refusal(capsys, str(tmp_path / "nowhere"), *ASKED)


def test_control_characters_of_an_assembly_do_not_reach_the_terminal(
    storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(resources: dict[str, Any]) -> None:
        for name in [name for name in resources if name.startswith("FrontendBake")]:
            resources[name]["Properties"]["DurationSeconds"] = "\x1b[2Jlong"

    assert "\x1b" not in refusal(capsys, changed(storefront, tmp_path, broken), *ASKED)


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_simulated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = tmp_path / "nowhere" / "choice.json"
    said = refusal(capsys, str(tmp_path / "no assembly"), *ASKED, "--json", str(nowhere))
    assert f"{nowhere}: the report cannot be written there" in said


def test_two_front_ends_in_a_stack_are_refused(
    storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def twice(resources: dict[str, Any]) -> None:
        resources["OtherBake"] = resources["FrontendBake529A449C"]

    assert "Storefront holds several front ends" in refusal(capsys, changed(storefront, tmp_path, twice), *ASKED)


@pytest.mark.parametrize(
    "words", [["--usual-errors", "0"], ["--requests", "0.01/h"], ["--requests", "1000000/min"], ["--find", "100%"]]
)
def test_extreme_traffic_and_faults_are_simulated(
    storefront: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["recommend", str(storefront), *ASKED, *words]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


@pytest.mark.parametrize("numbers", [{"FalseAlarms": "often"}, {"Tolerance": "0.5"}, {"FalseAlarms": None}])
def test_a_comparison_that_cannot_be_read_is_refused(
    storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], numbers: dict[str, Any]
) -> None:
    def other_numbers(resources: dict[str, Any]) -> None:
        resources["FrontendBake529A449C"]["Properties"]["Comparison"].update(numbers)

    said = refusal(capsys, changed(storefront, tmp_path, other_numbers), *ASKED)
    assert "Storefront: the numbers of its comparison cannot be read" in said


def test_a_comparison_that_only_reports_is_not_taken_to_abort(
    storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def only_reports(resources: dict[str, Any]) -> None:
        resources["FrontendBake529A449C"]["Properties"]["Comparison"]["Signals"] = {"SERVER_ERRORS": "REPORT"}

    assert main(["recommend", changed(storefront, tmp_path, only_reports), *ASKED, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [each["comparison"] for each in report["settings"]] == [None] * len(report["settings"])
    assert report["settings"][0]["seconds"] == 780
    assert "comparison" not in report["python"]
    assert any("only reports" in note for note in report["notes"])


def test_a_site_that_compares_nothing_is_offered_a_comparison(
    storefront: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_comparison(resources: dict[str, Any]) -> None:
        del resources["FrontendBake529A449C"]["Properties"]["Comparison"]

    assert main(["recommend", changed(storefront, tmp_path, no_comparison), *ASKED, "--json"]) == 0
    now, same, *_ = json.loads(capsys.readouterr().out)["settings"]
    assert (now["comparison"], same["comparison"]) == (None, {"false_alarms": 0.05, "tolerance": 1.5})
    assert now["found"] < same["found"]


def test_an_interrupt_ends_it_in_one_line(
    storefront: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("prod_one_box.rehearsal.choice.trials.Trials.figures", interrupted)
    assert main(["recommend", str(storefront), *ASKED]) == 130
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "prod-one-box: interrupted\n")
