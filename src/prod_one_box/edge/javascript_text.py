"""Tells JavaScript's code from its comments and literals, as far as searching for declarations needs it."""

import re
from typing import Final

_PART: Final = re.compile(
    r"""(?P<text>//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)"""
    r"""|(?P<space>\s+)|(?P<word>[\w$]+)|(?P<other>.)""",
    re.DOTALL,
)
_REGEX: Final = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
_BEFORE_REGEX: Final = {*"(,=:[!&|?{};+-*%<>~^}", "", "return", "typeof", "case", "in", "of", "void", "delete"}


def code_alone(source: str) -> str:
    """Blanks comments, and the insides of strings and regular expressions; every place stays where it was."""
    blanked, place, before = [], 0, ""
    while place < len(source):
        found = _REGEX.match(source, place) if before in _BEFORE_REGEX else None
        if found is None or source[place : place + 2] in {"//", "/*"}:
            found = _PART.match(source, place)
        assert found is not None  # noqa: S101  # the last alternative takes any character
        part, place = found[0], found.end()
        is_code = found.re is _PART and found.lastgroup != "text"
        blanked.append(part if is_code else _blank(part))
        if found.lastgroup != "space" and not part.startswith(("//", "/*")):
            before = part if is_code else "a literal"
    return "".join(blanked)


def _blank(part: str) -> str:
    """Keeps the quotes, which say that something stands there, and the line ends."""
    if part.startswith("/"):
        return re.sub(r"[^\n]", " ", part)
    return part[0] + re.sub(r"[^\n]", " ", part[1:-1]) + part[-1]
