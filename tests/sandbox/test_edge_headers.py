"""The headers that edge functions must leave alone."""

import re

import pytest

from prod_one_box.sandbox.edge_headers import broken_restriction, is_disallowed, restricted_headers

EVENTS = ("viewer-request", "origin-request", "origin-response", "viewer-response")
READ_ONLY = {
    ("viewer-request", False): "cdn-loop content-length host transfer-encoding via",
    ("viewer-request", True): "cdn-loop cloudfront-viewer-country content-length host transfer-encoding via",
    ("origin-request", True): (
        "accept-encoding cdn-loop content-length if-modified-since if-none-match if-range if-unmodified-since "
        "transfer-encoding via"
    ),
    ("origin-response", True): "transfer-encoding via",
    ("viewer-response", False): "via warning",
    ("viewer-response", True): "content-encoding content-length transfer-encoding via warning",
}
CASES = [(event, at_lambda, name) for (event, at_lambda), names in READ_ONLY.items() for name in names.split()]
ALL = sorted({name for names in READ_ONLY.values() for name in names.split()})


@pytest.mark.parametrize(("event", "at_lambda", "name"), CASES)
def test_a_read_only_header_may_stay_and_nothing_else(event, at_lambda, name):
    one, other = ((name, "1"),), ((name.title(), "2"),)
    assert broken_restriction(event, one, one, at_lambda=at_lambda) == ""
    for did, before, after in (("added", (), one), ("changed", one, other), ("deleted", one, ())):
        said = broken_restriction(event, before, after, at_lambda=at_lambda)
        assert said == f"it {did} {name}, which is read-only in {event} functions"


@pytest.mark.parametrize(("event", "at_lambda"), READ_ONLY)
def test_what_is_read_only_at_another_event_may_be_changed(event, at_lambda):
    for name in set(ALL) - set(READ_ONLY[event, at_lambda].split()):
        assert broken_restriction(event, ((name, "1"),), ((name, "2"),), at_lambda=at_lambda) == ""


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("name", ["X-Cache", "connection", "x-amz-cf-id", "X-Edge-Location", "x-forwarded-proto"])
def test_a_disallowed_header_cannot_be_added(event, name):
    said = broken_restriction(event, (), ((name, "1"),), at_lambda=True)
    assert said == f"it added {name}, which CloudFront disallows"


@pytest.mark.parametrize(
    "name", ["x-amz-meta-a", "x-forwarded-host", "x-forwarded-for", "x-cache-key", "x-amzn-trace-id"]
)
def test_headers_that_look_alike_are_allowed(name):
    assert not is_disallowed(name)
    assert broken_restriction("viewer-request", (), ((name, "1"),), at_lambda=False) == ""


@pytest.mark.parametrize(("event", "at_lambda"), READ_ONLY)
def test_the_pattern_takes_all_restricted_names_and_no_other(event, at_lambda):
    pattern = restricted_headers(event, at_lambda=at_lambda)
    assert all(re.search(pattern, name) for name in [*READ_ONLY[event, at_lambda].split(), "x-cache", "x-edge-a"])
    assert not any(re.search(pattern, name) for name in ("x-req-partition", "set-cookie", "x-host", "hosts"))
