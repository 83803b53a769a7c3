"""What the edge functions cost for a returning visitor beside those of before, and with five partitions beside two.

Before, there were two partitions, the code held what any settings need, and it made lists and closures for each call.
"""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from prod_one_box import Stickiness
from prod_one_box.constructs.edge.edge_code import EdgeEvent, EdgeRuntime, edge_code
from prod_one_box.constructs.edge.edge_settings import EdgeSettings
from prod_one_box.constructs.edge.given_partitions import Split
from prod_one_box.sandbox.edge_events import cloudfront_event
from prod_one_box.vocabulary import partition_names

from .edge_cost import BASELINES, REQUEST, RESPONSE
from .edge_in_njs import Case, Cost, costs
from .figures import Figures
from .process import ROOT

_BEFORE: Final = "6ddf94bc18f98ee32517f50d8a25b307a86ca559"
"""The last commit with two partitions."""

_FOLDER: Final = "src/prod_one_box/constructs/edge/functions"
_COOKIE_ATTRIBUTES: Final = "Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax"
_TWO: Final = (20, 80)
_FIVE: Final = (1, 4, 15, 30, 50)
_EVENTS: Final = (EdgeEvent.VIEWER_REQUEST, EdgeEvent.VIEWER_RESPONSE)
_AGES: Final = ("before", "now", "five")
_SETTINGS: Final = {"default settings": None, "testers": "a1" * 32}


class _Visit(NamedTuple):
    """A visit of somebody with a bucket, and the origin's `Vary` at viewer-response."""

    event: EdgeEvent
    name: str
    bucket: int
    vary: str = ""

    def as_given(self) -> Mapping[str, object]:
        """What CloudFront gives to a function."""
        cookies = [*(f"cookie{number}={'v' * 90}" for number in range(3)), f"__Host-one-box-bucket={self.bucket}"]
        request = replace(REQUEST, fields=(*REQUEST.fields, ("cookie", "; ".join(cookies))))
        if self.event == EdgeEvent.VIEWER_REQUEST:
            return cloudfront_event(self.event.value, request)
        fields = tuple(each for each in RESPONSE.fields if each[0] != "vary")
        vary = (("vary", self.vary),) if self.vary else ()
        return cloudfront_event(self.event.value, request, replace(RESPONSE, fields=(*fields, *vary)))


_VISITS: Final = (
    _Visit(EdgeEvent.VIEWER_REQUEST, "in the first partition", 50),
    _Visit(EdgeEvent.VIEWER_REQUEST, "in the last partition", 9000),
    _Visit(EdgeEvent.VIEWER_RESPONSE, "in the first partition", 50),
    _Visit(EdgeEvent.VIEWER_RESPONSE, "in the last partition", 9000),
    _Visit(EdgeEvent.VIEWER_RESPONSE, "Vary with a name", 9000, "Accept-Encoding"),
    _Visit(EdgeEvent.VIEWER_RESPONSE, "Vary with three names", 9000, "Accept-Encoding, Origin, RSC"),
)


def measure(_: object) -> Mapping[str, Figures]:
    """Call them in turns, in the same processes."""
    codes = {settings: _codes(digest) for settings, digest in _SETTINGS.items()}
    return {
        "edge-before": Figures(
            columns=[
                "",
                "empty",
                "before",
                "now",
                "now / before, both without empty",
                "five partitions",
                "five / two",
            ],
            rows=[row for settings in codes for row in _rows(settings, codes[settings])],
        ),
        "edge-size": Figures(
            columns=["", "before", "now", "five partitions"],
            rows=[
                [f"{event.value}, {settings}", *(f"{len(found[event, age].encode()):,} bytes" for age in _AGES)]
                for settings, found in codes.items()
                for event in _EVENTS
            ],
        ),
    }


