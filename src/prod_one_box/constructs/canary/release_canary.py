"""A canary that visits one partition, and the alarm on it.

What a `ReleaseCanary` was asked for, checked.

The alarm on a canary: red when visits fail, and when there are none.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

from aws_cdk import Duration, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_synthetics as synthetics
from constructs import Construct

from ...errors import InvalidArgumentError, check_kind
from ...vocabulary import METADATA_KEY, PARTITIONS, TESTER_COOKIE
from ..jsii_cache import path_in
from ..nag import acknowledge_canary_findings
from ..physical_name import name_in_region

_SHORTEST: Final = 1
_LONGEST: Final = 60
_ADDRESS: Final = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_PAGE: Final = re.compile(r"/(?!/)[!-\"$-\[\]-~]*")
"""A path and query as a browser sends them: not of another host, without blanks, `\\` or `#`."""


def site_address(site: str, *, path: str) -> str:
    """Builds the address that pages are relative to, from an address or a domain name; a token alone is a domain name.

    Raises:
        InvalidArgumentError: If it is not HTTPS, or more than a host and a port.
    """
    check_kind(site, str, path=path, argument="site", allowed="an https:// address or a domain name")
    address = site if "://" in site else f"https://{site}"
    is_fit = address.startswith("https://") if Token.is_unresolved(site) else _ADDRESS.fullmatch(address)
    if not is_fit:
        raise InvalidArgumentError(
            path=path,
            argument="site",
            given=repr(site),
            allowed="an https:// address without a path, or a domain name: browsers keep the testers' cookie from HTTP",
            remedy="Give the paths as pages=[...].",
        )
    return address


def check_partition(partition: str, *, path: str) -> None:
    """Refuses a partition that does not exist."""
    if partition not in PARTITIONS:
        raise InvalidArgumentError(
            path=path, argument="partition", given=repr(partition), allowed=" or ".join(map(repr, PARTITIONS))
        )


def check_pages(pages: Sequence[str], *, path: str) -> None:
    """Refuses pages that are no paths of the site."""
    allowed = 'a list of paths that start with one "/", without blanks and "#", such as ["/", "/cart?full=1"]'
    if isinstance(pages, str) or not isinstance(pages, Sequence) or not pages:
        raise InvalidArgumentError(path=path, argument="pages", given=repr(pages), allowed=allowed)
    for page in pages:
        given: object = page
        if not isinstance(given, str) or not (Token.is_unresolved(given) or _PAGE.fullmatch(given)):
            raise InvalidArgumentError(path=path, argument="pages", given=repr(given), allowed=allowed)


def check_selector(selector: str, *, path: str) -> None:
    """Refuses an empty selector."""
    given: object = selector
    if not isinstance(given, str) or not given.strip():
        raise InvalidArgumentError(
            path=path,
            argument="alive_selector",
            given=repr(given),
            allowed="a CSS selector that matches only once the page's own scripts have run",
            remedy='Let the application set an attribute when it is ready, and give "body[data-alive]".',
        )


def check_secret(secret: object, *, path: str) -> None:
    """Refuses what is no secret, such as its name; a text is not shown, since it may be the secret itself."""
    allowed = "a secret (secretsmanager.ISecret)"
    remedy = "One that exists already: secretsmanager.Secret.from_secret_name_v2(…)."
    if isinstance(secret, str):
        raise InvalidArgumentError(path=path, argument="secret", given="a text", allowed=allowed, remedy=remedy)
    check_kind(secret, secretsmanager.ISecret, path=path, argument="secret", allowed=allowed, remedy=remedy)


def check_interval(interval: Duration, *, path: str) -> None:
    """Refuses an interval that CloudWatch Synthetics does not run at; its API reference, CanaryScheduleInput."""
    check_kind(interval, Duration, path=path, argument="interval", allowed="a Duration")
    seconds = None if interval.is_unresolved() else interval.to_seconds()
    if seconds is None or seconds % 60 or not _SHORTEST <= seconds / 60 <= _LONGEST:
        raise InvalidArgumentError(
            path=path,
            argument="interval",
            given="a token" if seconds is None else f"{seconds:g} s",
            allowed=f"whole minutes, {_SHORTEST} to {_LONGEST}",
        )


RUNS_IN_PERIOD: Final = 2
"""A run may begin late and leave one interval without data; two intervals have some."""

PERIODS: Final = 3


def canary_alarm(
    scope: Construct, id: str, *, canary: synthetics.Canary, interval: Duration, partition: str
) -> cloudwatch.Alarm:
    """Makes the alarm: red when visits failed, or were missing, in three periods of two intervals each.

    A period without data counts as failed, so a canary that stops does not let releases pass: `FILL` says so
    while CloudWatch still sees older data, and "ignore" keeps the alarm red after that. A new canary has no
    older data, and its alarm stays in `INSUFFICIENT_DATA` until the first visit. Treating missing data as breaching
    would turn it red before that, and fail a release of the same update. `FILL` also fills the latest period before its
    data arrives; CloudWatch user guide, "Using math expressions with CloudWatch metrics", so one period never decides.

    Args:
        scope: Where the alarm is made.
        id: Its id.
        canary: The canary.
        interval: How often it runs.
        partition: The partition that it visits.
    """
    period = Duration.minutes(RUNS_IN_PERIOD * interval.to_minutes())
    success = canary.metric_success_percent(period=period, statistic="Average")
    return cloudwatch.Alarm(
        scope,
        id,
        alarm_description=f"Visits of the {partition} partition fail, or its canary has stopped.",
        metric=cloudwatch.MathExpression(
            expression="FILL(success, 0)", using_metrics={"success": success}, period=period
        ),
        threshold=100,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=PERIODS,
        treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
    )


_SCRIPT: Final = Path(__file__).parent / "script"
_RUNTIME: Final = "syn-nodejs-puppeteer-15.0"
"""The newest of CloudWatch user guide, "Runtime versions using Node.js and Puppeteer", which CDK does not list yet. It
names the modules as the script does since 13.1: `@aws/synthetics-puppeteer`."""

_LONGEST_RUN: Final = 14 * 60
_LONGEST_NAME: Final = 21
"""Of a canary's name: its Lambda function is called `cwsyn-<name>-<UUID>`, in at most 64 characters."""

