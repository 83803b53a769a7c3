"""Every way to write a CloudFront Function runs composed, on both engines, as it ran alone."""

import json

import pytest
from edge.deployed import cloudfront_functions
from edge.visits import CloudFrontFunctionsPlayer

from edge_engines import EdgeEngine, Engine

DIGEST = "crypto.createHash('md5').update('x').digest('hex')"
MARK = f"e.request.headers['x-mark'] = {{ value: {DIGEST} }}; return e.request;"
HANDLER = f"function handler(e) {{ {MARK} }}"
MARKED = "9dd4e461268c8034f5c8564e155c67a6"

FORMS = {
    "an import on the handler's line": f"import crypto from 'crypto'; {HANDLER}",
    "minified": f'import crypto from"crypto";function handler(e){{{MARK}}}',
    "two imports on one line": f"import cf from 'cloudfront'; import crypto from 'crypto'; {HANDLER}",
    "an import without a semicolon": f"import crypto from 'crypto'\n{HANDLER}",
    "an import after the code": f"{HANDLER}\nimport crypto from 'crypto';",
    "an import over lines": f"import crypto\n  from\n  'crypto';\n{HANDLER}",
    "an import under another name": f"import c from 'crypto'; var crypto = c; {HANDLER}",
    "require": f"const crypto = require('crypto');\n{HANDLER}",
    "require, not the first of its declaration": f"var a=1, crypto = require('crypto')\n{HANDLER}",
    "require in the handler": f'function handler(e) {{ var crypto = require( "crypto" ); {MARK} }}',
    "require of another module": (
        "var querystring = require('querystring'), crypto = require('crypto');\n"
        f"function handler(e) {{ if (querystring.stringify({{ a: 1 }}) !== 'a=1') {{ return null; }} {MARK} }}"
    ),
    "the library's former names declared on one line": (
        "var q=1; let crypto=2; var cf=3; function handler(e) { "
        f"e.request.headers['x-mark'] = {{ value: q + crypto + cf === 6 ? '{MARKED}' : '' }}; return e.request; }}"
    ),
    "a promise of a handler that is not async": (
        f"import crypto from 'crypto'; function handler(e) {{ return Promise.resolve(e).then((e) => {{ {MARK} }}); }}"
    ),
    "an async handler": (
        "import crypto from 'crypto'; async function later(e) { return e; }\n"
        f"async function handler(event) {{ const e = await later(event); {MARK} }}"
    ),
    "code in comments and texts": (
        "// import {x} from 'y'; function handler(\n/* handler(e) oneBoxConfig */\nimport crypto from 'crypto';\n"
        "var text = \"import a from 'b'; require('crypto')\", t = `it's handler(1)`;\n"
        "var regex = /function handler(['\"])/;\n"
        f"function handler(e) {{ if (text.length !== 36 || !regex.exec('function handler\"')) {{ return; }} {MARK} }}"
    ),
    "import as a property": f"import crypto from 'crypto'; var o = {{ import: 1 }}; {HANDLER}",
    "a handler that calls itself": (
        f"import crypto from 'crypto'; function handler(e, n) {{ if (!n) {{ return handler(e, 1); }} {MARK} }}"
    ),
    "other things of the handler's name": (
        "import crypto from 'crypto'; if (typeof module !== 'undefined') { module.exports = { handler }; }\n"
        f"function call(handler, e) {{ return handler(e); }} function mark(e) {{ {MARK} }}\n"
        "var all = { handler };\n"
        "function handler(e) { var o = { handler: mark }; return all.handler ? call(o.handler, e) : null; }"
    ),
    "an import between statements without semicolons": (
        f"var a = 'a'\nimport crypto from 'crypto'\n(function () {{}})();\n{HANDLER}"
    ),
    "a comment at the end": f"import crypto from 'crypto'; {HANDLER} // the end",
}  # fmt: skip


def answer_of(code: str, engine: Engine):
    event = {
        "viewer": {"ip": "192.0.2.1"},
        "request": {
            "uri": "/a",
            "headers": {"host": {"value": "shop"}},
            "cookies": {"__Host-one-box-bucket": {"value": "3"}},
        },
        "response": {"statusCode": 200, "headers": {}, "cookies": {}},
    }
    (answer,) = EdgeEngine(code, engine=engine).run([event])
    assert answer.error is None
    return answer


def composed(form: str) -> CloudFrontFunctionsPlayer:
    viewer_response = form.replace("e.request", "e.response")
    return cloudfront_functions(Engine.NJS, viewer_request_code=form, viewer_response_code=viewer_response)


@pytest.fixture(scope="module", params=FORMS.values(), ids=FORMS)
def form(request) -> CloudFrontFunctionsPlayer:
    return composed(request.param)


@pytest.mark.parametrize("engine", list(Engine), ids=lambda engine: engine.value)
def test_the_form_runs_and_the_visitor_reaches_their_partition(form, engine):
    answer = answer_of(form.viewer_request, engine)
    assert answer.origin_id == "one-box"
    assert answer.result["headers"] == {
        "host": {"value": "shop"},
        "x-mark": {"value": MARKED},
        "x-req-partition": {"value": "one-box"},
        "x-forwarded-host": {"value": "shop"},
    }


@pytest.mark.parametrize("engine", list(Engine), ids=lambda engine: engine.value)
def test_the_form_runs_at_viewer_response_too(form, engine):
    headers = answer_of(form.viewer_response, engine).result["headers"]
    assert headers["x-mark"] == {"value": MARKED}
    assert headers["x-req-partition"] == {"value": "one-box"}


@pytest.mark.parametrize("engine", list(Engine), ids=lambda engine: engine.value)
def test_a_request_without_headers_and_a_promised_response_are_accepted(engine):
    bare = composed("function handler(e) { return { uri: e.request.uri }; }").viewer_request
    assert answer_of(bare, engine).result == {
        "uri": "/a",
        "headers": {"x-req-partition": {"value": "one-box"}, "x-forwarded-host": {"value": "shop"}},
    }
    promised = composed("function handler(e) { return Promise.resolve({ statusCode: 302 }); }").viewer_request
    assert json.dumps(answer_of(promised, engine).result) == '{"statusCode": 302}'
    assert answer_of(promised, engine).origin_id is None


def test_only_a_handler_that_is_declared_async_makes_the_composed_one_async():
    assert "async" not in composed(FORMS["minified"]).viewer_request
    assert "\nasync function handler(" in composed(FORMS["an async handler"]).viewer_request
