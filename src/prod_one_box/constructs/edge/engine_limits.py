"""The JavaScript that CloudFront's engine does not run, found before it is deployed.

Features are refused that AWS documents as not supported, or that it does not document and that njs, the engine closest
to CloudFront's, does not run. Undocumented features that njs runs get a warning. Source: CloudFront developer guide,
"JavaScript runtime 2.0 features for CloudFront Functions", which lists "all supported features" and "Restricted
features".
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from .javascript import FUNCTIONS, VARIABLES, Node, Scopes

SUPPORTED_MODULES: Final = ("buffer", "cloudfront", "crypto", "querystring")


class Limit(NamedTuple):
    """A feature that the engine lacks.

    Attributes:
        what: Its name.
        instead: What to write instead, as a sentence.
        applies: Whether a node of the type uses the feature; default: every node does.
    """

    what: str
    instead: str
    applies: Callable[[Node], bool] = lambda _node: True


class Finding(NamedTuple):
    """A place in the code that uses such a feature."""

    limit: Limit
    node: Node

    def __str__(self) -> str:
        return f"{self.limit.what} {self.node.excerpt}"


def _has(*tokens: str) -> Callable[[Node], bool]:
    return lambda node: node.has(*tokens)


def _is_not_plain(node: Node) -> bool:
    return not re.fullmatch(r"[\w$]+", node.text, re.ASCII)


def _awaits_outside_async(node: Node) -> bool:
    function = next((one for one in node.around() if one.type in FUNCTIONS), None)
    return function is None or not function.has("async")


def _is_called(node: Node) -> bool:
    return node.parent is not None and (node.parent.type, node.field) in {
        ("call_expression", "function"),
        ("new_expression", "constructor"),
    }


def _is_nested(node: Node) -> bool:
    return node.parent is not None and node.parent.type != "program"


def _is_not_a_default_import(node: Node) -> bool:
    # Only `import name from 'module'` is documented, and runs in njs.
    clauses = [child for child in node.named_children if child.type not in {"string", "comment"}]
    return [clause.type for clause in clauses] != ["import_clause"] or [
        child.type for child in clauses[0].named_children
    ] != ["identifier"]


_DESTRUCTURING: Final = Limit("destructuring", "Read each property or element by itself: `const a = o.a;`.")
_CLASS: Final = Limit("a class", "Write functions that take and return plain objects.")
_GENERATOR: Final = Limit("a generator", "Return an array.")
_JSX: Final = Limit("JSX", "Compile it to plain JavaScript.")
_NAME: Final = Limit("a name with other letters than a to z", "Name it with a-z, A-Z, 0-9, _ and $.", _is_not_plain)

_REFUSED: Final[Mapping[str, Sequence[Limit]]] = {
    **dict.fromkeys(("array_pattern", "object_pattern"), (_DESTRUCTURING,)),
    "assignment_pattern": [Limit("a default parameter", "Set it in the body: `if (a === undefined) { a = 1; }`.")],
    "spread_element": [Limit("spread", "Use `concat`, `Object.assign` or `apply`.")],
    **dict.fromkeys(("class", "class_declaration"), (_CLASS,)),
    "super": [Limit("`super`", "Call the other function by its name.")],
    "private_property_identifier": [Limit("a private name", "Use a property with an ordinary name.")],
    **dict.fromkeys(("generator_function", "generator_function_declaration"), (_GENERATOR,)),
    "method_definition": [_GENERATOR._replace(applies=_has("*"))],
    "for_in_statement": [Limit("`for … of`", "Use `forEach`, or `for` with an index.", _has("of"))],
    "catch_clause": [Limit("`catch` without a name", "Write `catch (error) { … }`.", lambda node: not node.has("("))],
    "optional_chain": [Limit("optional chaining", "Write `a && a.b`.")],
    "augmented_assignment_expression": [
        Limit("a logical assignment", "Write `a = a || b;`, or an `if`.", _has("&&=", "||=", "??="))
    ],
    "await_expression": [
        Limit("`await` outside an async function", "Declare the function around it async.", _awaits_outside_async)
    ],
    "number": [
        Limit("a BigInt", "Use a number.", lambda node: node.text.endswith("n")),
        Limit(
            "a number with a leading 0",
            "Write octal numbers as `0o17`.",
            lambda node: re.match(r"0[0-9]", node.text) is not None,
        ),
    ],
    "regex_flags": [
        Limit(
            "a flag of a regular expression",
            "Use g, i, m and y, each once.",
            lambda node: not set(node.text) <= set("gimy") or len(set(node.text)) < len(node.text),
        )
    ],
    "meta_property": [Limit("a property of `new` or `import`", "Leave `new.target` and `import.meta` out.")],
    "import": [Limit("a dynamic import", "Write `import name from 'module';` at the top.")],
    "import_statement": [
        Limit("an import inside a block", "Write it at the top level.", _is_nested),
        Limit(
            "an import of another form than `import name from 'module'`",
            "Write `import name from 'module';`, and take what you need from `name`.",
            _is_not_a_default_import,
        ),
    ],
    "export_statement": [Limit("an export", "Delete it: CloudFront calls `handler` by its name.")],
    "with_statement": [Limit("`with`", "Name the object each time.")],
    "using_declaration": [Limit("`using`", "Use `const`.")],
    "html_comment": [Limit("an HTML comment", "Write `//`.")],
    "hash_bang_line": [Limit("a `#!` line", "Delete it.")],
    **dict.fromkeys(("jsx_element", "jsx_self_closing_element"), (_JSX,)),
    **dict.fromkeys((*VARIABLES, "property_identifier", "statement_identifier"), (_NAME,)),
}


def _limits(node: Node, table: Mapping[str, Sequence[Limit]]) -> Sequence[Limit]:
    """Return the limits for a node's type; keywords are left out, such as the `import` of an import statement."""
    return table.get(node.type, ()) if node.is_named else ()


