"""A visit fails for what a visitor would miss, and says what it was."""

import pytest
from canary.fake_visit import SCRIPT, visit

from prod_one_box.vocabulary import TESTER_COOKIE

APP = "https://shop.example.com/app.js"
API = "https://shop.example.com/api/x"
PICTURE = "https://shop.example.com/picture.png"

PASSING = {
    "a good page": {},
    "a page whose scripts and calls succeed": {
        "events": [{"type": "script", "url": APP, "status": 200}, {"type": "fetch", "url": API, "status": 204}]
    },
    "a call that comes from the cache": {"events": [{"type": "xhr", "url": API, "status": 304}]},
    "a missing picture": {"events": [{"type": "image", "url": PICTURE, "status": 404}]},
    "a font that cannot be reached": {"events": [{"type": "font", "url": PICTURE, "error": "net::ERR_FAILED"}]},
    "a picture that never comes": {"events": [{"type": "image", "url": PICTURE}]},
    "a call that the page gave up itself": {"events": [{"type": "fetch", "url": API, "error": "net::ERR_ABORTED"}]},
    "a page that the browser has not changed": {"status": 304},
    "a page that the origin wrote": {"headers": {"x-cache": "Miss from cloudfront"}},
    "any partition, when none was asked for": {"partition": "regular", "visit": {"partition": None}},
}
FAILING = {
    "a 500": ({"status": 500}, "/: 500 for the document"),
    "a page that is not there": ({"status": 404}, "the page answered 404"),
    "a page without an answer": ({"nothing": True}, "there was no answer"),
    "a host that is not there": ({"unreachable": "net::ERR_NAME_NOT_RESOLVED"}, "net::ERR_NAME_NOT_RESOLVED"),
    "a redirect that leads nowhere": ({"status": 302}, "the page answered 302"),
    "an error page that says 200": (
        {"headers": {"x-cache": "Error from cloudfront"}},
        "the edge answered by itself, without an origin (X-Cache: Error from cloudfront)",
    ),
    "a page of the edge's code": (
        {"headers": {"x-cache": "FunctionGeneratedResponse from cloudfront"}},
        "the edge answered by itself",
    ),
    "the other partition": ({"partition": "regular"}, "regular answered instead of one-box"),
    "a missing script": ({"events": [{"type": "script", "url": APP, "status": 404}]}, f"404 for the script {APP}"),
    "a missing chunk, late": (
        {"events": [{"type": "script", "url": APP, "status": 404, "after": 200}]},
        f"404 for the script {APP}",
    ),
    "a missing style": (
        {"events": [{"type": "stylesheet", "url": APP, "status": 404}]},
        f"404 for the stylesheet {APP}",
    ),
    "a script that was cut off": (
        {"events": [{"type": "script", "url": APP, "error": "net::ERR_ABORTED"}]},
        f"net::ERR_ABORTED for the script {APP}",
    ),
    "an API error": ({"events": [{"type": "fetch", "url": API, "status": 500}]}, f"500 for the fetch {API}"),
    "an API error of an old kind of call": (
        {"events": [{"type": "xhr", "url": API, "status": 403}]},
        f"403 for the xhr {API}",
    ),
    "an API error, late": (
        {"events": [{"type": "fetch", "url": API, "status": 500, "after": 300}]},
        f"500 for the fetch {API}",
    ),
    "an API that cannot be reached": (
        {"events": [{"type": "fetch", "url": API, "error": "net::ERR_CONNECTION_RESET"}]},
        f"net::ERR_CONNECTION_RESET for the fetch {API}",
    ),
    "an API that does not answer": ({"events": [{"type": "fetch", "url": API}]}, f"no answer in time from {API}"),
    "an exception": ({"events": [{"thrown": "hydration failed"}]}, "the page threw: hydration failed"),
    "an exception, late": ({"events": [{"thrown": "lost", "after": 300}]}, "the page threw: lost"),
    "a page that stays dead": ({"dead": True}, "the page does not come alive: nothing matches #ready"),
    "a page that calls without end": (
        {"events": [{"type": "fetch", "url": API, "status": 200, "after": n * 200} for n in range(20)]},
        "the page keeps calling",
    ),
}
CAUSE = {"dead": True, "events": [{"type": "script", "url": APP, "status": 404}]}
TWICE = {"events": [{"type": "script", "url": APP, "status": 404, "error": "net::ERR_ABORTED"}]}
SEVERAL = {"visit": {"pages": ["/", "/cart?full=1"]}}
BAD_FIRST = {"status": 500, "visit": {"pages": ["/", "/cart"]}}
CACHED = {"headers": {"x-cache": "Hit from cloudfront"}}
WITHOUT_COOKIE = {"visit": {"cookie": None}}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict]:
    """All visits in one process, side by side."""
    scenarios = {
        **PASSING,
        **{name: scenario for name, (scenario, _) in FAILING.items()},
        "cause": CAUSE,
        "twice": TWICE,
        "cached": CACHED,
        "several": SEVERAL,
        "bad first": BAD_FIRST,
        "without": WITHOUT_COOKIE,
    }
    return dict(zip(scenarios, visit(list(scenarios.values())), strict=True))


@pytest.mark.parametrize("name", PASSING)
def test_a_visit_passes_on(outcomes, name):
    assert outcomes[name]["error"] is None


@pytest.mark.parametrize("name", FAILING)
def test_a_visit_fails_on(outcomes, name):
    assert FAILING[name][1] in (outcomes[name]["error"] or "nothing")


def test_the_cause_is_reported_before_its_effect_and_nothing_twice(outcomes):
    assert outcomes["cause"]["error"] == (
        f"/: 404 for the script {APP}; the page does not come alive: nothing matches #ready"
    )
    assert outcomes["twice"]["error"] == f"/: 404 for the script {APP}"


def test_pages_are_visited_in_order_up_to_the_first_that_fails(outcomes):
    several = outcomes["several"]
    assert several["visited"] == ["https://shop.example.com/", "https://shop.example.com/cart?full=1"]
    assert outcomes["bad first"]["visited"] == ["https://shop.example.com/"]


def test_the_testers_cookie_is_the_hosts_alone_and_no_script_can_read_it(outcomes):
    (cookie,) = outcomes["a good page"]["cookies"]
    assert cookie == {
        "name": "__Host-one-box-tester",
        "value": "one-box.secret",
        "url": "https://shop.example.com",
        "secure": True,
        "httpOnly": True,
        "sameSite": "Lax",
    }
    assert outcomes["without"]["cookies"] == []


def test_no_error_holds_the_secret_and_no_visit_leaves_a_listener(outcomes):
    assert not any("secret" in (one["error"] or "").replace("is the secret the", "") for one in outcomes.values())
    assert {one["listeners"] for one in outcomes.values()} == {0}


def test_the_local_run_sets_the_cookie_that_the_edge_reads():
    assert f"name: '{TESTER_COOKIE}'" in (SCRIPT / "run.mjs").read_text("utf-8")


def test_pages_from_cloudfronts_cache_are_named(outcomes):
    assert (outcomes["cached"]["error"], outcomes["cached"]["cached"]) == (None, ["/"])
    assert outcomes["a page that the origin wrote"]["cached"] == []
