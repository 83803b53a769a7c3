"""The handler that the schedule calls every day."""

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

from . import stored_files
from .expiry import Sweep, decide


def handler(_event: object, _context: object) -> None:
    """Run one sweep.

    Raises:
        NotDeletedError: If S3 did not delete all that it was asked to.
    """
    bucket, prefix, memory = (os.environ[name] for name in ("BUCKET", "PREFIX", "MEMORY"))
    versions = stored_files.list_versions(bucket, prefix)
    uploaded: dict[str, datetime] = {}
    for each in versions:
        uploaded[each.key] = max(each.uploaded, uploaded.get(each.key, each.uploaded))
    current = {f"{prefix}{file}" for file in files_of_release()}
    sweep = decide(
        current=current,
        uploaded=uploaded,
        superseded=stored_files.recall(bucket, memory),
        now=now(),
        keep_for=timedelta(days=int(os.environ["KEEP_DAYS"])),
    )
    # Before the deletion: files that could not be deleted are then due at the next sweep, too.
    stored_files.remember(bucket, memory, sweep.superseded)
    stored_files.delete(bucket, [each for each in versions if each.key in sweep.expired])
    _log(sweep, kept=len(uploaded) - len(sweep.expired), missing=sorted(current - uploaded.keys()))


def files_of_release() -> list[str]:
    """Return the list in this package: it changes, and is rolled back, with the template."""
    files: list[str] = json.loads((Path(__file__).parent.parent / "release.json").read_text("utf-8"))
    return files


def now() -> datetime:
    """Return the time."""
    return datetime.now(timezone.utc)


def _log(sweep: Sweep, *, kept: int, missing: list[str]) -> None:
    line = {
        "message": "sweep",
        "deleted": sorted(sweep.expired),
        "kept": kept,
        "superseded": len(sweep.superseded) - len(sweep.expired),
        "missing": missing,
    }
    print(json.dumps(line))
