"""The site that the scenarios release: deployed once, updated by each of them."""

import json
import time
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from subprocess import Popen
from typing import Protocol
from urllib.parse import urlsplit

from emulator.aws import Aws
from emulator.cdk_command import Cdk, finish
from emulator.held_alarm import HeldAlarm
from emulator.outcome import Operation
from emulator.site_app import synthesize
from emulator.split import split_of, visitors_of
from emulator.stack_events import stack_events
from emulator.update import Update
from emulator.visitors import Visitors
from prod_one_box.rehearsal.plan.release_steps import ReleaseStep, plan_release
from prod_one_box.template.cloud_assembly import StackTemplate, read_assembly

_LOG_GROUP = "AWS::Logs::LogGroup"
_REST_SECONDS = 300
_LOOK_SECONDS = 0.5
_AT_REST = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


class Release(Hashable, Protocol):
    """What a stack update brings, in the words of the app that the site is made from."""

    @property
    def name(self) -> str: ...


class Site:
    """One stack with a front end in several partitions behind a distribution.

    Args:
        aws: The account.
        folder: Where assemblies and the log go.
        stack_name: The stack.
        tags: The stack's tags, by which it is known as this run's.
        synthesize: What writes the cloud assembly of a release; default: a small site of the scenarios' own.
        visitors: Who asks while a release goes on.
    """

    def __init__(
        self,
        aws: Aws,
        folder: Path,
        *,
        stack_name: str = "Site",
        tags: dict[str, str] | None = None,
        synthesize: Callable[..., Path] = synthesize,
        visitors: type[Visitors] = Visitors,
    ) -> None:
        self.aws = aws
        self.stack_name = stack_name
        self.visitors = visitors
        self.cdk = Cdk(aws, folder / "cdk.log")
        self._synthesize = synthesize
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._tags = [word for key, value in (tags or {}).items() for word in ("--tags", f"{key}={value}")]
        self._assemblies: dict[Release, Path] = {}
        self._plans: dict[Path, list[ReleaseStep]] = {}
        self._held: HeldAlarm | None = None
        self._made: set[str] = set()

    # Given

    def create(self, release: Release) -> Operation:
        """Deploy for the first time."""
        assembly = self.assembly(release)
        exit_status = finish(self.deploy_in_background(assembly))
        self.creation = Operation(
            plan=self.plan(assembly),
            stack_name=self.stack_name,
            exit_status=exit_status,
            status=self.status(),
            events=stack_events(self.aws, self.stack_name),
        )
        self.versions_at_creation = self.versions()
        self._made = {each["PhysicalResourceId"] for each in self._resources()}
        return self.creation

    def at_rest(self) -> "Site":
        """Bring the stack to rest, whatever another scenario left, with no alarm red."""
        if self.status() == "UPDATE_FAILED":
            self.aws.cloudformation.rollback_stack(StackName=self.stack_name)
        until = time.monotonic() + _REST_SECONDS
        while self.status() not in _AT_REST and time.monotonic() < until:
            time.sleep(1)
        assert self.status() in _AT_REST, self.status()
        self.turn_quiet()
        return self

    # When

    def releasing(self, release: Release, *words: str) -> Update:
        """Deploy a release in the background; the block ends when the command does."""
        return Update(self, self.assembly(release), words)

    def turn_red(self) -> float:
        """Hold the one-box's alarm in ALARM by hand, and return since when."""
        self._let_go()
        at = time.time()
        self._held = HeldAlarm(self.aws, self._alarm, "ALARM")
        return at

    def turn_version_red(self, assembly: Path) -> None:
        """Set the alarm on the backend's new version, the one of an assembly, to ALARM by hand."""
        self._set_alarm("ALARM", self.alarm("BackendVersionErrorRate", assembly))

    def wait_for_red(self, alarm: str, *, seconds: float) -> float:
        """Wait until an alarm is red by itself, and return when."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = self.aws.cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
            if found[0]["StateValue"] == "ALARM":
                return time.time()
            time.sleep(_LOOK_SECONDS)
        raise AssertionError(f"{alarm} is not red after {seconds} s, see {self.cdk.log}")

    def turn_quiet(self) -> None:
        """Set the one-box's alarm to OK by hand."""
        self._let_go()
        HeldAlarm(self.aws, self._alarm, "OK").release()

    def move_by_hand(self, name: str, version: int) -> float:
        """Put an alias on a version, as an operator may, and return when."""
        function, alias = self.aliases[name]
        at = time.time()
        self.aws.awslambda.update_alias(FunctionName=function, Name=alias, FunctionVersion=str(version))
        return at

    def roll_back(self, release: Release) -> int:
        """Roll the stack back with the CDK's command line and return its exit status."""
        return self.cdk.run("rollback", self.stack_name, "--app", str(self.assembly(release)))

    def destroy(self, release: Release) -> int:
        """Delete the stack with the CDK's command line and return its exit status."""
        return self.cdk.run("destroy", self.stack_name, "--app", str(self.assembly(release)), "--force")

    def deploy_in_background(self, assembly: Path, *words: str) -> Popen[bytes]:
        approved = ("--require-approval", "never", "--progress", "events")
        return self.cdk.start("deploy", self.stack_name, "--app", str(assembly), *approved, *self._tags, *words)

    # What is there

    def assembly(self, release: Release) -> Path:
        """The cloud assembly of a release, synthesized once."""
        if release not in self._assemblies:
            self._assemblies[release] = self._synthesize(
                self._folder / f"{len(self._assemblies) + 1:02}-{release.name}",
                stack_name=self.stack_name,
                account=self.aws.account,
                region=self.aws.region,
                release=release,
            )
        return self._assemblies[release]

    def template(self, assembly: Path) -> StackTemplate:
        """The stack's template in an assembly."""
        return next(each for each in read_assembly(assembly) if each.stack_name == self.stack_name)

    def plan(self, assembly: Path) -> list[ReleaseStep]:
        """The steps that `prod-one-box plan` reads in an assembly."""
        if assembly not in self._plans:
            self._plans[assembly] = plan_release(self.template(assembly))
        return self._plans[assembly]

    def split(self) -> dict[str, int]:
        """The bound of each partition's buckets, as it is deployed."""
        return split_of(self.aws.cloudformation.get_template(StackName=self.stack_name)["TemplateBody"])

    def visitors_during(self, assembly: Path) -> Visitors:
        """Visitors of every part of the split that is deployed, and of the one in an assembly."""
        after = json.loads((assembly / f"{self.stack_name}.template.json").read_text("utf-8"))
        return self.visitors(self.aws, self.domain, visitors_of(self.split(), split_of(after)))

    def status(self) -> str:
        """The stack's status."""
        return str(self._description()["StackStatus"])

    def stack_id(self) -> str:
        """The stack's id, by which its events are found after its deletion too."""
        return str(self._description()["StackId"])

    def versions(self) -> dict[str, int]:
        """The version that each alias is on now."""
        found = self.aws.awslambda.get_alias
        return {
            name: int(found(FunctionName=function, Name=alias)["FunctionVersion"])
            for name, (function, alias) in self.aliases.items()
        }

    def published(self, name: str) -> list[int]:
        """The versions that an alias's function has."""
        pages = self.aws.awslambda.get_paginator("list_versions_by_function")
        listed = pages.paginate(FunctionName=self.aliases[name][0])
        return [int(each["Version"]) for page in listed for each in page["Versions"] if each["Version"] != "$LATEST"]

    def alarm(self, named: str, assembly: Path) -> str:
        """The name of the alarm whose logical id holds some words in an assembly.

        During a release the stack has the alarms of two of the backend's versions, an assembly only those of one.
        """
        wanted = {name for name in self.template(assembly).resources if named in name}
        return next(each["PhysicalResourceId"] for each in self._resources() if each["LogicalResourceId"] in wanted)

    def logged(self, phrase: str) -> list[str]:
        """The lines with some words in the log groups that belong to the stack, as that of the waits does."""
        groups = (each["PhysicalResourceId"] for each in self._resources() if each["ResourceType"] == _LOG_GROUP)
        paginator = self.aws.client("logs").get_paginator("filter_log_events")
        # The framework's functions print tens of thousands of lines, and the emulator answers the first 10,000 alone.
        pages = (page for each in groups for page in paginator.paginate(logGroupName=each, filterPattern=f'"{phrase}"'))
        return [each["message"] for page in pages for each in page["events"]]

    def left_behind(self) -> list[str]:
        """Which of the functions, alarms and roles that the stack was created with are there.

        Log groups are left out: Lambda makes one again when a function's last lines come after its group's deletion.
        """
        client = self.aws.client
        functions = client("lambda").get_paginator("list_functions").paginate()
        alarms = client("cloudwatch").get_paginator("describe_alarms").paginate()
        roles = client("iam").get_paginator("list_roles").paginate()
        found = [
            *(each["FunctionName"] for page in functions for each in page["Functions"]),
            *(each["AlarmName"] for page in alarms for each in page["MetricAlarms"]),
            *(each["RoleName"] for page in roles for each in page["Roles"]),
        ]
        return [name for name in found if name in self._made]

    def last_event_at(self) -> datetime:
        """When the stack's last event happened."""
        return stack_events(self.aws, self.stack_name)[-1].at

    @cached_property
    def domain(self) -> str:
        """The distribution's domain name."""
        outputs = self._description()["Outputs"]
        return next(urlsplit(each["OutputValue"]).netloc for each in outputs if each["OutputKey"] == "Address")

    @property
    def aliases(self) -> dict[str, tuple[str, str]]:
        """The aliases by phase, each as the function's name and its own."""
        steps = [step for assembly in self._assemblies.values() for step in self.plan(assembly)]
        phases = {step.resource.logical_id: step.phase for step in steps if step.resource.type == "AWS::Lambda::Alias"}
        found = {}
        for each in self._resources():
            if each["LogicalResourceId"] in phases:
                function, _, alias = each["PhysicalResourceId"].rpartition(":")
                found[phases[each["LogicalResourceId"]]] = (function, alias)
        return found

    def _resources(self) -> list[dict[str, str]]:
        pages = self.aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.stack_name)
        return [each for page in pages for each in page["StackResourceSummaries"]]

    def _description(self) -> dict[str, object]:
        return self.aws.cloudformation.describe_stacks(StackName=self.stack_name)["Stacks"][0]

    @cached_property
    def _alarm(self) -> str:
        return self.alarm("OneBoxHttpApiErrorRate", next(iter(self._assemblies.values())))

    def _set_alarm(self, state: str, name: str = "") -> None:
        self.aws.cloudwatch.set_alarm_state(
            AlarmName=name or self._alarm, StateValue=state, StateReason="set by a scenario"
        )

    def _let_go(self) -> None:
        if self._held:
            self._held.release()
            self._held = None
