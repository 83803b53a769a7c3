"""The code in `functions/` keeps to what CloudFront's engine runs, and only what the settings need is deployed."""

import itertools
import re
from pathlib import Path

import pytest
from edge.deployed import FOUR_WAVES, TESTER_DIGEST

import prod_one_box.constructs.edge.edge_code as edge_code_module
from prod_one_box import Stickiness
from prod_one_box.constructs.edge.edge_code import EdgeEvent, EdgeRuntime, edge_code
from prod_one_box.constructs.edge.edge_settings import EdgeSettings
from prod_one_box.constructs.edge.engine_limits import doubtful, refused
from prod_one_box.constructs.edge.given_partitions import Split
from prod_one_box.constructs.edge.javascript import Scopes, parse
from prod_one_box.vocabulary import partition_names, regular_share

FUNCTIONS = Path(edge_code_module.__file__).parent / "functions"
FILES = sorted(path.name for path in FUNCTIONS.iterdir())
VIEWER_EVENTS = [EdgeEvent.VIEWER_REQUEST, EdgeEvent.VIEWER_RESPONSE]
ORIGIN_CONFIG = {EdgeEvent.ORIGIN_REQUEST: {"origins": {}, "travelling": []}, EdgeEvent.ORIGIN_RESPONSE: {}}

# What njs 0.7.9 accepts, CloudFront Functions' documented runtime does not, and users' code may have.
TOO_LENIENT = {"require": r"\brequire\s*\(", "await": r"\bawait\b", "a comma before a closing parenthesis": r",\s*\)"}

STRATEGIES = [
    Stickiness.cookie(),
    Stickiness.request_attributes(headers=[], viewer_address=True),
    Stickiness.request_attributes(),
    Stickiness.identity(header="x-user"),
    Stickiness.identity(cookie="session"),
    Stickiness(bucket_cookie="bucket", identity_header="x-user"),
    Stickiness(bucket_cookie="bucket", identity_cookie="session", headers=(), viewer_address=False),
]


def decision_config(stickiness: Stickiness, digest: str | None) -> dict[str, object]:
    shares = [*FOUR_WAVES, regular_share(FOUR_WAVES)]
    split = Split(dict(zip(partition_names(len(FOUR_WAVES)), shares, strict=True)), {})
    return EdgeSettings(
        path="Shop/Site/Edge",
        split=split,
        stickiness=stickiness,
        salt="Shop/Site/Edge",
        tester_secret_digest=digest,
        user_code={},
    ).decision_config()


def at_cloudfront(
    event: EdgeEvent, stickiness: Stickiness, digest: str | None = None, *, has_user_code: bool = False
) -> str:
    config = decision_config(stickiness, digest)
    if event == EdgeEvent.VIEWER_REQUEST:
        config["origins"] = {name: f"prod-one-box/{name}" for name in partition_names(len(FOUR_WAVES))}
    return edge_code(EdgeRuntime.CLOUDFRONT_FUNCTIONS, event, config, has_user_code=has_user_code)


def all_codes() -> list[str]:
    """The code of every runtime and event for every combination of settings."""
    codes = [
        at_cloudfront(event, strategy, digest, has_user_code=has_user_code)
        for event in VIEWER_EVENTS
        for strategy in STRATEGIES
        for digest in (None, TESTER_DIGEST)
        for has_user_code in (False, True)
    ]
    for event in EdgeEvent:
        for strategy, digest in itertools.product(STRATEGIES, (None, TESTER_DIGEST)):
            config = ORIGIN_CONFIG.get(event, decision_config(strategy, digest))
            codes.append(edge_code(EdgeRuntime.LAMBDA_AT_EDGE, event, config))
    return codes


def top_level_names(code: str) -> list[str]:
    return re.findall(
        r"^(?:import|(?:export )?(?:async )?(?:function|const|let|var|class))\s+(\w+)", code, re.MULTILINE
    )


@pytest.mark.parametrize("has_user_code", [False, True], ids=["alone", "composed"])
@pytest.mark.parametrize("event", VIEWER_EVENTS, ids=lambda event: event.value)
@pytest.mark.parametrize("stickiness", STRATEGIES, ids=range(len(STRATEGIES)))
def test_the_code_for_cloudfront_functions_keeps_to_what_users_code_must_keep_to(event, stickiness, has_user_code):
    code = at_cloudfront(event, stickiness, TESTER_DIGEST, has_user_code=has_user_code)
    root = parse(code)
    assert list(root.syntax_errors()) == []
    assert list(map(str, refused(root))) == []
    assert list(map(str, doubtful(root, Scopes(root)))) == []
    assert [name for name, pattern in TOO_LENIENT.items() if re.search(pattern, code)] == []


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_javascript_with_all_its_blocks(file):
    assert list(parse((FUNCTIONS / file).read_text("utf-8")).syntax_errors()) == []


