"""The deployed folder under Lambda's own runtime client, without an AWS."""

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from bake.handler.runtime_api import RuntimeApi
from bake.shop import properties
from bake.waiter import request


@contextmanager
def function(folder, handler):
    """Runs a handler as Lambda does, from its asset alone."""
    nobody = {f"AWS_{name}": "test" for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")}
    with RuntimeApi() as api:
        environment = {
            **nobody,
            "PATH": os.environ["PATH"],
            "AWS_LAMBDA_RUNTIME_API": api.address,
            "AWS_LAMBDA_LOG_GROUP_NAME": "shop-waits",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, "-m", "awslambdaric", handler]
        with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL) as process:
            try:
                yield api
            finally:
                process.kill()


def test_on_event_says_when_it_began_even_when_no_call_is_answered(deployed_handler):
    with function(deployed_handler, "handler.entry.on_event") as api:
        kind, answer = api.invoke(request("Update", new=properties("B"), old=properties("A")))
    assert kind == "response"
    assert datetime.fromisoformat(answer["StartedAt"]).tzinfo is not None


def test_polls_are_inconclusive_until_time_is_up_and_then_fail_with_a_reason(deployed_handler):
    asked = request("Update", new=properties("B"), old=properties("A"))
    just_now = datetime.now(timezone.utc)
    long_ago = just_now - timedelta(hours=1)
    with function(deployed_handler, "handler.entry.is_complete") as api:
        created = api.invoke({**request("Create", new=properties("A")), "StartedAt": just_now.isoformat()})
        going_on = api.invoke({**asked, "StartedAt": just_now.isoformat()})
        kind, payload = api.invoke({**asked, "StartedAt": long_ago.isoformat()})
    assert created[1]["IsComplete"] is True
    assert going_on == ("response", {"IsComplete": False})
    assert (kind, payload["errorType"]) == ("error", "ReleaseEnded")
    assert "No conclusive reading in time" in payload["errorMessage"]
    assert "describe_stacks: EndpointConnectionError" in payload["errorMessage"]
    assert "log group shop-waits" in payload["errorMessage"]
