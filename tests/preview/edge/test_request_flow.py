"""A request's way through behaviors and cache, without any edge code."""

import asyncio
from dataclasses import replace

import pytest

from preview.sites import ALL_VIEWER, Answers, Clock, distribution, edge, get, page, post

ANY = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


def play(served, origin, *requests, clock=None, waits=()):
    """The answers to requests, one after another, with so many seconds after each."""

    async def run():
        time = clock or Clock()
        one = edge(served, origin, time)
        answers = []
        for place, request in enumerate(requests):
            answers.append(await one.answer(request))
            time.now += waits[place] if place < len(waits) else 0
        return answers

    return asyncio.run(run())


def cache_words(answers) -> list[str]:
    return [answer.values("x-cache")[0].split()[0] for answer in answers]


def test_the_second_request_is_answered_from_the_cache_until_its_time_is_over():
    origin = Answers(page("one"), page("two"))
    answers = play(distribution(), origin, get(), get(), get(), waits=(99.0, 2.0))
    assert cache_words(answers) == ["Miss", "Hit", "Miss"]
    assert [answer.body for answer in answers] == [b"one", b"one", b"two"]
    assert all(answer.values("x-preview-version") == ["v1"] for answer in answers)


def test_only_what_the_policy_names_keeps_copies_apart():
    key = {
        "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["X-Req-Partition"]},
        "CookiesConfig": {"CookieBehavior": "whitelist", "Cookies": ["lang"]},
        "QueryStringsConfig": {"QueryStringBehavior": "allExcept", "QueryStrings": ["utm"]},
    }
    policy = {"CachePolicyConfig": {"DefaultTTL": 100, "ParametersInCacheKeyAndForwardedToOrigin": key}}
    requests = [
        get("/?a=1", x_req_partition="one-box"),
        get("/?a=1", x_req_partition="regular"),
        get("/?a=1&utm=x", x_req_partition="regular", user_agent="another"),
        get("/?a=2", x_req_partition="regular"),
        get("/?a=2", x_req_partition="regular", cookie="lang=de; id=1"),
        get("/?a=2", x_req_partition="regular", cookie="lang=de; id=2"),
    ]
    answers = play(distribution(policy), Answers(page()), *requests)
    assert cache_words(answers) == ["Miss", "Miss", "Hit", "Miss", "Miss", "Hit"]


def test_the_encodings_that_a_viewer_takes_are_put_in_order_and_keep_copies_apart():
    parameters = {"EnableAcceptEncodingGzip": True, "EnableAcceptEncodingBrotli": True}
    policy = {"CachePolicyConfig": {"DefaultTTL": 100, "ParametersInCacheKeyAndForwardedToOrigin": parameters}}
    origin = Answers(page())
    requests = [get(accept_encoding=value) for value in ("gzip, deflate, br;q=1", "br, gzip", "gzip", "identity")]
    assert cache_words(play(distribution(policy), origin, *requests)) == ["Miss", "Hit", "Miss", "Miss"]
    assert [asked.values("accept-encoding") for _, asked in origin.asked] == [["br,gzip"], ["gzip"], []]


def test_the_first_behavior_that_takes_the_path_decides_and_the_default_is_last():
    behaviors = [
        {"PathPattern": "/api/*", "TargetOriginId": "other", "CachePolicyId": {"Ref": "Policy"}},
        {"PathPattern": "/api/orders", "TargetOriginId": "site", "CachePolicyId": {"Ref": "Policy"}},
    ]
    origin = Answers(page())
    play(distribution(CacheBehaviors=behaviors), origin, get("/api/orders"), get("/apis"), get("/API/x"))
    assert [name for name, _ in origin.asked] == ["other", "site", "site"]


