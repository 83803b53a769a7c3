"""Stands in for boto3 and botocore where the waits' code runs: whatever it asks of AWS, the rehearsal answers.

Always, even where they are installed: the code then has nothing that could reach a network or find credentials, and
behaves alike on every machine.
"""

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

Ask = Callable[[str, str, Mapping[str, object]], object]
"""Asks a service for an operation with its arguments; raises `ClientError`."""


class BotoCoreError(Exception):
    """A call without an answer; a rehearsal has none."""


class ClientError(Exception):
    """A call that AWS refused, as botocore raises it."""

    def __init__(self, error_response: dict[str, Any], operation_name: str) -> None:
        self.response = error_response
        self.operation_name = operation_name
        super().__init__(f"{operation_name}: {error_response['Error']['Code']}")


class BaseClient:
    """A client: every operation is asked of the rehearsal."""

    def __init__(self, service: str, ask: Ask) -> None:
        self._service = service
        self._ask = ask

    def __getattr__(self, operation: str) -> Callable[..., object]:
        if operation.startswith("_"):
            raise AttributeError(operation)
        return lambda **arguments: self._ask(self._service, operation, arguments)


class Config:
    """A client's settings, which a rehearsal has no use for."""

    def __init__(self, **settings: object) -> None:
        self.settings = settings


def refuse(code: str, operation: str) -> ClientError:
    """Makes the error of a refused call."""
    return ClientError({"Error": {"Code": code, "Message": "in a rehearsal"}}, operation)


def stand_in_for_boto(ask: Ask) -> None:
    """Puts the stubs where imports find them."""

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
