"""Code that CloudFront's engine does not run is refused, with its line; code that it runs is not."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Language
from tree_sitter_javascript import language

from edge_engines import EdgeEngine, Engine
from prod_one_box import InvalidArgumentError
from prod_one_box.constructs.edge.composition import UserCode, read_user_code
from prod_one_box.constructs.edge.engine_limits import _DOUBTFUL, _REFUSED, _RESTRICTED
from prod_one_box.constructs.edge.javascript import parse
from prod_one_box.template.cloud_assembly import AssemblyError

HANDLER = "async function handler(e) {\n  %s\n  return e.request;\n}\n"

# Statements of a function's body, and what the error calls them.
REFUSED_IN_BODY = {
    "const { request } = e;": "destructuring",
    "const { request: a } = e;": "destructuring",
    "const [a] = [1];": "destructuring",
    "var a; ({ a } = e);": "destructuring",
    "var a = 1, b = 2; [a, b] = [b, a];": "destructuring",
    "function f({ a }) { return a; }": "destructuring",
    "var f = ([a]) => a;": "destructuring",
    "for (var [a] in {}) {}": "destructuring",
    "try {} catch ({ message }) {}": "destructuring",
    "function f(...[a]) { return a; }": "destructuring",
    "function f({ a = 1 }) { return a; }": "destructuring",
    "function f(a = 1) { return a; }": "a default parameter",
    "var f = (a = 1) => a;": "a default parameter",
    "Math.max(...[1]);": "spread",
    "var a = [...[1]];": "spread",
    "var a = { ...e };": "spread",
    "new Date(...[1]);": "spread",
    "class A { #x = 1; static { } get x() { return this.#x; } }": "a class",
    "class A extends Date {}": "a class",
    "var a = class {};": "a class",
    "var a = { b() { return super.b; } };": "`super`",
    "#x in e;": "a private name",
    "function* f() { yield 1; }": "a generator",
    "var f = function* () { yield 1; };": "a generator",
    "var a = { *f() { yield 1; } };": "a generator",
    "for (var a of []) {}": "`for … of`",
    "for await (var a of []) {}": "`for … of`",
    "try {} catch {}": "`catch` without a name",
    "var a = e?.request;": "optional chaining",
    "var a = e?.['request'];": "optional chaining",
    "var a = e.f?.();": "optional chaining",
    "var a = 1; a ||= 2;": "a logical assignment",
    "var a = 1; a &&= 2;": "a logical assignment",
    "var a; a ??= 2;": "a logical assignment",
    "function f() { await 1; }": "`await` outside an async function",
    "[1].map((x) => await x);": "`await` outside an async function",
    "var a = 1n;": "a BigInt",
    "var a = 017;": "a number with a leading 0",
    "/a/u.test('a');": "a flag of a regular expression",
    "/a/s.test('a');": "a flag of a regular expression",
    "/a/gg.test('a');": "a flag of a regular expression",
    "new.target;": "a property of `new` or `import`",
    "import.meta;": "a property of `new` or `import`",
    "import('crypto');": "a dynamic import",
    "import crypto from 'crypto';": "an import inside a block",
    "with (e) {}": "`with`",
    "using a = null;": "`using`",
    "var a = <b c='d' e:f='g'>&amp;{1}text</b>;": "JSX",
    "var a = <b/>;": "JSX",
    "var été = 1;": "a name with other letters than a to z",
    "var \\u0061b = 1;": "a name with other letters than a to z",
    "e.été;": "a name with other letters than a to z",
    "var a = { été: 1 };": "a name with other letters than a to z",
    "été: for (;;) { break été; }": "a name with other letters than a to z",
}
REFUSED_AT_TOP = {
    "export { f };": "an export",
    "export { f as g };": "an export",
    "export const a = 1;": "an export",
    "export default f;": "an export",
    "export * from 'crypto';": "an export",
    "export * as c from 'crypto';": "an export",
    "import { createHash } from 'crypto';": "an import of another form",
    "import { createHash as c } from 'crypto';": "an import of another form",
    "import * as c from 'crypto';": "an import of another form",
    "import c, { createHash } from 'crypto';": "an import of another form",
    "import 'crypto';": "an import of another form",
    "import c from 'crypto' with { type: 'json' };": "an import of another form",
    "await 1;": "`await` outside an async function",
    "@f class A {}": "a class",
}

REFUSED_AS_FIRST_LINE = {"#!/usr/bin/env node\n": "a `#!` line", "<!-- x\n": "an HTML comment"}

# What AWS's page lists as "Restricted features", whether or not njs has it.
RESTRICTED = {
    "eval('1');": "dynamic code evaluation `eval`",
    "(0, eval)('1');": "dynamic code evaluation `eval`",
    "var f = new Function('return 1');": "dynamic code evaluation `Function`",
    "var f = Function('return 1');": "dynamic code evaluation `Function`",
    "setTimeout(e, 1);": "a timer `setTimeout`",
    "setInterval(e, 1);": "a timer `setInterval`",
    "setImmediate(e);": "a timer `setImmediate`",
    "clearTimeout(1);": "a timer `clearTimeout`",
    "var wait = setTimeout;": "a timer `setTimeout`",
    "e.a = process.env.A;": "process access `process`",
    "fetch('x');": "a network call `fetch`",
    "new XMLHttpRequest();": "a network call `XMLHttpRequest`",
}

# What every engine refuses, though it fits the grammar.
EARLY_ERRORS_IN_BODY = {
    "let a; let a;": ("Identifier 'a' has already been declared", 12),
    "let a; var a;": ("Identifier 'a' has already been declared", 12),
    "var a; const a = 1;": ("Identifier 'a' has already been declared", 14),
    "let a; function a() {}": ("Identifier 'a' has already been declared", 8),
    "{ function a() {} function a() {} }": ("Identifier 'a' has already been declared", 19),
    "function f(a) { let a; }": ("Identifier 'a' has already been declared", 21),
    "try {} catch (a) { let a; }": ("Identifier 'a' has already been declared", 24),
    "switch (1) { case 1: let a; case 2: let a; }": ("Identifier 'a' has already been declared", 41),
    "for (let a in e) { var a; }": ("Identifier 'a' has already been declared", 24),
    "const a;": ("Missing initializer in const declaration", 7),
    "break;": ("Illegal break statement", 1),
    "continue;": ("Illegal continue statement", 1),
    "for (;;) { function f() { break; } }": ("Illegal break statement", 27),
    "function f(a, a) {}": ("Duplicate parameter name", 15),
    "var f = (a, a) => a;": ("Duplicate parameter name", 13),
    "a: a: for (;;) { break a; }": ("Label 'a' has already been declared", 4),
    "for (;;) { break a; }": ("Undefined label 'a'", 18),
    "a: { for (;;) { continue a; } }": ("Illegal continue statement", 26),
    "var a; delete a;": ("Delete of an unqualified identifier", 15),
    "arguments = 1;": ("Unexpected eval or arguments", 1),
    "var eval;": ("Unexpected eval or arguments", 5),
    "var static = 1;": ("Unexpected strict mode reserved word", 5),
    "1++;": ("Invalid left-hand side expression", 1),
    "if (1) let a;": ("Lexical declaration cannot appear", 8),
    "if (1) function f() {}": ("In strict mode code, functions can only be declared at top level", 8),
    "switch (1) { default: default: }": ("More than one default clause", 23),
    "-1 ** 2;": ("Unary operator used immediately before exponentiation", 1),
    "e = { __proto__: 1, __proto__: 2 };": ("Duplicate __proto__ fields", 21),
    "e = { set a() {} };": ("Setter must have exactly one formal parameter", 12),
}
EARLY_ERRORS_AT_TOP = {
    "break;": ("Illegal break statement", 1),
    "let a; let a;": ("Identifier 'a' has already been declared", 12),
    "let handler;": ("Identifier 'handler' has already been declared", None),
    "import c from 'crypto'; let c;": ("Identifier 'c' has already been declared", 29),
    "import c from'crypto'\nvar c;": ("Identifier 'c' has already been declared", None),
}
# Not allowed in strict mode, in which CloudFront runs functions, as AWS says; njs 0.7.9 does not look.
STRICTER_THAN_NJS = {
    "var a = '\\07';": ("Octal escape sequences are not allowed in strict mode", 11),
    "var yield;": ("Unexpected strict mode reserved word", 5),
    "function f(eval) {}": ("Unexpected eval or arguments", 12),
}

# What AWS's page lists, and what else njs runs.
ACCEPTED = [
    "var a = 1, b = .5, c = 5., d = 0, f = 0.5, g = 1e3, h = 0xff, i = 1_000, j = 0o17, k = 0b11;",
    "let a; const b = 2; a = b ** 3; a **= 2; a += 1; a++; --a; a = -a % 2; a = a >>> 1; a <<= 1;",
    "var a = true && !false || null; var b = undefined; a = b ? 1 : (2, 3); void 0; delete e.x; 'a' in e;",
    "var f = (...a) => a.length; var g = a => a; var h = () => ({ a: 1 }); f(g, h);",
    "function f(a, ...b) { return arguments.length + b.length; } f(1, 2,);",
    "var f = function g(n) { return n ? g(n - 1) : 0; }; f(2); (function () { return 1; })(); (() => 1)();",
    "var n = 1; var a = { n, 'b c': 1, 2: 3, ['d' + n]: 4, m() { return this.n; } };",
    "var a = { get x() { return 1; }, set x(v) {} };",
    "var a = `x${1 + `${'y'}`}\n z`;",
    "var a = /[/\\]]+(?<n>b)(?<=b)/gim.test('/b'), b = /a/y; a = 4 / 2 / 1;",
    "var a = 'l\\\nm', b = \"\\u00e9\\x41\\u{1F600}\", c = 'é';",
    "a: for (var i = 0, j = 2; i < j; i++, j--) { if (i) { continue a; } else { break a; } }",
    "for (const k in e) { k; } for (let k in e) {} for (e.k in {}) {} for (const n = 0; n < 0;) {}",
    "do { var a = 1; } while (a < 1); while (false) {} ; ;",
    "switch (1) { case 1: { let a = 1; break; } default: }",
    "try { throw new Error('x'); } catch (error) { error.message; } finally {}",
    "if (e) { function f() {} } debugger;",
    "var async = 1, of = 2, get = 3, from = 4; var o = { class: 1, import: 2, new: 3, async: 4, static: 5 };",
    "e.class; e.import; e.await; e.async; e.new;",
    "await Promise.all([later(1)]); await later(2);",
    "e instanceof Function; Function.prototype.call.call(e.toString, e);",
    "/(?i)a(?>b)c++(?P<n>d)(?#e)/.test('é');",
    "try {} catch (a) { var a; } var b; var b; function b() {} function b() {}",
    "var a = 1; while (a --> 0) {}",
    "e instanceof Object; new Date; new Date(0).getTime();",
    "var s = '// import {x} from', t = \"class A {} ...a ?.\"; /* const { a } = e; */ // export { a };\n",
]

# What njs runs, and AWS's page does not list.
DOUBTFUL = {
    "var a = e ?? 1;": "`??` `e ?? 1` (line 2, column 11)",
    "var f = async (x) => x;": "an async closure `async (x) => x` (line 2, column 11)",
    "var f = async function (x) {};": "an async closure",
    "var a = { async f() {} };": "an async closure",
    "async function f() {}": "an async closure",
    "var t = (s) => s; t`a`;": "a tagged template `t`a``",
    "console.log(1, 2);": "`console` with more than `log(text)` `console.log(1, 2)`",
    "if (0) { console.error(1); }": "`console` with more than `log(text)`",
    "if (0) { new URL('x'); }": "an unlisted name `URL`",
    "if (0) { new Map(); }": "an unlisted name `Map`",
    "if (0) { Array.from([]); }": "an unlisted name `Array.from`",
    "if (0) { module.exports = { handler }; }": "an unlisted name `module`",
    "if (0 && !URL) { e = 1; }": "an unlisted name `URL`",
}
UNDOUBTED = [
    "if (typeof fetch === 'function') { fetch('x'); }",
    "if (typeof (setTimeout) === 'function') { setTimeout(e, 1); }",
    "if (typeof Array.from === 'function') { Array.from([]); }",
    "var Map = function () {}; new Map();",
    "function f(process) { return process.env; }",
    "e.fetch; var a = { setTimeout: 1 }; a.setTimeout;",
    "console.log('a' + 'b');",
]

LATER = "async function later(x) { return x; }\n"


def source_of(*statements: str) -> str:
    return LATER + HANDLER % "\n  ".join(statements)


def read(source: str) -> UserCode:
    return read_user_code(source, path="Shop/Edge", argument="viewer_request_code")


def refusal_of(source: str) -> str:
    with pytest.raises(InvalidArgumentError) as caught:
        read(source)
    assert (caught.value.path, caught.value.argument) == ("Shop/Edge", "viewer_request_code")
    return str(caught.value)


def answers(source: str) -> list[object]:
    event = {"request": {"uri": "/a", "headers": {}, "cookies": {}}, "viewer": {"ip": "192.0.2.1"}}
    (answer,) = EdgeEngine(source, engine=Engine.NJS).run([event])
    return [answer.result, answer.error]


def joined(source: str) -> str:
    return read(source).joined_to("function handler(event) { return oneBoxUserHandler(event); }\n")


@pytest.mark.parametrize("statement", REFUSED_IN_BODY)
def test_a_statement_that_the_engine_does_not_run_is_refused_with_its_line(statement):
    message = refusal_of(HANDLER % f"/* é */\n  {statement}")
    assert f"got {REFUSED_IN_BODY[statement]} `" in message
    assert "(line 3, column " in message
    assert "allowed: what CloudFront's engine runs" in message


@pytest.mark.parametrize("statement", REFUSED_AT_TOP)
def test_a_top_level_statement_that_the_engine_does_not_run_is_refused_with_its_line(statement):
    message = refusal_of(f"function f() {{}}\n{statement}\n{HANDLER % ''}")
    assert f"got {REFUSED_AT_TOP[statement]}" in message
    assert "(line 2, column " in message


@pytest.mark.parametrize("line", REFUSED_AS_FIRST_LINE)
def test_a_first_line_that_the_engine_does_not_run_is_refused(line):
    assert f"got {REFUSED_AS_FIRST_LINE[line]} `{line.strip()}` (line 1, column 1)" in refusal_of(line + HANDLER % "")


@pytest.mark.parametrize("statement", [*REFUSED_IN_BODY, *REFUSED_AT_TOP, *REFUSED_AS_FIRST_LINE])
def test_njs_does_not_run_it_either(statement):
    source = HANDLER % statement if statement in REFUSED_IN_BODY else f"{statement}\nfunction f() {{}}\n{HANDLER % ''}"
    engine = EdgeEngine(source, engine=Engine.NJS)
    with pytest.raises(AssemblyError, match="Error"):
        engine.run([{"request": {}}])


@pytest.mark.parametrize("statement", RESTRICTED)
def test_code_that_aws_lists_as_restricted_is_refused_with_its_page(statement):
    message = refusal_of(HANDLER % statement)
    assert f"got {RESTRICTED[statement]} (line 2, column " in message
    assert "JavaScript runtime 2.0 features for CloudFront Functions" in message


def test_every_restricted_limit_has_a_sample():
    assert all(any(one.startswith(limit.what) for one in RESTRICTED.values()) for limit in _RESTRICTED.values())


@pytest.mark.parametrize("statement", [*EARLY_ERRORS_IN_BODY, *STRICTER_THAN_NJS])
def test_an_early_error_in_a_function_is_refused_with_its_place(statement):
    what, column = {**EARLY_ERRORS_IN_BODY, **STRICTER_THAN_NJS}[statement]
    message = refusal_of(f"import c from 'crypto';\n/* é */ var r = /é(/;{HANDLER % statement}")
    assert f"got a syntax error: {what}" in message
    assert ". (" not in message
    assert f"(line 3, column {column + 2}); allowed: JavaScript in strict mode" in message


@pytest.mark.parametrize("statement", EARLY_ERRORS_AT_TOP)
def test_an_early_error_at_the_top_level_is_refused_with_its_place(statement):
    what, column = EARLY_ERRORS_AT_TOP[statement]
    message = refusal_of(f"{statement}\n{HANDLER % ''}")
    assert f"got a syntax error: {what}" in message
    assert column is None or f"(line 1, column {column})" in message


@pytest.mark.parametrize("statement", [*EARLY_ERRORS_IN_BODY, *EARLY_ERRORS_AT_TOP])
def test_njs_refuses_an_early_error_too(statement):
    source = HANDLER % statement if statement in EARLY_ERRORS_IN_BODY else f"{statement}\n{HANDLER % ''}"
    with pytest.raises(AssemblyError, match="Error"):
        EdgeEngine(source, engine=Engine.NJS).run([{"request": {}}])


def test_a_return_outside_a_function_is_refused():
    assert "got a syntax error: Illegal return statement (line 1, column 1)" in refusal_of(f"return;\n{HANDLER % ''}")


@pytest.mark.parametrize("node", ["/nowhere/node", "/bin/false"])
def test_without_node_early_errors_are_left_to_cloudfront(monkeypatch, node):
    monkeypatch.setenv("JSII_NODE", node)
    read(HANDLER % f"let a; let a; /* {node} */")


def test_deep_and_long_code_is_read():
    deep = "(" * 2000 + "1" + ")" * 2000
    read(f"var a = {deep};\nvar b = {' + '.join(['e'] * 2000)};\n{HANDLER % ''}")


def test_several_faults_are_reported_together_each_kind_with_its_first_place():
    message = refusal_of("export const a = 1;\n" + HANDLER % "const { b } = e; const { c } = e; e?.f;")
    assert "an export `export const a = 1;` (line 1, column 1)" in message
    assert "destructuring `{ b }` (line 3, column 9); optional chaining `?.` (line 3, column 38)" in message
    assert "{ c }" not in message
    assert message.index("Delete it") < message.index("Read each property") < message.index("a && a.b")


@pytest.mark.parametrize(
    ("source", "given"),
    [
        ("function handler(e) { return e.request;", "no `}` at line 1, column 40"),
        ("function handler(e) {\n  var a = 1 var b = 2;\n}", "no `;` at line 2, column 12"),
        ("function handler(e) {\n  var é = = 1;\n}", "a syntax error at `=` (line 2, column 9)"),
        ("function handler(e: Event) { return e.request; }", "a syntax error at `e:` (line 1, column 18)"),
        ("function handler(e) { return '", "a syntax error at"),
        ("/* function handler(e) { return e; }", "a syntax error at"),
    ],
    ids=[
        "a missing brace",
        "two statements on a line",
        "two equals signs",
        "TypeScript",
        "an open string",
        "an open comment",
    ],
)
def test_text_that_is_not_javascript_is_refused_with_its_line(source, given):
    assert given in refusal_of(source)


def test_the_column_of_the_first_line_counts_its_indent():
    assert "(line 2, column 3)" in refusal_of("\n  export default 1;\n" + HANDLER % "")


@pytest.mark.parametrize("module", ["fs", "node:crypto", "./x", ""])
@pytest.mark.parametrize("form", ["import m from '%s';", "var m = require('%s');", 'const a = 1, m = require( "%s" );'])
def test_a_module_that_cloudfront_does_not_have_is_refused(module, form):
    message = refusal_of(f"\n{form % module}\n{HANDLER % ''}")
    assert "(line 2, column " in message
    assert "allowed: the modules buffer, cloudfront, crypto, querystring" in message


@pytest.mark.parametrize(
    "form", ["require(e);", "require(`fs`);", "require('crypto', 1);", "var r = require;", "require();", "f(require);"]
)
def test_a_require_that_names_no_module_is_refused(form):
    assert "require" in refusal_of(HANDLER % f"function f() {{}} {form}")


@pytest.mark.parametrize("form", ["function f(require) { return require(e); }", "typeof require;", "e.require('fs');"])
def test_another_require_than_cloudfronts_is_left_alone(form):
    assert form in read(HANDLER % form).text


@pytest.mark.parametrize("statement", ACCEPTED)
def test_code_that_the_engine_runs_is_accepted_without_a_warning(statement):
    assert read(source_of(statement)).doubts == ()
    assert answers(source_of(statement))[1] is None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(ACCEPTED), max_size=6), st.integers(0, 3))
def test_joined_code_behaves_as_it_does_alone(statements, blank_lines):
    blocks = [f"await (async function () {{ {one} }})();" if "await" not in one else one for one in statements]
    source = "\n" * blank_lines + source_of(*blocks, "e.request.uri += '/b';")
    alone = answers(source)
    assert alone == [{"uri": "/a/b", "headers": {}, "cookies": {}}, None]
    assert answers(joined(source)) == alone


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(REFUSED_IN_BODY)), st.lists(st.sampled_from(ACCEPTED), max_size=4), st.integers(0, 40))
def test_a_refused_statement_is_found_wherever_it_stands(statement, before, indent):
    source = source_of(*before, " " * indent + statement, ACCEPTED[0])
    line = source[: source.index(statement)].count("\n") + 1
    message = refusal_of(source)
    assert REFUSED_IN_BODY[statement] in message
    assert f"(line {line}, column " in message


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*REFUSED_IN_BODY, *REFUSED_AT_TOP]), st.data())
def test_strings_and_comments_are_not_code(statement, data):
    text = re.sub(r"[`$\\]|\*/", "", statement)
    pattern = re.sub(r"[^\w ]", ".", text)
    inert = [f"var a = {json.dumps(text)};", f"// {text}", f"/* {text} */", f"var a = `{text}`;", f"e.a = /{pattern}/;"]
    source = source_of(data.draw(st.sampled_from(inert)))
    assert read(source).doubts == ()


@pytest.mark.parametrize("statement", DOUBTFUL)
def test_code_that_aws_does_not_list_and_njs_runs_is_doubted_and_accepted(statement):
    user_code = read(HANDLER % statement)
    assert DOUBTFUL[statement] in "; ".join(map(str, user_code.doubts))
    assert answers(HANDLER % statement)[1] is None


@pytest.mark.parametrize("statement", UNDOUBTED)
def test_code_that_only_resembles_it_is_not_doubted(statement):
    assert read(HANDLER % statement).doubts == ()


def test_every_limit_has_a_sample():
    refused = {*REFUSED_IN_BODY.values(), *REFUSED_AT_TOP.values(), *REFUSED_AS_FIRST_LINE.values()}
    for limits in _REFUSED.values():
        assert all(any(limit.what.startswith(what) for what in refused) for limit in limits)
    doubtful = "".join(DOUBTFUL.values())
    assert all(limit.what in doubtful for limits in _DOUBTFUL.values() for limit in limits)


def test_every_kind_of_syntax_that_the_parser_knows_was_tried():
    """A newer grammar may know newer syntax: then it needs a sample, accepted or refused."""
    sources = [source_of(one) for one in [*ACCEPTED, *REFUSED_IN_BODY, *DOUBTFUL]]
    sources += [*REFUSED_AT_TOP, "import a from 'crypto';", *REFUSED_AS_FIRST_LINE]
    tried = {node.type for source in sources for node in parse(source).walk()}
    grammar = Language(language())
    kinds = {
        grammar.node_kind_for_id(kind)
        for kind in range(grammar.node_kind_count)
        if grammar.node_kind_is_named(kind) and grammar.node_kind_is_visible(kind)
    }
    assert kinds - tried == {"ERROR"} & kinds
