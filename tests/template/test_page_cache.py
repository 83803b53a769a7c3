"""How long pages are kept, and by what, is read from the behavior; what cannot be read is named."""

from pathlib import Path
from typing import Any

import pytest
from aws_cdk import aws_cloudfront as cloudfront

from prod_one_box.template.cache_policies import MANAGED
from prod_one_box.template.distributions import distributions
from prod_one_box.template.links import Links
from prod_one_box.template.page_cache import UP_TO_ORIGIN, PageCache, PageCaching, page_caching
from template.assemblies import stacks

DAY = 86_400


def read(folder: Path, behavior: dict[str, Any], **resources: Any) -> tuple[PageCaching, list[str]]:
    site = {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {"DistributionConfig": {"DefaultCacheBehavior": behavior}},
        "Metadata": {"ProdOneBox": {"Partitions": {}, "Shares": {"one-box": 20, "regular": 80}}},
    }
    links = Links(stacks(folder, Shop={"Site": site, **resources}))
    notes: list[str] = []
    return page_caching(distributions(links)[0], links, notes), notes


def policy(**config: Any) -> dict[str, Any]:
    return {"Type": "AWS::CloudFront::CachePolicy", "Properties": {"CachePolicyConfig": config}}


def key(*headers: str, cookies: str = "none") -> dict[str, Any]:
    behavior = "whitelist" if headers else "none"
    return {
        "HeadersConfig": {"HeaderBehavior": behavior, "Headers": list(headers)},
        "CookiesConfig": {"CookieBehavior": cookies},
    }


def test_the_managed_policies_are_those_that_cdk_knows() -> None:
    kind = cloudfront.CachePolicy
    known = [
        kind.AMPLIFY,
        kind.CACHING_DISABLED,
        kind.CACHING_OPTIMIZED,
        kind.CACHING_OPTIMIZED_FOR_UNCOMPRESSED_OBJECTS,
        kind.ELEMENTAL_MEDIA_PACKAGE,
        kind.USE_ORIGIN_CACHE_CONTROL_HEADERS,
        kind.USE_ORIGIN_CACHE_CONTROL_HEADERS_QUERY_STRINGS,
    ]
    assert {each.cache_policy_id for each in known} == MANAGED.keys()


@pytest.mark.parametrize(
    ("name", "seconds", "by_cookies", "said"),
    [
        ("CachingDisabled", 0, False, None),
        ("CachingOptimized", DAY, False, "keeps pages for 86400 s, by nothing but their address"),
        ("CachingOptimizedForUncompressedObjects", DAY, False, "keeps pages for 86400 s, by nothing but"),
        ("Amplify", 2, True, "by authorization, cloudfront-viewer-country, host, all cookies, all query strings"),
        ("Elemental-MediaPackage", DAY, False, "by origin, ?aws.manifestfilter, ?end, ?m, ?start"),
        ("UseOriginCacheControlHeaders", 0, True, None),
        ("UseOriginCacheControlHeaders-QueryStrings", 0, True, None),
    ],
)
def test_a_managed_policy_is_known_by_its_id(
    tmp_path: Path, name: str, seconds: float, by_cookies: bool, said: str | None
) -> None:
    (chosen,) = (each for each, managed in MANAGED.items() if managed.name == name)
    caching, notes = read(tmp_path, {"CachePolicyId": chosen})
    unknown = UP_TO_ORIGIN if name.startswith("UseOrigin") else ""
    assert caching == PageCaching(seconds=seconds, by_partition=False, by_cookies=by_cookies, unknown=unknown)
    assert [said in note for note in notes if said] == ([True] if said else [])


