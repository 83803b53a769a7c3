"""The function that is deployed, through whole lifecycles of a site: releases, aborts, pauses, uploads in between."""

import importlib
import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.s3 import models

from prod_one_box.constructs.assets.sweeper_function import write_package

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
DAY = timedelta(days=1)
BUCKET, MEMORY = "assets", ".superseded.json"


class Site:
    """A bucket and its sweeper, on a virtual clock."""

    def __init__(self, package: Path) -> None:
        self.now = START
        self.package = package
        self.s3 = boto3.client("s3", region_name="us-east-1")
        self.s3.create_bucket(Bucket=BUCKET)
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        self.entry = deployed(package)
        self.entry.now = lambda: self.now

    def upload(self, *files: str) -> None:
        for file in files:
            self.s3.put_object(Bucket=BUCKET, Key=f"assets/{file}", Body=file.encode())

    def release(self, *files: str) -> None:
        self.upload(*files)
        self.list(*files)

    def list(self, *files: str) -> None:
        (self.package / "release.json").write_text(json.dumps(files))

    def sweep(self, days: int = 1) -> None:
        """Sweeps once a day."""
        for _ in range(days):
            self.now += DAY
            self.entry.handler({}, None)

    @property
    def files(self) -> set[str]:
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix="assets/").get("Contents", [])
        return {each["Key"].removeprefix("assets/") for each in found}


