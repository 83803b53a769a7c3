"""What all tests in a browser share: the browser, the testers' secret, the shop in two releases."""

import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from e2e.browser import BrowserMissingError, chromium, launch
from e2e.shop import BUILT, synthesize_shop


def pytest_configure() -> None:
    """Without a browser there is no run."""
    try:
        chromium()
    except BrowserMissingError as missing:
        raise pytest.UsageError(str(missing)) from missing


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all; each visitor has a context of its own."""
    with sync_playwright() as playwright:
        launched = launch(playwright)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def npm_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which npm has installed what `package.json` names, as the lock file pins it."""
    folder = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(Path(__file__).with_name(name), folder)
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def tester_secret() -> str:
    return secrets.token_urlsafe(32)


@pytest.fixture(scope="session")
def shop_of(tmp_path_factory: pytest.TempPathFactory, tester_secret: str) -> Callable[..., Path]:
    """The cloud assembly of a release of the shop, with or without retained assets."""

    @cache
    def shop(release: str, *, retained: bool = False) -> Path:
        outdir = tmp_path_factory.mktemp(f"shop-{release}")
        return synthesize_shop(outdir, pages=BUILT / release, retained=retained, tester_secret=tester_secret)

    return shop
