"""In an app of many stacks a release meets the visitors of its own distribution, and no other's."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.aws_cloudfront_origins import FunctionUrlOrigin
from constructs import Construct

from functions import pages
from partitions import partitions
from prod_one_box import EdgeRuntime, OneBoxFrontend, StickyPartitionDistribution, Wave
from prod_one_box.cli.main import main
from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.plan.chosen_release import chosen_releases
from prod_one_box.rehearsal.visitors.release_site import Site, read_site
from prod_one_box.template.cloud_assembly import AssemblyError, read_assembly
from prod_one_box.template.page_cache import PageCaching

FAR = cdk.Environment(account="111111111111", region="eu-west-1")


def build_frontend(scope: Construct, share: float = 20) -> OneBoxFrontend:
    return OneBoxFrontend(scope, "Frontend", build_function=pages, waves=[Wave(share=share)])


def build_site(scope: Construct, frontend: OneBoxFrontend, id: str = "Site", **options: Any) -> None:
    StickyPartitionDistribution(scope, id, partitions=frontend.partitions, **options)


def build_whole(scope: Construct, name: str, share: float, **options: Any) -> cdk.Stack:
    stack = cdk.Stack(scope, name, env=options.pop("env", None))
    build_site(stack, build_frontend(stack, share), **options)
    return stack


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every way in which an app can be cut, in one; the share tells whose distribution was taken."""
    folder = tmp_path_factory.mktemp("app")
    app = cdk.App(outdir=str(folder))
    build_whole(app, "Dev", 50)
    build_whole(app, "Prod", 10)
    build_whole(cdk.Stage(cdk.Stage(app, "Live"), "Europe"), "Shop", 11)
    build_whole(app, "Far", 12, env=FAR, edge_runtime=EdgeRuntime.LAMBDA_AT_EDGE)
    front = cdk.Stack(app, "Front")
    build_site(cdk.Stack(app, "Edge"), build_frontend(front, 30))
    holder = cdk.Stack(app, "Holder")
    build_site(holder, build_frontend(cdk.NestedStack(holder, "Inner"), 31))
    turned = cdk.Stack(app, "Turned")
    build_site(cdk.NestedStack(turned, "Inner"), build_frontend(turned, 32))
    here = cdk.Stack(app, "Here", env=FAR, cross_region_references=True)
    there = cdk.Stack(
        app, "There", env=cdk.Environment(account=FAR.account, region="us-east-1"), cross_region_references=True
    )
    build_site(there, build_frontend(here, 33))
    build_frontend(cdk.Stack(app, "Alone"))
    urls = cdk.Stack(app, "Urls")
    frontend = build_frontend(urls, 34)
    origins = [FunctionUrlOrigin(each.alias.add_function_url()) for each in (frontend.one_box, frontend.regular)]
    StickyPartitionDistribution(urls, "Site", partitions=partitions(*origins, shares=(34,)))
    double = build_whole(app, "Double", 20)
    own = [each.origin for each in double.node.find_child("Frontend").partitions]
    StickyPartitionDistribution(double, "Second", partitions=partitions(*own))
    app.synth()
    return folder


def site_of(folder: Path, stack: str, distribution: str | None = None) -> Site:
    stacks = read_assembly(folder)
    *_, plan = chosen_releases(stacks, None, stack, Assumptions())
    return read_site(plan, stacks, distribution)


@pytest.mark.parametrize(
    ("stack", "share"),
    [
        ("Dev", 50),
        ("Prod", 10),
        ("Live/Europe/Shop", 11),
        ("Live-Europe-Shop", 11),
        ("Far", 12),
        ("Front", 30),
        ("Holder", 31),
        ("Holder/Inner", 31),
        ("Turned", 32),
        ("Here", 33),
        ("Urls", 34),
    ],
)
def test_the_distribution_that_leads_to_the_release_is_taken(app: Path, stack: str, share: float) -> None:
    site = site_of(app, stack)
    assert site.shares["one-box"] == share
    assert site.functions["viewer-request"].shares["one-box"] == share
    assert site.notes == ()
    assert {name: "OneBox" in tier.alias for name, tier in site.front_ends.items()} == {
        "one-box": True,
        "regular": False,
    }


def test_an_api_beside_the_visitors_way_counts_none_of_their_requests(app: Path) -> None:
    assert [len(tier.apis) for tier in site_of(app, "Urls").tiers] == [0, 0]
    assert [len(tier.apis) for tier in site_of(app, "Prod").tiers] == [1, 1]


