"""The path patterns of behaviors, as CloudFront takes them."""

import re
from typing import Final

ALLOWED_PATTERN: Final = "1 to 255 of the characters A-Z a-z 0-9 _ - . * ? $ / ~ \" ' @ : + &, and not * alone"
"""CloudFront developer guide, "Cache behavior settings", "Path pattern"; `*` is the default behavior's."""

_PATTERN: Final = re.compile(r"[A-Za-z0-9_\-.*?$/~\"'@:+&]{1,255}")


def is_path_pattern(pattern: object) -> bool:
    """Tells whether CloudFront takes it for a further behavior."""
    return isinstance(pattern, str) and pattern != "*" and _PATTERN.fullmatch(pattern) is not None


def is_same_path(pattern: str, other: str) -> bool:
    """Tells whether two patterns are one to CloudFront, which makes nothing of a leading slash."""
    return pattern.removeprefix("/") == other.removeprefix("/")
