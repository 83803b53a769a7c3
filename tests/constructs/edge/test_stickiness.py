"""By what visitors are recognized, in the code that a template deploys."""

import pytest
from edge.deployed import SALT, cloudfront_functions, lambda_at_edge
from edge.visits import Visit

from edge_engines import EdgeEngine, Engine
from prod_one_box import InvalidArgumentError, Stickiness
from prod_one_box.vocabulary import bucket_of


def visit(*headers: tuple[str, str], address: str = "192.0.2.7") -> Visit:
    return Visit(address, [("Host", "shop"), *headers])


def expected(*attributes: str) -> str:
    return "one-box" if bucket_of(SALT, attributes) < 5000 else "regular"


def partitions(stickiness: Stickiness, visits: list[Visit]) -> list[str]:
    """Where both runtimes send the visits; without a cookie strategy nothing is set."""
    on_cloudfront = cloudfront_functions(Engine.NJS, stickiness=stickiness, shares=[50]).play(visits)
    assert on_cloudfront == lambda_at_edge(stickiness=stickiness, shares=[50]).play(visits)
    assert stickiness.bucket_cookie or not any("set-cookie" in one.response for one in on_cloudfront)
    return [one.partition for one in on_cloudfront]


def test_a_cookie_may_have_another_name():
    visits = [visit(("Cookie", f"bucket={bucket}")) for bucket in (0, 4999, 5000, 9999)]
    assert partitions(Stickiness.cookie(name="bucket"), visits) == ["one-box", "one-box", "regular", "regular"]


def test_request_attributes_alone_decide_and_the_address_does_not():
    agents = [f"Browser/{version}" for version in range(20)]
    here = [visit(("User-Agent", agent)) for agent in agents]
    elsewhere = [visit(("User-Agent", agent), address="2001:db8::1") for agent in agents]
    decided = partitions(Stickiness.request_attributes(), here + elsewhere)
    assert decided == [expected(agent) for agent in agents] * 2
    assert len(set(decided)) == 2


def test_several_attributes_are_hashed_in_their_order_and_absent_ones_are_empty():
    stickiness = Stickiness.request_attributes(headers=["X-Tenant", "Accept-Language"], viewer_address=True)
    visits = [visit(("Accept-Language", f"l{n}")) for n in range(20)]
    assert partitions(stickiness, visits) == [expected("192.0.2.7", "", f"l{n}") for n in range(20)]


IDENTITIES = pytest.mark.parametrize(
    ("stickiness", "field"),
    [
        (Stickiness.identity(header="X-User"), lambda user: ("x-user", user)),
        (Stickiness.identity(cookie="session"), lambda user: ("Cookie", f"a=b; session={user}")),
    ],
    ids=["header", "cookie"],
)


@IDENTITIES
def test_an_identity_decides_and_visitors_without_one_are_hashed_by_address_and_browser(stickiness, field):
    users = [f"user-{n}" for n in range(20)]
    known = [visit(field(user), ("User-Agent", user[::-1])) for user in users]
    unknown = [visit(("User-Agent", user)) for user in users] + [visit(field(""), ("User-Agent", "b"))]
    decided = partitions(stickiness, known + unknown)
    assert decided[:20] == [expected(user) for user in users]
    assert decided[20:] == [expected("192.0.2.7", agent) for agent in [*users, "b"]]


@IDENTITIES
def test_of_an_identity_that_is_sent_twice_the_first_nonempty_one_counts(stickiness, field):
    users = [f"user-{n}" for n in range(20)]
    twice = [visit(field(""), field(user), field("another")) for user in users]
    assert partitions(stickiness, twice) == [expected(user) for user in users]


@pytest.mark.parametrize("stickiness", [Stickiness.request_attributes(), Stickiness.cookie()], ids=["hash", "cookie"])
def test_nothing_that_a_strategy_does_not_name_is_read(stickiness):
    agents = [f"Browser/{version}" for version in range(20)]
    plain = [visit(("User-Agent", agent)) for agent in agents]
    odd = [visit(("User-Agent", agent), ("null", "me"), ("Cookie", "null=0; undefined=0")) for agent in agents]
    assert partitions(stickiness, odd) == partitions(stickiness, plain)


def test_an_empty_cookie_is_not_an_identity():
    stickiness = Stickiness.identity(cookie="session")
    visits = [visit(("User-Agent", f"Browser/{n}"), ("Cookie", "sessions; =session")) for n in range(20)]
    assert partitions(stickiness, visits) == [expected("192.0.2.7", f"Browser/{n}") for n in range(20)]


def test_an_event_without_cookies_has_no_identity():
    code = cloudfront_functions(
        Engine.NJS, stickiness=Stickiness.identity(cookie="session"), shares=[50]
    ).viewer_request
    agents = [f"Browser/{n}" for n in range(20)]
    requests = [{"headers": {"user-agent": {"value": agent}}} for agent in agents]
    answers = EdgeEngine(code, engine=Engine.NJS).run(
        [{"viewer": {"ip": "192.0.2.7"}, "request": request} for request in requests]
    )
    assert [one.origin_id for one in answers] == [expected("192.0.2.7", agent) for agent in agents]


NO_TOKEN = ["", "a b", "a=b", "a;b", "a,b", "ä", "a\n", "a:b", "(a)"]


@pytest.mark.parametrize("name", NO_TOKEN)
def test_a_name_that_is_not_a_token_is_refused(name):
    for make, argument in [
        (lambda: Stickiness.cookie(name=name), "name"),
        (lambda: Stickiness.request_attributes(headers=[name]), "headers"),
        (lambda: Stickiness.identity(header=name), "header"),
        (lambda: Stickiness.identity(cookie=name), "cookie"),
    ]:
        with pytest.raises(InvalidArgumentError, match="RFC 9110") as caught:
            make()
        assert caught.value.argument == argument


@pytest.mark.parametrize("header", ["Cookie", "X-Req-Partition", "X-Forwarded-Host"])
def test_a_header_that_the_edge_changes_is_refused(header):
    with pytest.raises(InvalidArgumentError, match=header):
        Stickiness.request_attributes(headers=[header])


def test_no_attribute_and_two_identities_are_refused():
    with pytest.raises(InvalidArgumentError, match=r"Stickiness.request_attributes: headers: got none"):
        Stickiness.request_attributes(headers=[])
    with pytest.raises(InvalidArgumentError, match="a list of names"):
        Stickiness.request_attributes(headers="User-Agent")
    with pytest.raises(InvalidArgumentError, match="got neither"):
        Stickiness.identity()
    with pytest.raises(InvalidArgumentError, match="got both"):
        Stickiness.identity(header="a", cookie="b")
