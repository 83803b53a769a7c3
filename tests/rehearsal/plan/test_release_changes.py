"""What a template says is played, what it does not say is named: dropped dependencies, other stacks, unknown parts."""

from dataclasses import replace
from pathlib import Path

import pytest

from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.plan.chosen_release import chosen_releases
from prod_one_box.rehearsal.plan.release_plan import read_release
from prod_one_box.template.cloud_assembly import AssemblyError
from rehearsal.shop_release import alarm, backend, begins, front_end, get_att, play, shop, stack


def release(folder: Path, new: dict, old: dict | None = None):
    return read_release(stack(folder, new), stack(folder, old) if old else None)


def test_a_one_box_that_no_longer_waits_for_the_backend_meets_the_old_one(tmp_path: Path) -> None:
    new = shop("B")
    new["OneBoxAlias"]["DependsOn"].remove("ApiAlias")
    outcome, _ = play(release(tmp_path, new, shop("A")))
    (exposure,) = outcome.too_early
    assert exposure.text == "OneBoxAlias served its new version while ApiAlias still served its old one"


def test_a_regular_partition_that_no_longer_waits_is_promoted_before_the_bake_is_over(tmp_path: Path) -> None:
    new = shop("B")
    new["RegularAlias"]["DependsOn"] = []
    outcome, _ = play(release(tmp_path, new, shop("A")))
    assert "RegularAlias served its new version before the bake was over" in {each.text for each in outcome.too_early}


def test_a_longer_bake_takes_longer(tmp_path: Path) -> None:
    usual, _ = play(release(tmp_path, shop("B"), shop("A", bake=1200)))
    longer, _ = play(release(tmp_path, shop("B", bake=1200), shop("A")))
    assert longer.finished_at - usual.finished_at == pytest.approx(600, abs=11)


def test_an_alarm_that_nobody_watches_ends_nothing(tmp_path: Path) -> None:
    new = shop("B")
    for name in ("Preflight", "Bake"):
        new[name]["Properties"]["Alarms"] = []
    assert play(release(tmp_path, new, shop("A")), {"SiteRed": 700.0})[0].promoted


def test_several_backends_shift_side_by_side_before_the_one_box(tmp_path: Path) -> None:
    outcome, _ = play(release(tmp_path, shop("B", ("Api", "Search")), shop("A", ("Api", "Search"))))
    spans = {span.name: span for span in outcome.spans}
    assert spans["ApiAlias"].begin == spans["SearchAlias"].begin
    assert spans["OneBoxAlias"].begin == max(spans["ApiAlias"].end, spans["SearchAlias"].end)
    assert outcome.too_early == ()


def test_one_of_several_backends_takes_the_others_back_with_it(tmp_path: Path) -> None:
    plan = release(tmp_path, shop("B", ("Api", "Search")), shop("A", ("Api", "Search")))
    outcome, world = play(plan, {"SearchRedB": 200.0})
    assert outcome.ended_by == "SearchAlias"
    assert outcome.not_back == ()
    assert not any(move.alias == "OneBoxAlias" for move in world.aliases.history)


def test_a_stack_without_a_backend_goes_from_its_preflight_to_its_one_box(tmp_path: Path) -> None:
    outcome, _ = play(release(tmp_path, shop("B", ()), shop("A", ())))
    found = begins(outcome)
    assert sorted(found, key=found.__getitem__) == ["Preflight", "OneBoxAlias", "Bake", "RegularAlias"]
    assert outcome.promoted


def test_a_stack_with_a_backend_alone_shifts_and_goes_back(tmp_path: Path) -> None:
    plan = release(tmp_path, backend("Api", "B"), backend("Api", "A"))
    assert play(plan)[0].promoted
    outcome, _ = play(plan, {"ApiRedB": 200.0})
    assert (outcome.status, outcome.ended_by, outcome.not_back) == ("UPDATE_ROLLBACK_COMPLETE", "ApiAlias", ())


def test_a_backend_that_moves_in_one_call_is_taken_for_one_and_said_to_be(tmp_path: Path) -> None:
    new, old = shop("B"), shop("A")
    for resources in (new, old):
        del resources["ApiAlias"]["Metadata"], resources["ApiAlias"]["UpdatePolicy"]
    plan = release(tmp_path, new, old)
    assert plan.backends == {"ApiAlias"}
    assert "ApiAlias counts as a backend, because the one-box waits for it" in plan.assumed
    outcome, _ = play(plan)
    assert outcome.promoted
    assert outcome.too_early == ()


def test_only_the_backend_changes_and_nothing_bakes(tmp_path: Path) -> None:
    outcome, _ = play(release(tmp_path, {**front_end("A"), **backend("Api", "B")}, shop("A")))
    assert set(begins(outcome)) == {"ApiAlias"}