def deployed(package: Path) -> ModuleType:
    """Imports the handler as Lambda does, from the folder that is its package."""
    write_package(package, [])
    sys.path.insert(0, str(package))
    try:
        return importlib.import_module("sweeper.entry")
    finally:
        sys.path.remove(str(package))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name, value in {"DEFAULT_REGION": "us-east-1", "ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    for name, value in {"BUCKET": BUCKET, "PREFIX": "assets/", "MEMORY": MEMORY, "KEEP_DAYS": "30"}.items():
        monkeypatch.setenv(name, value)
    for name in [each for each in sys.modules if each.split(".")[0] == "sweeper"]:
        monkeypatch.delitem(sys.modules, name)
    with mock_aws():
        site = Site(tmp_path)
        monkeypatch.setattr(models, "utcnow", lambda: site.now.replace(tzinfo=None))
        yield site
    for name in [each for each in sys.modules if each.split(".")[0] == "sweeper"]:
        del sys.modules[name]


def test_a_file_of_the_release_stays_however_long_there_is_no_release(site: Site) -> None:
    site.release("a.js", "both.js")
    site.sweep(days=40)
    site.now += 365 * DAY
    site.sweep(days=2)
    assert site.files == {"a.js", "both.js"}


def test_a_superseded_file_stays_for_keep_for_and_is_deleted_within_three_days_after_it(site: Site) -> None:
    site.release("a.js", "both.js")
    site.sweep(days=1)
    site.now += 100 * DAY
    site.release("b.js", "both.js")
    site.sweep(days=31)
    assert site.files == {"a.js", "b.js", "both.js"}
    site.sweep(days=2)
    assert site.files == {"b.js", "both.js"}


def test_daily_releases_leave_the_last_months_files(site: Site) -> None:
    for number in range(40):
        site.release(f"{number}.js", "both.js")
        site.sweep()
    assert site.files == {"both.js", *(f"{number}.js" for number in range(8, 40))}


def test_a_release_that_was_aborted_long_ago_leaves_nothing_but_the_one_that_serves(site: Site) -> None:
    site.release("a.js")
    site.sweep(days=50)
    site.upload("b.js")
    site.sweep()
    site.release("a.js")  # CloudFormation's way back uploads the former release once more
    site.sweep(days=33)
    assert site.files == {"a.js"}


def test_a_release_that_came_back_for_an_hour_between_two_sweeps_is_kept_as_long(site: Site) -> None:
    site.release("a.js")
    site.sweep(days=10)
    site.release("b.js")
    site.sweep(days=29)
    site.release("a.js")
    site.now += timedelta(hours=1)
    site.release("c.js")
    site.sweep(days=28)
    assert "a.js" in site.files
    site.sweep(days=5)
    assert site.files == {"c.js"}


def test_a_file_uploaded_during_a_sweep_stays(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.release("a.js")
    site.release("b.js")
    site.sweep(days=31)
    listed = site.entry.stored_files.list_versions

    def list_and_be_overtaken(bucket: str, prefix: str) -> object:
        found = listed(bucket, prefix)
        site.upload("a.js", "b.js")
        return found

    monkeypatch.setattr(site.entry.stored_files, "list_versions", list_and_be_overtaken)
    site.sweep(days=1)
    assert site.files == {"a.js", "b.js"}, "the next release has the old file again"


def test_every_version_of_a_file_is_deleted_so_that_none_reappears(site: Site) -> None:
    site.release("a.js")
    site.release("a.js")
    site.release("b.js")
    site.sweep(days=33)
    assert site.files == {"b.js"}
    left = site.s3.list_object_versions(Bucket=BUCKET, Prefix="assets/a.js")
    assert "Versions" not in left
    assert "DeleteMarkers" not in left


def test_a_release_whose_upload_is_not_complete_deletes_nothing(site: Site) -> None:
    site.release("a.js")
    site.release("b.js")
    site.sweep(days=20)
    site.list("b.js", "c.js")
    site.sweep(days=20)
    assert site.files == {"a.js", "b.js"}


@pytest.mark.parametrize("content", [b"", b"[]", b'{"assets/a.js": 5}', b'{"assets/a.js": "yesterday"}', b"\xff"])
def test_an_unreadable_state_starts_anew_and_deletes_nothing(site: Site, content: bytes) -> None:
    site.release("a.js")
    site.release("b.js")
    site.sweep(days=20)
    site.s3.put_object(Bucket=BUCKET, Key=MEMORY, Body=content)
    site.sweep(days=31)
    assert site.files == {"a.js", "b.js"}
    site.sweep(days=2)
    assert site.files == {"b.js"}


def test_a_missing_state_that_s3_answers_with_403_starts_anew(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 does so without the permission to list, which the sweeper does not have for the state."""

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")

    monkeypatch.setattr(site.entry.stored_files.connect(), "get_object", refuse)
    site.release("a.js")
    site.sweep()
    assert site.files == {"a.js"}


def test_an_unavailable_bucket_fails_the_sweep(site: Site) -> None:
    site.s3.delete_bucket(Bucket=BUCKET)
    with pytest.raises(ClientError):
        site.sweep()


def test_a_file_that_s3_did_not_delete_is_due_again_tomorrow(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.release("a.js")
    site.release("b.js")
    site.sweep(days=31)
    site.release("c.js")
    client = site.entry.stored_files.connect()
    with monkeypatch.context() as refusing:
        refusal = {"Errors": [{"Key": "assets/a.js", "Code": "SlowDown"}]}
        refusing.setattr(client, "delete_objects", lambda **_: refusal)
        with pytest.raises(site.entry.stored_files.NotDeletedError, match=r"1 not deleted.*a\.js: SlowDown"):
            site.sweep()
    assert "assets/b.js" in json.loads(site.s3.get_object(Bucket=BUCKET, Key=MEMORY)["Body"].read())
    site.sweep()
    assert site.files == {"b.js", "c.js"}


def test_more_files_than_one_call_accepts_are_deleted_in_one_sweep(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.entry.stored_files, "_KEYS_A_CALL", 2)
    site.release(*(f"{number}.js" for number in range(5)))
    site.release("b.js")
    site.sweep()
    site.now += 40 * DAY
    site.sweep()
    assert site.files == {"b.js"}


def test_the_log_says_what_was_done(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.release("a.js")
    site.list("b.js")
    site.sweep()
    assert json.loads(capsys.readouterr().out) == {
        "message": "sweep",
        "deleted": [],
        "kept": 1,
        "superseded": 1,
        "missing": ["assets/b.js"],
    }
