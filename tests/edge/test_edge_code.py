"""The code in `functions/` keeps to what CloudFront's engine runs, and to names of its own."""

import re
from pathlib import Path

import pytest

import prod_one_box.edge.edge_code as edge_code_module
from prod_one_box.edge.edge_code import EdgeEvent, edge_code, without_user_code
from prod_one_box.edge.edge_runtime import EdgeRuntime

FUNCTIONS = Path(edge_code_module.__file__).parent / "functions"
SHARED = ["partition.js", "cloudfront_event.js", "cloudfront_viewer_request.js", "cloudfront_viewer_response.js"]

# What njs 0.7.9 accepts, and CloudFront Functions' documented runtime does not.
TOO_LENIENT = {
    "??": r"\?\?",
    "a timer": r"\bset(Timeout|Interval|Immediate)\b",
    "console.log of two": r"console\.\w+\([^)]*,",
    "an asynchronous closure": r"async\s*(\(|\w+\s*=>|function\s*\()",
    "require": r"\brequire\s*\(",
    "eval": r"\b(eval|Function)\s*\(",
    "process": r"\bprocess\b",
    "a closure in await": r"\bawait\b",
    "a comma before a closing parenthesis": r",\s*\)",
}


@pytest.mark.parametrize("file", SHARED)
@pytest.mark.parametrize("construct", TOO_LENIENT)
def test_no_file_for_cloudfront_functions_uses_what_only_other_engines_run(file, construct):
    code = re.sub(r"^\s*//.*$", "", (FUNCTIONS / file).read_text("utf-8"), flags=re.MULTILINE)
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
