"""In whatever form a template names a function, it is told what of it is called."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.template.call_targets import CALLERS, ENVIRONMENTS, PERMISSION, targets
from prod_one_box.template.callers import ALIAS, VERSION, calls, owners_of, released_functions

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
    "": "$LATEST",
    ":$LATEST": "$LATEST",
    ":7": "version 7",
    ":dev": "alias dev",
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
        return draw(st.sampled_from([{"Ref": "V7"}, version])), "version V7"
    if kind == "other alias":
        return {"Ref": "Dev"}, "alias Dev"
    return draw(st.sampled_from(OTHERS)), None


def at(path: str, value: Any, *, as_a_construct: bool) -> dict[str, Any]:
    """Properties that hold a value at a path."""
    for name in reversed(path.split(".")):
        value = {name[0].lower() + name[1:] if as_a_construct else name: value}
    return value


KINDS = sorted(kind for kind, paths in CALLERS.items() if paths and kind not in ENVIRONMENTS)


@st.composite
def callers(draw: st.DrawFn) -> tuple[str, dict[str, Any], str | None]:
    """A resource that calls something, whatever its type, and what it should be told to call."""
    kind = draw(st.sampled_from(KINDS))
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
    path = draw(st.sampled_from(CALLERS[kind]))
    return kind, at(path, shapes[wrapped], as_a_construct=draw(st.booleans())), instead


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
        "Logs": ("AWS::Logs::SubscriptionFilter", {"LogGroupName": {"Fn::Sub": "/aws/lambda/${Api}"}}),
        "Retries": ("AWS::Lambda::EventInvokeConfig", {"FunctionName": {"Ref": "Api"}, "Qualifier": "live"}),
        "Alarm": ("AWS::CloudWatch::Alarm", {"Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Api"}}]}),
    }
    assert found(others) == {}


MACHINE = "AWS::StepFunctions::StateMachine"
SCHEDULE = "AWS::Scheduler::Schedule"
INVOKE = "arn:aws:states:::lambda:invoke"
NEWEST, DEV = QUALIFIERS[""], QUALIFIERS[":dev"]


def instead_of(kind: str, properties: dict[str, Any], **others: tuple[str, dict[str, Any]]) -> list[str | None]:
    """What a resource is told to call instead of the alias of Api."""
    resources = {"Caller": (kind, properties), **others}
    called = {name: (kind, targets(kind, said)) for name, (kind, said) in resources.items()}
    released = released_functions(RESOURCES, ["Live", "Live2"])
    found = calls(called, released, {"Live": "Api", "Live2": "Api2"})
    return [call.instead for call in found if call.function == "Api" and call.caller == "Caller"]


def definition(*tasks: tuple[Any, str]) -> dict[str, Any]:
    """A definition of tasks that each give a function and a qualifier, "" for none."""
    states = {
        f"S{number}": {
            "Type": "Task",
            "Resource": INVOKE,
            "Parameters": {"FunctionName": function, **({"Qualifier": qualifier} if qualifier else {})},
        }
        for number, (function, qualifier) in enumerate(tasks)
    }
    return {"States": states}


def in_a_string(value: Any) -> dict[str, Any]:
    """The definition as CDK writes it: JSON whose references are joined in."""
    before, *after = json.dumps(value).split(json.dumps(ARN))
    parts = [before, *(part for each in after for part in ('"', ARN, '"' + each))]
    return {"Fn::Join": ["", parts]}


def state_machine(*qualifiers: str) -> list[list[str | None]]:
    """What tasks are told to call, their definition given as a string and as an object."""
    given_definition = definition(*((ARN, qualifier) for qualifier in qualifiers))
    as_string = instead_of(MACHINE, {"DefinitionString": in_a_string(given_definition)})
    return [as_string, instead_of(MACHINE, {"Definition": given_definition})]


def test_a_task_that_gives_the_alias_as_a_qualifier_of_its_own_calls_the_alias() -> None:
    assert state_machine("live") == [[None]] * 2
    assert state_machine("live", "live") == [[None]] * 2
    assert state_machine("dev") == [[DEV]] * 2
    assert state_machine("live", "") == [[NEWEST]] * 2


def test_the_variables_of_a_state_machine_are_filled_in() -> None:
    for variable, qualifier, instead in (("${Fn}:live", "", None), ("${Fn}", "live", None), ("${Fn}", "", NEWEST)):
        written = json.dumps(definition((variable, qualifier)))
        properties = {"DefinitionString": written, "DefinitionSubstitutions": {"Fn": ARN}}
        assert instead_of(MACHINE, properties) == [instead], variable


def test_variables_of_a_definition_that_is_not_in_the_template_call_nothing_for_sure() -> None:
    assert instead_of(MACHINE, {"DefinitionS3Location": {"Bucket": "b"}, "DefinitionSubstitutions": {"Fn": ARN}}) == []


def test_a_task_whose_resource_is_the_function_calls_it() -> None:
    for resource, instead in ((ARN, NEWEST), ({"Ref": "Live"}, None)):
        machine = {"Definition": {"States": {"A": {"Type": "Task", "Resource": resource}}}}
        assert instead_of(MACHINE, machine) == [instead]


def test_a_step_that_calls_another_api_about_the_function_does_not_call_the_function() -> None:
    step = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:lambda:updateAlias",
        "Parameters": {"FunctionName": ARN},
    }
    assert instead_of(MACHINE, {"Definition": {"States": {"A": step}}}) == []
    target = {"Arn": "arn:aws:scheduler:::aws-sdk:lambda:updateAlias", "Input": '{"FunctionName": "shop-api"}'}
    assert instead_of(SCHEDULE, {"Target": target}) == []


def test_what_is_sent_to_a_function_is_not_called() -> None:
    live, data = {"Ref": "Live"}, {"FunctionName": ARN, "Arn": ARN, "Qualifier": "dev"}
    step = {"Type": "Task", "Resource": INVOKE, "Parameters": {"FunctionName": live, "Payload": data}}
    assert instead_of(MACHINE, {"Definition": {"States": {"A": step}}}) == [None]
    text = {"Fn::Sub": '{"FunctionName": "${Api}", "Arn": "${Api.Arn}"}'}
    assert instead_of(SCHEDULE, {"Target": {"Arn": live, "Input": text}}) == [None]
    assert instead_of("AWS::Events::Rule", {"Targets": [{"Arn": live, "Input": text}]}) == [None]
    assert instead_of("AWS::Events::Rule", {"EventPattern": {"resources": [ARN]}, "Targets": [{"Arn": live}]}) == [None]
    filled = {"Fn::Sub": ['{"about": "${Arn}"}', {"Arn": ARN}]}
    assert instead_of("AWS::Events::Rule", {"Targets": [{"Arn": live, "Input": filled}]}) == [None]
    step["Parameters"] = {"FunctionName": ARN, "Payload": {"Qualifier": "live"}}
    assert instead_of(MACHINE, {"Definition": {"States": {"A": step}}}) == [NEWEST]
    templates = {"RequestTemplates": {"application/json": text}}
    assert instead_of("AWS::ApiGateway::Method", {"Integration": {"Uri": live, **templates}}) == [None]


def test_a_schedule_that_calls_lambda_as_an_api_is_read() -> None:
    arn = {"Fn::Sub": "arn:${AWS::Partition}:scheduler:::aws-sdk:lambda:invoke"}
    for said, instead in (
        ('{"FunctionName": "${Api}:live"}', None),
        ('{"FunctionName": "${Api.Arn}", "Qualifier": "live"}', None),
        ('{"FunctionName": "shop-api:live"}', None),
        ('{"FunctionName": "shop-api"}', NEWEST),
        ('{"FunctionName": "${Api}", "Qualifier": "dev"}', DEV),
        ('{"FunctionName": "${Api}", "Payload": "{\\"Qualifier\\": \\"live\\"}"}', NEWEST),
    ):
        assert instead_of(SCHEDULE, {"Target": {"Arn": arn, "Input": {"Fn::Sub": said}}}) == [instead], said


def test_a_stage_variable_that_says_the_alias_is_known_to_the_api_alone() -> None:
    uri = {"Fn::Sub": "arn:aws:apigateway:x:lambda:path/functions/${Api.Arn}:${!stageVariables.alias}/invocations"}
    joined_uri = {"Fn::Join": ["", ["arn:aws:apigateway:x:lambda:path/", ARN, ":${stageVariables.alias}/invocations"]]}
    for each in (uri, joined_uri):
        assert instead_of("AWS::ApiGateway::Method", {"Integration": {"Uri": each}}) == [None]
        body = {"paths": {"/": {"get": {"x-amazon-apigateway-integration": {"uri": each}}}}}
        assert instead_of("AWS::ApiGateway::RestApi", {"Body": {"info": {"title": "shop-api of ours"}, **body}}) == [
            None
        ]


def test_a_qualifier_that_a_type_takes_apart_is_read() -> None:
    lambda_task = {"MaintenanceWindowLambdaParameters": {"Qualifier": "live"}}
    window = {"TaskArn": ARN, "TaskInvocationParameters": lambda_task}
    assert instead_of("AWS::SSM::MaintenanceWindowTask", window) == [None]
    subscriber = {"InvokeConfiguration": {"TargetArn": ARN, "LambdaParameters": {"Qualifier": "live"}}}
    assert instead_of("AWS::EventsV2::Subscriber", subscriber) == [None]


def test_a_pipeline_that_deploys_a_function_does_not_call_it_and_one_that_invokes_it_does() -> None:
    for category, found in (("Invoke", [NEWEST]), ("Deploy", [])):
        action = {
            "ActionTypeId": {"Category": category},
            "Configuration": {"FunctionName": ARN, "FunctionAlias": "live"},
        }
        assert instead_of("AWS::CodePipeline::Pipeline", {"Stages": [{"Actions": [action]}]}) == found


def test_a_custom_resource_of_any_type_calls_its_service_token() -> None:
    for kind in ("AWS::CloudFormation::CustomResource", "Custom::Seed"):
        assert instead_of(kind, {"ServiceToken": ARN, "Function": {"Ref": "Live"}}) == [NEWEST]


def test_an_environment_variable_counts_where_a_policy_allows_the_call_that_it_names() -> None:
    def policy(
        resource: Any, action: str = "lambda:InvokeFunction", effect: str = "Allow"
    ) -> tuple[str, dict[str, Any]]:
        said = {"Effect": effect, "Action": action, "Resource": resource}
        return "AWS::IAM::Policy", {"PolicyDocument": {"Statement": [said]}}

    environment = {"Environment": {"Variables": {"API": {"Ref": "Api"}}}}
    kind = "AWS::Lambda::Function"
    assert instead_of(kind, environment, P=policy([ARN, joined(ARN, ":*")])) == [NEWEST]
    assert instead_of(kind, environment, P=policy(ARN, "lambda:*")) == [NEWEST]
    assert instead_of(kind, environment) == []
    assert instead_of(kind, environment, P=policy(joined(ARN, ":*"))) == []
    assert instead_of(kind, environment, P=policy({"Ref": "Live"})) == []
    assert instead_of(kind, environment, P=policy(ARN, "lambda:UpdateAlias")) == []
    assert instead_of(kind, environment, P=policy(ARN, effect="Deny")) == []
    title = {"Environment": {"Variables": {"TITLE": "shop-api of ours"}}}
    assert instead_of(kind, title, P=policy(ARN)) == []
    alias = {"Environment": {"Variables": {"API": {"Ref": "Live"}}}}
    assert instead_of(kind, alias, P=policy(ARN)) == []
