"""Whose credentials these are, and whether their account can be used."""

import os
from dataclasses import dataclass, field

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from emulator.aws import Aws
from verify_on_aws.stopped import Status, StoppedError

_SLACK_SECONDS = 10
_BOOTSTRAPPED = "/cdk-bootstrap/hnb659fds/version"


@dataclass(frozen=True)
class Caller:
    """Who asks AWS.

    Attributes:
        account: The account's id.
        region: The region.
        arn: The user or the role's session.
        endpoint: Where AWS_ENDPOINT_URL says that AWS is; "" for AWS itself.
    """

    account: str
    region: str
    arn: str
    endpoint: str = field(default_factory=lambda: os.environ.get("AWS_ENDPOINT_URL", ""))

    def aws(self, region: str = "") -> Aws:
        """The account as the scenarios use it, in the caller's region or in another."""
        return Aws(self.account, region or self.region, edge=self.endpoint, slack_seconds=_SLACK_SECONDS)


def identify() -> Caller:
    """Ask AWS whose the credentials of the environment are.

    Raises:
        StoppedError: If there are none, AWS refuses them, or no region is set.
    """
    try:
        session = boto3.Session()
        region = os.environ.get("AWS_REGION") or session.region_name
        if not region:
            raise StoppedError("no region: set AWS_REGION, or one in the profile", Status.NO_CREDENTIALS)
        found = session.client("sts", region_name=region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        line = f"no usable credentials: {one_line(error)}; sign in, or set AWS_PROFILE"
        raise StoppedError(line, Status.NO_CREDENTIALS) from error
    return Caller(found["Account"], region, found["Arn"])


def refuse_another_account(caller: Caller, wanted: str) -> None:
    """Raise unless the account that was named is the caller's.

    Args:
        caller: Who asks.
        wanted: The account that was named; "" if none was.
    """
    if wanted and wanted != caller.account:
        line = f"ACCOUNT={wanted}, but the credentials are those of account {caller.account}: nothing was made"
        raise StoppedError(line, Status.WRONG_ACCOUNT)


def refuse_without_bootstrap(aws: Aws) -> None:
    """Raise unless the CDK can deploy into the account and region; nothing is bootstrapped from here."""
    try:
        aws.client("ssm").get_parameter(Name=_BOOTSTRAPPED)
    except aws.client("ssm").exceptions.ParameterNotFound as error:
        target = f"aws://{aws.account}/{aws.region}"
        line = f"{target} is not bootstrapped for the CDK: nothing was made; run `npx aws-cdk bootstrap {target}` first"
        raise StoppedError(line, Status.NOT_BOOTSTRAPPED) from error
    except (BotoCoreError, ClientError) as error:
        line = f"cannot read whether the account is bootstrapped ({_BOOTSTRAPPED} in SSM): {one_line(error)}"
        raise StoppedError(line, Status.NOT_BOOTSTRAPPED) from error


def one_line(error: BaseException) -> str:
    """An error's text in one line."""
    return " ".join(str(error).split()) or type(error).__name__
