"""A canary that visits one partition, and the alarm on it."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import aws_cdk as cdk
from aws_cdk import Duration, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from ...errors import InvalidArgumentError, check_kind
from ...vocabulary import METADATA_KEY, TESTER_COOKIE, is_partition
from ..jsii_cache import path_in, resource_of
from ..nag import acknowledge_canary_findings, when_nag_checks
from ..physical_name import name_in_region

if TYPE_CHECKING:  # At run time `aws_cdk` loads them with the first canary: an app may make one only sometimes.
    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk import aws_synthetics as synthetics

_SCRIPT: Final = Path(__file__).parent / "script"
_RUNTIME: Final = "syn-nodejs-puppeteer-15.0"
"""The newest of CloudWatch user guide, "Runtime versions using Node.js and Puppeteer", which CDK does not list yet.
Like all since 13.1, it has the module `@aws/synthetics-puppeteer`, which the script uses."""

_LONGEST_NAME: Final = 21
"""Of a canary: its Lambda function is called `cwsyn-<name>-<UUID>`, in at most 64 characters."""

_MINUTES: Final = range(1, 61)
_LONGEST_RUN: Final = 14 * 60
_START: Final = 20
"""Seconds of a run that are reserved for the browser to start and the results to be written."""

_RUNS_IN_PERIOD: Final = 2
"""A run may start late and leave one interval without data, but not two."""

_PERIODS: Final = 3
_ADDRESS: Final = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_PAGE: Final = re.compile(r"/(?!/)[!-\"$-\[\]-~]*")
"""A path and query as a browser sends them: on the site's host, without blanks, `\\` or `#`."""


class ReleaseCanary(Construct):
    """A CloudWatch Synthetics canary that loads pages as a visitor of a given partition.

    A visit fails if the response to a page is not a 2xx, or the edge generated it (according to CloudFront's `X-Cache`
    header); if a script, style or API call of the page fails or gets a status of 400 or more; if the page throws; if
    nothing matches `alive_selector`; or if another partition answers. Let the bake watch it with
    `frontend.add_alarm(canary.alarm)`.

    The canary reads the testers' secret when it runs; the template contains only the secret's ARN. The `PartitionEdge`
    needs the same secret's digest as `tester_secret_digest`. Requests carry the canary's ARN in their `User-Agent`
    (CloudWatch user guide, "Security considerations for Synthetics canaries").
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        site: str,
        partition: str,
        secret: "secretsmanager.ISecret",
        alive_selector: str,
        pages: Sequence[str] = ("/",),
        interval: Duration | None = None,
    ) -> None:
        """Make the canary, its bucket for results, and the alarm.

        Args:
            scope: The scope.
            id: The id in the scope.
            site: The site's HTTPS address or domain name, such as the distribution's `domain_name`; a token alone is
                a domain name.
            partition: The partition to visit: `one-box`, `wave-2` and so on, or `regular`.
            secret: The testers' secret, as plain text; the canary may read no other secret.
            alive_selector: A CSS selector that matches only once the page's own scripts have run.
            pages: The paths to visit, one after another in one browser; default: `/` alone.
            interval: How often to visit, in whole minutes, 1 to 60; default: 1 minute. The alarm needs six intervals
                and two minutes, so a bake of the default 10 minutes allows this interval only. All pages of a run
                together have the interval, 14 minutes at most, less 20 seconds.

        Raises:
            InvalidArgumentError: If an argument cannot work; the message says which and why.
        """
        path = path_in(scope, id)
        interval = Duration.minutes(1) if interval is None else interval
        _check_partition(partition, path=path)
        check_pages(pages, path=path)
        _check_selector(alive_selector, path=path)
        _check_interval(interval, path=path)
        _check_secret(secret, path=path)
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
        self._grant_read(secret)
        self._alarm = self._build_alarm(interval, partition)
        when_nag_checks(self, lambda: acknowledge_canary_findings(self._canary))

    @property
    def canary(self) -> "synthetics.Canary":
        """The canary."""
        return self._canary

    @property
    def alarm(self) -> cloudwatch.Alarm:
        """Red when visits fail or the canary has stopped; in `INSUFFICIENT_DATA` until a new canary's first visit."""
        return self._alarm

    def _build_canary(self, environment: dict[str, str], interval: Duration, partition: str) -> "synthetics.Canary":
        code = cdk.aws_synthetics.Code.from_asset(str(_SCRIPT), exclude=["run.mjs"])
        canary = cdk.aws_synthetics.Canary(
            self,
            "Canary",
            canary_name=name_in_region(self, longest=_LONGEST_NAME).lower(),
            runtime=cdk.aws_synthetics.Runtime(_RUNTIME, cdk.aws_synthetics.RuntimeFamily.NODEJS),
            test=cdk.aws_synthetics.Test.custom(code=code, handler="index.handler"),
            schedule=cdk.aws_synthetics.Schedule.rate(interval),
            environment_variables=environment,
            artifacts_bucket_lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(30))],
            provisioned_resource_cleanup=True,
        )
        cast("synthetics.CfnCanary", resource_of(canary)).add_metadata(METADATA_KEY, {"Canary": partition})
        return canary

    def _grant_read(self, secret: "secretsmanager.ISecret") -> None:
        """Grant the permission before the canary is made: it starts immediately, and would fail without."""
        secret.grant_read(self._canary.role)
        policy = cast("iam.CfnPolicy", resource_of(self._canary.role.node.find_child("DefaultPolicy")))
        cast("synthetics.CfnCanary", resource_of(self._canary)).add_resource_dependency(policy)

    def _build_alarm(self, interval: Duration, partition: str) -> cloudwatch.Alarm:
        """Make an alarm that is red when visits failed or are missing in three periods of two intervals each.

        A period without data counts as failed, so that a canary that stops does not let releases pass: `FILL` supplies
        a 0 while CloudWatch still sees older data, and "ignore" keeps the alarm red after that. The alarm of a new
        canary, which has no older data, stays in `INSUFFICIENT_DATA` until the first visit. Treating missing data as
        breaching would turn it red before that, and fail a release of the same update. Since `FILL` also fills the
        latest period before its data arrives, one period never decides (CloudWatch user guide, "Using math expressions
        with CloudWatch metrics").
        """
        period = Duration.minutes(_RUNS_IN_PERIOD * interval.to_minutes())
        success = self._canary.metric_success_percent(period=period, statistic="Average")
        return cloudwatch.Alarm(
            self,
            "Alarm",
            alarm_description=f"Visits of the {partition} partition fail, or its canary has stopped.",
            metric=cloudwatch.MathExpression(
                expression="FILL(success, 0)", using_metrics={"success": success}, period=period
            ),
            threshold=100,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=_PERIODS,
            treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
        )


