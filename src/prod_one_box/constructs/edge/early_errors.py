"""Early errors: code that JavaScript's grammar allows, and that every engine refuses to load.

Two declarations of a name or a `break` outside a loop, for example. V8 finds them, in the Node that runs CDK.
"""

import os
import re
import subprocess
from functools import cache
from typing import Final

from .javascript import Node, rewrite

_STRICT: Final = "'use strict';\n"
_COMPILE: Final = """
const source = require('fs').readFileSync(0, 'utf8');
new (require('vm').Script)(source, { filename: 'code', lineOffset: -1 });
"""
_REPORT: Final = re.compile(
    r"(?m)^code:(?P<line>\d+)\n.*\n(?:(?P<before>\s*)\^.*)?(?:\n.*)*?\nSyntaxError: (?P<what>.*)"
)


def early_error(source: str, root: Node) -> str | None:
    """Return the first early error of a CloudFront Function with its place; None if it has none.

    The code is read in strict mode, which "cannot be changed", and without its regular expressions, which are "Perl
    compatible" in CloudFront (CloudFront developer guide, "JavaScript runtime 2.0 features for CloudFront Functions").

    Args:
        source: The source text.
        root: Its tree, with imports of the form `import name from 'module'` only.
    """
    replacements = {node: "a" * (node.end - node.start) for node in root.walk() if node.type == "regex_pattern"}
    for statement in (node for node in root.named_children if node.type == "import_statement"):
        replacements |= _declaration(statement)
    return _report(rewrite(source, replacements))


def _declaration(statement: Node) -> dict[Node, str]:
    """Turn an import, which a script cannot have, into `let    name =    0;`, with the columns unchanged."""
    words = {"import": "let   ", "from": "=   ", "string": "0;"}
    return {node: words[node.type].ljust(node.end - node.start) for node in statement.children if node.type in words}


@cache
def _report(script: str) -> str | None:
    # The Node that jsii uses: it is there at every synth.
    command = [os.environ.get("JSII_NODE", "node"), "-e", _COMPILE]
    try:
        done = subprocess.run(command, input=(_STRICT + script).encode(), capture_output=True, check=False)  # noqa: S603
    except OSError:
        return None
    found = _REPORT.search(done.stderr.decode(errors="replace"))
    if found is None:
        return None
    column = "" if found["before"] is None else f", column {len(found['before']) + 1}"
    return f"{found['what'].rstrip('.')} (line {found['line']}{column})"
