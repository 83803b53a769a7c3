"""Every modelled number can be said on the command line, and the docs list them as they are."""

import argparse
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from prod_one_box.cli.rehearse import add_rehearse_arguments
from prod_one_box.cli.rehearse_options import read, read_assumptions, read_fault, read_page
from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.notation import duration
from prod_one_box.rehearsal.plan.release_plan import Disturbance
from prod_one_box.rehearsal.visitors.faults import Fault
from prod_one_box.rehearsal.visitors.population import Population
from prod_one_box.template.cloud_assembly import AssemblyError

DOCS = Path(__file__).parents[2] / "docs" / "rehearsing.md"


def rows() -> list[list[str]]:
    """The rows of the docs' table of modelled numbers: name, default, meaning, source."""
    lines = DOCS.read_text("utf-8").split("## Modelled numbers")[1].split("\n## ")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_rehearse_arguments(parser)
    return parser.parse_args(["cdk.out", *words])


def fault(*words: str) -> Fault:
    return read_fault(options(*words))


def test_the_docs_list_every_modelled_number_with_its_default_as_the_command_takes_it() -> None:
    named = {row[0].strip("`"): row[1] for row in rows()}
    several = {f"update_seconds.{kind}" for kind in Assumptions().update_seconds}
    single = {each.name for each in fields(Assumptions) if each.name not in ("update_seconds", "backend_weights")}

    assert named.keys() == single | several | {"backend_weights.ALIAS"}
    del named["backend_weights.ALIAS"]
    assert read_assumptions([f"{name}={default}" for name, default in named.items()]) == Assumptions()


def test_the_help_of_every_option_on_visitors_says_its_default() -> None:
    parser = argparse.ArgumentParser()
    add_rehearse_arguments(parser)
    said = {action.dest: str(action.help) % {} for action in parser._actions if action.option_strings}

    for each in fields(Population):
        default = getattr(Population(), each.name)
        shown = ["never"] if default is None else [f"{default:g}", f"{default:.0%}", duration(default)]
        assert any(f"(default: {one})" in said[each.name] for one in shown)
    assert all(said.values())


def test_the_docs_name_the_source_of_every_modelled_number() -> None:
    assert all(len(row) == 4 and row[2] and row[3] for row in rows())


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("metric_delay_seconds=1m30s", "metric_delay_seconds", 90),
        ("one_box_share=5%", "one_box_share", 0.05),
        ("browsers=3", "browsers", 3),
        ("backend_weights.Api=2.5", "backend_weights", {"Api": 2.5}),
    ],
)
def test_a_number_is_written_in_its_own_notation(text: str, name: str, value: object) -> None:
    found = getattr(read_assumptions([text]), name)
    assert (dict(found) if isinstance(found, Mapping) else found) == value


def test_one_of_several_numbers_leaves_the_others_as_they_are() -> None:
    found = read_assumptions(["update_seconds.AWS::Lambda::Alias=9s", "update_seconds.Custom::Else=1m"])
    expected = {**Assumptions().update_seconds, "AWS::Lambda::Alias": 9, "Custom::Else": 60}
    assert dict(found.update_seconds) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("luck=1", "allowed: update_seconds.KEY, other_update_seconds"),
        ("browsers", "--assume browsers: allowed: NAME=VALUE, such as metric_delay_seconds=2m, or @FILE"),
        ("update_seconds=3", "got an unknown name"),
        ("browsers.Many=3", "got an unknown name"),
        ("seconds_to_update=3", "got an unknown name"),
        ("browsers=1.5", "1.5 is not a whole number"),
        ("latency_spread=wide", "wide is not a number"),
        ("metric_delay_seconds=late", "got 'late'; allowed: a duration"),
        ("one_box_share=120%", "got '120%'; allowed: a share"),
        ("codedeploy_look_seconds=0", "more than 0"),
        ("latency_spread=nan", "0 or more"),
        ("warm_up_seconds=8761h", "warm_up_seconds: got 31539600.0; allowed: 0 or more, up to a year"),
        ("update_seconds.AWS::Lambda::Alias=31536001", "update_seconds: got 31536001.0; allowed: 0 or more, up to a"),
        ("last_follow_up_seconds=0", "not before"),
        ("spare_datapoints=101", "spare_datapoints: got 101; allowed: 0 or more, up to 100"),
        ("latency_spread=11", "latency_spread: got 11.0; allowed: 0 or more, up to 10"),
        ("page_urls=1000000001", "page_urls: got 1000000001; allowed: more than 0, up to a billion"),
        ("backend_weights.Api=2e9", "backend_weights: got 2000000000.0; allowed: 0 or more, up to a billion"),
    ],
)
def test_what_cannot_be_assumed_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(AssemblyError, match=reason) as refused:
        read_assumptions([text])
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("words", "rate", "needs"),
    [
        (["--fault", "front-end"], 0.3, False),
        (["--fault", "front-end", "--needs-new-backend"], 0.3, True),
        (["--fault", "both", "--needs-new-backend", "--error-rate", "5%"], 0.05, True),
        (["--needs-new-backend"], 0, True),
        (["--fault", "front-end", "--broken-page"], 0, False),
        (["--fault", "front-end", "--broken-page", "--error-rate", "1%"], 0.01, False),
    ],
)
def test_needing_the_new_backend_takes_nothing_from_what_else_is_wrong(
    words: list[str], rate: float, needs: bool
) -> None:
    found = fault(*words)
    assert (found.failing, found.needs_new_backend) == (rate, needs)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--answers"], "--answers: got no bad code; allowed: with --fault front-end or --fault backend"),
        (["--broken-page"], "--broken-page: got a front end without a fault; allowed: with --fault front-end"),
        (["--for-visitors", "50%"], "--for-visitors: got no bad code"),
        (["--after", "3m", "--leak", "1%"], "--after, --leak: got no bad code"),
        (["--needs-new-backend", "--latency-factor", "2"], "--latency-factor: got no bad code"),
        (
            ["--fault", "backend", "--broken-page"],
            "--broken-page: got a front end without a fault; allowed: with --fault",
        ),
        (["--fault", "backend", "--latency-factor", "0"], "--latency-factor: got 0.0; allowed: more than 0"),
    ],
)
def test_a_symptom_that_nothing_could_show_is_refused_in_the_words_of_the_command(words: list[str], said: str) -> None:
    with pytest.raises(AssemblyError) as refused:
        fault(*words)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("words", [["a: 1", "A: 2"], ["a"]])
def test_a_header_has_a_value_and_is_given_once(words: list[str]) -> None:
    assert read_page(options("--header", "A: 1:2")).headers == {"a": "1:2"}
    with pytest.raises(AssemblyError, match=f"--header: got '{words[-1]}'; allowed: NAME:VALUE, each name once"):
        read_page(options(*(word for each in words for word in ("--header", each))))


def test_other_numbers_are_refused_in_the_words_of_the_command_too() -> None:
    with pytest.raises(AssemblyError, match="--pages-per-visit: got 0"):
        read(Population, options("--pages-per-visit", "0"))
    with pytest.raises(AssemblyError, match="--crash-at-poll: got 0; allowed: a whole number, 1 or more"):
        read(Disturbance, options("--crash-at-poll", "0"))
