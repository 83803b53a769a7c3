"""Counts distinct visitors, so that nobody counts twice."""

from .timeline import Impact

_SEEN = 1
_MET = 2
_ERROR = 4
_BROKEN = 8
_REPLACED = 16
_CAME = 32


class Victims:
    """What each visitor has met since the update began, as bits of one byte."""

    def __init__(self, impact: Impact) -> None:
        self._impact = impact
        self._bits = bytearray()

    def grow(self, count: int) -> None:
        """Makes room for so many visitors."""
        self._bits.extend(bytes(max(0, count - len(self._bits))))

    def seen(self, visitor: int) -> None:
        """A visitor asks for something."""
        if not self._bits[visitor] & _SEEN:
            self._bits[visitor] |= _SEEN
            self._impact.visitors += 1

    def came(self, visitor: int) -> None:
        """A visitor asks for a page while the bad version serves somebody."""
        if not self._bits[visitor] & _CAME:
            self._bits[visitor] |= _CAME
            self._impact.came += 1

    def met(self, visitor: int) -> None:
        """The bad version answers a visitor."""
        self.came(visitor)
        if not self._bits[visitor] & _MET:
            self._bits[visitor] |= _MET
            self._impact.met += 1

    def error(self, visitor: int) -> None:
        """A visitor's request fails."""
        if not self._bits[visitor] & _ERROR:
            self._bits[visitor] |= _ERROR
            self._impact.met_error += 1

    def broken(self, visitor: int) -> None:
        """A visitor's page does not work."""
        if not self._bits[visitor] & _BROKEN:
            self._bits[visitor] |= _BROKEN
            self._impact.saw_broken += 1

    def replaced(self, visitor: int) -> None:
        """A visitor's page does not work because its release was replaced under them."""
        if not self._bits[visitor] & _REPLACED:
            self._bits[visitor] |= _REPLACED
            self._impact.saw_replaced += 1
