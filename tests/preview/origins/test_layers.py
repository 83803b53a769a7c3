"""Functions with layers: those of the assembly are applied, others are named."""

import asyncio
import json
from pathlib import Path

import aiohttp
import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from preview.browsing import ANY
from prod_one_box import OneBoxFrontend, StickyPartitionDistribution
from prod_one_box.preview.panel import LOOPBACK
from prod_one_box.preview.preview import Preview
from prod_one_box.preview.server import serving

ELSEWHERE = "arn:aws:lambda:us-east-1:753240598075:layer:LambdaAdapterLayerX86:25"
PYTHON = """
import json, os
import greeting
def handler(event, context):
    return {'statusCode': 200, 'body': json.dumps([greeting.WORD, os.environ.get('DATA'), tools()])}
def tools():
    return [os.path.exists(os.path.join(folder, 'tool')) for folder in os.environ['PATH'].split(':')].count(True)
"""
INTERNAL = '{"message":"Internal Server Error"}'
COMMON_JS = """
const { word } = require('greeting');
exports.handler = async () => ({ statusCode: 200, body: word });
"""
MODULE = """
import { word } from 'greeting';
export const handler = async () => ({ statusCode: 200, body: word });
"""


def folder_of(place: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    return str(place)


def synthesized(
    folder: Path,
    code: dict[str, str],
    *layers: dict[str, str] | str,
    runtime: lambda_.Runtime = lambda_.Runtime.PYTHON_3_13,
    synthesizer: cdk.IReusableStackSynthesizer | None = None,
    **environment: str,
) -> Path:
    app = cdk.App(outdir=str(folder / "out"), analytics_reporting=False)
    stack = cdk.Stack(app, "Shop", synthesizer=synthesizer)

    def build(scope, _):
        made = [
            lambda_.LayerVersion.from_layer_version_arn(scope, f"Layer{place}", layer)
            if isinstance(layer, str)
            else lambda_.LayerVersion(
                scope, f"Layer{place}", code=lambda_.Code.from_asset(folder_of(folder / f"layer{place}", layer))
            )
            for place, layer in enumerate(layers)
        ]
        return lambda_.Function(
            scope,
            "Pages",
            runtime=runtime,
            handler="index.handler",
            code=lambda_.Code.from_asset(folder_of(folder / "code", code)),
            layers=made,
            environment=environment or None,
        )

    front = OneBoxFrontend(stack, "Frontend", build_function=build)
    StickyPartitionDistribution(stack, "Site", partitions=front.partitions)
    app.synth()
    return folder / "out"


def asked(assembly: Path) -> tuple[int, str, list[str]]:
    async def ask():
        preview = Preview(assembly)
        async with serving(preview, ANY) as ports, aiohttp.ClientSession() as client:
            notes = preview.report()["notes"]
            async with client.get(f"http://{LOOPBACK}:{ports.site}/") as answer:
                return answer.status, await answer.text(), notes

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "synthesizer", [None, cdk.DefaultStackSynthesizer(bucket_prefix="team/"), cdk.LegacyStackSynthesizer()]
)
def test_a_python_function_finds_its_layers_packages_its_tools_and_its_files(tmp_path, synthesizer):
    packages = {"python/greeting.py": "WORD = 'hello'", "bin/tool": ""}
    assembly = synthesized(tmp_path, {"index.py": PYTHON}, packages, DATA="/opt/data.json", synthesizer=synthesizer)
    status, text, notes = asked(assembly)
    word, data, tools = json.loads(text)
    assert (status, word, tools, notes) == (200, "hello", 1, [])
    assert data.endswith("/data.json")
    assert not data.startswith("/opt")


def test_packages_of_the_runtimes_own_version_go_before_others(tmp_path):
    packages = {
        "python/greeting.py": "WORD = 'for any'",
        "python/lib/python3.13/site-packages/greeting.py": "WORD = 'for 3.13'",
        "python/lib/python3.9/site-packages/greeting.py": "WORD = 'for 3.9'",
    }
    _, text, _ = asked(synthesized(tmp_path, {"index.py": PYTHON}, packages))
    assert json.loads(text)[0] == "for 3.13"