@pytest.mark.parametrize("path", ["/x/../api/orders", "//api/orders", "/%61pi/orders"])
def test_behaviors_take_the_normalized_path_and_the_origin_gets_the_one_that_was_sent(path):
    behaviors = [{"PathPattern": "/api/*", "TargetOriginId": "other", "CachePolicyId": {"Ref": "Policy"}}]
    origin = Answers(page())
    play(distribution(CacheBehaviors=behaviors), origin, get(path))
    assert [(name, asked.path) for name, asked in origin.asked] == [("other", path)]


def test_a_method_that_the_behavior_does_not_allow_never_reaches_the_origin():
    origin = Answers(page())
    (answer,) = play(distribution(), origin, post())
    assert answer.status == 403
    assert origin.asked == []


def test_a_post_is_never_answered_from_the_cache():
    behavior = {"TargetOriginId": "site", "CachePolicyId": {"Ref": "Policy"}, "AllowedMethods": ANY}
    origin = Answers(page())
    play(distribution(DefaultCacheBehavior=behavior), origin, post(), post())
    assert [asked.body for _, asked in origin.asked] == [b"{}", b"{}"]


def test_an_error_is_kept_for_ten_seconds_and_never_in_front_of_a_good_page():
    origin = Answers(page("broken", 500), page("mended"))
    answers = play(distribution(), origin, get(), get(), get(), waits=(9.0, 2.0))
    assert [answer.status for answer in answers] == [500, 500, 200]
    assert cache_words(answers) == ["Miss", "Hit", "Miss"]


def test_the_distribution_says_how_long_an_error_is_kept():
    rules = [{"ErrorCode": 500, "ErrorCachingMinTTL": 0}]
    answers = play(distribution(CustomErrorResponses=rules), Answers(page("", 500)), get(), get())
    assert cache_words(answers) == ["Miss", "Miss"]


def test_while_the_origin_fails_the_old_copy_is_served():
    answers = play(distribution(), Answers(page("good"), page("broken", 503)), get(), get(), waits=(101.0,))
    assert [answer.body for answer in answers] == [b"good", b"good"]
    missing = play(distribution(), Answers(page("good"), page("gone", 404)), get(), get(), waits=(101.0,))
    assert [answer.status for answer in missing] == [200, 404]


def test_an_error_page_stands_for_the_error_with_the_status_that_the_distribution_says():
    rules = [{"ErrorCode": 404, "ResponsePagePath": "/lost.html", "ResponseCode": 200}]
    behaviors = [{"PathPattern": "/lost.html", "TargetOriginId": "other", "CachePolicyId": {"Ref": "Policy"}}]
    origin = Answers(page("gone", 404), page("lost your way?"))
    (answer,) = play(distribution(CustomErrorResponses=rules, CacheBehaviors=behaviors), origin, get("/x"))
    assert (answer.status, answer.body) == (200, b"lost your way?")
    assert [(name, asked.path) for name, asked in origin.asked] == [("site", "/x"), ("other", "/lost.html")]


def test_an_error_page_that_is_missing_leaves_the_error_as_it_is():
    rules = [{"ErrorCode": 404, "ResponsePagePath": "/lost.html", "ResponseCode": 200}]
    origin = Answers(page("gone", 404), page("no page either", 403))
    (answer,) = play(distribution(CustomErrorResponses=rules), origin, get("/x"))
    assert (answer.status, answer.body) == (404, b"gone")


def test_a_browser_that_has_the_copy_is_not_sent_it_again():
    origin = Answers(page(etag='"1"'))
    answers = play(distribution(), origin, get(), get(if_none_match='"0", "1"'), get(if_none_match='"2"'))
    assert [(answer.status, answer.body) for answer in answers] == [(200, b"a page"), (304, b""), (200, b"a page")]


