"""Stands in for boto3 and botocore while the waits' code is loaded.

Always, even where they are installed: the code then has nothing that could reach a network or find credentials, and
behaves alike on every machine.
"""

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any


class BotoCoreError(Exception):
    """A call without an answer; a rehearsal has none."""


class ClientError(Exception):
    """A call that AWS refused, as botocore raises it."""

    def __init__(self, error_response: dict[str, Any], operation_name: str) -> None:
        self.response = error_response
        self.operation_name = operation_name
        super().__init__(f"{operation_name}: {error_response['Error']['Code']}")


class BaseClient:
    """A client's type."""


class Config:
    """A client's settings, which a rehearsal has no use for."""

    def __init__(self, **settings: object) -> None:
        self.settings = settings


def refuse(code: str, operation: str) -> ClientError:
    """Makes the error of a refused call."""
    return ClientError({"Error": {"Code": code, "Message": "in a rehearsal"}}, operation)


@contextlib.contextmanager
def instead_of_boto() -> Iterator[None]:
    """Puts the stubs where imports find them, and puts back what was there."""
    stubs = _modules()
    found = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in ("boto3", "botocore")}
    for name in found:
        del sys.modules[name]
    sys.modules.update(stubs)
    try:
        yield
    finally:
        for name in stubs:
            sys.modules.pop(name, None)
        sys.modules.update(found)


def _modules() -> dict[str, ModuleType]:
    def no_client(*_arguments: object, **_settings: object) -> None:
        raise BotoCoreError("a rehearsal talks to no AWS")

    contents: dict[str, dict[str, object]] = {
        "boto3": {"client": no_client},
        "botocore": {},
        "botocore.client": {"BaseClient": BaseClient},
        "botocore.config": {"Config": Config},
        "botocore.exceptions": {"BotoCoreError": BotoCoreError, "ClientError": ClientError},
    }
    modules = {name: ModuleType(name) for name in contents}
    for name, module in modules.items():
        module.__dict__.update(contents[name])
    return modules
