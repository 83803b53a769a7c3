"""A user's own CloudFront Function keeps working when it is composed with the library's."""

import aws_cdk as cdk
import pytest
from edge.deployed import cloudfront_functions, split
from edge.visits import CloudFrontFunctionsPlayer, Visit

from edge_engines import EdgeEngine, Engine
from prod_one_box import InvalidArgumentError, PartitionEdge

VISITOR = Visit("192.0.2.1", [("Host", "shop"), ("User-Agent", "Browser"), ("Cookie", "__Host-one-box-bucket=3")])
NEWCOMER = Visit("192.0.2.1", [("Host", "shop"), ("User-Agent", "Browser")])

REWRITE = """
import cf from 'cloudfront';
const crypto = require('crypto');
var suffix = '/index.html';
function withSuffix(uri) { return uri + suffix; }
function handler(event) {
    var request = event.request;
    request.uri = withSuffix(request.uri);
    request.headers['x-digest'] = { value: crypto.createHash('md5').update('x').digest('hex') };
    request.headers['x-req-partition'] = { value: 'regular' };
    delete request.cookies['__Host-one-box-bucket'];
    return request;
}
"""
REDIRECT = "function handler(event) { return { statusCode: 302, headers: { location: { value: '/login' } } }; }"
ASYNC = """
async function later(request) { return request; }
async function handler(event) {
    const request = await later(event.request);
    request.headers['x-waited'] = { value: 'yes' };
    return request;
}
"""
RESPONSE = """
function handler(event) {
    event.response.headers['strict-transport-security'] = { value: 'max-age=1' };
    event.response.headers.vary = { value: 'Origin' };
    return event.response;
}
"""
BARE_RESPONSE = "function handler(event) { return { statusCode: 200 }; }"


def composed(**codes: str) -> CloudFrontFunctionsPlayer:
    return cloudfront_functions(Engine.NJS, **codes)


@pytest.fixture(scope="module")
def rewrite():
    return composed(viewer_request_code=REWRITE, viewer_response_code=RESPONSE)


@pytest.fixture(params=list(Engine), ids=lambda engine: engine.value)
def engine(request) -> Engine:
    return request.param


def run(code: str, visit: Visit, engine: Engine):
    headers = {name.lower(): {"value": value} for name, value in visit.headers if name != "Cookie"}
    cookies = {"__Host-one-box-bucket": {"value": "3"}} if visit is VISITOR else {}
    event = {
        "viewer": {"ip": visit.address},
        "request": {"uri": "/a", "headers": headers, "cookies": cookies},
        "response": {"statusCode": 200, "headers": {}, "cookies": {}},
    }
    (answer,) = EdgeEngine(code, engine=engine).run([event])
    assert answer.error is None
    return answer


def test_the_users_rewrite_holds_and_the_partition_is_that_of_the_original_request(rewrite, engine):
    answer = run(rewrite.viewer_request, VISITOR, engine)
    assert answer.origin_id == "one-box"
    assert answer.result["uri"] == "/a/index.html"
    assert answer.result["headers"]["x-digest"] == {"value": "9dd4e461268c8034f5c8564e155c67a6"}
    assert answer.result["headers"]["x-req-partition"] == {"value": "one-box"}


def test_a_response_from_the_users_code_is_the_answer(engine):
    answer = run(composed(viewer_request_code=REDIRECT).viewer_request, VISITOR, engine)
    assert answer.result == {"statusCode": 302, "headers": {"location": {"value": "/login"}}}
    assert answer.origin_id is None


def test_a_user_function_that_returns_nothing_fails_as_it_would_alone(engine):
    nothing = composed(viewer_request_code="function handler() {}", viewer_response_code="function handler() {}")
    for code in (nothing.viewer_request, nothing.viewer_response):
        assert run(code, VISITOR, engine).result is None


def test_an_asynchronous_user_function_is_awaited(engine):
    answer = run(composed(viewer_request_code=ASYNC).viewer_request, VISITOR, engine)
    assert answer.origin_id == "one-box"
    assert answer.result["headers"]["x-waited"] == {"value": "yes"}
    assert answer.result["headers"]["x-req-partition"] == {"value": "one-box"}


def test_the_users_response_is_labelled_after_its_own_changes(rewrite, engine):
    headers = run(rewrite.viewer_response, NEWCOMER, engine).result["headers"]
    assert headers["strict-transport-security"] == {"value": "max-age=1"}
    assert headers["vary"] == {"value": "Origin, X-Req-Partition"}


def test_a_bare_response_from_the_users_code_gets_label_and_cookie(engine):
    result = run(composed(viewer_response_code=BARE_RESPONSE).viewer_response, NEWCOMER, engine).result
    assert set(result["headers"]) == {"x-req-partition", "vary"}
    assert list(result["cookies"]) == ["__Host-one-box-bucket"]


def test_every_import_is_at_the_top_once(rewrite):
    assert rewrite.viewer_request.splitlines()[:3] == [
        "import oneBoxCrypto from 'crypto';",
        "import oneBoxCf from 'cloudfront';",
        "import cf from 'cloudfront';",
    ]
    assert rewrite.viewer_request.count("import ") == 3
    assert "require" not in rewrite.viewer_request


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("", "0 declarations"),
        ("const handler = (event) => event.request;", "0 declarations"),
        ("function handler(e) { return e.request; } function handler(e) { return e.request; }", "2 declarations"),
        ("var oneBoxConfig = 1; function handler(e) { return e.request; }", "oneBoxConfig"),
        ("import {createHash} from 'crypto'; function handler(e) { return e.request; }", "`import {createHash} from"),
        ("import * as c from'crypto';function handler(e){return e.request}", "`import . as c from'crypto'"),
        ("import c, {createHash} from 'crypto';\nfunction handler(e) { return e.request; }", "`import c, {createHash}"),
        ("import 'crypto';\nfunction handler(e) { return e.request; }", "`import 'crypto'"),
        (
            "async function handler(e) { const c = await import('crypto'); return e.request; }",
            "a dynamic import `import` .line 1, column 45",
        ),
        ("function handler(e) { return e.request; } //" + "x" * 9000, "bytes"),
    ],
    ids=[
        "empty",
        "an arrow function",
        "two",
        "a name of ours",
        "a named import",
        "a namespace import",
        "a default and a named import",
        "an import for its effects",
        "a dynamic import",
        "too large",
    ],
)
@pytest.mark.parametrize("argument", ["viewer_request_code", "viewer_response_code"])
def test_code_that_cannot_be_composed_is_refused(argument, code, given):
    with pytest.raises(InvalidArgumentError, match=given) as caught:
        PartitionEdge(cdk.Stack(), "Edge", partitions=split(), **{argument: code})
    assert caught.value.argument == argument
    assert caught.value.path == "Default/Edge"
