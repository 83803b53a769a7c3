"""A user's code is taken as text and as CDK's `FunctionCode`, and warned of where nobody knows whether it runs."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk.assertions import Annotations, Match, Template
from edge.deployed import cloudfront_functions, of_type, split

from edge_engines import Engine
from prod_one_box import InvalidArgumentError, PartitionEdge, StickyPartitionDistribution

CODE = "function handler(event) {{ event.{0}.headers['x-é'] = {{ value: 'x' }}; return event.{0}; }}"


def site(**arguments: object) -> cdk.Stack:
    stack = cdk.Stack()
    StickyPartitionDistribution(stack, "Site", partitions=split(), **arguments)
    return stack


def codes(folder, kind: str) -> dict[str, object]:
    made = {}
    for event in ("request", "response"):
        text = CODE.format(event)
        (folder / f"{event}.js").write_text(text, "utf-8")
        made[f"viewer_{event}_code"] = {
            "text": text,
            "from_inline": cloudfront.FunctionCode.from_inline(text),
            "from_file": cloudfront.FunctionCode.from_file(file_path=str(folder / f"{event}.js")),
        }[kind]
    return made


@pytest.mark.parametrize("kind", ["from_inline", "from_file"])
def test_function_code_is_deployed_as_its_text_is(tmp_path, kind):
    text, given = (cloudfront_functions(Engine.NODE, **codes(tmp_path, one)) for one in ("text", kind))
    assert "event.request.headers['x-é']" in given.viewer_request
    assert (given.viewer_request, given.viewer_response) == (text.viewer_request, text.viewer_response)


@pytest.mark.parametrize("argument", ["viewer_request_code", "viewer_response_code"])
def test_function_code_is_checked_like_text(argument):
    code = cloudfront.FunctionCode.from_inline("function handler(event) {\n  return { ...event.request };\n}")
    with pytest.raises(InvalidArgumentError, match=r"spread `...event.request` \(line 2, column 12\)") as caught:
        PartitionEdge(cdk.Stack(), "Edge", partitions=split(), **{argument: code})
    assert (caught.value.argument, caught.value.path) == (argument, "Default/Edge")


@pytest.mark.parametrize("argument", ["viewer_request_code", "viewer_response_code"])
@pytest.mark.parametrize(
    ("given", "shown"),
    [(7, "got 7"), (cdk.Duration.days(1), "got a Duration")],
    ids=["a number", "another object"],
)
def test_a_value_that_is_not_code_is_refused(argument, given, shown):
    with pytest.raises(InvalidArgumentError, match=shown) as caught:
        PartitionEdge(cdk.Stack(), "Edge", partitions=split(), **{argument: given})
    assert caught.value.argument == argument
    assert "cloudfront.FunctionCode" in str(caught.value)


@pytest.mark.parametrize("kind", [str, cloudfront.FunctionCode.from_inline])
def test_a_token_may_stand_in_the_code_as_a_value_and_in_a_string(kind):
    stack = cdk.Stack()
    store = cloudfront.KeyValueStore(stack, "Store")
    code = (
        f"import cf from 'cloudfront';\nconst settings = {stack.to_json_string({'a': store.key_value_store_arn})};\n"
        f"const kvs = cf.kvs('{store.key_value_store_id}'), arn = `a ${{kvs}} {store.key_value_store_arn}`;\n"
        "function handler(event) { return event.request; }"
    )
    StickyPartitionDistribution(stack, "Site", partitions=split(), viewer_request_code=kind(code))
    deployed = next(
        one["Properties"]["FunctionCode"]
        for one in of_type(Template.from_stack(stack).to_json(), "AWS::CloudFront::Function")
        if "oneBoxRoute" in str(one)
    )
    text = "".join(part if isinstance(part, str) else "[arn]" for part in deployed["Fn::Join"][1])
    assert "Token" not in text
    assert """const settings = {"a":"[arn]"};\nconst kvs = cf.kvs('[arn]'), arn = `a ${kvs} [arn]`;\n""" in text


def test_each_code_that_may_fail_once_deployed_gets_one_warning_with_the_places():
    doubtful = "function handler(event) {\n  new Map();\n  return event.host ?? event.request;\n}"
    stack = site(viewer_request_code=doubtful, viewer_response_code=doubtful)
    for argument in ("viewer_request_code", "viewer_response_code"):
        text = (
            f"{argument}.*`\\?\\?` `event.host \\?\\? event.request` \\(line 3, column 10\\).*"
            "`Map` \\(line 2, column 7\\)"
        )
        Annotations.from_stack(stack).has_warning("/Default/Site/Edge", Match.string_like_regexp(text))


def test_code_that_aws_documents_gets_no_warning():
    stack = site(viewer_request_code=CODE.format("request"))
    Annotations.from_stack(stack).has_no_warning("*", Match.string_like_regexp("viewer_request_code"))
