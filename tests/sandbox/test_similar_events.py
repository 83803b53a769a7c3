"""Events that differ in a few texts are put together in Node, and each different result comes back once."""

from collections.abc import Mapping, Sequence

import pytest

from prod_one_box.sandbox.edge_runner import REQUEST_ID, EdgeAnswer, SimilarEvents, run_similar, slot
from prod_one_box.template.cloud_assembly import AssemblyError


def results(code: str, event: Mapping[str, object], rows: Sequence[Sequence[str]]) -> list[object]:
    (answers,) = run_similar(code, [SimilarEvents(event=event, rows=rows)], pick="result", at_lambda=False)
    return [answers.distinct[index].result for index in answers.of]


def test_each_event_has_the_texts_of_its_row() -> None:
    rows = [("a", 'q"uo\\te'), ("b", "\u2028é\ud800"), ("a", "")]
    event = {"one": slot(1), "both": [f"{slot(0)}-{slot(1)}-{slot(0)}"], "none": 1}

    assert results("function handler(event) { return event; }", event, rows) == [
        {"one": second, "both": [f"{first}-{second}-{first}"], "none": 1} for first, second in rows
    ]


def test_equal_answers_come_back_once_and_errors_like_results() -> None:
    code = "function handler(event) { if (event.n === 'c') { throw new Error('c'); } return { is: event.n === 'a' }; }"
    events = [SimilarEvents(event={"n": slot(0)}, rows=[(name,) for name in names]) for names in ("abba", "bc")]
    yes, no, error = (EdgeAnswer({"is": True}, None, None), EdgeAnswer({"is": False}, None, None), "Error: c")

    first, second = run_similar(code, events, pick="result", at_lambda=False)
    assert (first.distinct, first.of) == ([yes, no], [0, 1, 1, 0])
    assert (second.distinct, second.of) == ([no, EdgeAnswer(None, None, error)], [0, 1])


def test_no_event_sees_what_the_code_did_to_another() -> None:
    code = "function handler(event) { event.list.push(event.n); return { list: event.list }; }"

    assert results(code, {"list": [], "n": slot(0)}, [("a",), ("b",)]) == [{"list": ["a"]}, {"list": ["b"]}]


def test_an_identifier_depends_on_the_row_alone() -> None:
    ids = results("function handler(event) { return event; }", {"id": REQUEST_ID}, [("a",), ("b",), ("a",)])

    assert ids[0] == ids[2] != ids[1]


def test_without_rows_nothing_runs() -> None:
    code = "function handler(event) { throw new Error('ran'); }"
    (answers,) = run_similar(code, [SimilarEvents(event={}, rows=[])], pick="result", at_lambda=False)
    assert (answers.distinct, answers.of) == ([], [])


def test_a_row_that_is_too_short_is_refused() -> None:
    with pytest.raises(AssemblyError, match="could not run"):
        run_similar(
            "function handler(e) { return e; }",
            [SimilarEvents(event={"n": slot(1)}, rows=[("a",)])],
            pick="result",
            at_lambda=False,
        )