def site_address(site: str, *, path: str) -> str:
    """Return the HTTPS address of a site that is given by its address or its domain name.

    Raises:
        InvalidArgumentError: If it is not HTTPS, or more than a host and a port.
    """
    check_kind(site, str, path=path, argument="site", allowed="an https:// address or a domain name")
    address = site if "://" in site else f"https://{site}"
    is_valid = address.startswith("https://") if Token.is_unresolved(site) else _ADDRESS.fullmatch(address)
    if not is_valid:
        allowed = "an https:// address without a path, or a domain name: browsers keep the testers' cookie from HTTP"
        raise _invalid(path, "site", repr(site), allowed, "Give the paths as pages=[...].")
    return address


def check_pages(pages: Sequence[str], *, path: str) -> None:
    """Raise unless the pages are paths of the site."""
    is_list = not isinstance(pages, str) and isinstance(pages, Sequence) and bool(pages)
    wrong = [page for page in pages if not _is_page(page)] if is_list else [pages]
    if wrong:
        allowed = 'a list of paths that start with one "/", without blanks and "#", such as ["/", "/cart?full=1"]'
        raise _invalid(path, "pages", repr(wrong[0]), allowed)


def _is_page(page: object) -> bool:
    return isinstance(page, str) and (Token.is_unresolved(page) or _PAGE.fullmatch(page) is not None)


def _check_partition(partition: str, *, path: str) -> None:
    if not is_partition(partition):
        raise _invalid(path, "partition", repr(partition), "'one-box', 'wave-2' and so on, or 'regular'")


def _check_selector(selector: object, *, path: str) -> None:
    if not isinstance(selector, str) or not selector.strip():
        allowed = "a CSS selector that matches only once the page's own scripts have run"
        remedy = 'Let the application set an attribute when it is ready, and give "body[data-alive]".'
        raise _invalid(path, "alive_selector", repr(selector), allowed, remedy)


def _check_secret(secret: object, *, path: str) -> None:
    """Raise unless it is a secret; a string is not shown, since it may be the secret itself."""
    allowed = "a secret (secretsmanager.ISecret)"
    remedy = "One that exists already: secretsmanager.Secret.from_secret_name_v2(…)."
    if isinstance(secret, str):
        raise _invalid(path, "secret", "a string", allowed, remedy)
    check_kind(secret, cdk.aws_secretsmanager.ISecret, path=path, argument="secret", allowed=allowed, remedy=remedy)


def _check_interval(interval: Duration, *, path: str) -> None:
    """Raise unless CloudWatch Synthetics can run at the interval (its API reference, CanaryScheduleInput)."""
    check_kind(interval, Duration, path=path, argument="interval", allowed="a Duration")
    seconds = None if interval.is_unresolved() else interval.to_seconds(integral=False)
    if seconds is None or seconds / 60 not in _MINUTES:
        given = "a token" if seconds is None else f"{seconds:g} s"
        raise _invalid(path, "interval", given, f"whole minutes, {_MINUTES[0]} to {_MINUTES[-1]}")


def _invalid(path: str, argument: str, given: str, allowed: str, remedy: str = "") -> InvalidArgumentError:
    return InvalidArgumentError(path=path, argument=argument, given=given, allowed=allowed, remedy=remedy)
