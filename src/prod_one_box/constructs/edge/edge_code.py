"""The code that runs at the edge: the files in `functions/`, joined for a runtime and an event."""

import enum
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

USER_HANDLER: Final = "oneBoxUserHandler"
"""The name under which the library's code calls the user's handler."""

_FUNCTIONS: Final = Path(__file__).parent / "functions"
_COMMENT_LINE: Final = re.compile(r"^\s*//.*\n", re.MULTILINE)
_IMPORT_LINE: Final = re.compile(r"^import .*;$", re.MULTILINE)
_CONFIG: Final = "const oneBoxConfig = null;"


class EdgeRuntime(enum.Enum):
    """The two CloudFront runtimes that can send a visitor to a partition; both make the same decisions.

    See the CloudFront developer guide, "Differences between CloudFront Functions and Lambda@Edge".
    """

    CLOUDFRONT_FUNCTIONS = "cloudfront-functions"
    """Runs at every edge location, on every request, for a sixth of the price; with any kind of origin."""

    LAMBDA_AT_EDGE = "lambda-at-edge"
    """Runs in the regional caches, from replicas of functions in us-east-1; with HTTP origins only."""


_FILE_PREFIXES: Final = {EdgeRuntime.CLOUDFRONT_FUNCTIONS: "cloudfront", EdgeRuntime.LAMBDA_AT_EDGE: "lambda"}


class EdgeEvent(enum.Enum):
    """The events of a request at which CloudFront calls a function."""

    VIEWER_REQUEST = "viewer-request"
    ORIGIN_REQUEST = "origin-request"
    ORIGIN_RESPONSE = "origin-response"
    VIEWER_RESPONSE = "viewer-response"

    @property
    def identifier(self) -> str:
        """The event's name with underscores, as in arguments and file names."""
        return self.value.replace("-", "_")


def edge_code(runtime: EdgeRuntime, event: EdgeEvent, config: Mapping[str, object]) -> str:
    """Return the shared decisions and the adapter for one event, with the configuration at the top.

    Comment lines are left out: they would count towards CloudFront's limit of 10 KB.

    Args:
        runtime: Where the code will run.
        event: The event that it will handle.
        config: What the code reads as `oneBoxConfig`.
    """
    head = f"const oneBoxConfig = {json.dumps(config, separators=(',', ':'), sort_keys=True)};"
    return _joined_files(runtime, event).replace(_CONFIG, head, 1)


@cache
def _joined_files(runtime: EdgeRuntime, event: EdgeEvent) -> str:
    """Join the files, with their imports, each on a line of its own, moved to the top."""
    prefix = _FILE_PREFIXES[runtime]
    files = ["partition.js", f"{prefix}_event.js", f"{prefix}_{event.identifier}.js"]
    body = "\n".join(_COMMENT_LINE.sub("", (_FUNCTIONS / file).read_text("utf-8")) for file in files)
    imports = dict.fromkeys(_IMPORT_LINE.findall(body))
    return "\n".join([*imports, _CONFIG, _IMPORT_LINE.sub("", body)])


def without_user_code(library_code: str, event: EdgeEvent) -> str:
    """Complete a CloudFront Function that is not composed with user code: the event passes through."""
    subject = event.value.removeprefix("viewer-")
    return f"{library_code}\nfunction {USER_HANDLER}(event) {{\n    return event.{subject};\n}}\n"
