"""The log of recent requests that the panel shows."""

import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Final

_KEPT: Final = 200


@dataclass(kw_only=True)
class LogEntry:
    """A request and its outcome.

    Attributes:
        method: The method.
        path: The path with its query.
        time: When the request arrived, in seconds since 1970.
        partition: The partition that the edge code chose; "" if none.
        bucket: The visitor's bucket as the edge code computed it; None if it computed none.
        origin: The name of the origin.
        version: The version that answered; "" if none did.
        cache: `Hit`, `Miss`, `Error` or `FunctionGeneratedResponse`.
        status: The response's status.
        milliseconds: The time until the response.
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


class RequestLog:
    """The last requests, and counts of all of them."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: deque[LogEntry] = deque(maxlen=_KEPT)
        self._requests = 0
        self._hits = 0

    def arrived(self, method: str, path: str) -> LogEntry:
        """Return an entry for a request that has just arrived."""
        return LogEntry(method=method, path=path, time=time.time())

    def answered(self, entry: LogEntry, status: int) -> None:
        """Complete an entry and add it to the log."""
        entry.status = status
        entry.milliseconds = round((time.time() - entry.time) * 1000, 1)
        self._requests += 1
        self._hits += entry.cache == "Hit"
        self._entries.appendleft(entry)

    def report(self) -> dict[str, object]:
        """Return the counts and the entries, the latest first."""
        return {"count": self._requests, "hits": self._hits, "requests": [asdict(entry) for entry in self._entries]}
