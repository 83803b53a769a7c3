"""A visit to the site, and how each edge runtime sees and answers it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from edge_engines import EdgeEngine, Engine
from prod_one_box.sandbox.edge_runner import EdgeAnswer
from prod_one_box.vocabulary import REGULAR

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Visit:
    """A request as the viewer sends it, and the origin's answer."""

    address: str
    headers: Fields
    status: int = 200
    answer: Fields = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What the origin was sent and the viewer got, with names in lower case and values in lists."""

    partition: str
    request: dict[str, list[str]]
    response: dict[str, list[str]]


@dataclass(frozen=True)
class CloudFrontFunctionsPlayer:
    """The pair of functions as deployed, and the engine that runs them."""

    viewer_request: str
    viewer_response: str
    engine: Engine
    sees_modified_request: bool = False

    def play(self, visits: Sequence[Visit]) -> list[Outcome]:
        requests = [_request_event(visit) for visit in visits]
        sent = _all_fine(EdgeEngine(self.viewer_request, engine=self.engine).run(requests))
        came = [event["request"] for event in requests]
        seen = [answer.result for answer in sent] if self.sees_modified_request else came
        events = [
            {**event, "request": request, "response": _message(visit.answer, "set-cookie")}
            for visit, event, request in zip(visits, requests, seen, strict=True)
        ]
        # CloudFront calls no viewer-response function when the origin answers 400 or more.
        run = [event for event, visit in zip(events, visits, strict=True) if visit.status < 400]
        answered = iter(_all_fine(EdgeEngine(self.viewer_response, engine=self.engine).run(run)))
        responses = [
            next(answered).result if visit.status < 400 else event["response"]
            for visit, event in zip(visits, events, strict=True)
        ]
        return [
            Outcome(str(one.origin_id), _sent(one.result), _fields(response, "set-cookie"))
            for one, response in zip(sent, responses, strict=True)
        ]


@dataclass(frozen=True)
class LambdaAtEdgePlayer:
    """The chain of functions as deployed, and the partitions by their origins' domains."""

    viewer_request: str
    origin_request: str
    origin_response: str
    viewer_response: str
    origin_headers: dict[str, str]
    domains: dict[str, str]

    def play(self, visits: Sequence[Visit]) -> list[Outcome]:
        requests = [{"clientIp": visit.address, "headers": _lambda_headers(visit.headers)} for visit in visits]
        keyed = _run_lambda(self.viewer_request, [{"request": request} for request in requests])
        travelling = {name.lower(): [{"key": name, "value": value}] for name, value in self.origin_headers.items()}
        origin = {"custom": {"domainName": self._regular_domain, "path": "", "customHeaders": travelling}}
        # A custom header of the origin replaces the viewer's of the same name.
        forwarded = [
            {
                **request,
                "origin": origin,
                "headers": {k: v for k, v in request["headers"].items() if k not in travelling},
            }
            for request in keyed
        ]
        sent = _run_lambda(self.origin_request, [{"request": request} for request in forwarded])
        responses = [{"status": str(visit.status), "headers": _lambda_headers(visit.answer)} for visit in visits]
        pairs = [{"request": one, "response": answer} for one, answer in zip(sent, responses, strict=True)]
        cached = _run_lambda(self.origin_response, pairs)
        pairs = [{"request": request, "response": one} for request, one in zip(requests, cached, strict=True)]
        below = [pair for pair in pairs if int(pair["response"]["status"]) < 400]
        answered = iter(_run_lambda(self.viewer_response, below))
        final = [next(answered) if int(one["status"]) < 400 else one for one in cached]
        return [self._outcome(one, response) for one, response in zip(sent, final, strict=True)]

    @property
    def _regular_domain(self) -> str:
        return next(domain for domain, partition in self.domains.items() if partition == REGULAR)

    def _outcome(self, sent: dict, response: dict) -> Outcome:
        custom = sent["origin"]["custom"]
        partition = self.domains[custom["domainName"]]
        assert not set(custom["customHeaders"]) & {name.lower() for name in self.origin_headers}, "travels on"
        request = {name: [one["value"] for one in fields] for name, fields in sent["headers"].items()}
        if "cookie" in request:
            request["cookie"] = _request_cookies(request["cookie"])
        request = {name: values for name, values in request.items() if values}
        if partition != REGULAR:
            assert request["host"] == [custom["domainName"]], "an origin needs its own Host"
            request["host"] = request["x-forwarded-host"]
        answer = {name: [one["value"] for one in fields] for name, fields in response["headers"].items()}
        return Outcome(partition, request, answer)


