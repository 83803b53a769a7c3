"""Run a Lambda function's handler, one event a line. Started as: python python_driver.py FOLDER HANDLER DESCRIPTOR."""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from types import SimpleNamespace

# Lambda developer guide, 'Lambda quotas': 6 MB; the number of bytes is that of Lambda's own message.
LARGEST_ANSWER = 6_291_556


def main(folder: str, handler_name: str, descriptor: int) -> None:
    """Answer events until there are no more."""
    os.set_inheritable(descriptor, False)
    sys.path[0] = folder
    module, _, name = handler_name.rpartition(".")
    with os.fdopen(descriptor, "w", encoding="utf-8") as answers:
        try:
            handler = getattr(importlib.import_module(module.replace("/", ".")), name)
        except Exception as error:
            traceback.print_exc()
            print(json.dumps({"id": 0, "error": _described(error)}), file=answers, flush=True)
            return
        print('{"id": 0}', file=answers, flush=True)
        for line in sys.stdin:
            question = json.loads(line)
            print(json.dumps({"id": question["id"], **_run(handler, question)}), file=answers, flush=True)


def _run(handler: Callable[..., object], question: dict) -> dict:  # type: ignore[type-arg]
    try:
        result = handler(question["event"], _context(question["context"]))
        if len(json.dumps(result, ensure_ascii=False).encode("utf-8", "surrogatepass")) > LARGEST_ANSWER:
            return {"error": f"Response payload size exceeded maximum allowed payload size ({LARGEST_ANSWER} bytes)."}
    except Exception as error:
        traceback.print_exc()
        return {"error": _described(error)}
    return {"result": result}


def _described(error: Exception) -> str:
    return "".join(traceback.format_exception_only(error)).strip()


def _context(details: dict) -> SimpleNamespace:  # type: ignore[type-arg]
    deadline = time.time() * 1000 + details["milliseconds"]
    return SimpleNamespace(
        aws_request_id=details["requestId"],
        function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        function_version=os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
        memory_limit_in_mb=details["memory"],
        get_remaining_time_in_millis=lambda: max(0, int(deadline - time.time() * 1000)),
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
