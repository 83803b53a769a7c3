"""Match paths with the path patterns of behaviors (CloudFront developer guide, 'Path pattern')."""

import re
from typing import Final

_ENCODED: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")


def matches(pattern: str, path: str) -> bool:
    """Check whether a pattern matches as in CloudFront: case-sensitive, `*` for any characters, `?` for exactly one."""
    parts = [".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in pattern.removeprefix("/")]
    return re.fullmatch("".join(parts), path.removeprefix("/"), re.DOTALL) is not None


def normalized(path: str) -> str:
    """Return a path as CloudFront compares it with patterns; the origin gets the path as it was sent.

    'Path normalization': "consistent with RFC 3986", whose section 6.2.2 decodes what need not be encoded, writes other
    encodings in capitals and removes dot segments; several slashes become one.
    """
    segments = re.sub("/+", "/", _ENCODED.sub(_decoded, path)).removeprefix("/").split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    last = "/" if segments[-1] in (".", "..") and kept else ""
    return f"/{'/'.join(kept)}{last}"


def _decoded(encoded: re.Match[str]) -> str:
    sign = chr(int(encoded[0][1:], 16))
    return sign if _UNRESERVED.fullmatch(sign) else encoded[0].upper()
