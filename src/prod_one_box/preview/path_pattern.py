"""Which requests a behavior's path pattern takes (CloudFront developer guide, 'Path pattern')."""

import re


def matches(pattern: str, path: str) -> bool:
    """Compares as CloudFront does: case-sensitively, `*` for any characters, `?` for exactly one.

    Args:
        pattern: The behavior's pattern. A slash at its head may be left out.
        path: The request's path, as it was sent.
    """
    parts = [".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in pattern.removeprefix("/")]
    return re.fullmatch("".join(parts), path.removeprefix("/"), re.DOTALL) is not None