_START: Final = 20
"""Seconds of a run that are kept for the browser to start and the results to be written."""


class ReleaseCanary(Construct):
    """A CloudWatch Synthetics canary that loads pages as a visitor of a given partition.

    A visit fails when a script, style or API call of a page is answered with a status of 400 or more or not at all,
    when the page itself is not answered with a 2xx status, when the edge answered by itself (CloudFront's `X-Cache`
    header says so), when the page throws, when nothing matches `alive_selector`, or when another partition answers. Let
    the bake watch it with `frontend.add_alarm(canary.alarm)`.

    The canary reads the testers' secret when it runs; the template holds the secret's ARN. The `PartitionEdge` needs
    the same secret's digest as `tester_secret_digest`. Requests carry the canary's ARN in their `User-Agent`
    (CloudWatch user guide, "Security considerations for Synthetics canaries").
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        site: str,
        partition: str,
        secret: secretsmanager.ISecret,
        alive_selector: str,
        pages: Sequence[str] = ("/",),
        interval: Duration | None = None,
    ) -> None:
        """Makes the canary, its bucket for results, and the alarm.

        Args:
            scope: The scope.
            id: The id in the scope.
            site: The site's HTTPS address or domain name, such as the distribution's `domain_name`; a token alone is
                a domain name.
            partition: The partition to visit: `one-box` or `regular`.
            secret: The testers' secret, as plain text; the canary may read this one and no other.
            alive_selector: A CSS selector that matches only once the page's own scripts have run.
            pages: The paths to visit, one after another in one browser; default: `/` alone.
            interval: How often, in whole minutes, 1 to 60; default: 1 minute. The alarm needs six intervals
                and two minutes, so a bake of the default 10 minutes goes with this interval alone. A run has the
                interval, 14 minutes at most, less 20 seconds for all pages.

        Raises:
            InvalidArgumentError: If an argument cannot work; the message says which and why.
        """
        path = path_in(scope, id)
        interval = Duration.minutes(1) if interval is None else interval
        check_partition(partition, path=path)
        check_pages(pages, path=path)
        check_selector(alive_selector, path=path)
        check_interval(interval, path=path)
        check_secret(secret, path=path)
        environment = {
            "SITE": site_address(site, path=path),
            "PAGES": json.dumps(list(pages)),
            "ALIVE_SELECTOR": alive_selector,
            "PARTITION": partition,
            "COOKIE": TESTER_COOKIE,
            "SECRET_ARN": secret.secret_arn,
            "BUDGET": str(1000 * (min(int(interval.to_seconds()), _LONGEST_RUN) - _START)),
        }
        super().__init__(scope, id)
        self._canary = self._build_canary(environment, interval, partition)
        self._let_read(secret)
        self._alarm = canary_alarm(self, "Alarm", canary=self._canary, interval=interval, partition=partition)
        acknowledge_canary_findings(self._canary)

    @property
    def canary(self) -> synthetics.Canary:
        """The canary."""
        return self._canary

    @property
    def alarm(self) -> cloudwatch.Alarm:
        """Red when visits fail and when the canary has stopped; without data until a new canary's first visit."""
        return self._alarm

    def _build_canary(self, environment: dict[str, str], interval: Duration, partition: str) -> synthetics.Canary:
        code = synthetics.Code.from_asset(str(_SCRIPT), exclude=["run.mjs"])
        canary = synthetics.Canary(
            self,
            "Canary",
            canary_name=name_in_region(self, longest=_LONGEST_NAME).lower(),
            runtime=synthetics.Runtime(_RUNTIME, synthetics.RuntimeFamily.NODEJS),
            test=synthetics.Test.custom(code=code, handler="index.handler"),
            schedule=synthetics.Schedule.rate(interval),
            environment_variables=environment,
            artifacts_bucket_lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(30))],
            provisioned_resource_cleanup=True,
        )
        cast("synthetics.CfnCanary", canary.node.default_child).add_metadata(METADATA_KEY, {"Canary": partition})
        return canary

    def _let_read(self, secret: secretsmanager.ISecret) -> None:
        """Grants before the canary starts: it runs as soon as it is made, and would fail without."""
        secret.grant_read(self._canary.role)
        policy = cast("iam.CfnPolicy", self._canary.role.node.find_child("DefaultPolicy").node.default_child)
        cast("synthetics.CfnCanary", self._canary.node.default_child).add_resource_dependency(policy)
