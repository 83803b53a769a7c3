"""Why a release goes out otherwise than usual."""

from ..errors import InvalidArgumentError, check_kind


def check_reasons(path: str, *, forced_reason: str | None, expedited_reason: str | None) -> None:
    """Refuses a reason that says nothing, and two at once: an expedited release watches nothing that could be forced.

    Args:
        path: The construct's path.
        forced_reason: Why red alarms are ignored; None if they are not.
        expedited_reason: Why nothing is held; None if it is.

    Raises:
        InvalidArgumentError: If a reason is empty, or both are given.
    """
    reasons = {"forced_reason": forced_reason, "expedited_reason": expedited_reason}
    for argument, reason in reasons.items():
        check_kind(reason, (str, type(None)), path=path, argument=argument, allowed="why, in a few words, or None")
        if reason is not None and not reason.strip():
            raise InvalidArgumentError(
                path=path, argument=argument, given="an empty reason", allowed="why, in a few words, or None"
            )
    if forced_reason is not None and expedited_reason is not None:
        raise InvalidArgumentError(
            path=path,
            argument="forced_reason, expedited_reason",
            given="both",
            allowed="one of them",
            remedy="An expedited release watches no alarms, so there is nothing to force.",
        )
