"""Arguments that cannot work are refused when they are given, with the construct's path."""

import aws_cdk as cdk
import pytest
from canary.stacks import canary, new_stack

from prod_one_box.constructs.canary.release_canary import check_pages, site_address
from prod_one_box.errors import InvalidArgumentError

MINUTES = cdk.Duration.minutes


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    return new_stack()


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        ({"partition": "canary"}, "'one-box', 'wave-2' and so on, or 'regular'"),
        ({"partition": "ONE-BOX"}, "'one-box', 'wave-2' and so on, or 'regular'"),
        ({"site": "http://shop.example.com"}, "https:// address"),
        ({"site": "https://shop.example.com/shop"}, "https:// address"),
        ({"site": "https://"}, "https:// address"),
        ({"site": ""}, "https:// address"),
        ({"site": "https://shop.example.com?a=b"}, "https:// address"),
        ({"site": f"http://{cdk.Aws.REGION}.example.com"}, "https:// address"),
        ({"site": None}, "https:// address"),
        ({"pages": []}, "a list of paths"),
        ({"pages": "/"}, "a list of paths"),
        ({"pages": ["cart"]}, "a list of paths"),
        ({"pages": ["/", "//other.example.com/"]}, "a list of paths"),
        ({"pages": ["/a b"]}, "a list of paths"),
        ({"pages": ["/#top"]}, "a list of paths"),
        ({"pages": ["/\\other.example.com"]}, "a list of paths"),
        ({"pages": [""]}, "a list of paths"),
        ({"pages": [None]}, "a list of paths"),
        ({"alive_selector": ""}, "a CSS selector"),
        ({"alive_selector": " "}, "a CSS selector"),
        ({"alive_selector": None}, "a CSS selector"),
        ({"interval": MINUTES(0)}, "whole minutes, 1 to 60"),
        ({"interval": cdk.Duration.millis(500)}, "got 0.5 s; allowed: whole minutes, 1 to 60"),
        ({"interval": cdk.Duration.seconds(30)}, "whole minutes, 1 to 60"),
        ({"interval": cdk.Duration.seconds(90)}, "whole minutes, 1 to 60"),
        ({"interval": MINUTES(61)}, "whole minutes, 1 to 60"),
        ({"interval": 5}, "a Duration"),
        ({"secret": None}, r"got None; allowed: a secret \(secretsmanager.ISecret\)"),
        ({"secret": cdk.App()}, "got an App; allowed: a secret"),
    ],
)
def test_an_argument_that_cannot_work_is_refused(stack, arguments, allowed):
    with pytest.raises(InvalidArgumentError, match=allowed) as caught:
        canary(stack, **arguments)
    assert (caught.value.path, [caught.value.argument]) == ("Shop/Canary", list(arguments))


def test_a_string_that_may_be_the_secret_itself_is_refused_and_not_shown(stack):
    with pytest.raises(InvalidArgumentError, match="secret: got a string; allowed: a secret") as caught:
        canary(stack, secret="the-testers-own")
    assert "the-testers-own" not in str(caught.value)


@pytest.mark.parametrize("site", ["shop.example.com", "https://shop.example.com", "https://127.0.0.1:8443"])
def test_a_site_is_an_address_or_a_domain_name(site):
    assert site_address(site, path="Shop") == "https://" + site.removeprefix("https://")


def test_pages_may_have_queries_and_everything_that_a_browser_sends():
    check_pages(["/", "/cart?full=1&x=%20", "/~a/(b)/c;d=e,f", "/a//b"], path="Shop")


@pytest.mark.parametrize(("minutes", "budget"), [(1, 40_000), (5, 280_000), (60, 820_000)])
def test_pages_get_the_interval_less_the_start(minutes, budget):
    stack = new_stack()
    made = canary(stack, interval=MINUTES(minutes)).canary.node.default_child
    assert stack.resolve(made.run_config)["environmentVariables"]["BUDGET"] == str(budget)
