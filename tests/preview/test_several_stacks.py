"""A site whose parts are in several stacks of an app, which may name their resources alike."""

from pathlib import Path

import pytest

from preview.browsing import Browser, play
from preview.templates import (
    alias,
    body_of,
    distribution,
    exporting,
    function,
    http_api,
    imported,
    origin,
    ref,
    rest_api,
)
from template.assemblies import write


def asking(expected: dict[str, str]):
    """A visit that finds a text under each path."""

    async def visit(browser: Browser) -> None:
        seen = {path: (await browser.get(path))[1] for path in expected}
        assert seen == expected

    return visit


def test_a_front_end_in_another_stack_than_its_distribution_answers(tmp_path: Path) -> None:
    app = exporting(
        {"Pages": function("the page"), "Live": alias("Pages", "regular"), **http_api("Http", "Live")}, "Http"
    )
    edge = {"Site": distribution(origin("regular", imported("Http")), partitions={"regular": "regular"})}
    play(asking({"/": "the page"}), write(tmp_path, App=app, Edge=edge))


@pytest.mark.parametrize("path", ["/live", {"Fn::Join": ["", ["/", imported("RestStage")]]}])
def test_a_rest_api_in_another_stack_answers_under_its_stage(tmp_path: Path, path) -> None:
    back = exporting({"Fn": function("the API"), **rest_api("Rest", "Fn")}, "Rest", "RestStage")
    shop = {
        "Fn": function("the page"),
        **http_api("Http", "Fn"),
        "Site": distribution(origin("pages", ref("Http")), origin("api", imported("Rest"), path)),
    }
    play(asking({"/": "the page", "/api/orders": "the API"}), write(tmp_path, Back=back, Shop=shop))


def test_functions_apis_and_aliases_of_the_same_ids_are_kept_apart(tmp_path: Path) -> None:
    back = exporting({"Fn": function("Back's"), "Live": alias("Fn"), **http_api("Http", "Live")}, "Http")
    shop = {
        "Fn": function("Shop's"),
        "Live": alias("Fn"),
        **http_api("Http", "Live"),
        "Site": distribution(origin("own", ref("Http")), origin("back", imported("Http"))),
    }
    play(asking({"/": "Shop's", "/back/x": "Back's"}), write(tmp_path, Back=back, Shop=shop))


def test_origins_of_the_same_ids_have_names_of_their_own(tmp_path: Path) -> None:
    back = exporting({"Fn": function("Back's"), **http_api("Http", "Fn")}, "Http")
    shop = {
        "Fn": function("Shop's"),
        **http_api("Http", "Fn"),
        "Site": distribution(origin("own", ref("Http")), origin("back", imported("Http"))),
    }

    async def visit(browser: Browser) -> None:
        await browser.get("/")
        await browser.get("/back/x")
        assert [each["origin"] for each in (await browser.panel("state"))[1]["requests"]] == ["Back/Http", "Http"]

    play(visit, write(tmp_path, Back=back, Shop=shop))


def test_policies_of_another_stack_are_read(tmp_path: Path) -> None:
    kept = {"MinTTL": 0, "DefaultTTL": 100, "ParametersInCacheKeyAndForwardedToOrigin": {}}
    policy = body_of("CloudFront::CachePolicy", CachePolicyConfig=kept)
    shop = {
        "Fn": function("the page"),
        **http_api("Http", "Fn"),
        "Site": distribution(
            origin("pages", ref("Http")),
            DefaultCacheBehavior={"TargetOriginId": "pages", "CachePolicyId": imported("Policy")},
        ),
    }

    async def visit(browser: Browser) -> None:
        words = [(await browser.get("/"))[0].headers["x-cache"] for _ in range(2)]
        assert words == ["Miss from preview", "Hit from preview"]

    play(visit, write(tmp_path, Policies=exporting({"Policy": policy}, "Policy"), Shop=shop))


def test_a_function_url_of_an_alias_stays_on_its_version_until_the_promotion(tmp_path: Path) -> None:
    def release(text: str) -> dict:
        url = body_of("Lambda::Url", TargetFunctionArn={"Fn::GetAtt": ["Pages", "Arn"]}, Qualifier="live")
        domain = {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": ["Url", "FunctionUrl"]}]}]}
        return {
            "Pages": function(text),
            "Live": alias("Pages", "regular"),
            "Url": url,
            "Site": distribution({"Id": "regular", "DomainName": domain}, partitions={"regular": "regular"}),
        }

    async def visit(browser: Browser) -> None:
        seen = []
        for step in ("start", "promote"):
            await browser.panel(step)
            seen.append((await browser.get("/"))[1])
        assert seen == ["old", "new"]

    folders = [tmp_path / "old", tmp_path / "new"]
    for folder in folders:
        folder.mkdir()
        write(folder, Shop=release(folder.name))
    play(visit, folders[1], against=folders[0])
