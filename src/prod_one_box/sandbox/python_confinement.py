"""Keep a process from files, the network and other processes by Python's audit hooks.

A hook cannot be removed (Python documentation, "Audit events table"), so this is for a process that runs nothing else.
Code that sets out to break the interpreter gets past it.
"""

import os
import sys
from collections.abc import Callable
from typing import Any, Final

_HARMLESS: Final = frozenset(
    {
        "_thread.start_joinable_thread",
        "_thread.start_new_thread",
        "builtins.id",
        "code.__new__",
        "compile",
        "cpython.PyInterpreterState_Clear",
        "cpython._PySys_ClearAuditHooks",
        "exec",
        "function.__new__",
        "marshal.loads",
        "object.__delattr__",
        "object.__getattr__",
        "object.__setattr__",
        "sys._getframe",
        "sys._getframemodulename",
        "sys.excepthook",
        "sys.unraisablehook",
        "time.sleep",
    }
)
"""Events that reach nothing outside of the process; all others are refused, including those of later Pythons."""

_UNAUDITED: Final = frozenset(
    [
        "_ctypes",
        "_curses",
        "_dbm",
        "_gdbm",
        "_interpreters",
        "_multiprocessing",
        "_overlapped",
        "_posixshmem",
        "_posixsubprocess",
        "_socket",
        "_sqlite3",
        "_ssl",
        "_testcapi",
        "_testinternalcapi",
        "_tkinter",
        "_winapi",
        "_xxsubinterpreters",
        "fcntl",
        "grp",
        "mmap",
        "msvcrt",
        "nis",
        "pwd",
        "readline",
        "spwd",
        "syslog",
        "termios",
        "winreg",
    ]
)
"""Python's own modules whose C code reaches files, network, processes or memory without an event for each access."""

_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_LONGEST_CPU_SECONDS: Final = 3600
"""Ends a process in an endless loop whose parent was killed."""


def confine(folder: str) -> None:
    """Confine this process, from now on, to reading a folder and Python's own library, as in the present `sys.path`."""
    _limit_resources()
    library = tuple(map(_inside, sys.path))
    sys.addaudithook(_hook((_inside(folder), *library), library))


def _limit_resources() -> None:
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    if most == resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_CPU, (_LONGEST_CPU_SECONDS, _LONGEST_CPU_SECONDS))


def _inside(place: str) -> str:
    """Return the beginning of the names of all files in a folder."""
    return os.path.normcase(os.path.join(os.path.realpath(place), ""))  # noqa: PTH118


def _within(place: object, folders: tuple[str, ...]) -> bool:
    # A folder's own name has no separator at its end.
    return isinstance(place, (str, bytes)) and _inside(os.fsdecode(place)).startswith(folders)


def _hook(readable: tuple[str, ...], library: tuple[str, ...]) -> Callable[[str, tuple[Any, ...]], None]:
    def check_import(module: str, file: object, *_search: object) -> None:
        if module.partition(".")[0] in _UNAUDITED or (file is not None and not _within(file, library)):
            raise ImportError(f"the waits' code may not import {module} in a rehearsal", name=module)

    def check_open(place: object, mode: str | None = None, flags: int = 0) -> None:
        if set(mode or "") & set("wax+") or flags & _WRITING or not _within(place, readable):
            raise PermissionError(f"the waits' code may not open {place!r} in a rehearsal")

    checks: dict[str, Callable[..., None]] = {
        "import": check_import,
        "open": check_open,
        "os.listdir": check_open,
        "os.scandir": check_open,
    }

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in checks:
            checks[event](*arguments)
        elif event not in _HARMLESS:
            raise PermissionError(f"the waits' code may not use {event} in a rehearsal")

    return hook
