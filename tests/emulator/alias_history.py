"""The versions that aliases had over time, sampled while a release goes on."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from emulator.aws import Aws

SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Sample:
    """An alias's version from a moment on, and its weights on other versions.

    Attributes:
        at: Seconds since the epoch at which it was first seen.
        not_before: When it was last seen otherwise; the switch lies between the two.
        version: The version.
        weights: The percentage of requests on other versions.
    """

    at: float
    not_before: float
    version: int
    weights: Mapping[int, float]


class AliasHistory:
    """Samples aliases in a thread of its own until it is stopped.

    Args:
        aws: The account.
        aliases: The function's name and the alias's name, by what the scenarios call the alias.
    """

    def __init__(self, aws: Aws, aliases: Mapping[str, tuple[str, str]]) -> None:
        self._aws = aws
        self._aliases = aliases
        self._samples: dict[str, list[Sample]] = {name: [] for name in aliases}
        self._seen = dict.fromkeys(aliases, 0.0)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "AliasHistory":
        self._sample()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()
        self._sample()

    @property
    def names(self) -> list[str]:
        """What the scenarios call the aliases."""
        return list(self._aliases)

    def called(self, name: str) -> str:
        """An alias as the waits name it: the function's name and its own."""
        function, alias = self._aliases[name]
        return f"{function.rpartition(':')[2]}:{alias}"

    def versions(self, name: str) -> list[int]:
        """The versions of an alias one after the other, whatever its weights did."""
        found = [each.version for each in self._samples[name]]
        return [version for at, version in enumerate(found) if at == 0 or found[at - 1] != version]

    def path(self, name: str) -> list[str]:
        """The same in words: `old` for the version at the beginning, `new` for a later one."""
        versions = self.versions(name)
        return [
            "old" if version == versions[0] else "new" if version > versions[0] else "older" for version in versions
        ]

    def changes(self, name: str) -> list[Sample]:
        """The moments at which an alias was first seen on another version, or with other weights."""
        return self._samples[name][1:]

    def when(self, name: str, word: str) -> float:
        """When an alias was last seen to switch to its `old` or `new` version, in seconds since the epoch."""
        first = self._samples[name][0].version
        return next(each.at for each in reversed(self._samples[name]) if (each.version == first) == (word == "old"))

    def _run(self) -> None:
        while not self._ending.wait(SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> None:
        for name, (function, alias) in self._aliases.items():
            asked_at = time.time()
            try:
                found = self._aws.awslambda.get_alias(FunctionName=function, Name=alias)
            except (ClientError, BotoCoreError):
                continue  # An alias that is being deleted, or a call that failed, changes nothing in the history.
            weights = (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
            version, others = int(found["FunctionVersion"]), {int(other): weight for other, weight in weights.items()}
            last = self._samples[name][-1:]
            if not last or (last[0].version, last[0].weights) != (version, others):
                self._samples[name].append(Sample(time.time(), self._seen[name], version, others))
            self._seen[name] = asked_at
