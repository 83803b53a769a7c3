"""The code in `functions/` keeps to what CloudFront's engine runs, and to names of its own."""

import re
from pathlib import Path

import pytest

import prod_one_box.constructs.edge.edge_code as edge_code_module
from prod_one_box.constructs.edge.edge_code import EdgeEvent, EdgeRuntime, edge_code, without_user_code
from prod_one_box.constructs.edge.engine_limits import doubtful, refused
from prod_one_box.constructs.edge.javascript import Scopes, parse

FUNCTIONS = Path(edge_code_module.__file__).parent / "functions"

# What njs 0.7.9 accepts, CloudFront Functions' documented runtime does not, and users' code may have.
TOO_LENIENT = {"require": r"\brequire\s*\(", "await": r"\bawait\b", "a comma before a closing parenthesis": r",\s*\)"}


@pytest.fixture(params=[EdgeEvent.VIEWER_REQUEST, EdgeEvent.VIEWER_RESPONSE], ids=lambda event: event.value)
def code(request) -> str:
    return edge_code(EdgeRuntime.CLOUDFRONT_FUNCTIONS, request.param, {})


def test_the_code_for_cloudfront_functions_keeps_to_what_users_code_must_keep_to(code):
    root = parse(code)
    assert list(map(str, refused(root))) == []
    assert list(map(str, doubtful(root, Scopes(root)))) == []


@pytest.mark.parametrize("construct", TOO_LENIENT)
def test_the_code_for_cloudfront_functions_uses_nothing_that_only_other_engines_run(code, construct):
    assert not re.search(TOO_LENIENT[construct], code)


@pytest.mark.parametrize("file", sorted(path.name for path in FUNCTIONS.iterdir()))
def test_every_top_level_name_starts_with_one_box(file):
    code = (FUNCTIONS / file).read_text("utf-8")
    declared = re.findall(r"^(?:export )?(?:async )?(?:function|const|let|var|class)\s+(\w+)", code, re.MULTILINE)
    assert declared
    assert all(name == "handler" or name.startswith("oneBox") for name in declared)


def test_the_configuration_is_one_object_right_after_the_imports():
    code = edge_code(EdgeRuntime.CLOUDFRONT_FUNCTIONS, EdgeEvent.VIEWER_REQUEST, {"salt": "s"})
    lines = code.splitlines()
    assert lines[:2] == ["import oneBoxCrypto from 'crypto';", "import oneBoxCf from 'cloudfront';"]
    assert lines[2] == 'const oneBoxConfig = {"salt":"s"};'


def test_comments_are_not_deployed():
    code = edge_code(EdgeRuntime.LAMBDA_AT_EDGE, EdgeEvent.ORIGIN_REQUEST, {})
    assert not re.search(r"^\s*//", code, re.MULTILINE)


def test_uncomposed_code_passes_the_event_through():
    assert "return event.response;" in without_user_code("", EdgeEvent.VIEWER_RESPONSE)
