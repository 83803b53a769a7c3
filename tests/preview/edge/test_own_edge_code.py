"""Edge code that is not this library's: the user's own CloudFront Functions and Lambda@Edge."""

from pathlib import Path

import pytest

from preview.browsing import Browser, play
from preview.templates import Resources, behavior, body_of, distribution, echo, http_api, origin, ref
from template.assemblies import write


def at_lambda(code: str, runtime: str = "python3.13") -> Resources:
    """A Lambda@Edge function with its version."""
    said = {"Handler": "index.handler", "Runtime": runtime, "Code": {"ZipFile": code}}
    return {
        "Own": body_of("Lambda::Function", **said),
        "Version": body_of("Lambda::Version", FunctionName=ref("Own")),
    }


def cloudfront_function(code: str) -> Resources:
    return {"Own": body_of("CloudFront::Function", FunctionCode=code)}


def site(folder: Path, own: Resources, event: str = "viewer-request") -> Path:
    if "Version" in own:
        calls = {"LambdaFunctionAssociations": [{"EventType": event, "LambdaFunctionARN": ref("Version")}]}
    else:
        calls = {"FunctionAssociations": [{"EventType": event, "FunctionARN": {"Fn::GetAtt": ["Own", "FunctionARN"]}}]}
    edge = distribution(origin("pages", ref("Http")), DefaultCacheBehavior=behavior("pages", **calls))
    return write(folder, Shop={"Pages": echo(), **http_api("Http", "Pages"), **own, "Site": edge})


def asked(folder: Path, *paths: str) -> list[tuple[int, str]]:
    seen = []

    async def visit(browser: Browser) -> None:
        for path in paths:
            answer, text = await browser.get(path)
            seen.append((answer.status, text.strip()))

    play(visit, folder)
    return seen


ANSWERS_ITSELF = {
    "python3.13": """
def handler(event, context):
    return {'status': '401', 'body': event['Records'][0]['cf']['config']['eventType']}
""",
    "nodejs24.x": "exports.handler = async (event) => ({ status: '401', body: event.Records[0].cf.config.eventType });",
}


@pytest.mark.parametrize("runtime", ANSWERS_ITSELF)
@pytest.mark.parametrize("event", ["viewer-request", "origin-request"])
def test_a_users_lambda_at_edge_function_responds_in_either_language(tmp_path, runtime, event):
    folder = site(tmp_path, at_lambda(ANSWERS_ITSELF[runtime], runtime), event)
    assert asked(folder, "/") == [(401, event)]


def test_a_users_lambda_at_edge_function_changes_the_request(tmp_path):
    code = """
exports.handler = async (event) => {
    const { request } = event.Records[0].cf;
    request.uri = '/else';
    return request;
};
"""
    assert asked(site(tmp_path, at_lambda(code, "nodejs24.x")), "/x") == [(200, "/else")]


@pytest.mark.parametrize(
    ("returned", "why"), [("None", "returned None"), ("{'status': 'many'}", "returned what CloudFront cannot read")]
)
def test_an_unreadable_result_of_a_function_is_quoted(tmp_path, returned, why):
    ((status, text),) = asked(site(tmp_path, at_lambda(f"def handler(event, context): return {returned}")), "/")
    assert (status, "refuses the edge's answer" in text, why in text) == (502, True, True)


def test_a_cloudfront_function_requires_and_reads_what_is_documented(tmp_path):
    code = """
function handler(event) {
    var hash = require('crypto').createHash('md5').update('a').digest('hex');
    var known = event.context.distributionId + event.context.requestId;
    return { statusCode: 200, body: hash + (known.length > 15) };
}
"""
    assert asked(site(tmp_path, cloudfront_function(code)), "/") == [(200, "0cc175b9c0f1b6a831c399e269772661true")]


def test_each_request_has_an_id_of_its_own(tmp_path):
    code = "function handler(event) { return { statusCode: 200, body: event.context.requestId }; }"
    first, second = asked(site(tmp_path, cloudfront_function(code)), "/", "/")
    assert first != second


