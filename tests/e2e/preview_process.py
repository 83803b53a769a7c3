"""The preview as a developer starts it: the real command in a process of its own, steered through its panel."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from prod_one_box.preview.panel import PANEL_HEADER
from prod_one_box.vocabulary import ONE_BOX

COMMAND = Path(sys.executable).parent / "prod-one-box"


@dataclass(frozen=True)
class Preview:
    """A running preview: where its site is, and its panel."""

    site: str
    panel: str

    def start_release(self) -> None:
        self._change("start")

    def advance(self) -> None:
        self._change("advance")

    def promote(self) -> None:
        self._change("promote")

    def abort(self) -> None:
        self._change("abort")

    def set_share(self, percent: float, partition: str = ONE_BOX) -> None:
        self._change("share", share=percent, partition=partition)

    def state(self) -> dict[str, Any]:
        with urlopen(f"{self.panel}/state") as answer:
            return json.load(answer)

    def versions(self) -> dict[str, str]:
        """The version that each partition, and the backend, is on."""
        return {phase: version for phase, (version,) in self.state()["versions"].items()}

    def _change(self, name: str, **words: float | str) -> None:
        headers = {PANEL_HEADER: "1", "Content-Type": "application/json"}
        urlopen(Request(f"{self.panel}/{name}", json.dumps(words).encode(), headers)).close()


@contextmanager
def preview_of(assembly: Path, *options: str | Path, folder: Path | None = None) -> Iterator[Preview]:
    """Serves an assembly until the block is left; the command runs in a folder, if one is given."""
    command = [COMMAND, "preview", assembly, "--port", "0", "--panel-port", "0", *options]
    process = subprocess.Popen(
        list(map(str, command)),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    said: list[str] = []
    assert process.stderr is not None
    threading.Thread(target=said.extend, args=[process.stderr], daemon=True).start()
    try:
        assert process.stdout is not None
        addresses = re.findall(r"http://\S+(?=/$)", process.stdout.readline() + process.stdout.readline(), re.MULTILINE)
        assert len(addresses) == 2, f"the preview did not start: {''.join(said)}"
        yield Preview(*addresses)
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0, "".join(said)
