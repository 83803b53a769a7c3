"""All calls to S3."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

_KEYS_A_CALL: Final = 1000  # S3 API reference, DeleteObjects: "up to 1,000 object keys"
# S3 API reference, GetObject: without the permission to list, the answer for a missing object is "403 Forbidden".
_NOT_THERE: Final = ("NoSuchKey", "AccessDenied")


@dataclass(frozen=True)
class Version:
    """One version of a file."""

    key: str
    id: str
    uploaded: datetime


class NotDeletedError(Exception):
    """S3 did not delete all that it was asked to; the next sweep asks again."""


@cache
def connect() -> Any:  # noqa: ANN401  boto3 makes the client's methods at run time
    """Return the client."""
    return boto3.client("s3", config=Config(retries={"mode": "standard", "total_max_attempts": 5}))


def list_versions(bucket: str, prefix: str) -> list[Version]:
    """Return every version of the files under a prefix."""
    pages = connect().get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    return [
        Version(each["Key"], each["VersionId"], each["LastModified"])
        for page in pages
        for each in page.get("Versions", ())
    ]


def recall(bucket: str, key: str) -> dict[str, datetime]:
    """Return the former sweep's `superseded`; empty if it cannot be read, which only makes files stay longer."""
    try:
        body = connect().get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_THERE:
            return {}
        raise
    try:
        return {file: datetime.fromisoformat(since) for file, since in json.loads(body).items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def remember(bucket: str, key: str, superseded: Mapping[str, datetime]) -> None:
    """Store this sweep's `superseded` for the next one."""
    body = json.dumps({file: since.isoformat() for file, since in sorted(superseded.items())})
    connect().put_object(Bucket=bucket, Key=key, Body=body.encode(), ContentType="application/json")


def delete(bucket: str, versions: Sequence[Version]) -> None:
    """Delete these versions only: a file uploaded since they were listed stays, and is served.

    Raises:
        NotDeletedError: If some are not deleted.
    """
    left: list[str] = []
    for start in range(0, len(versions), _KEYS_A_CALL):
        batch = [{"Key": each.key, "VersionId": each.id} for each in versions[start : start + _KEYS_A_CALL]]
        answer = connect().delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        left.extend(f"{each.get('Key')}: {each.get('Code')}" for each in answer.get("Errors", ()))
    if left:
        raise NotDeletedError(f"{len(left)} not deleted, the first is {left[0]}")
