"""A run on an account: what the scenarios and the experiments share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

import aws_cdk as cdk

from emulator.aws import Aws
from emulator.cdk_command import Cdk, finish
from emulator.site import Site
from emulator.site_app import Release
from verify_on_aws.recorded_creation import prepare
from verify_on_aws.run_record import RunRecord


class RecordedSite(Site):
    """A site whose stack is written down before anything is in it.

    Args:
        aws: The account.
        record: The run.
        word: What its stack is called in this run.
    """

    def __init__(self, aws: Aws, record: RunRecord, word: str) -> None:
        super().__init__(aws, record.folder / word.lower(), stack_name=record.prefix + word, tags=record.tags)
        self._record = record

    def deploy_in_background(self, assembly: Path, *words: str) -> Popen[bytes]:
        deploy = super().deploy_in_background
        further = prepare(self.aws, self._record, self.stack_name, lambda *others: deploy(assembly, *others))
        return deploy(assembly, *words, *further)


@dataclass
class AccountRun:
    """The stacks of a run, each written down before anything is in it.

    Attributes:
        aws: The account.
        record: What the run has made.
    """

    aws: Aws
    record: RunRecord
    _sites: dict[str, Site] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where assemblies and logs go."""
        return self.record.folder

    def new_site(self, word: str) -> Site:
        """A site that is not deployed yet.

        Args:
            word: What its stack is called in this run.
        """
        self._sites[word] = RecordedSite(self.aws, self.record, word)
        return self._sites[word]

    def site(self) -> Site:
        """The site that the scenarios share, deployed now if no scenario has."""
        if "Site" not in self._sites:
            created = self.new_site("Site").create(Release(name="first", bake_seconds=600))
            assert created.exit_status == 0, f"see {self._sites['Site'].cdk.log}"
        return self._sites["Site"]

    def deploy(self, word: str, build: Callable[[cdk.Stack], None]) -> dict[str, str]:
        """Deploy a stack of an experiment's own, and return its outputs.

        Args:
            word: What the stack is called in this run.
            build: What puts the resources into it.
        """
        status = finish(self.start(word, build))
        assert status == 0, f"cdk deploy failed, see {self.folder / word.lower() / 'cdk.log'}"
        stack = self.aws.cloudformation.describe_stacks(StackName=self.record.prefix + word)["Stacks"][0]
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    def start(self, word: str, build: Callable[[cdk.Stack], None]) -> Popen[bytes]:
        """Begin to deploy such a stack in the background."""
        name, folder = self.record.prefix + word, self.folder / word.lower()
        assembly = folder / f"assembly-{len(list(folder.glob('assembly-*'))) + 1}"
        app = cdk.App(outdir=str(assembly), analytics_reporting=False)
        stack = cdk.Stack(app, name, env=cdk.Environment(account=self.aws.account, region=self.aws.region))
        build(stack)
        app.synth()
        tags = [part for key, value in self.record.tags.items() for part in ("--tags", f"{key}={value}")]
        command = Cdk(self.aws, folder / "cdk.log")

        def deploy(*words: str) -> Popen[bytes]:
            return command.start("deploy", name, "--app", str(assembly), "--require-approval", "never", *tags, *words)

        return deploy(*prepare(self.aws, self.record, name, deploy))
