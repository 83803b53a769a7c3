"""Runs edge code on one event after another, in a process that stays."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from .confined_node import confined_command, find_node, lay_out_confinement
from .line_process import LineProcess, NoAnswerError

_SECONDS: Final = 30.0
"""What Lambda@Edge may take; CloudFront Functions take far less (CloudFront developer guide, 'Quotas')."""

_TAIL: Final = """
export default handler;

// The share is the configuration's; the bucket is what the code itself computes.
export function configure(request, address, buckets) {
    if (typeof oneBoxConfig === 'undefined' || typeof oneBoxBucket === 'undefined') {
        return null;
    }
    if (buckets !== null) {
        oneBoxConfig.oneBoxBuckets = buckets;
    }
    return oneBoxBucket(request, address);
}
"""

_DRIVER: Final = """
import fs from 'node:fs';
import readline from 'node:readline';
import cloudfront from 'cloudfront';
import handler, { configure } from './edge.mjs';

function write(answer) {
    const rest = Buffer.from(`${JSON.stringify(answer)}\\n`);
    for (let written = 0; written < rest.length;) {
        written += fs.writeSync(Number(process.argv.at(-1)), rest, written);
    }
}

write({ id: 0 });
for await (const line of readline.createInterface({ input: process.stdin })) {
    const { id, event, buckets } = JSON.parse(line);
    const answer = { id, result: null, origin: null, error: null, bucket: null };
    cloudfront.chosen = null;
    try {
        const { request, ...rest } = event.Records ? event.Records[0].cf : event;
        if ((rest.config || rest.context).eventType.startsWith('viewer-')) {
            const asked = JSON.parse(JSON.stringify(request));
            answer.bucket = configure(asked, request.clientIp || rest.viewer.ip, buckets);
        }
        answer.result = await handler(event);
    } catch (thrown) {
        answer.error = String(thrown);
    }
    answer.origin = cloudfront.chosen;
    write(answer);
}
"""


class EdgeCodeError(Exception):
    """Edge code that threw, or could not be run."""


class InvalidEdgeResultError(EdgeCodeError):
    """A result of edge code that CloudFront does not accept: the viewer gets 502.

    CloudFront developer guide, 'HTTP 502 status code (Bad Gateway)': Lambda validation error, CloudFront function
    validation error.
    """


@dataclass(frozen=True, kw_only=True)
class EdgeResult:
    """What edge code did with an event.

    Attributes:
        message: What it returned.
        origin_id: The origin that it selected by id; None if it selected none.
        bucket: The visitor's bucket, by the code's own arithmetic; None for code that computes none.
    """

    message: dict[str, object]
    origin_id: str | None
    bucket: int | None


class EdgeProcess:
    """One piece of edge code, as deployed, in Node."""

    def __init__(self, name: str, code: str, *, at_lambda: bool) -> None:
        """Lays out the code.

        Args:
            name: What people know the function by.
            code: Its source text.
            at_lambda: Whether it is Lambda@Edge's; else CloudFront Functions'.

        Raises:
            EngineMissingError: If Node is not on this machine.
        """
        self.name = name
        self._kept = tempfile.TemporaryDirectory()
        folder = Path(self._kept.name).resolve()
        lay_out_confinement(folder)
        (folder / "edge.mjs").write_text(code + _TAIL, "utf-8")
        (folder / "driver.mjs").write_text(_DRIVER)
        self._process = LineProcess(confined_command(find_node(), folder, at_lambda=at_lambda), env={}, cwd=folder)

    async def run(self, event: Mapping[str, object], buckets: int | None) -> EdgeResult:
        """Gives the code one event.

        Args:
            event: The event, as CloudFront would hand it over.
            buckets: How many buckets the one-box has; None: as many as the code says.

        Raises:
            EdgeCodeError: If the code throws or cannot be run; `InvalidEdgeResultError` if it returns nothing.
        """
        try:
            answer = await self._process.ask(
                {"event": event, "buckets": buckets}, seconds=_SECONDS, start_seconds=_SECONDS
            )
        except NoAnswerError as error:
            raise EdgeCodeError(f"{self.name}: {error}") from error
        if answer["error"] is not None:
            raise EdgeCodeError(f"{self.name} threw {answer['error']}")
        if not isinstance(answer["result"], dict):
            raise InvalidEdgeResultError(f"{self.name} returned {answer['result']!r}")
        return EdgeResult(
            message=cast("dict[str, object]", answer["result"]),
            origin_id=cast("str | None", answer["origin"]),
            bucket=cast("int | None", answer["bucket"]),
        )

    async def close(self) -> None:
        """Ends the process and removes the code."""
        await self._process.close()
        self._kept.cleanup()
