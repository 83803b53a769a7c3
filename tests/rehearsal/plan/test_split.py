"""What `plan` names and refuses of an update that changes the split of visitors."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.cli.main import main
from prod_one_box.rehearsal.plan.release_plan import read_release
from prod_one_box.rehearsal.plan.split import Part, edge_changes, refused_split_changes, split_changes, split_of
from prod_one_box.template.cloud_assembly import AssemblyError
from prod_one_box.template.links import Links
from prod_one_box.vocabulary import bounds_of, partition_names
from rehearsal.shop_release import assembly, get_att, in_waves, role, stack, wait
from rehearsed import split_into
from template.assemblies import stacks

REASON = {"SPLIT_CHANGED": "the fix needs the wave"}


def splits(*shares: float, functions: str = "Fn") -> list[dict[str, str]]:
    """The split of waves with these shares, as waits say it."""
    bounds = [*bounds_of(split_into(*shares)), 10_000]
    return [
        {"Partition": name, "Bound": str(bound), "Function": f"{name}{functions}"}
        for name, bound in zip(partition_names(len(shares)), bounds, strict=True)
    ]


def site(release: str, *shares: float, functions: str = "Fn", **preflight: object) -> dict[str, Any]:
    resources = in_waves(release, len(shares))
    said = {"Split": splits(*shares, functions=functions)}
    resources["Preflight"]["Properties"] |= {**said, **preflight}
    resources["Split"] = wait("split", release, 0, ReleaseId="split", **said)
    return resources


def named(tmp_path: Path, new: Mapping[str, Any], old: Mapping[str, Any]) -> list[str]:
    return list(split_changes(stack(tmp_path, new), stack(tmp_path, old)))


def refused(tmp_path: Path, new: Mapping[str, Any], old: Mapping[str, Any]) -> list[str]:
    return list(refused_split_changes(read_release(stack(tmp_path, new), stack(tmp_path, old))))


def test_the_waits_say_the_shares_and_the_functions(tmp_path: Path) -> None:
    assert split_of(stack(tmp_path, site("A", 1, 4.5))) == {
        "one-box": Part(1, "one-boxFn"),
        "wave-2": Part(4.5, "wave-2Fn"),
        "regular": Part(94.5, "regularFn"),
    }
    assert split_of(stack(tmp_path, in_waves("A"))) == {}


@pytest.mark.parametrize("bound", ["", "9", "10001", "-1", "many"])
def test_a_split_that_does_not_divide_the_visitors_is_refused(tmp_path: Path, bound: str) -> None:
    resources = site("A", 1, 4)
    resources["Preflight"]["Properties"]["Split"][1]["Bound"] = bound
    with pytest.raises(AssemblyError, match="its Split does not divide the visitors"):
        split_of(stack(tmp_path, resources))


def test_every_change_of_the_split_is_named(tmp_path: Path) -> None:
    assert named(tmp_path, site("A", 5, 15), site("A", 20)) == [
        "The split changes: one-box, 20 % of visitors become 5 %",
        "The split changes: wave-2 is new, with 15 % of visitors",
    ]
    assert (
        named(tmp_path, site("A", 20), site("A", 5, 15))[1] == "The split changes: wave-2 goes; it has 15 % of visitors"
    )
    assert named(tmp_path, site("A", 20, functions="Other"), site("A", 20))[0] == (
        "The split changes: one-box, its function one-boxFn becomes one-boxOther"
    )


def test_no_change_is_named_where_a_template_of_an_earlier_library_has_no_split(tmp_path: Path) -> None:
    assert named(tmp_path, site("A", 20), in_waves("A", 1)) == []
    assert refused(tmp_path, site("B", 20), in_waves("A", 1)) == []


def test_a_split_change_alone_and_a_release_alone_are_not_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, site("A", 5, 15), site("A", 20)) == []
    assert refused(tmp_path, site("B", 20), site("A", 20)) == []


def test_a_split_change_together_with_a_release_is_refused_by_name(tmp_path: Path) -> None:
    (sentence,) = refused(tmp_path, site("B", 5, 15), site("A", 20))
    assert sentence.startswith(
        "Preflight will refuse this update: it changes the split and releases OneBoxAlias, RegularAlias."
    )
    assert "Guard.SPLIT_CHANGED" in sentence


def test_a_reason_overrides_the_refusal_in_the_update_in_which_it_changed(tmp_path: Path) -> None:
    new = site("B", 5, 15, Overrides=REASON)
    assert refused(tmp_path, new, site("A", 20)) == []
    assert len(refused(tmp_path, new, site("A", 20, Overrides=REASON))) == 1


def test_a_partition_that_needs_the_site_first_gets_no_visitors_when_it_is_added(tmp_path: Path) -> None:
    def edge_first(*shares: float) -> dict[str, Any]:
        resources = site("A", *shares)
        resources["Split"]["Properties"]["EdgeFirst"] = "true"
        return resources

    (sentence,) = refused(tmp_path, edge_first(5, 15), edge_first(20))
    assert "it gives visitors to wave-2" in sentence
    assert refused(tmp_path, edge_first(20, 0), edge_first(20)) == []
    assert refused(tmp_path, edge_first(5, 15), edge_first(20, 0)) == []


def test_an_edge_in_another_stack_is_said_to_be_beyond_the_preflight(tmp_path: Path) -> None:
    def links(number: int, *shares: float) -> Links:
        domain = {"Fn::ImportValue": "Front:Url"}
        distribution = {
            "Type": "AWS::CloudFront::Distribution",
            "Properties": {"DistributionConfig": {"Origins": [{"Id": "one", "DomainName": domain}]}},
            "Metadata": role(Partitions={"one-box": "one"}, Shares=split_into(*shares)),
        }
        alias = {"Type": "AWS::Lambda::Alias", "Properties": {}, "Metadata": role(Phase="one-box")}
        url = {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": {"Ref": "Alias"}}}
        exported = {"Value": get_att("Url", "FunctionUrl"), "Export": {"Name": "Front:Url"}}
        front = {"Resources": {"Alias": alias, "Url": url}, "Outputs": {"Url": exported}}
        folder = tmp_path / str(number)
        folder.mkdir()
        return Links(stacks(folder, Front=front, Edge={"Site": distribution}))

    (sentence,) = edge_changes(links(1, 5, 15), links(2, 20))
    assert "one-box 20 %, regular 80 % becomes one-box 5 %, wave-2 15 %, regular 80 %" in sentence
    assert "It is in another stack than Front, whose preflight cannot refuse" in sentence
    assert list(edge_changes(links(3, 20), links(4, 20))) == []


def test_the_command_is_1_for_what_a_wait_will_refuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [tmp_path / name for name in ("new", "old", "same")]
    for folder, resources in zip(folders, (site("B", 5, 15), site("A", 20), site("A", 5, 15)), strict=True):
        folder.mkdir()
        assembly(folder, resources)
    new, old, same = map(str, folders)

    assert main(["plan", new, "--against", old]) == 1
    printed = capsys.readouterr().out
    assert "BROKEN: Preflight will refuse this update" in printed
    assert "Note: The split changes: wave-2 is new, with 15 % of visitors" in printed
    assert main(["plan", same, "--against", old, "--json"]) == 0
    steps = json.loads(capsys.readouterr().out)["stacks"][0]["steps"]
    assert [(each["phase"], each["wave"], each["exposure"]) for each in steps][1:5] == [
        ("one-box", None, 5),
        ("bake", "one-box", None),
        ("wave-2", None, 20),
        ("bake", "wave-2", None),
    ]
    assert [each["phase"] for each in steps][5:] == ["regular", "watch"]


def test_partitions_on_one_function_are_named_and_bound_no_exposure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resources = site("A", 5, 15)
    resources["Wave2Alias"]["Properties"]["FunctionName"] = {"Ref": "OneBoxFn"}
    assert main(["plan", str(assembly(tmp_path, resources))]) == 0
    printed = capsys.readouterr().out
    assert "one-box, wave-2 share the function OneBoxFn: a version that hangs uses the concurrency of all" in printed
    assert "OneBoxAlias, switches in one call: exposure not bounded" in printed
    assert "RegularAlias, switches in one call: exposure 100 %" in printed


def test_another_origin_is_a_change_of_the_split_and_refused_in_a_release(tmp_path: Path) -> None:
    def by(way: str, release: str = "A") -> dict[str, Any]:
        return site(release, 20, Origins={"edge": {"one-box": "one.example", "regular": way}})

    said = ["The split changes: regular gets another origin"]
    assert named(tmp_path, by("new.example"), by("old.example")) == said
    assert named(tmp_path, by("old.example"), by("old.example")) == []
    assert named(tmp_path, by("new.example"), site("A", 20)) == []
    (sentence,) = refused(tmp_path, by("new.example", "B"), by("old.example"))
    assert "Preflight will refuse this update: it changes the split and releases" in sentence