def test_an_app_without_a_distribution_says_what_is_taken_instead(
    app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--visits-per-minute", "5", "--assets-per-page", "1"]
    assert main(["rehearse", str(app), "--stack", "Alone", *words]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert (
        "No distribution's partitions lead to this release: 20 % of visitors are assumed to be in the one-box" in told
    )


@pytest.mark.parametrize("command", ["rehearse", "visitors"])
def test_several_distributions_of_one_release_are_refused_with_their_names(
    app: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(app), "--stack", "Double"]) == 2
    told = capsys.readouterr().err
    assert "choose one with --distribution: Double/Second/Distribution, Double/Site/Distribution" in told


@pytest.mark.parametrize(("name", "share"), [("Double/Second/Distribution", 20), ("Double/Site/Distribution", 20)])
def test_the_user_chooses_the_distribution(
    app: Path, name: str, share: float, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site_of(app, "Double", name).shares["one-box"] == share
    assert main(["visitors", str(app), "--count", "100", "--distribution", name]) == 0
    assert f"its share is {share} %" in capsys.readouterr().out


def test_visitors_are_those_of_the_stack_that_is_named(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for stack, share in (("Live/Europe/Shop", 11), ("Front", 30), ("Edge", 30)):
        assert main(["visitors", str(app), "--count", "100", "--stack", stack]) == 0
        assert f"its share is {share} %" in capsys.readouterr().out


def test_a_plan_is_that_of_the_stack_that_is_named_and_names_constructs(
    app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", str(app), "--stack", "Live/Europe/Shop"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Live/Europe/Shop: the release in the order that its template enforces"
    assert "  1. preflight  Frontend/Preflight, one look at the alarms" in lines
    assert any(line.startswith("       in the template FrontendPreflight") for line in lines)
    assert "       after    Frontend/OneBox/Alias" in lines
    assert not any("Dev" in line for line in lines)
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("command", ["plan", "visitors", "rehearse"])
def test_a_stack_that_is_not_there_is_refused_with_those_that_are(
    app: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(app), "--stack", "Shop"]) == 2
    assert "no stack Shop; it has Alone, Dev, Double, Edge" in capsys.readouterr().err


Change = Callable[[dict[str, Any]], None]


def changed(app: Path, folder: Path, stack: str, change: Change) -> Path:
    """A copy of the app in which a stack's resources of each type, by that type, were changed."""
    copy = Path(shutil.copytree(app, folder / "changed"))
    template = copy / f"{stack}.template.json"
    content = json.loads(template.read_text())
    change({each["Type"].split("::")[-1]: each for each in content["Resources"].values()})
    template.write_text(json.dumps(content))
    return copy


def test_another_stacks_policy_of_the_same_id_is_neither_used_nor_blamed(app: Path, tmp_path: Path) -> None:
    def keep_for_all(by_type: dict[str, Any]) -> None:
        config = by_type["CachePolicy"]["Properties"]["CachePolicyConfig"]
        config |= {"DefaultTTL": 60, "ParametersInCacheKeyAndForwardedToOrigin": {}}

    folder = changed(app, tmp_path, "Prod", keep_for_all)
    assert site_of(folder, "Dev").caching == PageCaching(seconds=0, by_partition=True)
    assert site_of(folder, "Prod").caching == PageCaching(seconds=60, by_partition=False)


def test_an_edge_whose_metadata_is_broken_is_no_reason_to_go_on_without_one(app: Path, tmp_path: Path) -> None:
    def lose_share(by_type: dict[str, Any]) -> None:
        del by_type["Function"]["Metadata"]["ProdOneBox"]["Shares"]

    with pytest.raises(AssemblyError, match="does not give the shares"):
        site_of(changed(app, tmp_path, "Prod", lose_share), "Prod")


def test_a_distribution_without_its_edges_functions_is_broken(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def call_none(by_type: dict[str, Any]) -> None:
        del by_type["Distribution"]["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]["FunctionAssociations"]

    folder = changed(app, tmp_path, "Prod", call_none)
    sentence = "Prod/Site/Distribution: no viewer-request function sends its visitors to partitions"
    assert sentence in site_of(folder, "Prod").notes
    assert len(site_of(folder, "Prod").edge_routing.past) == 1
    assert main(["visitors", str(folder), "--stack", "Prod"]) == 2
    assert sentence in capsys.readouterr().err


def test_origins_that_lead_nowhere_are_named(app: Path, tmp_path: Path) -> None:
    def rename(by_type: dict[str, Any]) -> None:
        for origin in by_type["Distribution"]["Properties"]["DistributionConfig"]["Origins"]:
            origin["DomainName"] = "www.example.com"

    site = site_of(changed(app, tmp_path, "Prod", rename), "Prod")
    assert site.shares["one-box"] == 10
    assert "none of its origins is known to lead to an alias of this assembly; it is used as it is in" in site.notes[0]
