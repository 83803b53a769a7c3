"""What the sweeper and a release rest on, shown with CDK's own handler: nothing goes, and all is dated anew."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import boto3
import pytest
from assets.cdks_handler import BUCKET, SOURCES, Upload, synthesized
from moto.s3 import models
from moto.server import ThreadedMotoServer

NOW = datetime.now(timezone.utc)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two releases that share a file."""
    root = tmp_path_factory.mktemp("releases")
    for release in ("old", "new"):
        files = root / release / "assets"
        files.mkdir(parents=True)
        for name in (f"{release}-BfIqp0mZ.js", f"{release}-BfIqp0mZ.css", "both-DiwrgTda.mjs"):
            (files / name).write_text(name)
    return {release: synthesized(root / release / "assets", root / release / "out") for release in ("old", "new")}


@pytest.fixture(scope="module")
def s3() -> Iterator[None]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "ENDPOINT_URL": f"http://{host}:{port}",
            "DEFAULT_REGION": "us-east-1",
            "ACCESS_KEY_ID": "test",
            "SECRET_ACCESS_KEY": "test",
        }.items():
            patch.setenv(f"AWS_{name}", value)
        for bucket in (BUCKET, SOURCES):
            boto3.client("s3").create_bucket(Bucket=bucket)
        yield
    server.stop()


@pytest.fixture(scope="module")
def history(s3: None, releases: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, datetime]]:
    """When each file was uploaded: after a release, the next one a year later, its abort, and the removal of it all."""
    upload = Upload(releases["old"], tmp_path_factory.mktemp("cli"))
    steps = [
        (NOW - 400 * DAY, "Create", "old"),
        (NOW - 30 * DAY, "Update", "new"),
        (NOW, "Update", "old"),
        (NOW, "Delete", "old"),
    ]
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        for time, request_type, release in steps:
            patch.setattr(models, "utcnow", lambda time=time: time.replace(tzinfo=None))
            upload(request_type, releases[release])
            found = boto3.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
            seen.append({each["Key"]: each["LastModified"] for each in found})
    return seen


OLD = {"assets/old-BfIqp0mZ.js", "assets/old-BfIqp0mZ.css", "assets/both-DiwrgTda.mjs"}
NEW = {"assets/new-BfIqp0mZ.js", "assets/new-BfIqp0mZ.css", "assets/both-DiwrgTda.mjs"}


def test_neither_a_release_nor_an_abort_nor_a_removal_takes_a_file_away(history: list[dict[str, datetime]]) -> None:
    assert [set(files) for files in history] == [OLD, OLD | NEW, OLD | NEW, OLD | NEW]


def test_every_upload_renews_the_dates_of_all_its_files(history: list[dict[str, datetime]]) -> None:
    _, released, aborted, _ = history
    assert {file for file, date in released.items() if date > NOW - 31 * DAY} == NEW
    assert {file for file, date in aborted.items() if date > NOW - DAY} == OLD


def test_files_have_their_content_types_and_may_be_cached_for_a_year(history: list[dict[str, datetime]]) -> None:
    client = boto3.client("s3")
    found = {key.rsplit(".")[-1]: client.head_object(Bucket=BUCKET, Key=key) for key in history[-1]}
    assert {each["CacheControl"] for each in found.values()} == {"public, max-age=31536000, immutable"}
    kinds = {kind: each["ContentType"].split("/")[1] for kind, each in found.items()}
    assert kinds == {"js": "javascript", "mjs": "javascript", "css": "css"}
