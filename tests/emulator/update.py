"""A stack update that goes on while a scenario does something to it."""

import time
from functools import cached_property
from pathlib import Path
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING

from emulator.alias_history import AliasHistory
from emulator.cdk_command import end
from emulator.outcome import Outcome, step_name
from emulator.stack_events import stack_events

if TYPE_CHECKING:
    from emulator.site import Site

_LOOK_SECONDS = 0.3


class Update:
    """`cdk deploy` in the background, with visitors asking and the aliases sampled.

    Args:
        site: What is updated.
        assembly: The cloud assembly to deploy.
        words: Further words for the command.
    """

    def __init__(self, site: "Site", assembly: Path, words: tuple[str, ...]) -> None:
        self._site = site
        self.assembly = assembly
        self._words = words
        self._aliases = AliasHistory(site.aws, site.aliases)
        self._visitors = site.visitors_during(assembly)
        self._exit_status: int | None = None

    def __enter__(self) -> "Update":
        self._aliases.__enter__()
        self._visitors.__enter__()
        # CloudFormation's clock is the one that counts, and on an account it may differ from this machine's.
        self._since = self._site.last_event_at()
        self._process = self._site.deploy_in_background(self.assembly, *self._words)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is not None:
                self._process.terminate()
            self._exit_status = self._process.wait(timeout=self._site.aws.operation_seconds)
        except TimeoutExpired:
            self._process.kill()
            self.cancel()
            raise AssertionError(f"the update does not end, see {self._site.cdk.log}") from None
        finally:
            end(self._process)
            self._visitors.__exit__()
            self._aliases.__exit__()

    def wait_for(self, phase: str, *, seconds: float = 0) -> None:
        """Wait until CloudFormation has worked on a phase's resource, as `step_name` calls it, for some seconds."""
        names = {step.resource.logical_id for step in self._plan if step_name(step) == phase}
        until = time.monotonic() + self._site.aws.operation_seconds
        while time.monotonic() < until:
            begun = [event for event in self._events() if event.logical_id in names]
            if begun and begun[-1].status.endswith("_IN_PROGRESS"):
                time.sleep(seconds)
                return
            if self._process.poll() is not None:
                break
            time.sleep(_LOOK_SECONDS)
        raise AssertionError(f"the update never came to its {phase}, see {self._site.cdk.log}")

    def cancel(self) -> float:
        """Cancel the update, as an operator does, and return when."""
        at = time.time()
        self._site.aws.cloudformation.cancel_update_stack(StackName=self._site.stack_name)
        return at

    @cached_property
    def outcome(self) -> Outcome:
        """What became of it, once it has ended, with what holds of every update asserted."""
        assert self._exit_status is not None, "the update goes on"
        return Outcome(
            plan=self._plan,
            stack_name=self._site.stack_name,
            exit_status=self._exit_status,
            status=self._site.status(),
            events=self._events(),
            aliases=self._aliases,
            visitors=self._visitors,
            slack_seconds=self._site.aws.slack_seconds,
        ).checked()

    @cached_property
    def _plan(self):
        return self._site.plan(self.assembly)

    def _events(self):
        return [each for each in stack_events(self._site.aws, self._site.stack_name) if each.at > self._since]
