"""A report without account ids, access keys, and folders or ARNs that name a person."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_KEY = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")


def without_account_ids(said: Any, *, account: str, arn: str) -> Any:
    """Replace the caller, the account wherever it stands, and whatever else looks like an account or an access key.

    Args:
        said: A text, or anything that is made of texts, numbers, lists and mappings; other things become texts.
        account: The caller's account.
        arn: The caller's ARN, which may name a person; errors quote it.
    """
    if isinstance(said, Mapping):
        pairs = [(key, without_account_ids(value, account=account, arn=arn)) for key, value in said.items()]
        return {_clean(str(key), account, arn): value for key, value in pairs}
    if isinstance(said, list | tuple):
        return [without_account_ids(each, account=account, arn=arn) for each in said]
    text = str(said)
    clean = _clean(text, account, arn)
    return said if clean == text and isinstance(said, int | float | None) else clean


def _clean(text: str, account: str, arn: str) -> str:
    for folder, name in sorted({Path.cwd(): ".", Path.home(): "~"}.items(), reverse=True):  # one may hold the other
        text = re.sub(rf"{re.escape(str(folder))}(?=/)", name, text)
    return _KEY.sub("KEY", _ACCOUNT.sub("ACCOUNT", text.replace(arn, "CALLER").replace(account, "ACCOUNT")))
