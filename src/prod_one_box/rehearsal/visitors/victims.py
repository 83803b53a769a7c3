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
        self._impact.visitors += self._first(visitor, _SEEN)

    def came(self, visitor: int) -> None:
        """A visitor asks for a page while the bad version serves somebody."""
        self._impact.came += self._first(visitor, _CAME)

    def met(self, visitor: int) -> None:
        """The bad version answers a visitor."""
        self.came(visitor)
        self._impact.met += self._first(visitor, _MET)

    def error(self, visitor: int) -> None:
        """A visitor's request fails."""
        self._impact.met_error += self._first(visitor, _ERROR)

    def broken(self, visitor: int) -> None:
        """A visitor's page does not work."""
        self._impact.saw_broken += self._first(visitor, _BROKEN)

    def replaced(self, visitor: int) -> None:
        """A visitor's page does not work because its release was replaced under them."""
        self._impact.saw_replaced += self._first(visitor, _REPLACED)

    def _first(self, visitor: int, bit: int) -> bool:
        """Notes a bit; whether it is new."""
        is_first = not self._bits[visitor] & bit
        self._bits[visitor] |= bit
        return is_first
