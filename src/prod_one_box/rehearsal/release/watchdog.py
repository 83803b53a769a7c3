"""Ends a process that takes too long over an answer."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Final

_LOOKS_EVERY: Final = 0.5
"""In seconds."""


class Watchdog:
    """Watches one process, from one thread for all its answers: a thread for each would cost more than most of them.

    Attributes:
        has_bitten: Whether the process was ended, because it took too long.
    """

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        """Begins to watch.

        Args:
            child: The process.
        """
        self.has_bitten = False
        self._child = child
        self._until: float | None = None
        self._looking = threading.Lock()
        self._over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    @contextlib.contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Ends the process if what is done in this context takes too long.

        Args:
            seconds: How long it may take, by the clock of this machine.
        """
        self._until = time.monotonic() + seconds
        try:
            yield
        finally:
            with self._looking:
                self._until = None

    def rest(self) -> None:
        """Watches no longer."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(_LOOKS_EVERY):
            with self._looking:
                if self._until is not None and time.monotonic() > self._until:
                    self.has_bitten = True
                    self._child.kill()
                    return
