"""Visitors who ask for a page and then for its script, again and again, while a release goes on."""

import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import ClassVar

from emulator.aws import Answer, Aws


@dataclass(frozen=True)
class Visitor:
    """Somebody who has the same bucket all the while.

    Attributes:
        bucket: The bucket, which the cookie holds.
        partitions: The partitions that it belongs to: one, or those before and after an update of the split.
    """

    bucket: int
    partitions: frozenset[str]

    @property
    def cookie(self) -> str:
        """The cookie that the edge gave them."""
        return f"__Host-one-box-bucket={self.bucket}"


@dataclass(frozen=True)
class Visit:
    """One page and its script.

    Attributes:
        visitor: The visitor's name.
        began: When the page was asked for, in seconds since the epoch.
        ended: When the script had come.
        page: The page's HTTP status.
        release: The release that made the page.
        script: The script's HTTP status; 404 if the release that was asked is another than the page's.
        partitions: The partitions that answered.
        backend: What the API answered that tells its version; "" without an API.
    """

    visitor: str
    began: float
    ended: float
    page: int
    release: str
    script: int
    partitions: frozenset[str]
    backend: str = ""


@dataclass
class Visitors:
    """Visitors by name, each in a thread of its own until stopped."""

    aws: Aws
    domain: str
    who: Mapping[str, Visitor]
    visits: list[Visit] = field(default_factory=list)
    visits_a_second: ClassVar[float] = 2
    release: ClassVar[re.Pattern[str]] = re.compile(r'id="release">([^<]*)<')

    def __post_init__(self) -> None:
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(name,), daemon=True) for name in self.who]

    def __enter__(self) -> "Visitors":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    @classmethod
    def release_in(cls, page: Answer) -> str:
        """The release that made a page; "" if none says so."""
        found = cls.release.search(page.body)
        return found[1] if found else ""

    def releases_seen_by(self, visitor: str) -> list[str]:
        """The releases whose pages a visitor saw, one after the other."""
        found = [each.release for each in self.visits if each.visitor == visitor]
        return [release for at, release in enumerate(found) if at == 0 or found[at - 1] != release]

    def rate_of(self, visitor: str) -> float:
        """How often a visitor comes, in visits a second."""
        return self.visits_a_second

    def _run(self, visitor: str) -> None:
        while not self._ending.is_set():
            began = time.time()
            try:
                visit = self._visit(visitor, began)
            except (OSError, HTTPException) as error:
                visit = Visit(visitor, began, time.time(), 0, type(error).__name__, 0, frozenset())
            self.visits.append(visit)
            self._ending.wait(max(0.0, 1 / self.rate_of(visitor) - (time.time() - began)))

    def _visit(self, visitor: str, began: float) -> Visit:
        cookie = self.who[visitor].cookie
        page = self.aws.ask(self.domain, "/", cookie=cookie)
        release = self.release_in(page)
        script = self.aws.ask(self.domain, f"/{release}.js", cookie=cookie)
        partitions = frozenset({page.partition, script.partition})
        return Visit(visitor, began, time.time(), page.status, release, script.status, partitions)
