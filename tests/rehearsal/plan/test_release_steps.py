"""The plan shows the order that a template enforces, never the one that its author had in mind."""

import json
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.cli.main import main
from prod_one_box.rehearsal.plan.release_plan import read_release
from prod_one_box.rehearsal.plan.release_steps import ReleaseStep, plan_release
from prod_one_box.template.cloud_assembly import AssemblyError, read_assembly
from rehearsal.shop_release import assembly, get_att, shop, stack

ORDER = {"preflight": [], "backend": ["Preflight"], "one-box": ["Backend"], "bake": ["OneBox"], "regular": ["Bake"]}
NAMES = {"preflight": "Preflight", "backend": "Backend", "one-box": "OneBox", "bake": "Bake", "regular": "Regular"}


def release(order: dict[str, list[str]]) -> dict[str, Any]:
    return {
        NAMES[phase]: {"Type": "Custom::ReleaseStep", "Metadata": {"ProdOneBox": {"Phase": phase}}, "DependsOn": named}
        for phase, named in order.items()
    }


def steps(folder: Path, resources: dict[str, Any]) -> list[ReleaseStep]:
    (stack,) = read_assembly(assembly(folder, resources))
    return plan_release(stack)


def positions(found: list[ReleaseStep]) -> dict[str, int]:
    return {step.phase: step.position for step in found}


def test_each_phase_comes_after_those_it_depends_on(tmp_path: Path) -> None:
    assert positions(steps(tmp_path, release(ORDER))) == {
        "preflight": 1,
        "backend": 2,
        "one-box": 3,
        "bake": 4,
        "regular": 5,
    }


def test_a_dropped_dependency_shows_the_steps_side_by_side(tmp_path: Path) -> None:
    found = positions(steps(tmp_path, release({**ORDER, "regular": []})))
    assert found["regular"] == 1


@pytest.mark.parametrize(
    "reference",
    [
        {"Ref": "Bake"},
        {"Fn::GetAtt": ["Bake", "Outcome"]},
        {"Fn::GetAtt": "Bake.Outcome"},
        {"Fn::Sub": "after ${Bake}"},
        {"Fn::Sub": ["after ${Bake.Outcome}", {}]},
        {"Fn::Join": ["", ["after ", {"Ref": "Bake"}]]},
    ],
)
def test_a_reference_orders_as_much_as_a_dependency_does(tmp_path: Path, reference: object) -> None:
    resources = release({**ORDER, "regular": []})
    resources["Regular"]["Properties"] = {"Value": reference}
    assert positions(steps(tmp_path, resources))["regular"] == 5


def test_the_order_goes_through_resources_that_are_no_steps(tmp_path: Path) -> None:
    resources = release({**ORDER, "regular": ["Between"]})
    resources["Between"] = {"Type": "Custom::Other", "DependsOn": "Bake"}
    assert positions(steps(tmp_path, resources))["regular"] == 5


def test_a_circle_is_refused_with_the_names_of_its_steps(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="Bake, OneBox wait for themselves"):
        steps(tmp_path, release({**ORDER, "one-box": ["Bake"]}))


def test_a_folder_without_an_assembly_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="make one with `cdk synth`"):
        read_assembly(tmp_path)


def test_a_stage_is_read_with_the_app_that_holds_it(tmp_path: Path) -> None:
    stage = tmp_path / "assembly-Prod"
    stage.mkdir()
    assembly(stage, release(ORDER))
    artifacts = {"Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    assert [stack.name for stack in read_assembly(tmp_path)] == ["Shop"]


@pytest.mark.parametrize("said", ["", "long", -1, [], {"Ref": "Time"}])
def test_a_time_that_is_none_is_refused(tmp_path: Path, said: object) -> None:
    resources = release(ORDER)
    resources["Bake"]["Metadata"]["ProdOneBox"]["DurationSeconds"] = said
    with pytest.raises(AssemblyError, match="Bake: its metadata says that it holds the release for"):
        steps(tmp_path, resources)


def test_two_stacks_of_one_name_are_refused(tmp_path: Path) -> None:
    for stage in ("assembly-Dev", "assembly-Prod"):
        (tmp_path / stage).mkdir()
        assembly(tmp_path / stage, release(ORDER))
    artifacts = {
        name: {"type": "cdk:cloud-assembly", "properties": {"directoryName": name}}
        for name in ("assembly-Dev", "assembly-Prod")
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    with pytest.raises(AssemblyError, match="several stacks Shop"):
        read_assembly(tmp_path)


def changed_shop() -> dict[str, Any]:
    """A shop of which people changed what is deployed, and left the metadata as it was."""
    resources = shop("B")
    for phase, alias in (("bake", "Bake"), ("backend", "ApiAlias")):
        resources[alias]["Metadata"]["ProdOneBox"] |= {"Phase": phase}
    resources["Bake"]["Properties"] |= {"DurationSeconds": "3300", "Alarms": [{"LogicalId": "ApiRedB"}]}
    resources["ApiAlias"]["Metadata"]["ProdOneBox"] |= {"ShiftSeconds": 540, "Alarms": ["ApiRedB"]}
    resources["ApiGroup"]["Properties"]["DeploymentConfigName"] = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
    variables = resources["Framework"]["Properties"]["Environment"]["Variables"]
    variables["WAITER_STATE_MACHINE_ARN"] = {"Ref": "Waiter"}
    definition = {"Fn::Join": ["", ['{"Retry":[{"IntervalSeconds":30,"Task":"', get_att("IsComplete", "Arn"), '"}]}']]}
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": definition}}
    return {**resources, "Waiter": machine}


DIFFERENT = {
    "ApiAlias": ["it holds the release for 5 min 00 s, though its metadata says 9 min 00 s"],
    "Preflight": ["it is polled every 30 s, though its metadata says 10 s"],
    "Bake": [
        "it holds the release for 55 min 00 s, though its metadata says 10 min 00 s",
        "it is polled every 30 s, though its metadata says 10 s",
        "it watches ApiRedB, though its metadata says SiteRed",
    ],
}


def test_the_plan_goes_by_what_is_deployed_and_names_where_the_metadata_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {step.resource.logical_id: step for step in steps(tmp_path, changed_shop())}
    assert (found["Bake"].seconds, found["Bake"].watched_by) == (3300, ("ApiRedB",))
    assert found["ApiAlias"].seconds == 300
    assert {name: list(step.differs) for name, step in found.items() if step.differs} == DIFFERENT
    assert main(["plan", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "holds the release for 55 min" in printed
    assert all(sentence in printed for sentences in DIFFERENT.values() for sentence in sentences)


def test_the_rehearsal_goes_by_what_is_deployed_and_names_where_the_metadata_differs(tmp_path: Path) -> None:
    plan = read_release(stack(tmp_path, changed_shop()))
    assert plan.waits == {"Preflight": 30, "Bake": 30}
    assert {f"{name}: {each}" for name, found in DIFFERENT.items() for each in found} <= set(plan.assumed)
    assert not any("metadata" in each for each in read_release(stack(tmp_path, shop("B"))).assumed)


def test_a_wait_whose_time_is_none_is_refused(tmp_path: Path) -> None:
    resources = shop("B")
    resources["Bake"]["Properties"]["DurationSeconds"] = {"Ref": "Time"}
    with pytest.raises(AssemblyError, match="Bake: its DurationSeconds says that it holds the release for"):
        steps(tmp_path, resources)
