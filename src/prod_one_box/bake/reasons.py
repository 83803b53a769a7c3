"""Why a release goes out otherwise than usual."""

from collections.abc import Mapping
from typing import Final

from ..errors import InvalidArgumentError, check_kind, shown
from .guard import Guard

_REASON: Final = "why, in a few words, or None"


def check_reasons(path: str, *, override: object, expedited_reason: object) -> None:
    """Raise unless the reasons say something, and fit together.

    Args:
        path: The construct's path.
        override: Why guards are overridden, by guard; None if none is.
        expedited_reason: Why nothing is held; None if it is.

    Raises:
        InvalidArgumentError: If a reason is empty or of an unknown guard, or an expedited release overrides red alarms.
    """
    _check_reason(expedited_reason, path=path, argument="expedited_reason")
    reasons = _by_guard(override, path=path)
    for guard, reason in reasons.items():
        _check_reason(reason, path=path, argument=f"override[{guard}]")
    if reasons.get(Guard.RED_ALARMS) is not None and expedited_reason is not None:
        raise InvalidArgumentError(
            path=path,
            argument="override, expedited_reason",
            given=f"both, with {Guard.RED_ALARMS}",
            allowed="one of them",
            remedy="An expedited release watches no alarms, so there is nothing to override.",
        )


def _by_guard(override: object, *, path: str) -> Mapping[Guard, object]:
    if override is None:
        return {}
    if not isinstance(override, Mapping):
        raise _unknown(override, path)
    for guard in override:
        if not isinstance(guard, Guard):
            raise _unknown(guard, path)
    return override


def _unknown(given: object, path: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        path=path,
        argument="override",
        given=shown(given),
        allowed=f"a mapping from {' or '.join(map(str, Guard))} to a reason, or None",
    )


def _check_reason(reason: object, *, path: str, argument: str) -> None:
    check_kind(reason, (str, type(None)), path=path, argument=argument, allowed=_REASON)
    if isinstance(reason, str) and not reason.strip():
        raise InvalidArgumentError(path=path, argument=argument, given="an empty reason", allowed=_REASON)
