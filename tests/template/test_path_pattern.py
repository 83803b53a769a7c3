"""Path patterns as CloudFront reads them."""

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.template.path_pattern import matches, normalized

LETTERS = st.text("ab/.*?", max_size=8)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/api/*", "/api/orders", True),
        ("/api/*", "/api/", True),
        ("/api/*", "/api", False),
        ("api/*", "/api/orders/1", True),
        ("/API/*", "/api/orders", False),
        ("*.jpg", "/pictures/cup.jpg", True),
        ("*.jpg", "/pictures/cup.jpg.txt", False),
        ("/a?.css", "/ab.css", True),
        ("/a?.css", "/a.css", False),
        ("/a.css", "/abcss", False),
        ("*", "/anything/at/all", True),
        ("/a+b", "/a+b", True),
        ("/[a]", "/[a]", True),
    ],
)
def test_a_pattern_takes_the_paths_that_the_developer_guide_says(pattern, path, expected):
    assert matches(pattern, path) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/x/../api", "/api"),
        ("/a/b/..", "/a/"),
        ("/a/b/.", "/a/b/"),
        ("/..", "/"),
        ("/../../api", "/api"),
        ("//api", "/api"),
        ("/a///b/", "/a/b/"),
        ("/%61pi", "/api"),
        ("/%7eann/%2E%2e/api", "/api"),
        ("/a%2fb", "/a%2Fb"),
        ("/a%2", "/a%2"),
        ("/a.b/..c/c..", "/a.b/..c/c.."),
        ("/", "/"),
        ("", "/"),
    ],
)
def test_a_path_is_compared_as_rfc_3986_normalizes_it(path, expected):
    assert normalized(path) == expected


@given(st.text("ab/.%2fE", max_size=12))
def test_a_normalized_path_stays_as_it_is(path):
    once = normalized(f"/{path}")
    assert normalized(once) == once or "%" in once
    assert "//" not in once


@given(LETTERS)
def test_a_pattern_without_wildcards_takes_itself_alone(path):
    plain = path.replace("*", "").replace("?", "")
    assert matches(plain, plain)
    assert not matches(plain, plain + "x")


@given(LETTERS, LETTERS)
def test_wildcards_mean_what_a_shell_means_by_them(pattern, path):
    assert matches(f"/{pattern}", f"/{path}") is fnmatch.fnmatchcase(path, pattern)
