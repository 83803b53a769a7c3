"""Where the scenarios run: what the CDK's command line and boto3 need, and the way to a distribution."""

import http.client
import os
import ssl
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

_PATIENT = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 5})


@dataclass(frozen=True)
class Answer:
    """What a visitor gets."""

    status: int
    partition: str
    body: str


@dataclass(frozen=True)
class Aws:
    """An account and region, real or emulated.

    Attributes:
        account: The account's id.
        region: The region.
        environment: What the CDK's command line and boto3 read from it besides; empty for the caller's own.
        edge: Where distributions answer, such as http://127.0.0.1:4566; "" for their own domain names.
        operation_seconds: How long a stack operation may take before a scenario gives up.
        slack_seconds: How much later than here a change may be seen; what the scenarios' limits grow by.
    """

    account: str
    region: str
    environment: dict[str, str] = field(default_factory=dict)
    edge: str = ""
    operation_seconds: float = 3600
    slack_seconds: float = 0

    @cached_property
    def session(self) -> boto3.Session:
        named = self.environment.get
        return boto3.Session(
            aws_access_key_id=named("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=named("AWS_SECRET_ACCESS_KEY"),
            region_name=self.region,
        )

    @cached_property
    def cloudformation(self) -> Any:
        return self.client("cloudformation")

    @cached_property
    def cloudwatch(self) -> Any:
        return self.client("cloudwatch")

    @cached_property
    def awslambda(self) -> Any:
        return self.client("lambda")

    def client(self, service: str) -> Any:
        # An emulator is on this machine, where no proxy of the caller's leads.
        config = _PATIENT.merge(Config(proxies={})) if self.edge else _PATIENT
        return self.session.client(service, endpoint_url=self.environment.get("AWS_ENDPOINT_URL"), config=config)

    def command_environment(self) -> dict[str, str]:
        """The environment of a command that deploys."""
        return {
            **os.environ,
            **self.environment,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CI": "true",
        }

    def ask(self, domain: str, path: str, *, cookie: str = "") -> Answer:
        """Ask a distribution as a browser would, over its own domain name."""
        headers = {"Host": domain, **({"Cookie": cookie} if cookie else {})}
        connection: http.client.HTTPConnection
        if self.edge:
            connection = http.client.HTTPConnection(urlsplit(self.edge).netloc, timeout=20)
            headers["X-Forwarded-Proto"] = "https"
        else:
            connection = http.client.HTTPSConnection(domain, timeout=20, context=ssl.create_default_context())
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            body = response.read().decode(errors="replace")
            return Answer(response.status, response.getheader("x-req-partition") or "", body)
        finally:
            connection.close()
