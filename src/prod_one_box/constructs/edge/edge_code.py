"""Assembles the code that runs at the edge from the files in `functions/`.

Where the edge's code runs.
"""

import enum
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from .composition import USER_HANDLER


class EdgeRuntime(enum.Enum):
    """The two runtimes of CloudFront that can send a visitor to a partition; both decide alike.

    See the CloudFront developer guide, "Differences between CloudFront Functions and Lambda@Edge".
    """

    CLOUDFRONT_FUNCTIONS = "cloudfront-functions"
    """Runs at every edge location, on every request, for a sixth of the price; any kind of origin."""

    LAMBDA_AT_EDGE = "lambda-at-edge"
    """Runs in the regional caches, from replicas of functions in us-east-1; HTTP origins only."""


_FUNCTIONS: Final = Path(__file__).parent / "functions"
_COMMENT_LINE: Final = re.compile(r"^\s*//.*\n", re.MULTILINE)
_IMPORT_LINE: Final = re.compile(r"^import .*;$", re.MULTILINE)
_CONFIG: Final = "const oneBoxConfig = null;"
_EVENT_FILES: Final = {EdgeRuntime.CLOUDFRONT_FUNCTIONS: "cloudfront", EdgeRuntime.LAMBDA_AT_EDGE: "lambda"}


class EdgeEvent(enum.Enum):
    """The moments of a request at which CloudFront calls code."""

    VIEWER_REQUEST = "viewer-request"
    ORIGIN_REQUEST = "origin-request"
    ORIGIN_RESPONSE = "origin-response"
    VIEWER_RESPONSE = "viewer-response"


def edge_code(runtime: EdgeRuntime, event: EdgeEvent, config: Mapping[str, object]) -> str:
    """Joins the shared decisions and the adapter for one event, with the configuration at the head.

    Comment lines stay behind: CloudFront counts them towards its 10 KB.

    Args:
        runtime: Where the code will run.
        event: The event it will answer.
        config: What the code reads as `oneBoxConfig`.
    """
    head = f"const oneBoxConfig = {json.dumps(config, separators=(',', ':'), sort_keys=True)};"
    return _joined(runtime, event).replace(_CONFIG, head, 1)


@cache
def _joined(runtime: EdgeRuntime, event: EdgeEvent) -> str:
    """Joins the files, once for all configurations; their imports stand on lines of their own, and go to the top."""
    prefix = _EVENT_FILES[runtime]
    files = ["partition.js", f"{prefix}_event.js", f"{prefix}_{event.value.replace('-', '_')}.js"]
    body = "\n".join(_COMMENT_LINE.sub("", (_FUNCTIONS / file).read_text("utf-8")) for file in files)
    imports = dict.fromkeys(_IMPORT_LINE.findall(body))
    return "\n".join([*imports, _CONFIG, _IMPORT_LINE.sub("", body)])


def without_user_code(library_code: str, event: EdgeEvent) -> str:
    """Completes a CloudFront Function that is composed with nothing: the event passes through."""
    subject = event.value.removeprefix("viewer-")
    return f"{library_code}\nfunction {USER_HANDLER}(event) {{\n    return event.{subject};\n}}\n"
