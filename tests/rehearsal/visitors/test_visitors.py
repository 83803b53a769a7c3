"""Visitors are counted by what the synthesized code does with them, not by what it was meant to do."""

import json
from pathlib import Path

import pytest

from prod_one_box.cli.main import main
from prod_one_box.rehearsal.visitors.visitors import send_visitors
from prod_one_box.template.cloud_assembly import read_assembly

STICKY = """
function handler(event) {
    const last = Number(event.viewer.ip.split('.').pop());
    event.request.headers['x-req-partition'] = { value: last % 4 === 0 ? 'one-box' : 'regular' };
    return event.request;
}
"""
RESTLESS = STICKY.replace("last % 4 === 0", "event.request.cookies.seen")
SEEN = "function handler(event) { event.response.cookies.seen = { value: 'yes' }; return event.response; }"
BROKEN = "function handler(event) { throw new Error('no such partition'); }"


def assembly(folder: Path, **codes: str) -> Path:
    """An assembly whose one stack holds a function for each event."""
    resources = {
        event: {
            "Type": "AWS::CloudFront::Function",
            "Properties": {"FunctionCode": code},
            "Metadata": {
                "ProdOneBox": {"EdgeFunction": event.replace("_", "-"), "Shares": {"one-box": 25, "regular": 75}}
            },
        }
        for event, code in codes.items()
    }
    (folder / "Shop.template.json").write_text(json.dumps({"Resources": resources}))
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Shop.template.json"}}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"Shop": stack}}))
    return folder


def visitors(folder: Path, capsys: pytest.CaptureFixture[str], status: int = 0) -> str:
    assert main(["visitors", str(folder), "--count", "256"]) == status
    captured = capsys.readouterr()
    return captured.err if status else captured.out


def test_many_visitors_are_sent_in_parts_and_somebody_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stacks = read_assembly(assembly(tmp_path, viewer_request=RESTLESS, viewer_response=SEEN))
    at_once = send_visitors(stacks, 256)
    monkeypatch.setattr("prod_one_box.rehearsal.visitors.visitors._BATCH", 100)
    told: list[int] = []

    assert send_visitors(stacks, 256, progress=told.append) == at_once
    assert told == [0, 100, 200]


def test_a_request_has_no_answer_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    too_early = STICKY.replace("const last", "if (event.response) { throw new Error('an answer'); }\n    const last")
    assert "64 reached the one-box" in visitors(assembly(tmp_path, viewer_request=too_early), capsys)


@pytest.mark.parametrize("count", ["0", "-5", "many", "1.5", "²"])
def test_fewer_than_one_visitor_is_none_to_count(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["visitors", "cdk.out", f"--count={count}"])
    captured = capsys.readouterr()
    assert (ended.value.code, captured.out, captured.err.count("\n")) == (2, "", 1)
    assert f"--count: got '{count}'; allowed: 1 or more" in captured.err


def test_those_that_the_code_sends_to_the_one_box_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = visitors(assembly(tmp_path, viewer_request=STICKY), capsys)
    assert "64 reached the one-box: 25.00%, its share is 25 %" in printed
    assert "0 changed partition on their second visit" in printed


def test_code_that_moves_returning_visitors_is_found_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = visitors(assembly(tmp_path, viewer_request=RESTLESS, viewer_response=SEEN), capsys)
    assert "256 changed partition on their second visit" in printed


def test_code_that_throws_ends_with_what_it_threw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no such partition" in visitors(assembly(tmp_path, viewer_request=BROKEN), capsys, status=2)


def test_code_that_lets_visitors_pass_without_a_partition_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    idle = "function handler(event) { return event.request; }"
    assert "without naming a partition" in visitors(assembly(tmp_path, viewer_request=idle), capsys, status=2)


def test_an_assembly_without_edge_functions_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no stack of this assembly holds an edge function" in visitors(assembly(tmp_path), capsys, status=2)


def test_an_assembly_without_a_release_has_no_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(assembly(tmp_path))]) == 2
    assert "takes part in a release" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("event.request.headers.host = { value: 'x' };", "changed host"),
        ("delete event.request.headers.host;", "deleted host"),
        ("event.request.headers['x-edge-a'] = { value: 'x' };", "added x-edge-a"),
        ("event.request.headers.Via = { value: 'x' };", "added via"),
    ],
)
def test_code_that_changes_a_restricted_header_of_the_request_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str, why: str
) -> None:
    folder = assembly(tmp_path, viewer_request=STICKY.replace("const last", f"{change}\n    const last"))
    said = visitors(folder, capsys, status=2)
    assert f"viewer_request: it {why}, which" in said
    assert "CloudFront answers 502 to its visitors" in said


@pytest.mark.parametrize(
    ("returned", "shown"), [("", "nothing"), (" null", "nothing"), (" 'x'", "'x'"), (" 1", "1"), (" []", "[]")]
)
@pytest.mark.parametrize("event", ["viewer_request", "viewer_response"])
def test_code_that_returns_neither_a_request_nor_a_response_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], event: str, returned: str, shown: str
) -> None:
    code = {"viewer_request": STICKY, event: f"function handler(event) {{ return{returned}; }}"}
    said = visitors(assembly(tmp_path, **code), capsys, status=2)
    assert f"{event} returned {shown}, not a request or a response" in said
    assert "CloudFront answers 502 to its visitors" in said


def test_code_that_adds_a_restricted_header_to_the_response_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = SEEN.replace("return", "event.response.headers['x-cache'] = { value: 'x' }; return")
    said = visitors(assembly(tmp_path, viewer_request=STICKY, viewer_response=labels), capsys, status=2)
    assert "viewer_response: it added x-cache, which CloudFront disallows" in said
