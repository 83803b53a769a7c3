"""The one error that the constructs raise for an argument that AWS, or the design, would refuse."""


class InvalidArgumentError(ValueError):
    """An argument of a construct that cannot work, found when the construct is made.

    Its message says which construct, which argument, what was given, what is allowed and what to do.

    Attributes:
        path: The construct's path in the app, such as `Shop/Backend`.
        argument: The name of the argument.
    """

    path: str
    argument: str

    def __init__(self, *, path: str, argument: str, given: object, allowed: str, remedy: str = "") -> None:
        """Builds the message.

        Args:
            path: The construct's path in the app.
            argument: The name of the argument as the user wrote it.
            given: What was given, shown as it is.
            allowed: What is allowed instead, as a phrase without a full stop.
            remedy: What to do about it, a sentence; default: "", which means that `allowed` says enough.
        """
        self.path = path
        self.argument = argument
        message = f"{path}: {argument}: got {given}; allowed: {allowed}."
        super().__init__(f"{message} {remedy}".rstrip())


def check_kind(
    given: object, kind: type | tuple[type, ...], *, path: str, argument: str, allowed: str, remedy: str = ""
) -> None:
    """Refuses a value of another kind, before it fails somewhere inside with words that name no argument.

    Args:
        given: The value.
        kind: The class, or classes, that it must be of.
        path: The construct's path in the app.
        argument: The name of the argument.
        allowed: What is allowed, as a phrase without a full stop.
        remedy: What to do about it; default: "", which means that `allowed` says enough.

    Raises:
        InvalidArgumentError: If it is of another kind.
    """
    if not isinstance(given, kind):
        shown = repr(given) if isinstance(given, str | int | float | None) else f"a {type(given).__name__}"
        raise InvalidArgumentError(path=path, argument=argument, given=shown, allowed=allowed, remedy=remedy)
