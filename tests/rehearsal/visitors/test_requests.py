"""A page policy that hands one partition's pages to the other is noticed, whoever wrote the policy."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.report.report import Report
from prod_one_box.rehearsal.report.report_html import report_as_html
from prod_one_box.rehearsal.visitors.population import Population
from prod_one_box.template.cache_policies import read_cache_policy
from rehearsed import as_text

FEW = Population(visits_per_minute=60, assets_per_page=1, api_calls_per_page=0)
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
UP_TO_ORIGIN = "83da9c7e-98b4-4e11-a168-04f0df8e2c65"
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


@pytest.fixture
def with_policy(one_wave: Callable[[], Path], tmp_path: Path) -> Callable[[Any], Report]:
    """Rehearses the storefront with another cache policy on its pages."""

    def rehearsed(policy: Any, **own: Any) -> Report:
        copy = Path(shutil.copytree(one_wave(), tmp_path / "changed"))
        template = copy / "Storefront.template.json"
        content = json.loads(template.read_text())
        (site,) = (each for each in content["Resources"].values() if each["Type"] == "AWS::CloudFront::Distribution")
        if policy is not None:
            site["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]["CachePolicyId"] = policy
        for each in content["Resources"].values():
            if each["Type"] == "AWS::CloudFront::CachePolicy":
                each["Properties"]["CachePolicyConfig"].update(own)
        template.write_text(json.dumps(content))
        return rehearse(copy, visitors=FEW)

    return rehearsed


def crossed(report: Report) -> bool:
    return any(each.invariant.name == "CACHED_APART" and not each.held for each in report.verdicts)


def test_a_managed_policy_without_the_partition_in_its_key_hands_pages_across(
    with_policy: Callable[[Any], Report],
) -> None:
    report = with_policy(OPTIMIZED)
    assert crossed(report)
    assert any("the managed policy CachingOptimized keeps pages for 86400 s" in note for note in report.notes)


def test_a_policy_that_keeps_nothing_hands_nothing_across(with_policy: Callable[[Any], Report]) -> None:
    report = with_policy(DISABLED)
    assert not crossed(report)
    assert not any("policy" in note for note in report.notes)


def test_a_policy_that_nobody_here_knows_is_named(with_policy: Callable[[Any], Report]) -> None:
    report = with_policy("11111111-2222-3333-4444-555555555555")
    assert any("its cache policy 11111111-2222-3333-4444-555555555555 is not in" in note for note in report.notes)


NO_KEY = {"ParametersInCacheKeyAndForwardedToOrigin": {}}


@pytest.mark.parametrize(("policy", "own"), [(None, NO_KEY), (UP_TO_ORIGIN, {})])
def test_a_policy_that_leaves_it_to_the_origin_is_not_said_to_keep_pages_apart(
    policy: str | None, own: dict[str, Any], with_policy: Callable[..., Report]
) -> None:
    report = with_policy(policy, **own)
    assert any("whether they cross partitions depends on the origin's Cache-Control" in note for note in report.notes)
    words = "no cached page crosses partitions (not checked: it depends on the origin's Cache-Control)"
    assert words in as_text(report)
    assert "not checked: it depends on the origin&#x27;s Cache-Control" in report_as_html(report)


@pytest.mark.parametrize(("policy", "own"), [(None, {}), (None, {**NO_KEY, "MaxTTL": 0}), (DISABLED, {})])
def test_a_policy_that_leaves_nothing_to_the_origin_could_not_hand_pages_across(
    policy: str | None, own: dict[str, Any], with_policy: Callable[..., Report]
) -> None:
    report = with_policy(policy, **own)
    assert not any("Cache-Control" in note for note in report.notes)
    assert "no cached page crosses partitions (nothing here could break it)" in as_text(report)


def test_a_time_that_is_too_long_for_any_number_is_not_known() -> None:
    notes: list[str] = []
    policy = read_cache_policy({"MaxTTL": 10**400, "MinTTL": 10**400}, "Site", notes)
    assert (policy.least, policy.most) == (0, 31_536_000)
    assert notes == ["Site: how long its cache policy keeps pages is not known before it is deployed"]
