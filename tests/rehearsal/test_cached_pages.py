"""A page policy that hands one partition's pages to the other is noticed, whoever wrote the policy."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.report.report import Report
from prod_one_box.rehearsal.visitors.population import Population

FEW = Population(visits_per_minute=60, assets_per_page=1, api_calls_per_page=0)
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


@pytest.fixture
def with_policy(assembly_of: Callable[[str], Path], tmp_path: Path) -> Callable[[Any], Report]:
    """Rehearses the storefront with another cache policy on its pages."""

    def rehearsed(policy: Any) -> Report:
        copy = Path(shutil.copytree(assembly_of("storefront"), tmp_path / "changed"))
        template = copy / "Storefront.template.json"
        content = json.loads(template.read_text())
        (site,) = (each for each in content["Resources"].values() if each["Type"] == "AWS::CloudFront::Distribution")
        site["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]["CachePolicyId"] = policy
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
