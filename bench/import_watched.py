"""Runs an import statement in this process; prints its seconds, processor seconds, and the processes it started."""

import json
import sys
import time

_started: list[str] = []


def _watch(event: str, _arguments: tuple[object, ...]) -> None:
    if event in ("subprocess.Popen", "os.posix_spawn", "os.fork", "os.exec"):
        _started.append(event)


if __name__ == "__main__":
    sys.addaudithook(_watch)
    begin, processor = time.perf_counter(), time.process_time()
    exec(sys.argv[1])
    seconds, processor = time.perf_counter() - begin, time.process_time() - processor
    print(json.dumps({"seconds": seconds, "processor": processor, "started": len(_started)}))
