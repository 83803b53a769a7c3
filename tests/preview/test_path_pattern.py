"""Path patterns as CloudFront reads them."""

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.preview.path_pattern import matches

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


@given(LETTERS)
def test_a_pattern_without_wildcards_takes_itself_alone(path):
    plain = path.replace("*", "").replace("?", "")
    assert matches(plain, plain)
    assert not matches(plain, plain + "x")


@given(LETTERS, LETTERS)
def test_wildcards_mean_what_a_shell_means_by_them(pattern, path):
    assert matches(f"/{pattern}", f"/{path}") is fnmatch.fnmatchcase(path, pattern)
