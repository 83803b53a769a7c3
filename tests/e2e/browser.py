"""A visitor's browser, and what it saw of a page."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Response

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS = 30
ALIVE = 'html[data-alive="true"]'
PARTITION = "x-req-partition"
VERSION = "x-preview-version"


class BrowserMissingError(Exception):
    """There is no browser on this machine."""


def chromium() -> str:
    """The browser's path."""
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    if not found:
        raise BrowserMissingError(
            "no browser: chromium, chromium-browser or google-chrome is needed; on Debian: apt-get install chromium"
        )
    return found[0]


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


@dataclass
class Visit:
    """A page in a tab, and every answer that it caused."""

    page: Page
    document: Response | None = None
    answers: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", lambda answer: self.answers.append(answer))  # noqa: PLW0108  # no built-in method

    @property
    def headers(self) -> dict[str, str]:
        """All headers that came with the page."""
        assert self.document is not None
        return self.document.all_headers()

    @property
    def partition(self) -> str:
        """The partition that answered with the page."""
        return self.headers[PARTITION]

    @property
    def assets(self) -> list[Response]:
        return [answer for answer in self.answers if "/assets/" in answer.url]

    @property
    def calls(self) -> list[Response]:
        return [answer for answer in self.answers if "/api/" in answer.url]

    @property
    def bucket(self) -> int:
        """The bucket in the visitor's cookie."""
        (cookie,) = [one for one in self.page.context.cookies() if one["name"] == "__Host-one-box-bucket"]
        return int(cookie["value"])

    def says(self, name: str) -> str:
        """What the page's foot says, such as its release: the last word of `release one`."""
        return (self.page.text_content(f"#{name}") or "").removesuffix(" partition").split(" ")[-1]

    def come_alive(self) -> None:
        """Waits until React has taken the page over and its API calls have been answered."""
        self.page.wait_for_selector(ALIVE)
        self.page.wait_for_selector("#products[data-state=loaded]")

    def is_alive(self) -> bool:
        return self.page.locator(ALIVE).count() == 1

    def open_details(self) -> None:
        """Opens what a script of its own shows, and waits for it, or for the page to say that it is not to be had."""
        self.page.get_by_role("button", name="Details of the teapot").click()
        self.page.wait_for_selector("#details, [role=alert]")


def visit(tab: Page, address: str, *, agent: str | None = None) -> Visit:
    """Opens a page in a tab; the browser may have become another, as after an update."""
    if agent is not None:
        session = tab.context.new_cdp_session(tab)
        session.send("Emulation.setUserAgentOverride", {"userAgent": agent})
    opened = Visit(tab)
    opened.document = tab.goto(address)
    return opened


@contextmanager
def visitor(browser: Browser, agent: str | None = None, *, scripts: bool = True) -> Iterator[BrowserContext]:
    """A browser of somebody who was never here; the agent decides on which bucket they get."""
    context = browser.new_context(user_agent=agent, java_script_enabled=scripts)
    context.set_default_timeout(SECONDS * 1000)
    try:
        yield context
    finally:
        context.close()


@contextmanager
def visitor_without_cookies(browser: Browser, profile: Path) -> Iterator[BrowserContext]:
    """A browser of somebody who lets no site set cookies; it needs a profile of its own."""
    (profile / "Default").mkdir(parents=True)
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Default" / "Preferences").write_text(json.dumps(blocked), "utf-8")
    context = browser.browser_type.launch_persistent_context(str(profile), executable_path=chromium(), args=FLAGS)
    try:
        yield context
    finally:
        context.close()
