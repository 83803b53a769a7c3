"""A small shop as a template, and a world to play its release in."""

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import simpy

import prod_one_box
from prod_one_box.rehearsal.assumptions import Assumptions
from prod_one_box.rehearsal.aws.aliases import AliasBoard
from prod_one_box.rehearsal.aws.cloudformation import play_release, states_before
from prod_one_box.rehearsal.aws.outcome import Outcome
from prod_one_box.rehearsal.aws.recorded_calls import RecordedCalls
from prod_one_box.rehearsal.aws.world import World
from prod_one_box.rehearsal.cloudwatch.alarm_definition import read_alarms
from prod_one_box.rehearsal.cloudwatch.alarm_states import AlarmBoard
from prod_one_box.rehearsal.cloudwatch.metrics import MetricStore
from prod_one_box.rehearsal.plan.release_plan import ReleasePlan
from prod_one_box.template.cloud_assembly import Resource, StackTemplate
from prod_one_box.vocabulary import partition_names

HANDLER = Path(prod_one_box.__file__).parent / "constructs" / "bake" / "handler"
RED = "ALARM"


def get_att(name: str, attribute: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


def role(**said: object) -> dict[str, Any]:
    return {"ProdOneBox": said}


def alarm(**dimensions: object) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": "AWS/Lambda",
            "MetricName": "Errors",
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
        },
    }


def function(name: str, release: str) -> dict[str, Any]:
    """A function with its version and alias; the version's name ends with the release's."""
    version = f"{name}Version{release}"
    return {
        f"{name}Fn": {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Key": f"{name}{release}.zip"}}},
        version: {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": f"{name}Fn"}}},
        f"{name}Alias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "FunctionName": {"Ref": f"{name}Fn"},
                "FunctionVersion": get_att(version, "Version"),
                "Name": "live",
            },
        },
    }


def backend(name: str, release: str, config: object = "CodeDeployDefault.LambdaLinear10PercentEvery1Minute") -> dict:
    resources = function(name, release)
    shift = {"CodeDeployLambdaAliasUpdate": {"ApplicationName": "shop", "DeploymentGroupName": {"Ref": f"{name}Group"}}}
    resources[f"{name}Alias"] |= {"UpdatePolicy": shift, "Metadata": role(Phase="backend")}
    return {
        **resources,
        f"{name}Red{release}": alarm(ExecutedVersion=get_att(f"{name}Version{release}", "Version")),
        f"{name}Group": {
            "Type": "AWS::CodeDeploy::DeploymentGroup",
            "Properties": {
                "DeploymentConfigName": config,
                "AlarmConfiguration": {"Enabled": True, "Alarms": [{"Name": {"Ref": f"{name}Red{release}"}}]},
                "AutoRollbackConfiguration": {"Enabled": True, "Events": ["DEPLOYMENT_STOP_ON_ALARM"]},
            },
        },
    }


def wait(phase: str, release: str, seconds: int, after: Iterable[str] = (), **changed: object) -> dict[str, Any]:
    properties = {
        "ServiceToken": get_att("Framework", "Arn"),
        "ReleaseId": f"OneBoxVersion{release}-RegularVersion{release}",
        "DurationSeconds": str(seconds),
        "GraceSeconds": "120",
        "Alarms": [{"LogicalId": "SiteRed"}],
        "Contained": [
            {"Alias": f"{name}Alias", "Version": f"{name}Version{release}"} for name in ("OneBox", "Regular")
        ],
        "InsufficientData": "QUIET",
        **changed,
    }
    return {
        "Type": "Custom::ProdOneBoxDeployWait",
        "Properties": properties,
        "Metadata": role(Phase=phase, DurationSeconds=seconds, PollSeconds=10, Alarms=["SiteRed"]),
        "DependsOn": list(after),
    }


def provider() -> dict[str, Any]:
    code = {"Code": {"S3Key": "handler.zip"}}
    variables = {
        "USER_ON_EVENT_FUNCTION_ARN": get_att("OnEvent", "Arn"),
        "USER_IS_COMPLETE_FUNCTION_ARN": get_att("IsComplete", "Arn"),
    }
    return {
        "Framework": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": variables}}},
        "OnEvent": {"Type": "AWS::Lambda::Function", "Properties": {**code, "Handler": "handler.entry.on_event"}},
        "IsComplete": {"Type": "AWS::Lambda::Function", "Properties": {**code, "Handler": "handler.entry.is_complete"}},
    }


