"""What the edge functions cost for each call, against an empty handler and against A/B tests as AWS publishes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from prod_one_box.http_message import HttpRequest, HttpResponse
from prod_one_box.sandbox.edge_events import cloudfront_event

from .edge_in_njs import Case, Cost, costs
from .figures import Figures
from .storefront import Storefront

BASELINES: Final = Path(__file__).parent / "edge"
_OURS, _PUBLISHED, _EMPTY = "ours", "published", "empty"
_COOKIES: Final = (0, 10, 40, 80)
_HANDLED: Final = {"viewer-request": "Request", "viewer-response": "Response"}


@dataclass(frozen=True)
class _Visitor:
    """Somebody with cookies of the site's own, and perhaps one from the edge."""

    name: str
    cookies: int
    known: bool

    def event(self, kind: str, author: str) -> Mapping[str, object]:
        """What CloudFront gives to a function of either author."""
        cookie = {_OURS: "__Host-one-box-bucket=4711", _PUBLISHED: "experiment=regular", _EMPTY: ""}[author]
        cookies = [f"cookie{number}={'v' * 90}" for number in range(self.cookies)] + [cookie] * (
            self.known and bool(cookie)
        )
        request = replace(REQUEST, fields=(*REQUEST.fields, ("cookie", "; ".join(cookies))))
        if kind == "viewer-request":
            return cloudfront_event(kind, request)
        seen = replace(request, fields=(*request.fields, ("x-variant", "regular"), ("x-req-partition", "regular")))
        return cloudfront_event(kind, seen, RESPONSE)


REQUEST: Final = HttpRequest(
    address="203.0.113.7",
    path="/products/17",
    fields=(
        ("host", "shop.example.com"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"),
        ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("accept-language", "en-US,en;q=0.9"),
        ("accept-encoding", "gzip, br"),
    ),
)
RESPONSE: Final = HttpResponse(
    status=200, fields=(("content-type", "text/html"), ("cache-control", "max-age=60"), ("vary", "Accept-Encoding"))
)
_VISITORS: Final = (
    _Visitor("new visitor", 3, known=False),
    _Visitor("returning visitor", 3, known=True),
    _Visitor("visitor without any cookie", 0, known=False),
)


def measure(storefront: Storefront) -> Mapping[str, Figures]:
    """Calls the storefront's own functions, as they are deployed, beside the others."""
    functions = _functions(storefront)
    growing = [_Visitor(f"{count} further cookies", count, known=True) for count in _COOKIES]
    visitors = [*_VISITORS, *growing]
    found = costs(functions, [case for visitor in visitors for case in _cases(visitor)])
    columns = [
        "",
        "empty",
        "published",
        "constructs",
        "published / empty",
        "constructs / empty",
        "constructs / published",
    ]
    return {
        "edge": Figures(
            columns=columns, rows=[_row(visitor, kind, found) for kind in _HANDLED for visitor in _VISITORS]
        ),
        "edge-cookies": Figures(
            columns=["", "a call", "against empty", "with the event read and the answer written", "against empty"],
            rows=[_grown(visitor, kind, found) for kind in _HANDLED for visitor in growing],
        ),
    }


def _functions(storefront: Storefront) -> Mapping[str, str]:
    functions = {_EMPTY: (BASELINES / "empty.js").read_text("utf-8")}
    for kind, suffix in _HANDLED.items():
        functions[f"{_OURS}{suffix}"] = (storefront.edge_code / f"{kind}.js").read_text("utf-8")
        functions[f"{_PUBLISHED}{suffix}"] = (BASELINES / f"{_PUBLISHED}-{kind}.js").read_text("utf-8")
    return functions


def _cases(visitor: _Visitor) -> Sequence[Case]:
    return [
        Case(name=_name(visitor, kind), handler=_handler(author, kind), event=visitor.event(kind, author))
        for kind in _HANDLED
        for author in (_EMPTY, _PUBLISHED, _OURS)
    ]


def _name(visitor: _Visitor, kind: str) -> str:
    return f"{kind} {visitor.name}".replace(" ", "-")


def _handler(author: str, kind: str) -> str:
    return author if author == _EMPTY else f"{author}{_HANDLED[kind]}"


def _cost(author: str, visitor: _Visitor, kind: str, found: Mapping[tuple[str, str], Cost]) -> Cost:
    return found[_name(visitor, kind), _handler(author, kind)]


def _row(visitor: _Visitor, kind: str, found: Mapping[tuple[str, str], Cost]) -> Sequence[str]:
    empty, published, ours = (_cost(author, visitor, kind, found).call for author in (_EMPTY, _PUBLISHED, _OURS))
    times = [f"{each:.2f} µs" for each in (empty, published, ours)]
    ratios = [f"{each:.1f}" for each in (published / empty, ours / empty, ours / published)]
    return [f"{kind}, {visitor.name}", *times, *ratios]


def _grown(visitor: _Visitor, kind: str, found: Mapping[tuple[str, str], Cost]) -> Sequence[str]:
    ours, empty = _cost(_OURS, visitor, kind, found), _cost(_EMPTY, visitor, kind, found)
    return [
        f"{kind}, {visitor.name}",
        f"{ours.call:.2f} µs",
        f"{ours.call / empty.call:.1f}",
        f"{ours.whole:.1f} µs",
        f"{ours.whole / empty.whole:.2f}",
    ]