def test_without_a_policy_the_origin_gets_its_own_host_and_nothing_of_the_viewer():
    origin = Answers(page(set_cookie="a=1"))
    (answer,) = play(distribution(), origin, get("/?q=1", host="www.example.com", cookie="a=2", user_agent="Browser"))
    _, asked = origin.asked[0]
    assert (asked.query, asked.values("cookie")) == ("", [])
    assert asked.values("host") == ["site.example.com"]
    assert asked.values("user-agent") == ["Amazon CloudFront"]
    assert asked.values("x-forwarded-for") == ["127.0.0.1"]
    assert answer.values("set-cookie") == []


def test_a_policy_that_forwards_everything_forwards_host_cookies_and_query():
    behavior = {"TargetOriginId": "site", "CachePolicyId": {"Ref": "Policy"}, "OriginRequestPolicyId": ALL_VIEWER}
    origin = Answers(page(set_cookie="a=1"))
    viewer = {"host": "www.example.com", "user_agent": "Browser", "x_forwarded_for": "10.0.0.9"}
    request = get("/?q=1&q=2", cookie="a=2; b=3", **viewer)
    (answer,) = play(distribution(DefaultCacheBehavior=behavior), origin, request)
    _, asked = origin.asked[0]
    assert (asked.query, asked.values("cookie")) == ("q=1&q=2", ["a=2; b=3"])
    assert asked.values("host") == ["www.example.com"]
    assert asked.values("user-agent") == ["Browser"]
    assert asked.values("x-forwarded-for") == ["10.0.0.9, 127.0.0.1"]
    assert answer.values("set-cookie") == ["a=1"]


def test_an_origins_own_headers_replace_the_viewers():
    origins = [
        {
            "Id": "site",
            "DomainName": "site.example.com",
            "OriginCustomHeaders": [{"HeaderName": "X-From", "HeaderValue": "edge"}],
        }
    ]
    behavior = {"TargetOriginId": "site", "CachePolicyId": {"Ref": "Policy"}, "OriginRequestPolicyId": ALL_VIEWER}
    origin = Answers(page())
    play(distribution(Origins=origins, DefaultCacheBehavior=behavior), origin, get(x_from="viewer"))
    assert origin.asked[0][1].values("x-from") == ["edge"]


def test_a_root_object_stands_for_the_root_alone():
    origin = Answers(page())
    play(distribution(DefaultRootObject="index.html"), origin, get("/"), get("/shop/"))
    assert [asked.path for _, asked in origin.asked] == ["/index.html", "/shop/"]


def test_head_and_get_are_kept_apart():
    answers = play(distribution(), Answers(page()), get(), replace(get(), method="HEAD"))
    assert cache_words(answers) == ["Miss", "Miss"]


def test_an_unreadable_policy_is_noted_and_treated_as_uncached():
    behavior = {
        "TargetOriginId": "site",
        "CachePolicyId": "a-policy-of-another-account",
        "ResponseHeadersPolicyId": "x",
    }
    served = distribution(DefaultCacheBehavior=behavior)
    assert len(served.notes) == 2
    assert cache_words(play(served, Answers(page()), get(), get())) == ["Miss", "Miss"]


def test_an_origin_group_uses_its_first_origin_and_the_panel_says_so():
    group = {"Id": "both", "Members": {"Items": [{"OriginId": "other"}, {"OriginId": "site"}]}}
    behavior = {"TargetOriginId": "both", "CachePolicyId": {"Ref": "Policy"}}
    served = distribution(OriginGroups={"Items": [group]}, DefaultCacheBehavior=behavior)
    origin = Answers(page("", 500))
    play(served, origin, get())
    assert [name for name, _ in origin.asked] == ["other"]
    assert served.notes == ["the origin group both: its second origin is never asked"]


@pytest.mark.parametrize("path", ["/", "/%2e%2e/%2e%2e/etc/passwd", "/?a=1&&b", "/" + "x" * 5000, "/%00"])
def test_odd_paths_travel_as_they_are(path):
    origin = Answers(page())
    (answer,) = play(distribution(), origin, get(path))
    assert answer.status == 200
    assert origin.asked[0][1].path == path.partition("?")[0]