def _codes(digest: str | None) -> dict[tuple[EdgeEvent, str], str]:
    """The code of each event: as it was, as it is, and as it is with five partitions."""
    two, five = _config(_TWO, digest), _config(_FIVE, digest)
    codes: dict[tuple[EdgeEvent, str], str] = {}
    for event in _EVENTS:
        codes[event, "before"] = _code_before(event, two)
        codes[event, "now"] = _code_now(event, two)
        codes[event, "five"] = _code_now(event, five)
    return codes


def _config(shares: Sequence[float], digest: str | None) -> dict[str, object]:
    split = Split(dict(zip(partition_names(len(shares) - 1), shares, strict=True)), {})
    return EdgeSettings(
        path="Shop/Site/Edge",
        split=split,
        stickiness=Stickiness.cookie(),
        salt="Shop/Site/Edge",
        tester_secret_digest=digest,
        user_code={},
    ).decision_config()


def _origins(config: Mapping[str, object]) -> dict[str, str]:
    names = config["partitions"]
    assert isinstance(names, list)
    return {name: f"prod-one-box/{name}" for name in names}


def _code_now(event: EdgeEvent, config: Mapping[str, object]) -> str:
    origins = {"origins": _origins(config)} if event == EdgeEvent.VIEWER_REQUEST else {}
    return edge_code(EdgeRuntime.CLOUDFRONT_FUNCTIONS, event, {**config, **origins})


def _code_before(event: EdgeEvent, config: Mapping[str, object]) -> str:
    """Join the files of that commit as it did, with a user's function that lets the event pass."""
    stem = event.identifier
    text = "\n".join(_file_before(f"{name}.js") for name in ("partition", "cloudfront_event", f"cloudfront_{stem}"))
    imports = dict.fromkeys(re.findall(r"^import .*;$", text, re.MULTILINE))
    body = re.sub(r"^(?:\s*//.*\n|import .*;$)", "", text, flags=re.MULTILINE)
    settings = {
        "identityHeader": None,
        "identityCookie": None,
        "tester": None,
        **config,
        "cookieAttributes": _COOKIE_ATTRIBUTES,
        "oneBoxBuckets": 2000,
        "origins": _origins(config),
    }
    del settings["partitions"], settings["bounds"]
    head = f"const oneBoxConfig = {json.dumps(settings, separators=(',', ':'), sort_keys=True)};"
    passing = f"function oneBoxUserHandler(event) {{\n    return event.{event.value.removeprefix('viewer-')};\n}}\n"
    return "\n".join([*imports, head, body, passing])


def _file_before(name: str) -> str:
    command = ["git", "-C", str(ROOT), "show", f"{_BEFORE}:{_FOLDER}/{name}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the code of before needs the repository with its history: {done.stderr.strip()}")
    return done.stdout


def _rows(settings: str, codes: Mapping[tuple[EdgeEvent, str], str]) -> list[Sequence[str]]:
    functions = {f"{age}{event.name}": code for (event, age), code in codes.items()}
    functions["empty"] = (BASELINES / "empty.js").read_text("utf-8")
    names = {visit: f"{visit.event.value} {visit.name}".replace(" ", "-") for visit in _VISITS}
    handlers = {visit: ["empty", *(f"{age}{visit.event.name}" for age in _AGES)] for visit in _VISITS}
    cases = [
        Case(name=names[visit], handler=handler, event=visit.as_given())
        for visit in _VISITS
        for handler in handlers[visit]
    ]
    found = costs(functions, cases)
    return [
        [
            f"{visit.event.value}, {visit.name}, {settings}",
            *_compared([found[names[visit], one] for one in handlers[visit]]),
        ]
        for visit in _VISITS
    ]


def _compared(found: Sequence[Cost]) -> Sequence[str]:
    empty, before, now, five = (cost.call for cost in found)
    own = (now - empty) / (before - empty)
    times = [f"{each:.2f} µs" for each in (empty, before, now)]
    return [*times, f"{own:.2f}", f"{five:.2f} µs", f"{five / now:.2f}"]
