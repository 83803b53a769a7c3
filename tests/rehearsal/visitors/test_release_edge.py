"""A release that changes the edge is played with the new one from the beginning, and says so."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.rehearsal.plan.release_plan import read_release
from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.visitors.population import Population
from prod_one_box.rehearsal.visitors.release_site import read_site
from prod_one_box.template.cloud_assembly import StackTemplate
from rehearsal.shop_release import assembly, backend, function, get_att, role, stack

Template = dict[str, Any]
# Its function is new with every release, and no part of the edge.
ORIGIN = {"Id": "Pages", "DomainName": get_att("OneBoxFn", "Host")}


def behavior(policy: str) -> dict[str, Any]:
    called = {"EventType": "viewer-request", "FunctionARN": get_att("Request", "FunctionARN")}
    return {"CachePolicyId": {"Ref": policy}, "FunctionAssociations": [called]}


def site(release: str) -> Template:
    """A shop's front end and its distribution, whose edge code is never run here."""
    resources = {**function("OneBox", release), **function("Regular", release), **backend("Api", release)}
    for name, phase in (("OneBox", "one-box"), ("Regular", "regular")):
        resources[f"{name}Alias"]["Metadata"] = role(Phase=phase)
    return {
        **resources,
        "Policy": {"Type": "AWS::CloudFront::CachePolicy", "Properties": {"CachePolicyConfig": {"DefaultTTL": 0}}},
        "Request": {
            "Type": "AWS::CloudFront::Function",
            "Properties": {"FunctionCode": "share = 20"},
            "Metadata": role(EdgeFunction="viewer-request", Shares={"one-box": 20, "regular": 80}),
        },
        "Site": {
            "Type": "AWS::CloudFront::Distribution",
            "Properties": {"DistributionConfig": {"DefaultCacheBehavior": behavior("Policy"), "Origins": [ORIGIN]}},
            "Metadata": role(Partitions={}, Shares={"one-box": 20, "regular": 80}),
        },
    }


def notes(folder: Path, new: Template, old: Template | None) -> list[str]:
    template = stack(folder, new)
    deployed: list[StackTemplate] | None = None if old is None else [stack(folder, old)]
    plan = read_release(template, deployed[0] if deployed else None)
    found = read_site(plan, [template], deployed=deployed).notes
    return [note for note in found if "from the start" in note]


def test_a_release_that_leaves_the_edge_alone_says_nothing_of_it(tmp_path: Path) -> None:
    assert notes(tmp_path, site("B"), site("A")) == []
    assert notes(tmp_path, site("B"), None) == []


def other_code(new: Template) -> None:
    new["Request"]["Properties"]["FunctionCode"] = "share = 50"


def other_policy(new: Template) -> None:
    new["Policy"]["Properties"]["CachePolicyConfig"]["DefaultTTL"] = 60


def another_policy(new: Template) -> None:
    new["Second"] = deepcopy(new["Policy"])
    new["Site"]["Properties"]["DistributionConfig"]["DefaultCacheBehavior"] = behavior("Second")


@pytest.mark.parametrize(
    ("change", "named"), [(other_code, "Request"), (other_policy, "Policy"), (another_policy, "Second, Site")]
)
def test_what_a_release_changes_of_the_edge_is_named_with_what_is_not_counted(
    change: Callable[[Template], None], named: str, tmp_path: Path
) -> None:
    new = site("B")
    change(new)
    (note,) = notes(tmp_path, new, site("A"))
    assert note == (
        f"{named}: this release changes the edge, for all visitors at once. The new edge is played from the start: "
        "visitors whom the change moves to another partition are not counted"
    )


def test_code_at_lambda_is_named_by_its_function(tmp_path: Path) -> None:
    old, new = ({**site(release), **function("Edge", release)} for release in "AB")
    for template, release in ((old, "A"), (new, "B")):
        called = {"EventType": "origin-request", "LambdaFunctionARN": {"Ref": f"EdgeVersion{release}"}}
        pages = template["Site"]["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]
        pages["LambdaFunctionAssociations"] = [called]
    # The distribution too, which names the new version.
    (note,) = notes(tmp_path, new, old)
    assert note.startswith("EdgeFn, Site: this release changes the edge")


def test_the_report_says_it(tmp_path: Path) -> None:
    folders = {}
    for release in "AB":
        whole = site(release)
        del whole["OneBoxAlias"], whole["RegularAlias"]  # So that no edge code is run.
        whole["Policy"]["Properties"]["CachePolicyConfig"]["Comment"] = release
        (tmp_path / release).mkdir()
        folders[release] = assembly(tmp_path / release, whole)
    report = rehearse(folders["B"], against=folders["A"], visitors=Population(visits_per_minute=0))
    assert any(note.startswith("Policy: this release changes the edge") for note in report.notes)


def test_another_edge_is_none_of_this_releases_business(tmp_path: Path) -> None:
    new = site("B")
    new["Elsewhere"] = {"Type": "AWS::CloudFront::Function", "Properties": {"FunctionCode": "new"}}
    assert notes(tmp_path, new, site("A")) == []


def test_an_edge_in_another_stack_is_compared_with_that_stack(tmp_path: Path) -> None:
    parts = ("Policy", "Request", "Site")
    whole = site("B")
    edge = replace(stack(tmp_path, {name: whole.pop(name) for name in parts}), name="Edge")
    shop = stack(tmp_path, whole)
    plan = read_release(shop, stack(tmp_path, {name: each for name, each in site("A").items() if name not in parts}))
    former = replace(edge, resources={name: each for name, each in edge.resources.items() if name != "Request"})
    for deployed, count in (([plan.old, edge], 0), ([plan.old, former], 1), ([plan.old], 1)):
        found = read_site(plan, [shop, edge], "Site", deployed=deployed).notes
        assert sum(note.startswith(("Request: this", "Policy, Request, Site: this")) for note in found) == count
