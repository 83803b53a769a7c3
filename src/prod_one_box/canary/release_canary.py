"""A canary that visits one partition, and the alarm on it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_synthetics as synthetics
from constructs import Construct

from ..made import path_in
from ..physical_name import name_in_region
from ..vocabulary import METADATA_KEY, TESTER_COOKIE
from .acknowledged_findings import acknowledge_findings
from .canary_alarm import canary_alarm
from .canary_arguments import check_interval, check_pages, check_partition, check_secret, check_selector, site_address

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
        acknowledge_findings(self._canary)

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