def front_end(release: str, backends: Sequence[str] = ("Api",), *, bake: int = 600, **reasons: str) -> dict[str, Any]:
    resources = {**function("OneBox", release), **function("Regular", release)}
    after = ["Preflight", *(f"{name}Alias" for name in backends)]
    resources["OneBoxAlias"] |= {"DependsOn": after, "Metadata": role(Phase="one-box")}
    resources["RegularAlias"] |= {"DependsOn": ["Bake"], "Metadata": role(Phase="regular")}
    baked = {"Alias": "OneBoxAlias", "Version": f"OneBoxVersion{release}"}
    return {
        **resources,
        **provider(),
        "SiteRed": alarm(FunctionName={"Ref": "OneBoxFn"}),
        "Preflight": wait("preflight", release, 0, **reasons),
        "Bake": wait("bake", release, bake, ["OneBoxAlias"], Baked=baked, StartedBy="Preflight", **reasons),
    }


def in_waves(release: str, waves: int = 3, *, bake: int = 600, watch: int = 600, **reasons: str) -> dict[str, Any]:
    """A front end in waves of ten minutes and a watch, without a backend, as the constructs order it."""
    names = ["OneBox", *(f"Wave{number}" for number in range(2, waves + 1)), "Regular"]
    partitions = partition_names(waves)
    placements = [{"Alias": f"{name}Alias", "Version": f"{name}Version{release}"} for name in names]
    shared: dict[str, Any] = {
        "ReleaseId": "-".join(each["Version"] for each in placements),
        "Versions": {each["Alias"]: each["Version"] for each in placements},
        "Contained": placements[::-1],
        **reasons,
    }
    resources = {**provider(), "SiteRed": alarm(FunctionName={"Ref": "OneBoxFn"})}
    resources["Preflight"] = wait("preflight", release, 0, **shared)
    before = "Preflight"
    for number, (name, partition) in enumerate(zip(names, partitions, strict=True)):
        resources |= function(name, release)
        resources[f"{name}Alias"] |= {"DependsOn": [before], "Metadata": role(Phase=partition)}
        if name == "Regular":
            break
        before = "Bake" if name == "OneBox" else f"Bake{name}"
        promotes = {} if number == waves - 1 else {"Promotes": "false"}
        of_bake = {"Baked": placements[: number + 1], "StartedBy": "Preflight", "Wave": partition, **promotes, **shared}
        resources[before] = wait("bake", release, bake, [f"{name}Alias"], **of_bake)
        resources[before]["Metadata"]["ProdOneBox"]["Partition"] = partition
    of_watch = {"Baked": placements, "StartedBy": "Preflight", "Promotes": "false", **shared}
    resources["Watch"] = wait("watch", release, watch, ["RegularAlias"], **of_watch)
    return resources


def shop(release: str, backends: Sequence[str] = ("Api",), **options: Any) -> dict[str, Any]:
    """The whole shop: every backend waits for the preflight, the one-box for every backend."""
    resources = front_end(release, backends, **options)
    for name in backends:
        resources |= backend(name, release)
        resources[f"{name}Alias"]["DependsOn"] = ["Preflight"]
    return resources


def stack(folder: Path, resources: Mapping[str, Any]) -> StackTemplate:
    """A stack whose assembly holds the waits' real code."""
    target = folder / "asset.handler" / "handler"
    if not target.exists():
        shutil.copytree(HANDLER, target, ignore=shutil.ignore_patterns("__pycache__"))
    made = {name: Resource(logical_id=name, type=body["Type"], body=body) for name, body in resources.items()}
    return StackTemplate(name="Shop", resources=made, folder=folder, assets={"handler": target.parent})


def assembly(folder: Path, resources: Mapping[str, Any]) -> Path:
    """A cloud assembly of one stack, without the waits' code."""
    (folder / "Shop.template.json").write_text(json.dumps({"Resources": resources}))
    artifacts = {
        "Shop.assets": {"type": "cdk:asset-manifest"},
        "Shop": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Shop.template.json"}},
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def world(plan: ReleasePlan, red: Mapping[str, float] | None = None, calls: RecordedCalls | None = None) -> World:
    """A world without visitors, in which alarms turn red at given seconds."""
    store, assumptions = MetricStore(), Assumptions()
    made = World(
        env=simpy.Environment(),
        aliases=AliasBoard(states_before(plan)),
        alarms=AlarmBoard(read_alarms(plan.old), store, assumptions),
        assumptions=assumptions,
        calls=calls or RecordedCalls(),
    )

    def turn_red(name: str, at: float):
        yield made.env.timeout(at)
        made.alarms.force(name, RED, at)

    for name, at in sorted((red or {}).items()):
        made.env.process(turn_red(name, at))
    return made


def play(
    plan: ReleasePlan, red: Mapping[str, float] | None = None, *, calls: RecordedCalls | None = None, **changed: Any
) -> tuple[Outcome, World]:
    """Plays a release; `changed` are fields of the plan. Plays that share `calls` repeat none, as in a rehearsal."""
    played = replace(plan, **changed)
    there = world(played, red, calls)
    return play_release(there, played), there


def begins(outcome: Outcome, *, back: bool = False) -> dict[str, float]:
    """When each alias and wait had its turn."""
    return {span.name: span.begin for span in outcome.spans if span.phase and span.back is back}
