"""The provider framework's part: what it sends to the handlers, and what it makes of their answers.

`test_framework.py` holds this against the framework's own code.
"""

import json
from dataclasses import dataclass

from bake.fake_aws import STACK, FakeAws

from prod_one_box.constructs.bake.handler import entry


@dataclass(frozen=True)
class Answer:
    """What CloudFormation is told, and when."""

    status: str
    reason: str
    seconds: float
    data: dict


class Waiter:
    """One delivery of a request: its event, and its polls."""

    def __init__(self, aws: FakeAws, request: dict) -> None:
        self.aws = aws
        self.began = aws.now
        answer = entry.on_event(_as_json(request), None)
        self.event = _as_json({**request, **answer})

    def poll(self) -> Answer | None:
        try:
            answer = entry.is_complete(_as_json(self.event), None)
        except entry.ReleaseEnded as ended:
            return self._answer("FAILED", str(ended), {})
        if not answer["IsComplete"]:
            assert "Data" not in answer, "the framework refuses it"
            return None
        return self._answer("SUCCESS", "", _as_json(answer["Data"]))

    def run(self, *, every: int = 10, limit: int = 400) -> Answer:
        """Polls until the request is answered."""
        for _ in range(limit):
            answer = self.poll()
            if answer:
                return answer
            self.aws.pass_time(seconds=every)
        raise AssertionError("never answered")

    def _answer(self, status: str, reason: str, data: dict) -> Answer:
        return Answer(status, reason, (self.aws.now - self.began).total_seconds(), data)


def request(kind: str, *, new: dict, old: dict | None = None, wait: str = "Wait") -> dict:
    """Makes an event as CloudFormation sends it."""
    properties = {
        "ServiceToken": "arn:aws:lambda:eu-central-1:123456789012:function:framework",
        "ServiceTimeout": "3540",
    }
    event = {
        "RequestType": kind,
        "ResponseURL": "https://example.com/answer?signature=secret",
        "StackId": STACK,
        "RequestId": "5e6f",
        "ResourceType": "Custom::ProdOneBoxDeployWait",
        "LogicalResourceId": wait,
        "ServiceToken": properties["ServiceToken"],
        "ResourceProperties": {**properties, **new},
        "PhysicalResourceId": "1a2b",
    }
    return {**event, "OldResourceProperties": {**properties, **old}} if old is not None else event


def _as_json(value: dict) -> dict:
    return json.loads(json.dumps(value))
