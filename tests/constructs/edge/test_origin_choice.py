"""A user's code that would choose an origin, which the edge chooses, is refused, however it gets at the method."""

import aws_cdk as cdk
import pytest
from edge.deployed import split
from hypothesis import given, settings
from hypothesis import strategies as st

from prod_one_box import InvalidArgumentError, StickyPartitionDistribution
from prod_one_box.constructs.edge.composition import read_user_code

METHODS = ["selectRequestOriginById", "updateRequestOrigin", "createRequestOriginGroup"]
WAYS_IN = [
    "import cf from 'cloudfront';",
    'import cf from"cloudfront"',
    "const cf = require('cloudfront');",
    "import x from 'cloudfront'; const cf = x;",
    "import x from 'cloudfront'; var z = y, cf = z, y = x;",
    'let cf = require( "cloudfront" );',
]
CHOICES = [
    "cf.METHOD('a');",
    "cf\n  /* now */ . METHOD('a');",
    "cf['METHOD']('a');",
    "cf['MET' + 'HOD']('a');",
    "cf[`METHOD`]('a');",
    "cf[e.method]('a');",
    "const c = cf; c.METHOD('a');",
    "const c = cf; const d = c; if (e) { d.METHOD('a'); }",
    "const f = cf.METHOD; f('a');",
    "cf.METHOD.call(cf, 'a');",
    "(cf).METHOD('a');",
    "(0, cf.METHOD)('a');",
    "var o = { cf }; o.cf.METHOD('a');",
    "var o = { c: cf }; o.c.METHOD('a');",
    "var o = [cf]; o[0].METHOD('a');",
    "var c; c = cf; c.METHOD('a');",
    "function f(c) { c.METHOD('a'); } f(cf);",
    "function f() { return cf; } f().METHOD('a');",
    "var f = () => cf; f().METHOD('a');",
    "(e.x ? cf : null).METHOD('a');",
    "Object.assign({}, cf).METHOD('a');",
    "require('cloudfront').METHOD('a');",
    "for (var c = cf; ; c.METHOD('a')) { break; }",
    "{ const cf = 1; } cf.METHOD('a');",
    "{ function cf() {} } cf.METHOD('a');",
    "for (const cf in e) {} cf.METHOD('a');",
    "for (let cf = 1; cf < 1;) {} cf.METHOD('a');",
    "switch (1) { case 1: let cf = 1; } cf.METHOD('a');",
    "try { e.f(); } catch (cf) {} cf.METHOD('a');",
    "(function cf() {})(); cf.METHOD('a');",
    "function f(cf, ...g) { var e = 1; return e; } cf.METHOD('a');",
    "var f = cf => 1; var o = { m(cf) {}, set x(cf) {} }; cf.METHOD('a');",
    "if (typeof cf.METHOD === 'function') { cf.METHOD('a'); }",
]
OTHER_USES = [
    "cf.kvs('x').get('y');",
    "const store = cf.kvs();",
    "cf.edgeLocation.name;",
    "cf['edgeLocation'].name;",
    "const c = cf; c.kvs();",
    "e.selectRequestOriginById = 1; e.x.updateRequestOrigin('a');",
    "var text = \"cf.selectRequestOriginById('a')\"; // cf.updateRequestOrigin({})\n",
    "function f(cf) { return cf; } f(e);",
    "var f = (cf) => cf + 1; var g = cf => cf; f(g);",
    "function f() { var cf = 1; return cf; } f();",
    "function f() { let cf = 1; { return cf; } } f();",
    "for (var i = 0; i < 1; i++) { const cf = i; e.x = cf; }",
    "for (const cf in e) { e.y = cf; }",
    "try { f(); } catch (cf) { e.z = cf; }",
    "(function cf() { return cf; })();",
    "function f(...cf) { return cf; } f();",
    "{ function cf() {} e.f = cf; }",
    "cf: for (;;) { break cf; }",
    "if (typeof cf !== 'undefined') { cf.kvs(); }",
    "e.x = typeof (cf);",
    "var o = { cf: 1 }; o.cf = 2;",
]


def read(way_in: str, statement: str, *, first: bool = True) -> None:
    body = f"function handler(e) {{\n  {statement}\n  return e.request;\n}}"
    source = f"{way_in}\n{body}" if first else f"{body}\n{way_in}"
    read_user_code(source, path="Shop/Edge", argument="viewer_request_code")


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(WAYS_IN), st.sampled_from(CHOICES), st.sampled_from(METHODS), st.booleans())
def test_every_way_to_a_method_that_chooses_an_origin_is_refused(way_in, choice, method, first):
    with pytest.raises(
        InvalidArgumentError, match=r"may choose an origin.*behavior without the edge's functions"
    ) as caught:
        read(
            way_in,
            choice.replace("METHOD", method).replace("MET'", f"{method[:3]}'").replace("'HOD", f"'{method[3:]}"),
            first=first,
        )
    assert "(line " in str(caught.value)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(WAYS_IN), st.sampled_from(OTHER_USES), st.booleans())
def test_every_other_use_and_similar_name_is_accepted(way_in, use, first):
    read(way_in, use, first=first)


def test_other_modules_are_not_checked():
    read("import cf from 'crypto';", "e.x = cf; cf.selectRequestOriginById('a');")


@pytest.mark.parametrize("argument", ["viewer_request_code", "viewer_response_code"])
def test_a_distribution_refuses_it_with_the_line_and_the_edges_path(argument):
    code = "import cf from 'cloudfront';\nfunction handler(e) {\n  cf.selectRequestOriginById('b');\n  return e;\n}"
    with pytest.raises(InvalidArgumentError, match=r"`cf.selectRequestOriginById` \(line 3, column 3\)") as caught:
        StickyPartitionDistribution(
            cdk.Stack(),
            "Site",
            partitions=split(),
            **{argument: code},
        )
    assert caught.value.argument == argument
    assert caught.value.path == "Default/Site/Edge"
