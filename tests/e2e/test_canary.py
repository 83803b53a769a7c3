"""The canary's own script, run against the preview, passes on a good version and fails on a bad one."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import prod_one_box
from e2e.browser import ALIVE, chromium
from e2e.front_ends import asset, built_copy, failing_api, with_pages
from e2e.preview_process import Preview, preview_of
from e2e.shop import BACKEND, BUILT, PARTITIONS, synthesize_shop
from prod_one_box.vocabulary import ONE_BOX, REGULAR

SCRIPT = Path(prod_one_box.__file__).parent / "constructs" / "canary" / "script" / "run.mjs"
VISITS_LAZY_CHUNK = "{{ ...answer, body: answer.body + `<script type=module>import('/assets/{}')</script>` }}"
WITHOUT_VISIT = r"{ ...answer, body: answer.body.replace(/(<script [^>]*id=\"visit\">).*?</, '$1null<') }"

Built = tuple[Path, Path]
Canary = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def canary(npm_packages: Path, tester_secret: str) -> Canary:
    """Visits a partition as the canary does: its exit status, and what it said."""

    def run(preview: Preview, partition: str, seconds: int = 60) -> tuple[int, str]:
        done = subprocess.run(
            [
                "node",
                str(SCRIPT),
                preview.site,
                "--selector",
                ALIVE,
                "--partition",
                partition,
                "--seconds",
                str(seconds),
            ],
            cwd=npm_packages,
            env={**os.environ, "TESTER_SECRET": tester_secret, "CHROMIUM": chromium()},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, (done.stdout + done.stderr).strip()

    return run


@contextmanager
def released(new: Path, old: Path) -> Iterator[Preview]:
    """A preview with the new version on the one-box."""
    with preview_of(new, "--against", old) as preview:
        preview.start_release()
        yield preview


@pytest.mark.parametrize("retained", [False, True])
def test_it_passes_on_the_good_version(canary: Canary, shop_of: Callable[..., Path], retained: bool) -> None:
    with released(shop_of("two", retained=retained), shop_of("one", retained=retained)) as preview:
        for partition in PARTITIONS:
            assert canary(preview, partition) == (0, "/ came alive")


def test_it_fails_when_it_was_sent_to_the_other_partition(canary: Canary, tmp_path: Path) -> None:
    other = synthesize_shop(tmp_path, pages=BUILT / "two", tester_secret="a-secret-that-the-canary-does-not-know")
    with preview_of(other) as preview:
        preview.set_share(0)
        status, said = canary(preview, ONE_BOX)
    assert (status, "regular answered instead of one-box" in said) == (1, True), said


def answers_500(folder: Path) -> Built:
    return with_pages("two", folder, "{ ...answer, statusCode: 500 }"), BACKEND


def misses_its_script(folder: Path) -> Built:
    built = built_copy("two", folder)
    asset(built, "index-*.js").unlink()
    return built, BACKEND


def misses_its_style(folder: Path) -> Built:
    built = built_copy("two", folder)
    asset(built, "index-*.css").unlink()
    return built, BACKEND


def misses_a_lazy_chunk(folder: Path) -> Built:
    """The page is alive, and then loads what is not there."""
    chunk = asset(BUILT / "two", "Details-*.js").name
    built = with_pages("two", folder, VISITS_LAZY_CHUNK.format(chunk))
    asset(built, "Details-*.js").unlink()
    return built, BACKEND


def throws_at_hydration(folder: Path) -> Built:
    """The browser gets other data than the server rendered from, and React fails on it."""
    return with_pages("two", folder, WITHOUT_VISIT), BACKEND


def has_a_failing_api(folder: Path) -> Built:
    return built_copy("two", folder), failing_api(folder / "backend")


@pytest.mark.parametrize(
    ("bad", "cause"),
    [
        (answers_500, "500 for the document"),
        (misses_its_script, "404 for the script"),
        (misses_its_style, "404 for the stylesheet"),
        (misses_a_lazy_chunk, "404 for the script"),
        (throws_at_hydration, "the page threw: Cannot read properties of null"),
        (has_a_failing_api, "500 for the fetch"),
    ],
)
def test_it_fails_on_a_version_that(
    canary: Canary,
    shop_of: Callable[..., Path],
    tester_secret: str,
    tmp_path: Path,
    bad: Callable[[Path], Built],
    cause: str,
) -> None:
    pages, backend = bad(tmp_path)
    new = synthesize_shop(tmp_path / "out", pages=pages, backend=backend, tester_secret=tester_secret)
    with released(new, shop_of("one")) as preview:
        # A page that stays dead is waited for to the end, so there is less time.
        status, said = canary(preview, ONE_BOX, seconds=8)
        assert (status, cause in said) == (1, True), said
        # The backend is everybody's; of a bad front end only the one-box knows.
        assert canary(preview, REGULAR)[0] == int(backend != BACKEND)