def test_unsupported_features_are_named(tmp_path):
    code = """
import cf from 'cloudfront';
function handler(event) { cf.updateRequestOrigin({ domainName: 'example.com' }); return event.request; }
"""
    ((status, text),) = asked(site(tmp_path, cloudfront_function(code)), "/")
    assert status == 503
    assert "updateRequestOrigin of CloudFront's own module is not played outside of AWS" in text


def test_an_unknown_origin_is_reported(tmp_path):
    code = """
import cf from 'cloudfront';
function handler(event) { cf.selectRequestOriginById('nowhere'); return event.request; }
"""
    ((status, text),) = asked(site(tmp_path, cloudfront_function(code)), "/")
    assert (status, "the origin nowhere, which the distribution does not have" in text) == (503, True)


CHANGES_AT_LAMBDA = """
exports.handler = async (event) => {
    const { request, response } = event.Records[0].cf;
    const message = response || request;
    CHANGE
    return message;
};
"""
CHANGES = """
function handler(event) {
    var message = event.response || event.request;
    CHANGE
    return message;
}
"""


@pytest.mark.parametrize(
    ("event", "change", "why"),
    [
        ("viewer-request", "message.headers.host = [{ key: 'Host', value: 'x' }];", "changed host"),
        ("viewer-request", "delete message.headers.host;", "deleted host"),
        ("viewer-request", "message.headers['x-edge-a'] = [{ key: 'X-Edge-A', value: 'x' }];", "added x-edge-a"),
        ("origin-request", "message.headers.via = [{ key: 'Via', value: 'x' }];", "added via"),
        ("origin-response", "message.headers['x-cache'] = [{ key: 'X-Cache', value: 'x' }];", "added x-cache"),
        ("viewer-response", "message.headers['content-length'] = [{ key: 'a', value: '1' }];", "added content-length"),
    ],
)
def test_a_lambda_at_edge_function_that_changes_a_restricted_header_is_answered_with_502(tmp_path, event, change, why):
    folder = site(tmp_path, at_lambda(CHANGES_AT_LAMBDA.replace("CHANGE", change), "nodejs24.x"), event)
    ((status, text),) = asked(folder, "/")
    assert (status, f"it {why}" in text) == (502, True)


@pytest.mark.parametrize(
    ("event", "change", "why"),
    [
        ("viewer-request", "message.headers.host = { value: 'x' };", "changed host"),
        ("viewer-request", "delete message.headers.host;", "deleted host"),
        ("viewer-request", "message.headers['x-real-ip'] = { value: 'x' };", "added x-real-ip"),
        ("viewer-request", "return { statusCode: 200, headers: { via: { value: 'x' } } };", "added via"),
        ("viewer-response", "message.headers.via = { value: 'x' };", "added via"),
        ("viewer-response", "message.headers['x-cache'] = { value: 'x' };", "added x-cache"),
    ],
)
def test_a_cloudfront_function_that_changes_a_restricted_header_is_answered_with_502(tmp_path, event, change, why):
    ((status, text),) = asked(site(tmp_path, cloudfront_function(CHANGES.replace("CHANGE", change)), event), "/")
    assert (status, f"it {why}" in text) == (502, True)


@pytest.mark.parametrize(
    ("event", "change"),
    [
        ("origin-request", "message.headers.host = [{ key: 'Host', value: 'x' }];"),
        ("origin-response", "message.headers.warning = [{ key: 'Warning', value: 'x' }];"),
        ("viewer-response", "message.headers['x-a'] = [{ key: 'X-A', value: 'x' }];"),
    ],
)
def test_a_header_that_is_read_only_at_another_event_may_be_changed(tmp_path, event, change):
    folder = site(tmp_path, at_lambda(CHANGES_AT_LAMBDA.replace("CHANGE", change), "nodejs24.x"), event)
    assert asked(folder, "/x") == [(200, "/x")]


def test_a_viewers_disallowed_header_is_hidden_from_edge_code_and_no_error(tmp_path):
    code = CHANGES.replace("CHANGE", "message.uri = '/' + Object.keys(message.headers).indexOf('x-real-ip');")

    async def visit(browser: Browser) -> None:
        answer, text = await browser.get("/", **{"X-Real-IP": "127.0.0.1"})
        assert (answer.status, text) == (200, "/-1")

    play(visit, site(tmp_path, cloudfront_function(code)))