@pytest.mark.parametrize("file", FILES)
def test_every_block_is_of_a_setting_and_has_an_end(file):
    marks = re.findall(r"^ *// (if|else|end)\b(?: (.*))?$", (FUNCTIONS / file).read_text("utf-8"), re.MULTILINE)
    assert re.fullmatch(r"(if (else )?end )*", "".join(f"{mark} " for mark, _ in marks))
    assert {name for mark, name in marks if mark == "if"} <= {
        "bucketCookie", "headers", "identityCookie", "identityHeader", "tester", "userCode", "viewerAddress",
    }  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_every_top_level_name_starts_with_one_box(file):
    declared = top_level_names((FUNCTIONS / file).read_text("utf-8"))
    assert declared
    assert all(name == "handler" or name.startswith("oneBox") for name in declared)


def test_every_name_in_the_files_is_deployed_by_some_settings():
    declared = {name for file in FILES for name in top_level_names((FUNCTIONS / file).read_text("utf-8"))}
    assert declared == {name for code in all_codes() for name in top_level_names(code)} - {"oneBoxConfig"}


def test_nothing_is_deployed_that_the_code_does_not_use():
    for code in all_codes():
        names = [name for name in top_level_names(code) if name != "handler"]
        assert [name for name in names if len(re.findall(rf"\b{name}\b", code)) == 1] == []
        assert not re.search(r"^\s*//", code, re.MULTILINE)


@pytest.mark.parametrize("has_user_code", [False, True], ids=["alone", "composed"])
@pytest.mark.parametrize("digest", [None, TESTER_DIGEST], ids=["no testers", "testers"])
@pytest.mark.parametrize("stickiness", STRATEGIES, ids=range(len(STRATEGIES)))
def test_the_code_reads_every_setting_that_is_made_and_no_other(stickiness, digest, has_user_code):
    codes = [at_cloudfront(event, stickiness, digest, has_user_code=has_user_code) for event in VIEWER_EVENTS]
    for code in codes:
        read = set(re.findall(r"oneBoxConfig\.(\w+)", code))
        assert read - {"origins"} == decision_config(stickiness, digest).keys() - {"viewerAddress"}
        assert ("oneBoxText(viewerAddress)" in code) == stickiness.viewer_address
        assert ("oneBoxConfig.headers" in code) == bool(stickiness.headers)
        assert ("oneBoxUserHandler" in code, "oneBoxThen" in code) == (has_user_code, has_user_code)
    assert ("Max-Age" in codes[1]) == (stickiness.bucket_cookie is not None)


@pytest.mark.parametrize("word", ["tester", "chosen", "no-store", "identity", "UserHandler", "Then", "statusCode"])
def test_a_site_with_the_default_settings_has_no_line_for_what_it_does_not_use(word):
    codes = [at_cloudfront(event, Stickiness.cookie()) for event in VIEWER_EVENTS]
    assert [line for code in codes for line in code.splitlines() if word.lower() in line.lower()] == []


def test_the_functions_at_origin_events_choose_no_bucket():
    for event, config in ORIGIN_CONFIG.items():
        code = edge_code(EdgeRuntime.LAMBDA_AT_EDGE, event, config)
        assert "Crypto" not in code
        assert "bounds" not in code


@pytest.mark.parametrize("event", VIEWER_EVENTS, ids=lambda event: event.value)
def test_the_largest_code_stays_below_6_kb_and_the_default_below_4(event):
    code = at_cloudfront(event, STRATEGIES[-2], TESTER_DIGEST, has_user_code=True)
    assert len(code.encode()) < 6_000
    assert len(at_cloudfront(event, Stickiness.cookie()).encode()) < 4_000


def test_the_configuration_is_one_object_right_after_the_imports():
    code = edge_code(EdgeRuntime.CLOUDFRONT_FUNCTIONS, EdgeEvent.VIEWER_REQUEST, {"salt": "s"})
    lines = code.splitlines()
    assert lines[:2] == ["import oneBoxCrypto from 'crypto';", "import oneBoxCf from 'cloudfront';"]
    assert lines[2] == 'const oneBoxConfig = {"salt":"s"};'
