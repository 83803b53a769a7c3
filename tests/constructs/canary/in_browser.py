"""The canary's visit in a real browser, against small sites that break in one way each.

No part of `make test`, which needs no browser. `PUPPETEER_FOLDER` is where `npm install puppeteer-core` was run:
`PUPPETEER_FOLDER=... python -m pytest tests/constructs/canary/in_browser.py`.
"""

import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from canary.fake_visit import NODE, SCRIPT

from prod_one_box.vocabulary import TESTER_COOKIE

SECRET = "a-secret-of-the-browser-tests"
SCRIPT_TAG = '<script type="module" src="/app.js"></script>'
PAGE = f'<!doctype html><link rel="stylesheet" href="/style.css"><img src="/x.png">{SCRIPT_TAG}'
ALIVE = "document.documentElement.dataset.alive = 'yes';"
CALL = f"fetch('/api/x').then((answer) => answer.json()).then(() => {{ {ALIVE} }});"
GOOD = {"/": PAGE, "/app.js": CALL, "/style.css": "html {}", "/api/x": "{}", "/x.png": ""}
TYPES = {"js": "text/javascript", "css": "text/css", "png": "image/png"}
ABORTED = "const one = new AbortController(); fetch('/api/x', { signal: one.signal }).catch(() => 0); one.abort();"

# What of the good site is otherwise (a number is a status), and what the visit must say; "" for nothing.
SITES = {
    "a good version": ({}, ""),
    "a missing picture": ({"/x.png": 404}, ""),
    "a call given up": ({"/app.js": f"{ALIVE} {ABORTED}"}, ""),
    "a 500": ({"/": 500}, "500 for the document"),
    "a missing script": ({"/app.js": 404}, "404 for the script"),
    "a missing style": ({"/style.css": 404}, "404 for the stylesheet"),
    "a missing chunk": ({"/app.js": f"import('/chunk.js').then(() => {{ {ALIVE} }});"}, "404 for the script"),
    "a missing chunk, late": (
        {"/app.js": f"{ALIVE} setTimeout(() => import('/chunk.js'), 100);"},
        "404 for the script",
    ),
    "an exception": ({"/app.js": "throw new Error('hydration failed');"}, "the page threw: hydration failed"),
    "an exception, late": ({"/app.js": f"{ALIVE} setTimeout(() => {{ throw new Error('lost'); }}, 100);"}, "lost"),
    "a rejection": ({"/app.js": f"{ALIVE} Promise.reject(new Error('lost'));"}, "the page threw: lost"),
    "an API error": ({"/api/x": 500}, "500 for the fetch"),
    "a page that stays dead": ({"/app.js": ""}, "does not come alive"),
}


def serve(site: dict[str, str | int], cookies: list[str]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            cookies.append(self.headers.get("Cookie", ""))
            found = site.get(self.path, 404)
            self.send_response(found if isinstance(found, int) else 200)
            self.send_header("Content-Type", TYPES.get(self.path.rpartition(".")[2], "text/html"))
            self.send_header("X-Req-Partition", "one-box")
            self.end_headers()
            self.wfile.write(b"" if isinstance(found, int) else found.encode())

        def log_message(self, *arguments: object) -> None:
            """Keeps the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def visit(site: dict[str, str | int]) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    cookies: list[str] = []
    server = serve(site, cookies)
    command = [NODE, str(SCRIPT / "run.mjs"), f"http://127.0.0.1:{server.server_port}", "--partition", "one-box"]
    done = subprocess.run(
        [*command, "--selector", "html[data-alive]", "--seconds", "4"],
        cwd=os.environ["PUPPETEER_FOLDER"],
        env={**os.environ, "TESTER_SECRET": SECRET},
        capture_output=True,
        text=True,
        check=False,
    )
    server.shutdown()
    return done, cookies


@pytest.mark.parametrize("name", SITES)
def test_a_visit_tells_a_good_version_from(name):
    otherwise, said = SITES[name]
    done, cookies = visit({**GOOD, **otherwise})
    assert done.returncode == (1 if said else 0), done.stderr
    assert said in done.stderr
    assert set(cookies) == {f"{TESTER_COOKIE}=one-box.{SECRET}"}