@pytest.mark.parametrize("unknown", ["0b1c-imported", {"Ref": "Parameter"}, {"Fn::ImportValue": "Else"}, None])
def test_a_policy_from_elsewhere_is_named(tmp_path: Path, unknown: Any) -> None:
    caching, notes = read(tmp_path, {"CachePolicyId": unknown})
    assert caching.seconds == 0
    assert caching.unknown == "the cache policy is not in this assembly"
    (note,) = notes
    assert note.startswith(f"Shop/Site: its cache policy{f' {unknown}' if isinstance(unknown, str) else ''} is not in")


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"DefaultTTL": 0, "MaxTTL": 0}, PageCaching(seconds=0, by_partition=False)),
        ({}, PageCaching(seconds=DAY, by_partition=False)),
        ({"DefaultTTL": 5, "MinTTL": "60"}, PageCaching(seconds=60, by_partition=False)),
        (
            {"DefaultTTL": 5, "ParametersInCacheKeyAndForwardedToOrigin": key("x-req-partition")},
            PageCaching(seconds=5, by_partition=True),
        ),
        (
            {"DefaultTTL": 5, "ParametersInCacheKeyAndForwardedToOrigin": key(cookies="all")},
            PageCaching(seconds=5, by_partition=False, by_cookies=True),
        ),
    ],
)
def test_a_policy_of_the_stacks_own_is_read(tmp_path: Path, config: dict[str, Any], expected: PageCaching) -> None:
    caching, notes = read(tmp_path, {"CachePolicyId": {"Ref": "Policy"}}, Policy=policy(**config))
    assert (caching, notes) == (expected, [])


@pytest.mark.parametrize("longest", [{}, {"MaxTTL": "60"}, {"MaxTTL": {"Ref": "Ttl"}}])
def test_a_policy_without_the_partition_that_leaves_it_to_the_origin_says_so(
    tmp_path: Path, longest: dict[str, Any]
) -> None:
    for behavior, others in (
        ({"CachePolicyId": {"Ref": "Policy"}}, {"Policy": policy(DefaultTTL=0, **longest)}),
        ({"ForwardedValues": {}, "DefaultTTL": 0, **longest}, {}),
    ):
        caching, (note,) = read(tmp_path, behavior, **others)
        assert caching == PageCaching(seconds=0, by_partition=False, unknown=UP_TO_ORIGIN)
        assert "whether they cross partitions depends on the origin's Cache-Control" in note


def test_what_a_policy_leaves_open_is_named(tmp_path: Path) -> None:
    some = policy(DefaultTTL={"Ref": "Ttl"}, ParametersInCacheKeyAndForwardedToOrigin=key(cookies="whitelist"))
    caching, notes = read(tmp_path, {"CachePolicyId": {"Ref": "Policy"}}, Policy=some)
    assert caching == PageCaching(seconds=DAY, by_partition=False)
    assert ["not known before it is deployed" in notes[0], "some cookies" in notes[1]] == [True, True]

    named = {"ForwardedValues": {"Cookies": {"Forward": "whitelist", "WhitelistedNames": ["tenant"]}}}
    assert "some cookies" in read(tmp_path, named)[1][0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"Headers": ["X-Req-Partition"]}, PageCaching(seconds=30, by_partition=True)),
        ({"Headers": ["*"]}, PageCaching(seconds=0, by_partition=True)),
        ({"Cookies": {"Forward": "all"}}, PageCaching(seconds=30, by_partition=False, by_cookies=True)),
    ],
)
def test_a_behavior_of_the_older_kind_is_read(tmp_path: Path, values: dict[str, Any], expected: PageCaching) -> None:
    assert read(tmp_path, {"ForwardedValues": values, "DefaultTTL": 30})[0] == expected


def test_cookies_in_the_key_keep_apart_those_who_have_any() -> None:
    cache = PageCache(PageCaching(seconds=60, by_partition=False, by_cookies=True))
    cache.keep(1, 0, 0.0, True, 7)
    assert cache.find(1, 1, 1.0, 8) is None
    assert cache.find(1, 0, 1.0, 7) == (0, True)
    cache.keep(1, 0, 0.0, True)
    assert cache.find(1, 1, 1.0) == (0, True)
