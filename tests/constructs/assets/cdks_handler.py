"""CDK's own bucket deployment, run on a desk: its handler and its AWS CLI from the assembly, S3 from moto."""

import importlib.util
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import aws_cdk as cdk
import boto3

from dependency_graph import of_type
from prod_one_box.constructs.assets.retained_assets import RetainedAssets
from synthesized import template_of

BUCKET = "assets"
SOURCES = "sources"


def synthesized(directory: Path, outdir: Path) -> Path:
    """The assembly of a release."""
    app = cdk.App(outdir=str(outdir))
    RetainedAssets(cdk.Stack(app, "Shop"), "Assets", directory=str(directory))
    app.synth()
    return outdir


class Upload:
    """The custom resource's function, called as CloudFormation calls it."""

    def __init__(self, assembly: Path, folder: Path) -> None:
        functions = of_type(template_of(assembly, "Shop"), "AWS::Lambda::Function").items()
        (code,) = (body["Properties"]["Code"]["S3Key"] for name, body in functions if "BucketDeployment" in name)
        (layer,) = of_type(template_of(assembly, "Shop"), "AWS::Lambda::LayerVersion").values()
        self._cli = folder / "cli"
        with zipfile.ZipFile(assembly / f"asset.{layer['Properties']['Content']['S3Key']}") as archive:
            archive.extractall(self._cli)
        self._handler = _loaded(assembly / f"asset.{code.removesuffix('.zip')}" / "index.py")
        self._handler.aws_command = self._run
        self._handler.cfn_send = self._answer
        self._answered = ""

    def __call__(self, request_type: str, assembly: Path) -> None:
        (resource,) = of_type(template_of(assembly, "Shop"), "Custom::CDKBucketDeployment").values()
        properties = {**resource["Properties"], "SourceBucketNames": [SOURCES], "DestinationBucketName": BUCKET}
        for key in properties["SourceObjectKeys"]:
            archive = _zipped(assembly / f"asset.{key.removesuffix('.zip')}")
            boto3.client("s3").put_object(Bucket=SOURCES, Key=key, Body=archive)
        event = {
            "RequestType": request_type,
            "ResourceProperties": _as_sent(properties),
            "PhysicalResourceId": "upload",
        }
        self._handler.handler(event, None)
        assert self._answered == "SUCCESS"

    def _run(self, *arguments: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(self._cli / "awscli")}
        command = [sys.executable, str(self._cli / "awscli" / "aws"), *arguments]
        subprocess.run(command, check=True, env=environment, capture_output=True)

    def _answer(self, _event: object, _context: object, status: str, **_more: object) -> None:
        self._answered = status


def _loaded(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("cdks_bucket_deployment", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in sorted(folder.rglob("*")):
            # As the CDK CLI does, which dates every file 1980: a sync that went by that would upload nothing twice.
            if file.is_file():
                archive.writestr(zipfile.ZipInfo(file.relative_to(folder).as_posix()), file.read_bytes())
    return buffer.getvalue()


def _as_sent(properties: Mapping[str, Any]) -> dict[str, Any]:
    """CloudFormation sends every boolean as a string."""
    return {key: json.dumps(value) if isinstance(value, bool) else value for key, value in properties.items()}