def _run_lambda(code: str, records: list[dict]) -> list[dict]:
    events = [{"Records": [{"cf": record}]} for record in records]
    answers = [one.result for one in _all_fine(EdgeEngine(code).run(events))]
    for name, fields in (each for one in answers for each in one["headers"].items()):
        assert {field["key"].lower() for field in fields} <= {name}, "CloudFront refuses a key that is not the name"
    return answers


def _all_fine(answers: list[EdgeAnswer]) -> list[EdgeAnswer]:
    thrown = [answer.error for answer in answers if answer.error is not None]
    assert not thrown, thrown[:3]
    return answers


def _request_event(visit: Visit) -> dict:
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request"},
        "viewer": {"ip": visit.address},
        "request": {"method": "GET", "uri": "/", "querystring": {}, **_message(visit.headers, "cookie")},
    }


def _message(fields: Fields, cookie_header: str) -> dict:
    """The shape of CloudFront Functions: cookies apart, repeated names with all their values."""
    headers = [(name.lower(), {"value": value}) for name, value in fields if name.lower() != cookie_header]
    lines = [value for name, value in fields if name.lower() == cookie_header]
    pairs = _cookie_pairs(lines) if cookie_header == "cookie" else [_set_cookie(line) for line in lines]
    return {"headers": _grouped(headers), "cookies": _grouped(pairs)}


def _cookie_pairs(lines: list[str]) -> list[tuple[str, dict[str, str]]]:
    pairs = [pair.partition("=") for pair in ";".join(lines).split(";") if pair.find("=") > 0]
    return [(name.strip(" "), {"value": value}) for name, _, value in pairs]


def _set_cookie(line: str) -> tuple[str, dict[str, str]]:
    pair, _, attributes = line.partition("; ")
    name, _, value = pair.partition("=")
    return name, {"value": value, "attributes": attributes}


def _grouped(pairs: list[tuple[str, dict[str, str]]]) -> dict[str, dict]:
    grouped: dict[str, dict] = {}
    for name, value in pairs:
        if name not in grouped:
            grouped[name] = dict(value)
        else:
            grouped[name].setdefault("multiValue", [dict(grouped[name])]).append(value)
    return grouped


def _request_cookies(lines: list[str]) -> list[str]:
    """The cookies of a request, in an order of their own: the two shapes keep different ones."""
    return sorted(f"{name}={each['value']}" for name, each in _cookie_pairs(lines))


def _sent(request: dict) -> dict[str, list[str]]:
    fields = _fields(request, "cookie")
    return {**fields, "cookie": sorted(fields["cookie"])} if "cookie" in fields else fields


def _fields(message: dict, cookie_header: str) -> dict[str, list[str]]:
    """Back to plain fields; cookies become the header that they stand for."""
    fields = {
        name: [one["value"] for one in each.get("multiValue", [each])] for name, each in message["headers"].items()
    }
    for name, each in message["cookies"].items():
        for one in each.get("multiValue", [each]):
            suffix = f"; {one['attributes']}" if one.get("attributes") else ""
            fields.setdefault(cookie_header, []).append(f"{name}={one['value']}{suffix}")
    return fields


def _lambda_headers(fields: Fields) -> dict[str, list[dict[str, str]]]:
    headers: dict[str, list[dict[str, str]]] = {}
    for name, value in fields:
        headers.setdefault(name.lower(), []).append({"key": name, "value": value})
    return headers
