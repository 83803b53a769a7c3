"""Function URLs: paths as they were sent, signatures, streamed answers."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from preview.browsing import Browser, play
from preview.templates import behavior, body_of, distribution, echo, http_api, origin, ref, rest_api
from template.assemblies import write

ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
STREAMS = """
export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
    HEAD
    stream.write('a page ');
    stream.write(Buffer.from('of ' + context.functionName));
    stream.end();
});
"""
WITH_STATUS = """stream = awslambda.HttpResponseStream.from(stream, {
        statusCode: 201, headers: { 'Content-Type': 'text/html' }, cookies: ['a=1'],
    });"""


def url(name: str = "Url", **said: Any) -> dict[str, Any]:
    arn = {"Fn::GetAtt": ["Pages", "Arn"]}
    return {name: body_of("Lambda::Url", TargetFunctionArn=arn, **said)}


def control(behavior: str = "always", kind: str = "lambda") -> dict[str, Any]:
    config = {"OriginAccessControlOriginType": kind, "SigningBehavior": behavior, "SigningProtocol": "sigv4"}
    return {"Control": body_of("CloudFront::OriginAccessControl", OriginAccessControlConfig=config)}


def site(folder: Path, *, signed: bool = False, target: dict[str, Any] | None = None, **resources: Any) -> Path:
    domain = {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": ["Url", "FunctionUrl"]}]}]}
    at = {"Id": "pages", "DomainName": domain, "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}
    if signed:
        at["OriginAccessControlId"] = {"Fn::GetAtt": ["Control", "Id"]}
    pages = behavior("pages", AllowedMethods=METHODS, OriginRequestPolicyId=ALL_VIEWER_EXCEPT_HOST)
    whole = {"Pages": target or echo(), **resources, "Site": distribution(at, DefaultCacheBehavior=pages)}
    return write(folder, Shop=whole)


def asked(folder: Path, method: str = "GET", body: bytes = b"", path: str = "/", **headers: str) -> tuple[int, str]:
    seen = []

    async def visit(browser: Browser) -> None:
        address = f"http://127.0.0.1:{browser.ports.site}{path}"
        async with browser.client.request(method, address, data=body or None, headers=headers) as answer:
            seen.append((answer.status, await answer.text()))

    play(visit, folder)
    return seen[0]


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_signed_url_refuses_a_body_whose_hash_was_not_sent(tmp_path, method):
    folder = site(tmp_path, signed=True, **url(AuthType="AWS_IAM"), **control())
    status, text = asked(folder, method, b"{}")
    assert (status, "x-amz-content-sha256" in text) == (403, True)
    assert asked(folder, method, b"{}", **{"x-amz-content-sha256": digest(b"another")})[0] == 403
    assert asked(folder, method, b"{}", **{"x-amz-content-sha256": digest(b"{}")}) == (200, "/")


def test_a_signed_url_accepts_a_request_without_a_body(tmp_path):
    assert asked(site(tmp_path, signed=True, **url(AuthType="AWS_IAM"), **control())) == (200, "/")


def test_a_public_url_needs_no_hash(tmp_path):
    assert asked(site(tmp_path, signed=True, **url(AuthType="NONE"), **control()), "POST", b"{}") == (200, "/")


def test_an_access_control_outside_of_the_assembly_is_assumed_to_sign(tmp_path):
    assert asked(site(tmp_path, signed=True, **url(AuthType="AWS_IAM"))) == (200, "/")


@pytest.mark.parametrize("signed", [False, True])
def test_a_url_with_iam_authorization_refuses_unsigned_requests(tmp_path, signed):
    status, text = asked(site(tmp_path, signed=signed, **url(AuthType="AWS_IAM"), **control("never")))
    assert (status, "no origin access control that signs" in text) == (403, True)


@pytest.mark.parametrize(
    ("path", "decoded"),
    [
        ("/a%20b", "/a b"),
        ("/RSC/%40id%2Fsave%23x", "/RSC/@id/save#x"),
        ("/a%3Fb=1", "/a"),
        ("/a+b", "/a+b"),
        ("/%zz%ff", "/%zz\ufffd"),
    ],
)
def test_an_http_api_decodes_the_path_and_a_function_url_does_not(tmp_path, path, decoded):
    both = "event['rawPath'] + event['requestContext']['http']['path']"
    both = f"def handler(event, context): return {{'statusCode': 200, 'body': {both}}}"
    pages = body_of("Lambda::Function", Handler="index.handler", Runtime="python3.13", Code={"ZipFile": both})
    (tmp_path / "url").mkdir()
    (tmp_path / "http").mkdir()
    http = {"Pages": pages, **http_api("Http", "Pages"), "Site": distribution(origin("o", ref("Http")))}
    seen = []

    async def visit(browser: Browser) -> None:
        seen.append((await browser.get(path))[1])

    play(visit, write(tmp_path / "http", Shop=http))
    play(visit, site(tmp_path / "url", target=pages, **url(AuthType="NONE")))
    assert seen == [decoded * 2, path * 2]


def test_a_rest_api_leaves_the_path_as_it_was_sent(tmp_path):
    code = "def handler(event, context): return {'statusCode': 200, 'body': event['path']}"
    pages = body_of("Lambda::Function", Handler="index.handler", Runtime="python3.13", Code={"ZipFile": code})
    whole = {"Pages": pages, **rest_api("Rest", "Pages"), "Site": distribution(origin("o", ref("Rest"), "/live"))}
    seen = []

    async def visit(browser: Browser) -> None:
        seen.append((await browser.get("/a%20b%2Fc"))[1])

    play(visit, write(tmp_path, Shop=whole))
    assert seen == ["/a%20b%2Fc"]


@pytest.fixture
def streaming(tmp_path: Path):
    def make(head: str = "") -> dict[str, Any]:
        (tmp_path / "code").mkdir()
        (tmp_path / "code" / "index.mjs").write_text(STREAMS.replace("HEAD", head))
        (tmp_path / "Shop.assets.json").write_text(json.dumps({"files": {"abc": {"source": {"path": "code"}}}}))
        return body_of("Lambda::Function", Handler="index.handler", Runtime="nodejs24.x", Code={"S3Key": "abc.zip"})

    return make


def streamed(folder: Path) -> tuple[int, str, dict[str, str], list[str]]:
    seen = []

    async def visit(browser: Browser) -> None:
        await browser.get("/page")
        answer, text = await browser.get("/page")
        _, state = await browser.panel("state")
        seen.append((answer.status, text, answer.headers, state["notes"]))

    play(visit, folder)
    return seen[0]


def test_a_streamed_answer_is_served_when_it_is_whole_and_the_panel_says_so(tmp_path, streaming):
    status, text, headers, notes = streamed(
        site(tmp_path, target=streaming(WITH_STATUS), **url(AuthType="NONE", InvokeMode="RESPONSE_STREAM"))
    )
    assert (status, text, headers["content-type"]) == (201, "a page of Pages", "text/html")
    assert headers["set-cookie"] == "a=1"
    assert notes == ["Pages: it streams its answers, which are passed on here when they are whole"]


def test_a_streamed_answer_without_a_status_is_one_of_bytes(tmp_path, streaming):
    status, text, headers, _ = streamed(site(tmp_path, target=streaming(), **url(AuthType="NONE")))
    assert (status, text, headers["content-type"]) == (200, "a page of Pages", "application/octet-stream")


def test_a_streamed_answer_of_a_rest_api_is_served(tmp_path, streaming):
    whole = {"Pages": streaming(WITH_STATUS), **rest_api("Rest", "Pages")}
    folder = write(tmp_path, Shop={**whole, "Site": distribution(origin("o", ref("Rest"), "/live"))})
    assert streamed(folder)[:2] == (201, "a page of Pages")
