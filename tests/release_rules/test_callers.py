"""In whatever form a template names a function, it is told what of it is called."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.release_rules.callers import (
    ALIAS,
    CALLERS,
    PERMISSION,
    VERSION,
    calls,
    owners_of,
    released_functions,
    targets,
)

RESOURCES: dict[str, tuple[str, dict[str, Any]]] = {
    "Api": ("AWS::Lambda::Function", {"FunctionName": "shop-api"}),
    "Api2": ("AWS::Lambda::Function", {}),
    "V7": (VERSION, {"FunctionName": {"Ref": "Api"}}),
    "Live": (ALIAS, {"FunctionName": {"Fn::GetAtt": ["Api", "Arn"]}, "Name": "live"}),
    "Dev": (ALIAS, {"FunctionName": {"Ref": "Api"}, "Name": "dev"}),
    "Live2": (ALIAS, {"FunctionName": {"Ref": "Api2"}, "Name": "live"}),
}
ARN = {"Fn::GetAtt": ["Api", "Arn"]}
BARE: list[Any] = [
    ARN,
    {"Fn::GetAtt": "Api.Arn"},
    {"Ref": "Api"},
    {"Fn::Sub": "${Api.Arn}"},
    {"Fn::Join": ["", ["arn:aws:lambda:us-east-1:1:function:", {"Ref": "Api"}]]},
    "arn:aws:lambda:us-east-1:1:function:shop-api",
    "shop-api",
]
OTHERS: list[Any] = [
    {"Ref": "Live"},
    {"Fn::GetAtt": ["Api3", "Arn"]},
    {"Ref": "Live2"},
    "arn:aws:lambda:us-east-1:1:function:shop-api-two",
    "shop-apis",
    "https://example.com",
]
QUALIFIERS = {
    "": "its newest code ($LATEST)",
    ":$LATEST": "its newest code ($LATEST)",
    ":7": "its version 7",
    ":dev": "its alias dev, which no release moves",
    ":live": None,
    ":${Stage}": None,  # known only when it is deployed
}


def joined(value: Any, after: str) -> Any:
    return value + after if isinstance(value, str) else {"Fn::Join": ["", [value, after]]}


@st.composite
def named(draw: st.DrawFn) -> tuple[Any, str | None]:
    """A name, and what is called by it instead of the alias."""
    kind = draw(st.sampled_from(["bare", "version", "other alias", "other"]))
    if kind == "bare":
        qualifier = draw(st.sampled_from(sorted(QUALIFIERS)))
        value = draw(st.sampled_from(BARE))
        value = {"Fn::Sub": f"${{Api.Arn}}{qualifier}"} if "${" in qualifier else joined(value, qualifier)
        return value, QUALIFIERS[qualifier]
    if kind == "version":
        version = {"Fn::Join": [":", [ARN, {"Fn::GetAtt": ["V7", "Version"]}]]}
        return draw(st.sampled_from([{"Ref": "V7"}, version])), "its version V7"
    if kind == "other alias":
        return {"Ref": "Dev"}, "its alias Dev, which no release moves"
    return draw(st.sampled_from(OTHERS)), None


@st.composite
def callers(draw: st.DrawFn) -> tuple[str, dict[str, Any], str | None]:
    """A resource that calls something, whatever its type, and what it should be told to call."""
    kind = draw(st.sampled_from(sorted(CALLERS)))
    value, instead = draw(named())
    wrapped = draw(st.sampled_from(["plain", "list", "deep", "if", "json"]))
    shapes = {
        "plain": value,
        "list": [{"Arn": value}],
        "deep": {"A": {"B": [value, "x"]}},
        "if": {"Fn::If": ["IsProd", value, {"Ref": "AWS::NoValue"}]},
        "json": joined({"Fn::Join": ["", ["arn:aws:apigateway:lambda:path/functions/", value]]}, "/invocations"),
    }
    if kind == "AWS::Lambda::Url" or value in ("shop-api", "shop-apis") or str(value).startswith("shop-api"):
        wrapped = "plain"
    name = draw(st.sampled_from(CALLERS[kind]))
    spelled = draw(st.sampled_from([name, name[0].lower() + name[1:]]))
    return kind, {spelled: shapes[wrapped]}, instead


def found(resources: dict[str, tuple[str, dict[str, Any]]], aliases: tuple[str, ...] = ("Live", "Live2")) -> dict:
    owners = owners_of(RESOURCES)
    called = {name: (kind, targets(kind, said)) for name, (kind, said) in resources.items()}
    through = {alias: owners[alias] for alias in aliases}
    return {call.caller: call.instead for call in calls(called, released_functions(RESOURCES, aliases), through)}


@given(callers())
def test_every_caller_is_told_what_it_calls_instead(case: tuple[str, dict[str, Any], str | None]) -> None:
    kind, said, instead = case
    assert found({"Caller": (kind, said)}).get("Caller") == instead


@given(st.lists(callers(), max_size=6))
def test_permissions_count_only_where_nothing_else_shows_who_calls(cases: list[Any]) -> None:
    resources = {f"C{number}": (kind, said) for number, (kind, said, _) in enumerate(cases)}
    shown = {instead for kind, _, instead in cases if kind != PERMISSION and instead}
    expected = {
        f"C{number}": instead
        for number, (kind, _, instead) in enumerate(cases)
        if instead and (kind != PERMISSION or instead not in shown)
    }
    assert {name: instead for name, instead in found(resources).items() if instead} == expected


def test_a_function_url_names_its_alias_apart() -> None:
    for qualifier, instead in (("live", None), ("dev", QUALIFIERS[":dev"]), (None, QUALIFIERS[""])):
        said = {"TargetFunctionArn": ARN, **({"Qualifier": qualifier} if qualifier else {})}
        assert found({"Url": ("AWS::Lambda::Url", said)}) == {"Url": instead}


def test_what_names_a_function_and_does_not_call_it_is_left_alone() -> None:
    policy = {"PolicyDocument": {"Statement": [{"Action": "lambda:InvokeFunction", "Resource": ARN}]}}
    others = {
        "Policy": ("AWS::IAM::Policy", policy),
        "Alarm": ("AWS::CloudWatch::Alarm", {"Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Api"}}]}),
    }
    assert found(others) == {}


def state_machine(*tasks: str) -> list[str | None]:
    """What the tasks of a state machine call instead of the alias; each is the qualifier that it gives, "" for none."""
    states: list[Any] = ['{"States":{']
    for number, qualifier in enumerate(tasks):
        given_qualifier = f',"Qualifier":"{qualifier}"' if qualifier else ""
        states += [f'"S{number}":{{"Parameters":{{"FunctionName":"', ARN, f'"{given_qualifier}}}}},']
    definition = {"DefinitionString": {"Fn::Join": ["", states]}}
    kind = "AWS::StepFunctions::StateMachine"
    released = released_functions(RESOURCES, ["Live", "Live2"])
    found = calls({"Flow": (kind, targets(kind, definition))}, released, {"Live": "Api", "Live2": "Api2"})
    return [call.instead for call in found if call.function == "Api"]


def test_a_task_that_gives_the_alias_as_a_qualifier_of_its_own_calls_the_alias() -> None:
    assert state_machine("live") == [None]
    assert state_machine("live", "live") == [None]
    assert state_machine("dev") == ["its newest code ($LATEST)"]
    assert state_machine("live", "") == ["its newest code ($LATEST)"]
