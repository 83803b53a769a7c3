"""Run a CloudFront Function or a Lambda@Edge function, as deployed: on many events in one go, or one by one."""

import json
import re
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, TypeAlias, cast

from ..template.cloud_assembly import AssemblyError
from .child_process import NoAnswerError, bare_environment, kill, launch
from .node import confined_driver

_Json: TypeAlias = "dict[str, object]"

_LONGEST_SECONDS: Final = 60.0
_SECONDS_AN_EVENT: Final = 0.01
"""*Assumed*, as the other: an event takes a hundredth of that, and an endless loop must end."""

_SECONDS: Final = 30.0
"""What Lambda@Edge may take; CloudFront Functions take far less (CloudFront developer guide, 'Quotas')."""

# The bounds are the configuration's; the bucket is what the code itself computes.
_TAIL: Final = """
export default handler;

const oneBoxOwnBounds = typeof oneBoxDecide === 'undefined' ? null : oneBoxConfig.bounds;

export function oneBoxBucketOf(request, address, bounds) {
    if (oneBoxOwnBounds === null) {
        return null;
    }
    oneBoxConfig.bounds = bounds || oneBoxOwnBounds;
    return oneBoxDecide(request, address).bucket;
}
"""


class EdgeCodeError(Exception):
    """Edge code threw an error, or could not be run."""


class InvalidEdgeResultError(EdgeCodeError):
    """Edge code returned a result that CloudFront does not accept: the viewer gets 502.

    CloudFront developer guide, 'HTTP 502 status code (Bad Gateway)': Lambda validation error, CloudFront function
    validation error.
    """


@dataclass(frozen=True)
class EdgeAnswer:
    """What a handler returned for an event of a batch, or threw.

    Attributes:
        result: What the handler returned.
        origin_id: The origin that it selected by id; None if it selected none.
        error: What it threw; None if it threw nothing.
    """

    result: object
    origin_id: str | None
    error: str | None


@dataclass(frozen=True, kw_only=True)
class SimilarEvents:
    """Events that differ in a few texts only, which Node puts into a common event.

    Attributes:
        event: The common event, which has `slot(n)` within its texts wherever the n-th text of each row belongs.
        rows: The texts of each event.
    """

    event: Mapping[str, object]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class SimilarAnswers:
    """The answers to similar events, of which most are equal.

    Attributes:
        distinct: The different answers.
        of: For each event, the index of its answer.
    """

    distinct: Sequence[EdgeAnswer]
    of: Sequence[int]


def slot(number: int) -> str:
    """Return what stands for the text of this number in the row of a similar event.

    The characters around the number are for private use, so nobody assigns a meaning to them.
    """
    return f"\ue000{number}\ue001"


REQUEST_ID: Final = "\ue000id\ue001"
"""What stands for an identifier that depends on the row alone."""

_SLOT: Final = re.compile(r"\\ue000(\d+|id)\\ue001")


def run_batch(
    code: str, events: Iterable[Mapping[str, object]], *, pick: str = "result", at_lambda: bool = False
) -> list[EdgeAnswer]:
    """Run edge code on one event after another, in one process, and return an answer for each.

    `pick` is what to keep of each `result`, as a JavaScript expression, by default all of it.

    Raises:
        AssemblyError: If the code cannot be loaded or does not end, or if Node is not on this machine.
    """
    # Garbage collection takes long over many thousands of dictionaries, so each event becomes a line immediately.
    questions = ((1, f'{{"event": {json.dumps(event)}}}') for event in events)
    return [_answer(answer) for answer in _run(code, questions, pick=pick, at_lambda=at_lambda)]


def run_similar(code: str, events: Sequence[SimilarEvents], *, pick: str, at_lambda: bool) -> list[SimilarAnswers]:
    """Run edge code on many events that differ little; otherwise like `run_batch`.

    To write many thousands of whole events and to read as many results takes longer than to run the code: the events
    are put together in Node, and each different result is returned once.
    """
    questions = ((len(each.rows), _similar(each)) for each in events)
    return [
        SimilarAnswers(
            distinct=[_answer(one) for one in cast("list[_Json]", each["distinct"])], of=cast("list[int]", each["of"])
        )
        for each in _run(code, questions, pick=pick, at_lambda=at_lambda)
    ]


def _similar(events: SimilarEvents) -> str:
    text, *rest = _SLOT.split(json.dumps(events.event))
    common = {"texts": [text, *rest[1::2]], "slots": rest[::2]}
    return json.dumps({"similar": {**common, "rows": events.rows}})