def test_without_the_old_template_every_version_is_taken_to_be_new(tmp_path: Path) -> None:
    plan = release(tmp_path, shop("B", Overrides={"RED_ALARMS": "a fix"}))
    assert plan.moving == {"ApiAlias", "OneBoxAlias", "RegularAlias"}
    assert plan.aliases["ApiAlias"].old == "ApiVersionBBefore"
    assert any("No deployed templates were given" in note for note in plan.assumed)
    assert any("Bake: its reason to expedite it or to override a guard" in note for note in plan.assumed)
    outcome, world = play(plan, {"SiteRed": 0.0})
    assert outcome.promoted
    assert world.aliases.state("ApiAlias").version == "ApiVersionB"


def test_a_wait_of_which_nothing_is_new_says_that_it_holds_nothing_back(tmp_path: Path) -> None:
    new = shop("B")
    new["Bake"]["Properties"]["ReleaseId"] = "1.2.3"
    said = "Bake: its release id names no version that is new, so it holds nothing back"
    assert said in release(tmp_path, new).assumed
    assert said not in release(tmp_path, shop("B")).assumed


@pytest.mark.parametrize(
    ("name", "part", "sentence"),
    [
        ("ApiAlias", {"Properties": {"RoutingConfig": {}}}, "ApiAlias: the weights that the template gives it"),
        ("ApiAlias", {"UpdatePolicy": {"Else": {}}}, "ApiAlias: its update policy Else is not played"),
        ("ApiFn", {"Condition": "Production"}, "ApiFn: it has a condition, assumed to be true"),
        ("ApiFn", {"CreationPolicy": {}}, "ApiFn: its creation policy is assumed to be met immediately"),
        (
            "ApiFn",
            {"Metadata": {"ProdOneBox": {"Phase": "bake"}}},
            "ApiFn has the phase bake, but it is neither an alias",
        ),
        ("ApiGroup", {"Properties": {"DeploymentConfigName": "Mine"}}, "ApiAlias: its deployment configuration is not"),
        ("New", {"Type": "AWS::CloudFormation::Stack"}, "New: a nested stack, played as one resource"),
        (
            "New",
            {"Type": "Custom::Else", "Properties": {"ServiceToken": "arn"}},
            "New: a custom resource (Custom::Else)",
        ),
        (
            "Bake",
            {"Properties": {"Alarms": [{"Name": "far"}]}},
            "Bake watches alarm far, which is not in this template",
        ),
        ("ApiAlias", {"Properties": {"FunctionVersion": "7"}}, "ApiAlias: its version is not a resource of this templ"),
    ],
)
def test_what_is_not_understood_is_named_and_the_release_goes_on(
    tmp_path: Path, name: str, part: dict, sentence: str
) -> None:
    new = shop("B")
    resource = new.setdefault(name, {"Type": "Custom::Else"})
    for key, value in part.items():
        resource[key] = {**resource.get(key, {}), **value} if isinstance(value, dict) else value
    plan = release(tmp_path, new, shop("A"))
    assert any(found.startswith(sentence) for found in plan.not_understood)
    assert play(plan)[0].promoted


def test_alarms_of_another_stack_are_named_once_as_that_stack_names_them(tmp_path: Path) -> None:
    new = shop("B")
    for name in ("Preflight", "Bake"):
        imported = [{"Name": {"Fn::ImportValue": f"Watch:{alarm}"}} for alarm in ("Slow", "Lost")]
        new[name]["Properties"]["Alarms"] = [*imported, {"Name": "far"}]
    watch = replace(
        stack(tmp_path, {"SlowAlarm": alarm()}),
        name="Watch",
        outputs={"Slow": {"Export": {"Name": "Watch:Slow"}, "Value": {"Ref": "SlowAlarm"}}},
    )
    notes = chosen_releases([stack(tmp_path, new), watch], None, None, Assumptions())[0].not_understood
    assert [note for note in notes if "alarm" in note] == [
        "Bake, Preflight watch alarms SlowAlarm of Watch, Watch:Lost, far, which are not in this template: "
        "they are assumed to be OK"
    ]


def test_a_circle_is_refused_with_the_names_in_it(tmp_path: Path) -> None:
    new = shop("B")
    new["ApiAlias"]["DependsOn"].append("Bake")
    with pytest.raises(AssemblyError, match="Bake, OneBoxAlias wait for themselves"):
        play(release(tmp_path, new, shop("A")))


def test_a_wait_whose_code_is_not_in_the_assembly_is_refused(tmp_path: Path) -> None:
    new = shop("B")
    new["IsComplete"]["Properties"]["Code"] = {"S3Key": "gone.zip"}
    with pytest.raises(AssemblyError, match=r"IsComplete: its code is not among"):
        play(release(tmp_path, new, shop("A")))


def test_a_wait_that_is_answered_from_elsewhere_is_refused(tmp_path: Path) -> None:
    new = shop("B")
    new["Bake"]["Properties"]["ServiceToken"] = get_att("Elsewhere", "Arn")
    with pytest.raises(AssemblyError, match="Bake: the function that answers it is not in this template"):
        play(release(tmp_path, new, shop("A")))
