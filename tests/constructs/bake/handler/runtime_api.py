"""Lambda's runtime API on the loopback address: enough for one function's invocations, one after the other."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class RuntimeApi:
    """Hands events to the runtime client and takes its answers."""

    def __init__(self) -> None:
        self._events: queue.Queue[bytes] = queue.Queue()
        self._answers: queue.Queue[tuple[str, dict]] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "RuntimeApi":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def invoke(self, event: dict) -> tuple[str, dict]:
        """Answers with "response" and the result, or "error" and Lambda's error payload."""
        self._events.put(json.dumps(event).encode())
        return self._answers.get(timeout=60)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        events, answers = self._events, self._answers

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                event = events.get()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", "11aa")
                self.send_header("Lambda-Runtime-Deadline-Ms", "9999999999999")
                self.send_header(
                    "Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:123456789012:function:f"
                )
                self.send_header("Content-Type", "application/json")  # the client crashes without
                self.send_header("Content-Length", str(len(event)))
                self.end_headers()
                self.wfile.write(event)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()
                answers.put((self.path.rpartition("/")[2], body))

            def log_message(self, *_: object) -> None:
                pass

        return Handler
