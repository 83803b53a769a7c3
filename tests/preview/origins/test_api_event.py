"""API Gateway's event formats, and what it makes of answers."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.http_message import HttpRequest
from prod_one_box.preview.origins.api_event import (
    MalformedResponseError,
    Route,
    event_version_1,
    event_version_2,
    response_version_1,
    response_version_2,
)

ROUTE = Route(key="ANY /{proxy+}", parameters={"proxy": "cup"}, stage="prod", path="/cup")
REQUEST = HttpRequest(
    address="127.0.0.2",
    method="POST",
    path="/prod/cup",
    query="a=1&a=2&b=x%20y&c",
    fields=(
        ("host", "api.example.com"),
        ("user-agent", "Browser"),
        ("content-type", "application/json"),
        ("accept", "text/html"),
        ("accept", "*/*"),
        ("cookie", "a=1; b=2"),
    ),
    body=b'{"n": 1}',
)


def test_format_2_has_cookies_apart_and_repeated_headers_in_one():
    event = event_version_2(REQUEST, ROUTE, "api.example.com")
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["headers"]["accept"] == "text/html,*/*"
    assert "cookie" not in event["headers"]
    assert (event["rawPath"], event["rawQueryString"]) == ("/prod/cup", "a=1&a=2&b=x%20y&c")
    assert event["queryStringParameters"] == {"a": "1,2", "b": "x y", "c": ""}
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.2"
    assert (event["body"], event["isBase64Encoded"]) == ('{"n": 1}', False)


def test_format_2_omits_empty_fields():
    event = event_version_2(HttpRequest(address="127.0.0.1"), ROUTE, "api.example.com")
    assert not {"cookies", "queryStringParameters", "body"} & event.keys()


def test_format_1_has_every_value_and_the_last_one_and_a_path_without_the_stage():
    event = event_version_1(REQUEST, ROUTE, "api.example.com", [])
    assert (event["path"], event["requestContext"]["path"]) == ("/cup", "/prod/cup")
    assert event["multiValueHeaders"]["accept"] == ["text/html", "*/*"]
    assert event["headers"]["accept"] == "*/*"
    assert event["multiValueQueryStringParameters"]["a"] == ["1", "2"]
    assert event["queryStringParameters"]["a"] == "2"
    assert event["pathParameters"] == {"proxy": "cup"}


def test_a_request_without_a_body_is_not_encoded():
    request = HttpRequest(address="127.0.0.1")
    events = [event_version_1(request, ROUTE, "a.b", ["*/*"]), event_version_2(request, ROUTE, "a.b")]
    assert [event["isBase64Encoded"] for event in events] == [False, False]


def sent(body: bytes, kind: str | None) -> HttpRequest:
    fields = () if kind is None else (("content-type", kind),)
    return HttpRequest(address="127.0.0.1", method="POST", body=body, fields=fields)


@given(st.binary(), st.sampled_from(["text/plain", "application/json", "image/png", None]))
def test_any_body_arrives_whole(body, kind):
    request = sent(body, kind)
    for event in (event_version_1(request, ROUTE, "a.b", ["*/*"]), event_version_2(request, ROUTE, "a.b")):
        text = event.get("body") or ""
        assert (base64.b64decode(text) if event["isBase64Encoded"] else text.encode()) == body


@pytest.mark.parametrize(
    ("kind", "encoded"),
    [
        ("text/plain", False),
        ("text/html; charset=utf-8", False),
        ("application/json", False),
        ("Application/JSON; charset=utf-8", False),
        ("application/xml", False),
        ("application/javascript", False),
        ("application/x-www-form-urlencoded", True),
        ("multipart/form-data; boundary=x", True),
        ("application/octet-stream", True),
        (None, True),
    ],
)
def test_in_format_2_the_content_type_says_whether_a_body_is_text(kind, encoded):
    event = event_version_2(sent(b"a=1", kind), ROUTE, "a.b")
    assert event["isBase64Encoded"] is encoded
    assert event["body"] == ("YT0x" if encoded else "a=1")


@pytest.mark.parametrize(
    ("kind", "binary", "body"),
    [
        ("image/png", [], "\ufffd"),
        ("image/png", ["image/png"], "/w=="),
        ("image/png; q=1", ["image/*"], "/w=="),
        ("image/png", ["image~1png"], "/w=="),
        ("image/png", ["application/*"], "\ufffd"),
        (None, ["*/*"], "/w=="),
    ],
)
def test_in_format_1_the_apis_binary_media_types_say_which_bodies_are_encoded(kind, binary, body):
    event = event_version_1(sent(b"\xff", kind), ROUTE, "a.b", binary)
    assert (event["body"], event["isBase64Encoded"]) == (body, body == "/w==")


@pytest.mark.parametrize(
    ("accept", "binary", "body"),
    [
        ("image/png", ["image/*"], b"\xff"),
        ("text/html,image/png", ["image/*"], b"/w=="),
        ("*/*", ["image/png"], b"/w=="),
        ("image/png", [], b"/w=="),
        ("text/html", ["*/*"], b"\xff"),
        (None, ["*/*"], b"\xff"),
    ],
)
def test_in_format_1_an_encoded_response_is_decoded_if_the_first_accepted_type_is_binary(accept, binary, body):
    request = HttpRequest(address="127.0.0.1", fields=() if accept is None else (("accept", accept),))
    answer = {"statusCode": 200, "body": "/w==", "isBase64Encoded": True}
    assert response_version_1(answer, request, binary).body == body


def test_an_answer_is_read_with_all_its_headers_and_cookies():
    answer = {
        "statusCode": 201,
        "headers": {"X-One": 1, "x-flag": True},
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
        "cookies": ["c=3"],
        "body": base64.b64encode(b"\x00\xff").decode(),
        "isBase64Encoded": True,
    }
    response = response_version_2(answer)
    assert (response.status, response.body) == (201, b"\x00\xff")
    assert response.values("set-cookie") == ["a=1", "b=2", "c=3"]
    assert (response.values("x-one"), response.values("x-flag")) == (["1"], ["true"])
    assert response.values("content-type") == ["application/json"]
    assert response_version_1(answer, REQUEST, []).values("set-cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize(("answer", "body"), [("hello", b"hello"), ({"n": 1}, b'{"n": 1}'), (None, b"null")])
def test_in_format_2_an_answer_without_a_status_is_the_body(answer, body):
    response = response_version_2(answer)
    assert (response.status, response.body) == (200, body)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "hello",
        {"body": "x"},
        {"statusCode": "many"},
        {"statusCode": 1000},
        {"statusCode": 100},
        {"statusCode": 101},
        {"statusCode": 200, "headers": 5},
    ],
)
def test_in_format_1_any_other_answer_is_malformed(answer):
    with pytest.raises(MalformedResponseError):
        response_version_1(answer, REQUEST, [])