def test_a_later_layer_overwrites_the_files_of_an_earlier_one(tmp_path):
    layers = [{"python/greeting.py": "from word import WORD"}, {"python/word.py": "WORD = 1"}]
    _, text, _ = asked(synthesized(tmp_path, {"index.py": PYTHON}, *layers, {"python/word.py": "WORD = 2"}))
    assert json.loads(text)[0] == 2


@pytest.mark.parametrize("code", [{"index.js": COMMON_JS}, {"index.mjs": MODULE}])
@pytest.mark.parametrize("place", ["nodejs/node_modules", "nodejs/node22/node_modules"])
def test_a_node_function_finds_its_layers_packages_as_commonjs_and_as_modules(tmp_path, code, place):
    package = {f"{place}/greeting/index.js": "exports.word = 'hello';"}
    assembly = synthesized(tmp_path, code, package, runtime=lambda_.Runtime.NODEJS_22_X)
    assert asked(assembly) == (200, "hello", [])


def test_a_layer_that_is_not_in_the_assembly_is_named_in_the_notes_and_in_what_fails_without_it(tmp_path):
    status, text, notes = asked(synthesized(tmp_path, {"index.py": PYTHON}, ELSEWHERE))
    assert status == 502
    assert f"without its layer {ELSEWHERE}, not in this assembly" in text
    assert "--origin Shop/Frontend/Regular/Pages=" in text
    assert [ELSEWHERE in note for note in notes] == [True, True]


def test_a_function_that_needs_nothing_of_an_absent_layer_is_served(tmp_path):
    code = {"index.py": "def handler(event, context): return {'statusCode': 200, 'body': 'hello'}"}
    status, text, notes = asked(synthesized(tmp_path, code, ELSEWHERE))
    assert (status, text, len(notes)) == (200, "hello", 2)


READS = {
    "python": ("index.py", "WORDS = open('/opt/words.json').read()\ndef handler(event, context): return WORDS"),
    "python, when called": ("index.py", "def handler(event, context): return open('/opt/words.json').read()"),
    "node": ("index.mjs", "import fs from 'fs'; fs.readFileSync('/opt/words.json'); export const handler = () => 1;"),
    "node, when called": (
        "index.mjs",
        "import fs from 'fs'; export const handler = async () => fs.readFileSync('/opt/words.json', 'utf8');",
    ),
}


@pytest.mark.parametrize("reads", READS)
def test_code_that_names_opt_itself_is_told_where_its_layers_are(tmp_path, reads):
    name, code = READS[reads]
    runtime = lambda_.Runtime.PYTHON_3_13 if name.endswith("py") else lambda_.Runtime.NODEJS_22_X
    status, text, _ = asked(synthesized(tmp_path, {name: code}, {"words.json": "[]"}, runtime=runtime))
    assert status == 502
    assert "/opt/words.json" in text
    assert "its layers are in " in text
    assert "let the code read such a variable" in text


def test_another_failure_of_a_function_with_layers_is_answered_as_lambda_does(tmp_path):
    code = "def handler(event, context): raise ValueError('no')"
    assert asked(synthesized(tmp_path, {"index.py": code}, {"words.json": "[]"}))[:2] == (500, INTERNAL)


def test_a_wrapper_that_would_start_the_function_is_named(tmp_path):
    assembly = synthesized(
        tmp_path, {"index.py": "raise SystemExit"}, ELSEWHERE, AWS_LAMBDA_EXEC_WRAPPER="/opt/bootstrap"
    )
    status, text, notes = asked(assembly)
    assert (status, "its AWS_LAMBDA_EXEC_WRAPPER, /opt/bootstrap, is not run here" in text) == (502, True)
    assert len(notes) == 2
