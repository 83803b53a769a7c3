"""Start ministack with its gaps closed: `python shim [GAP …]`, all of them by default, `none` for none.

Each module of this folder closes one gap and says what AWS documents; `tests/emulator/test_gaps.py` proves that the
gap is still there, so that a module goes when the emulator no longer needs it.
"""

import importlib
import os
import signal
import sys
import threading
import time

GAPS = (
    "resource_status",
    "awaited_resources",
    "cancelled_update",
    "disable_rollback",
    "metric_math",
    "api_metrics",
    "trimmed_counts",
    "codedeploy",
    "alias_weights",
    "edge_functions",
    "distribution_deployment",
    "transport_security",
    "iam_actions",
    "aws_cli_layer",
)


def end_with(parent: int) -> None:
    """End this process and the functions that it runs when the process that started it is gone, however it ended."""
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    wanted = sys.argv[1:] or GAPS
    for gap in GAPS:
        if gap in wanted:
            importlib.import_module(gap).close()
    from ministack.app import main as serve  # noqa: PLC0415  it reads its environment, and the patched modules, now

    sys.argv = ["ministack"]
    serve()


if __name__ == "__main__":
    main()
