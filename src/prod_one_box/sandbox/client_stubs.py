"""Replace boto3 and botocore where the waits' code runs: the rehearsal answers its calls of AWS.

They are replaced even where they are installed, so that the code cannot reach a network or find credentials, and does
the same on every machine.
"""

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

Ask = Callable[[str, str, Mapping[str, object]], object]
"""Calls an operation of a service with arguments; raises `ClientError`."""


class BotoCoreError(Exception):
    """A call without an answer, which does not occur in a rehearsal."""


class ClientError(Exception):
    """A call that AWS refused, as botocore raises it."""

    def __init__(self, error_response: dict[str, Any], operation_name: str) -> None:
        self.response = error_response
        self.operation_name = operation_name
        super().__init__(f"{operation_name}: {error_response['Error']['Code']}")


class BaseClient:
    """A client whose operations the rehearsal answers."""

    def __init__(self, service: str, ask: Ask) -> None:
        self._service = service
        self._ask = ask

    def __getattr__(self, operation: str) -> Callable[..., object]:
        if operation.startswith("_"):
            raise AttributeError(operation)
        return lambda **arguments: self._ask(self._service, operation, arguments)


class Config:
    """A client's settings, which have no effect in a rehearsal."""

    def __init__(self, **settings: object) -> None:
        self.settings = settings


def refuse(code: str, operation: str) -> ClientError:
    """Return the error of a refused call."""
    return ClientError({"Error": {"Code": code, "Message": "in a rehearsal"}}, operation)


def replace_boto(ask: Ask) -> None:
    """Put the stubs where imports find them."""

    def client(service: str, **_settings: object) -> BaseClient:
        return BaseClient(service, ask)

    contents: dict[str, dict[str, object]] = {
        "boto3": {"client": client},
        "botocore": {},
        "botocore.client": {"BaseClient": BaseClient},
        "botocore.config": {"Config": Config},
        "botocore.exceptions": {"BotoCoreError": BotoCoreError, "ClientError": ClientError},
    }
    for name, content in contents.items():
        module = ModuleType(name)
        module.__dict__.update(content)
        sys.modules[name] = module
