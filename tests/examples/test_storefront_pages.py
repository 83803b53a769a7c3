"""The storefront's built pages: each release is complete, answers in plain Node, shares no file with the other."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from synthesized import EXAMPLES

BUILT = EXAMPLES / "storefront" / "frontend" / "built"
RELEASES = {"one": BUILT / "one", "two": BUILT / "two"}
OTHER = {"one": "two", "two": "one"}


def answers(built: Path, *paths: str, partition: str = "one-box") -> list[dict[str, Any]]:
    """Asks a front end's handler for paths, in Node as Lambda would."""
    program = (
        f"import {{ handler }} from {json.dumps((built / 'index.mjs').as_uri())};"
        f"const headers = {{ 'x-req-partition': {json.dumps(partition)} }};"
        f"for (const rawPath of {json.dumps(paths)})"
        "  console.log(JSON.stringify(await handler({ rawPath, headers })));"
    )
    done = subprocess.run(["node", "--input-type=module", "-e", program], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def page_of(release: str, partition: str = "one-box") -> str:
    (page,) = answers(RELEASES[release], "/", partition=partition)
    assert page["statusCode"] == 200
    assert page["headers"] == {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
    return page["body"]


def named_by(page: str) -> set[str]:
    """The assets that a page's scripts, styles, pictures and preloads name."""
    return set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page))


def asset_paths(release: str) -> set[str]:
    return {f"/assets/{file.name}" for file in (RELEASES[release] / "assets").iterdir()}


@pytest.mark.parametrize("release", RELEASES)
def test_a_page_names_a_script_a_style_and_a_picture_of_its_own_release(release: str) -> None:
    named = named_by(page_of(release))
    assert sorted(Path(path).suffix for path in named) == [".css", ".js", ".svg"]
    assert named < asset_paths(release)
    assert not named & asset_paths(OTHER[release])


@pytest.mark.parametrize("release", RELEASES)
def test_a_part_of_the_page_is_a_script_that_only_its_main_script_names(release: str) -> None:
    (lazy,) = {path for path in asset_paths(release) if path.startswith("/assets/Details-")}
    page = page_of(release)
    (main,) = (path for path in named_by(page) if path.endswith(".js"))
    assert lazy not in page
    assert Path(lazy).name in (RELEASES[release] / main.removeprefix("/")).read_text("utf-8")


@pytest.mark.parametrize(("release", "status"), [("one", 200), ("two", 404)])
def test_a_release_serves_its_own_assets_for_good_and_never_the_others(release: str, status: int) -> None:
    given = answers(RELEASES[release], *asset_paths("one"))
    assert {answer["statusCode"] for answer in given} == {status}
    caching = {200: "public, max-age=31536000, immutable", 404: "no-store"}[status]
    assert {answer["headers"]["cache-control"] for answer in given} == {caching}


def test_assets_are_served_as_what_they_are() -> None:
    paths = sorted(asset_paths("one"))
    types = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    for path, answer in zip(paths, answers(RELEASES["one"], *paths), strict=True):
        assert answer["headers"]["content-type"] == f"{types[path.rsplit('.')[-1]]}; charset=utf-8"
        assert answer["body"] == (RELEASES["one"] / path.removeprefix("/")).read_text("utf-8")


@pytest.mark.parametrize("release", RELEASES)
def test_a_page_is_rendered_before_any_script_runs_and_says_where_it_comes_from(release: str) -> None:
    page = page_of(release, partition="regular")
    for shown in ("<h1>Storefront</h1>", "regular partition", f"release {release}", "version local"):
        assert shown in page


def test_a_header_cannot_put_markup_into_a_page() -> None:
    page = page_of("one", partition="</script><b>$&")
    assert "&lt;/script&gt;&lt;b&gt;$&amp; partition" in page
    assert '{"partition":"\\u003c/script>\\u003cb>$&"' in page


@pytest.mark.parametrize("release", RELEASES)
def test_a_built_release_answers_from_its_own_files_alone(release: str, tmp_path: Path) -> None:
    elsewhere = Path(shutil.copytree(RELEASES[release], tmp_path / "task"))
    (page,) = answers(elsewhere, "/")
    assert page == answers(RELEASES[release], "/")[0]
