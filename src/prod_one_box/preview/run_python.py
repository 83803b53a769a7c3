"""Runs a Lambda function's handler, one event a line. Started as: python run_python.py FOLDER HANDLER."""

import importlib
import json
import os
import sys
import time
import traceback
from types import SimpleNamespace


def main(folder: str, handler_name: str) -> None:
    """Answers events until there are no more."""
    # What the function prints belongs to its log; the answers have this way for themselves.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.path[0] = folder
    module, _, name = handler_name.rpartition(".")
    handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"result": handler(asked["event"], _context(asked["context"]))}
            written = json.dumps(answer)
        except Exception as error:
            traceback.print_exc()
            written = json.dumps({"error": repr(error)})
        print(written, file=answers, flush=True)


def _context(said: dict) -> SimpleNamespace:  # type: ignore[type-arg]
    return SimpleNamespace(
        aws_request_id=said["requestId"],
        function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        function_version=os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
        memory_limit_in_mb=said["memory"],
        get_remaining_time_in_millis=lambda: max(0, int(said["deadline"] - time.time() * 1000)),
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
