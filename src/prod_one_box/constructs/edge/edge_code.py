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
_BLOCK: Final = re.compile(r"^ *// if (\w+)\n(.*?)(?:^ *// else\n(.*?))?^ *// end\n", re.MULTILINE | re.DOTALL)
_COMMENT_LINE: Final = re.compile(r"^\s*//.*\n", re.MULTILINE)
_IMPORT_LINE: Final = re.compile(r"^import .*;\n", re.MULTILINE)
_DECLARATION: Final = re.compile(
    r"^(?:import|const|function) (oneBox\w+)(?: [^\n]*;\n|\(.*?^}\n)", re.MULTILINE | re.DOTALL
)
_BLANK_LINES: Final = re.compile(r"\n{3,}")
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


def edge_code(
    runtime: EdgeRuntime, event: EdgeEvent, config: Mapping[str, object], *, has_user_code: bool = False
) -> str:
    """Return the code for one event, with the configuration at the top.

    Only what the configuration needs is in it, and no comment: all of it counts towards CloudFront's limit of 10 KB.

    Args:
        runtime: Where the code will run.
        event: The event that it will handle.
        config: What the code reads as `oneBoxConfig`, without names that would have no value.
        has_user_code: Whether the code is to be composed with a user's function, which it calls `oneBoxUserHandler`.
    """
    head = f"const oneBoxConfig = {json.dumps(config, separators=(',', ':'), sort_keys=True)};"
    names = frozenset({*config, "userCode"} if has_user_code else config)
    return _code_for(runtime, event, names).replace(_CONFIG, head, 1)


@cache
def _code_for(runtime: EdgeRuntime, event: EdgeEvent, names: frozenset[str]) -> str:
    """Join the files, without what other settings need, and with the imports at the top."""
    prefix = _FILE_PREFIXES[runtime]
    files = ["partition.js", f"{prefix}_event.js", f"{prefix}_{event.identifier}.js"]
    code = "\n".join((_FUNCTIONS / file).read_text("utf-8") for file in files)
    code = _BLOCK.sub(lambda block: block[2] if block[1] in names else block[3] or "", code)
    code = _without_unused(_COMMENT_LINE.sub("", code))
    imports = _IMPORT_LINE.findall(code)
    body = _BLANK_LINES.sub("\n\n", _IMPORT_LINE.sub("", code))
    return f"{''.join(imports)}{_CONFIG}\n\n{body.lstrip()}"


def _without_unused(code: str) -> str:
    """Leave out the imports, constants and functions of the library that nothing else in the code names."""
    declared = _DECLARATION.findall(code)
    unused = {name for name in declared if len(re.findall(rf"\b{name}\b", code)) == 1}
    if not unused:
        return code
    return _without_unused(_DECLARATION.sub(lambda found: "" if found[1] in unused else found[0], code))
