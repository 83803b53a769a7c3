"""The comparison of simulated releases, by the code of the assembly's own wait handler."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from itertools import islice
from typing import Any, Final

from ...sandbox.wait_process import HandlerFailedError, WaitProcess
from ...template.cloud_assembly import AssemblyError
from ..aws.wait_code import CodeOfWait
from .setting import Compared

_NAMES: Final = {"usual", "stopped_after"}
_AT_ONCE: Final = 250
"""Histories or releases in a call, which has to end in the time that a poll has."""

_NOW: Final = datetime(2000, 1, 1, tzinfo=timezone.utc)

Minutes = Sequence[Sequence[int]]
"""The requests and failures of the new side, then of the old one, for each minute."""

Calibration = Sequence[float]
"""What the handler returns as usual for two sides."""

Release = Sequence[tuple[Calibration, Minutes]]
"""The stages of a release."""


class HandlerTrials:
    """The handler of an assembly, asked about releases that nobody deployed."""

    def __init__(self, code: CodeOfWait) -> None:
        """Load the code.

        Raises:
            AssemblyError: If it is of a version of the library whose handler cannot be asked.
        """
        self._function = code.function
        self._module = f"{code.module.partition('.')[0]}.trials"
        # Not a rehearsal's process, which expects the questions to AWS of its last poll.
        self._process = WaitProcess(code.folder)
        try:
            known = self._process.load({self._module})[self._module] >= _NAMES
        except AssemblyError:
            known = False
        if not known:
            raise AssemblyError(
                f"{code.function}: its code is of another version of the library, which cannot be asked about "
                "settings; synthesize the assembly with this version"
            )

    def usual(self, histories: Iterable[Minutes]) -> list[Calibration]:
        """Return what is usual after each history."""
        return self._in_parts("usual", "histories", histories, {})

    def stopped_after(self, releases: Iterable[Release], compared: Compared) -> list[int | None]:
        """Return the number of the minute after which each release is stopped; None if it is not."""
        return self._in_parts("stopped_after", "releases", releases, compared._asdict())

    def _in_parts(self, function: str, name: str, items: Iterable[object], event: Mapping[str, object]) -> list[Any]:
        found: list[Any] = []
        remaining = iter(items)
        while part := [*islice(remaining, _AT_ONCE)]:
            try:
                answer, _ = self._process.call(self._module, function, {**event, name: part}, now=_NOW, ask=_no_aws)
            except HandlerFailedError as error:
                raise AssemblyError(f"{self._function}: its code failed when asked about settings") from error
            if not isinstance(answer, list) or len(answer) != len(part):
                raise AssemblyError(f"{self._function}: its answer about settings cannot be read")
            found += answer
        return found


def _no_aws(_service: str, _operation: str, _arguments: Mapping[str, object]) -> object:
    raise AssemblyError("the waits' code calls AWS when it is asked about settings")