def refused(root: Node) -> Iterator[Finding]:
    """Yield the features for which CloudFront's engine refuses the function; what it finds is not searched further."""
    pending = [root]
    while pending:
        node = pending.pop()
        limit = next((one for one in _limits(node, _REFUSED) if one.applies(node)), None)
        if limit is None:
            pending += reversed(node.children)
        else:
            yield Finding(limit, node)


def _is_console_call(node: Node) -> bool:
    arguments = node.child("arguments")
    called = node.text_of("function")
    return called.startswith("console.") and (
        called != "console.log" or (arguments is not None and len(arguments.named_children) > 1)
    )


def _is_tagged_template(node: Node) -> bool:
    arguments = node.child("arguments")
    return arguments is not None and arguments.type == "template_string"


_ASYNC_CLOSURE: Final = Limit("an async closure", "Declare an async function at the top level.", _has("async"))
_DOUBTFUL: Final[Mapping[str, Sequence[Limit]]] = {
    "binary_expression": [Limit("`??`", "Write `a === undefined || a === null ? b : a`.", _has("??"))],
    **dict.fromkeys(("arrow_function", "function_expression", "method_definition"), (_ASYNC_CLOSURE,)),
    "function_declaration": [_ASYNC_CLOSURE._replace(applies=lambda node: node.has("async") and _is_nested(node))],
    "call_expression": [
        Limit("a tagged template", "Call the function with strings.", _is_tagged_template),
        Limit("`console` with more than `log(text)`", "Write `console.log('a' + ' ' + 'b')`.", _is_console_call),
    ],
}
_MISSING: Final = Limit("an unlisted name", "Do without it, or test `typeof` first.")
_MISSING_NAMES: Final = {
    "AbortController", "Array.from", "Atomics", "BigInt", "Headers", "Intl", "Map", "Object.fromEntries",
    "Object.groupBy", "Object.hasOwn", "Proxy", "Reflect", "Request", "Response", "Set", "SharedArrayBuffer",
    "String.raw", "URL", "URLSearchParams", "WeakMap", "WeakRef", "WeakSet", "exports", "global", "module",
    "performance", "queueMicrotask", "self", "structuredClone", "window",
}  # fmt: skip

_TIMER: Final = Limit("a timer", "Do it immediately: CloudFront does not let a function wait.")
_NETWORK: Final = Limit("a network call", "Take what you need from the event or from a CloudFront KeyValueStore.")
_DYNAMIC_CODE: Final = Limit("dynamic code evaluation", "Write the code itself.")
_RESTRICTED: Final[Mapping[str, Limit]] = {
    "eval": _DYNAMIC_CODE,
    "Function": _DYNAMIC_CODE._replace(applies=_is_called),
    **dict.fromkeys(("setTimeout", "setInterval", "setImmediate"), _TIMER),
    **dict.fromkeys(("clearTimeout", "clearInterval", "clearImmediate"), _TIMER),
    **dict.fromkeys(("fetch", "XMLHttpRequest", "WebSocket"), _NETWORK),
    "process": Limit("process access", "Put the value into the code, or into a CloudFront KeyValueStore."),
}


def restricted(scopes: Scopes) -> Iterator[Finding]:
    """Yield the global names that AWS's page lists as "Restricted features", unless the code tests them by `typeof`."""
    for name in _untested(scopes):
        limit = _RESTRICTED.get(name.text)
        if limit is not None and limit.applies(name):
            yield Finding(limit, name)


def doubtful(root: Node, scopes: Scopes) -> Iterator[Finding]:
    """Yield the features that AWS does not document; they would fail, if at all, when a request reaches them."""
    for node in root.walk():
        for limit in _limits(node, _DOUBTFUL):
            if limit.applies(node):
                yield Finding(limit, node)
    yield from (Finding(_MISSING, name) for name in _untested(scopes) if name.text in _MISSING_NAMES)


def _untested(scopes: Scopes) -> list[Node]:
    """Return global names, and members such as `Array.from`, unless the code tests them by `typeof`."""
    names = [name for name in scopes.references if scopes.is_global(name)]
    members = [name.parent for name in names if name.parent is not None and name.field == "object"]
    tested = {one.text for one in [*names, *members] if one.is_typeof_operand}
    return [one for one in [*names, *members] if one.text not in tested]
