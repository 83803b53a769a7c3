"""How long a superseded file stays."""

from aws_cdk import Duration

from ..errors import InvalidArgumentError, check_kind


def keep_days(keep_for: Duration, *, path: str) -> int:
    """Counts the days.

    Args:
        keep_for: How long.
        path: The construct's path.

    Raises:
        InvalidArgumentError: If it is not a whole number of days, or none.
    """
    allowed = "a Duration of whole days, one at least, known at synth"
    check_kind(keep_for, Duration, path=path, argument="keep_for", allowed=allowed)
    days = 0.0 if keep_for.is_unresolved() else keep_for.to_seconds(integral=False) / 86_400
    if days < 1 or days != int(days):
        given = "a token" if keep_for.is_unresolved() else f"{days:g} days"
        raise InvalidArgumentError(path=path, argument="keep_for", given=given, allowed=allowed)
    return int(days)
