"""A shop with `backend`, `api` and `frontend`, and no site before them yet; `digest` is that of a testers' secret."""
# ruff: noqa: F821

import hashlib
import runpy
from pathlib import Path

globals().update(runpy.run_path(str(Path(__file__).with_name("a_backend.py"))))

digest = hashlib.sha256(b"not-a-secret-at-all-but-long").hexdigest()
frontend = OneBoxFrontend(
    stack,
    "Frontend",
    build_function=build_pages,
    after=[backend.alias],
    alarms=[*backend.alias_alarms, *rest_api_alarms(stack, api=api)],
)
