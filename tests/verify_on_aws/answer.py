"""What an experiment found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError


@dataclass(frozen=True)
class Answer:
    """An answer and what it rests on.

    Attributes:
        said: The answer in a sentence.
        evidence: What was seen, as JSON has it.
        assume: Seconds that were measured, by the names that `prod-one-box rehearse --assume` knows.
    """

    said: str
    evidence: Any
    assume: Mapping[str, float] = field(default_factory=dict)


def unless_refused(call: Callable[[], Any]) -> Any:
    """What a call to AWS answers, or its error as a text, where the refusal is a finding too."""
    try:
        return call()
    except (ClientError, BotoCoreError) as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
