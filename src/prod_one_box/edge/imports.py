"""Brings the imports of joined code to the top, under names that cannot clash."""

import re
from collections.abc import Callable
from typing import Final

from .javascript_text import code_alone

_QUOTED: Final = r"""(?P<quote>['"])(?P<blank> *)(?P=quote)"""
_NAME: Final = r"(?![0-9])[\w$]+"
_ANY_IMPORT: Final = re.compile(r"(?<![\w$.])import\b(?!\s*:)[^;'\"]*(?:['\"][^'\"]*['\"])?")
_DEFAULT_IMPORT: Final = re.compile(rf"(?<![\w$.])import\s+(?P<name>{_NAME})\s+from\s*{_QUOTED}[ \t]*;?")
_REQUIRE: Final = re.compile(rf"(?<![\w$.])require\s*\(\s*{_QUOTED}\s*\)")
_OWN_NAMES: Final = {"cloudfront": "oneBoxCf"}


def hoist_imports(code: str) -> str:
    """Moves every import to the top, each once, and imports there what the code requires.

    `require` is CloudFront's own, and stands wherever an expression may; an import of the module under a
    name of the library's takes its place.
    """
    imports: dict[str, None] = {}

    def hoist(found: re.Match[str]) -> str:
        imports[f"import {found['name']} from '{_module(code, found)}';"] = None
        return ""

    code = _replace(_DEFAULT_IMPORT, hoist, code)

    def require(found: re.Match[str]) -> str:
        name = own_name(_module(code, found))
        imports[f"import {name} from '{_module(code, found)}';"] = None
        return name

    code = _replace(_REQUIRE, require, code)
    return "\n".join([*imports, code.lstrip("\n")])


def own_name(module: str) -> str:
    """Names a module as the library's code imports it."""
    return _OWN_NAMES.get(module, f"oneBox{re.sub(r'[^A-Za-z0-9]', '', module).capitalize()}")


def unsupported_imports(code: str) -> list[str]:
    """Finds the imports that CloudFront's engine does not run: it knows only `import name from 'module'`."""
    text = code_alone(code)
    return [
        " ".join(code[one.start() : one.end()].split())
        for one in _ANY_IMPORT.finditer(text)
        if not _DEFAULT_IMPORT.match(text, one.start())
    ]


def _replace(pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str], code: str) -> str:
    """Replaces what is found in the code alone: comments and strings stay as they are."""
    pieces, place = [], 0
    for found in pattern.finditer(code_alone(code)):
        pieces += [code[place : found.start()], replacement(found)]
        place = found.end()
    return "".join([*pieces, code[place:]])


def _module(code: str, found: re.Match[str]) -> str:
    return code[found.start("blank") : found.end("blank")]
