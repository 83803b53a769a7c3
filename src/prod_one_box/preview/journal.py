"""The last requests, for whoever watches."""

import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Final

_LAST: Final = 200


@dataclass(kw_only=True)
class Entry:
    """What became of a request.

    Attributes:
        method: Its method.
        path: Its path, with its query.
        time: When it came, in seconds since 1970.
        partition: The partition that the edge's code named; "" for a request without one.
        bucket: The visitor's bucket by the edge's own arithmetic; None for a request without one.
        origin: The name of the origin that it was meant for.
        version: The version that gave the answer; "" for none.
        cache: `Hit`, `Miss`, or what went wrong.
        status: The answer's status.
        milliseconds: How long it took.
    """

    method: str
    path: str
    time: float
    partition: str = ""
    bucket: int | None = None
    origin: str = ""
    version: str = ""
    cache: str = "Miss"
    status: int = 0
    milliseconds: float = 0.0


class Journal:
    """Keeps the last requests, and counts all."""

    def __init__(self) -> None:
        """Begins empty."""
        self._entries: deque[Entry] = deque(maxlen=_LAST)
        self._requests = 0
        self._hits = 0

    def begin(self, method: str, path: str) -> Entry:
        """Notes that a request has come."""
        return Entry(method=method, path=path, time=time.time())

    def end(self, entry: Entry, status: int) -> None:
        """Notes that it was answered."""
        entry.status = status
        entry.milliseconds = round((time.time() - entry.time) * 1000, 1)
        self._requests += 1
        self._hits += entry.cache == "Hit"
        self._entries.appendleft(entry)

    def report(self) -> dict[str, object]:
        """All that is known, the last request first."""
        return {"count": self._requests, "hits": self._hits, "requests": [asdict(entry) for entry in self._entries]}
