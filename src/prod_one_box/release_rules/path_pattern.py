"""Which requests a behavior's path pattern takes (CloudFront developer guide, 'Path pattern')."""

import re
from typing import Final

_ENCODED: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")


def matches(pattern: str, path: str) -> bool:
    """Compares as CloudFront does: case-sensitively, `*` for any characters, `?` for exactly one.

    Args:
        pattern: The behavior's pattern. A slash at its head may be left out.
        path: The request's path, normalized.
    """
    parts = [".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in pattern.removeprefix("/")]
    return re.fullmatch("".join(parts), path.removeprefix("/"), re.DOTALL) is not None


def normalized(path: str) -> str:
    """Writes a path as CloudFront compares it with patterns; what travels on is the path as it was sent.

    'Path normalization': "consistent with RFC 3986", several slashes are one, and periods are followed. Of RFC 3986 it
    is 6.2.2: what need not be encoded is not, the rest is in capitals, dot segments are removed.

    Args:
        path: The request's path, as it was sent.
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