def _run(code: str, questions: Iterable[tuple[int, str]], *, pick: str, at_lambda: bool) -> list[_Json]:
    """Run edge code on the events of questions and return the answers; a question has a number of events and a line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        count = asked = 0
        with (folder / "questions").open("w") as file:
            for asked, (events, line) in enumerate(questions, 1):  # noqa: B007
                file.write(f"{line}\n")
                count += events
        if not asked:
            return []
        command = [*_lay_out(folder, code, at_lambda=at_lambda, pick=pick), str(folder / "answers")]
        with (folder / "questions").open("rb") as stdin, (folder / "output").open("w+b") as output:
            reason = _run_to_end(command, folder, stdin, output, _LONGEST_SECONDS + count * _SECONDS_AN_EVENT)
        written = (folder / "answers").read_text("utf-8") if (folder / "answers").exists() else ""
        answers = written.split("\n")[:-1]
        if reason or len(answers) != asked + 1:
            raise AssemblyError(
                f"node could not run the code: {reason or 'it ended before it had answered every event'}"
            )
        return [json.loads(line) for line in answers[1:]]


def _run_to_end(command: list[str], folder: Path, stdin: IO[bytes], output: IO[bytes], seconds: float) -> str:
    """Run a program; return why it failed, or "" if it did not."""
    # Its output is a file, because Node's object for a pipe is a socket, whose class opens others.
    with launch(command, env=bare_environment(), cwd=folder, stdin=stdin, stdout=output, stderr=output) as process:
        late = threading.Event()

        def stop() -> None:
            late.set()
            kill(process)

        timer = threading.Timer(seconds, stop)  # a wait with a timeout of its own would look only every 50 ms
        timer.start()
        try:
            status = process.wait()
        except BaseException:
            kill(process)
            raise
        finally:
            timer.cancel()
    if late.is_set():
        return f"it did not end within {seconds:g} s"
    if status == 0:
        return ""
    output.seek(0)
    printed = output.read().decode("utf-8", "replace")
    if "bad option" in printed or "registerHooks" in printed:
        return "it needs Node 22.15 or later"
    return next((line.strip() for line in printed.splitlines() if "Error: " in line), printed.strip())


def _lay_out(folder: Path, code: str, *, at_lambda: bool, pick: str = "result") -> list[str]:
    """Write edge code into a folder and return the command that runs it."""
    (folder / "edge.mjs").write_text(code + _TAIL, "utf-8")
    (folder / "pick.mjs").write_text(f"export default (result) => ({pick});\n")
    return confined_driver(folder, at_lambda=at_lambda)


def _answer(answer: _Json) -> EdgeAnswer:
    origin_id, error = cast("str | None", answer["origin"]), cast("str | None", answer["error"])
    return EdgeAnswer(result=answer.get("result"), origin_id=origin_id, error=error)


@dataclass(frozen=True, kw_only=True)
class EdgeResult:
    """The message that edge code returned for an event.

    Attributes:
        message: The request or response that it returned.
        origin_id: The origin that it selected by id; None if it selected none.
        bucket: The visitor's bucket, by the code's own arithmetic; None for code that computes none.
    """

    message: dict[str, object]
    origin_id: str | None
    bucket: int | None


class EdgeProcess:
    """A process that stays, and runs one piece of edge code on one event after another."""

    def __init__(self, name: str, code: str, *, at_lambda: bool) -> None:
        """Lay out the code; the process starts with the first event.

        Raises:
            AssemblyError: If Node is not on this machine.
        """
        from .worker import Worker  # noqa: PLC0415  only the preview needs asyncio

        self.name = name
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name).resolve()
        self._worker = Worker(_lay_out(folder, code, at_lambda=at_lambda), env=bare_environment(), cwd=folder)

    async def run(self, event: Mapping[str, object], bounds: Sequence[int] | None) -> EdgeResult:
        """Run the code on one event.

        Args:
            event: The event.
            bounds: Other bounds of the partitions than the code's own, see `bucket_bounds`; None: the code's own.

        Raises:
            EdgeCodeError: If the code throws or cannot be run.
            InvalidEdgeResultError: If it returns neither a request nor a response.
        """
        question = {"event": event, "bounds": bounds if bounds is None else list(bounds)}
        try:
            answer = await self._worker.ask(question, seconds=_SECONDS, start_seconds=_SECONDS)
        except NoAnswerError as error:
            raise EdgeCodeError(f"{self.name}: {error}") from error
        if answer["error"] is not None:
            raise EdgeCodeError(f"{self.name} threw {answer['error']}")
        message = answer.get("result")
        if not isinstance(message, dict):
            raise InvalidEdgeResultError(f"{self.name} returned {message!r}")
        origin, bucket = cast("str | None", answer["origin"]), cast("int | None", answer["bucket"])
        return EdgeResult(message=message, origin_id=origin, bucket=bucket)

    async def close(self) -> None:
        """End the process and remove the code."""
        await self._worker.close()
        self._folder.cleanup()
