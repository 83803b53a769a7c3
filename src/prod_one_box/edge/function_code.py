"""Reads the source text of a user's CloudFront Function."""

import re
from typing import Final

from aws_cdk import aws_cloudfront as cloudfront

from ..errors import check_kind

_TOKEN: Final = re.compile(r"\$\{Token\[[a-zA-Z0-9:._-]+\]\}")


def source_text(given: str | cloudfront.FunctionCode, *, path: str, argument: str) -> str:
    """Return the source text, which CDK reads from a file where `FunctionCode.from_file` names one.

    Args:
        given: The text, or CDK's object for it.
        path: The construct's path, for errors.
        argument: The argument that it was given as, for errors.

    Raises:
        InvalidArgumentError: If it is neither.
    """
    allowed = "the source text of a CloudFront Function, or a cloudfront.FunctionCode"
    check_kind(given, (str, cloudfront.FunctionCode), path=path, argument=argument, allowed=allowed)
    return given if isinstance(given, str) else given.render()


def without_tokens(source: str) -> str:
    """Put a name of the same length in the place of each CDK token, such as the id of a key value store.

    What a token becomes is known only when the stack is deployed; a name may stand wherever it may.
    """
    return _TOKEN.sub(lambda token: "_" * len(token[0]), source)
