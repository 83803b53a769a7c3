"""The shared cases of the edge, through the preview and through the rehearsal: one answer."""

import asyncio
import json
from pathlib import Path

import pytest
from edge.deployed import FOUR_WAVES, ONE_WAVE, TESTER_DIGEST, lambda_at_edge, synthesize
from edge.deployed import cloudfront_functions as in_engine
from edge.visits import Outcome, Visit

from edge_engines import Engine
from prod_one_box import EdgeRuntime
from prod_one_box.http_message import HttpRequest, HttpResponse, values, without
from prod_one_box.preview.edge.edge_calls import EdgeFunctions
from prod_one_box.preview.edge.request_flow import Edge
from prod_one_box.preview.release import Release, Share
from prod_one_box.preview.site.origin import OriginResponse
from prod_one_box.preview.site.site import read_site
from prod_one_box.rehearsal.visitors.arrivals import arrivals
from prod_one_box.rehearsal.visitors.page_request import SiteNames
from prod_one_box.rehearsal.visitors.parties import Party
from prod_one_box.rehearsal.visitors.visitors import cookies_of
from prod_one_box.template.cloud_assembly import read_assembly
from prod_one_box.template.edge_functions import edge_functions

CASES = json.loads((Path(__file__).parent.parent.parent / "constructs" / "edge" / "cases.json").read_text("utf-8"))
NAMES = [case["name"] for case in CASES]
RUNTIMES = (EdgeRuntime.CLOUDFRONT_FUNCTIONS, EdgeRuntime.LAMBDA_AT_EDGE)
OWN = ("x-cache", "x-preview-version", "x-preview-bucket")
OF_THE_ORIGIN = ("host", "x-from", "x-forwarded-for", "accept-encoding", "cookie")


def read(value) -> str:
    return value if isinstance(value, str) else value["before"] + value["repeat"] * value["times"]


def request(case) -> HttpRequest:
    fields = tuple((name.lower(), read(value)) for name, value in case["headers"])
    return HttpRequest(address=case["address"], fields=fields)


def visit(case) -> Visit:
    headers = [(name, read(value)) for name, value in case["headers"]]
    return Visit(case["address"], headers, case["answer"]["status"], [tuple(one) for one in case["answer"]["headers"]])


def as_lists(fields, *left_out) -> dict[str, list[str]]:
    kept = without(fields, left_out)
    return {name: values(kept, name) for name, _ in kept}


class CasesOrigin:
    """Answers with what the case says, and notes what it was asked."""

    def __init__(self, case) -> None:
        self.case = case
        self.asked: HttpRequest | None = None
        self.partition = ""

    async def ask(self, origin, asked) -> OriginResponse:
        self.asked, self.partition = asked, origin.partition
        fields = tuple((name.lower(), value) for name, value in self.case["answer"]["headers"])
        return OriginResponse(response=HttpResponse(status=self.case["answer"]["status"], fields=fields))


async def through_the_preview(folder: Path) -> list[tuple[CasesOrigin, HttpResponse]]:
    release = Release(read_site(folder), None)
    functions = EdgeFunctions()
    seen = []
    for case in CASES:
        origin = CasesOrigin(case)
        edge = Edge(release, origin, Share(release), functions=functions)
        seen.append((origin, await edge.answer(request(case))))
    await functions.close()
    return seen


@pytest.fixture(scope="module", params=RUNTIMES, ids=[runtime.value for runtime in RUNTIMES])
def runtime(request) -> EdgeRuntime:
    return request.param


@pytest.fixture(scope="module", params=[ONE_WAVE, FOUR_WAVES], ids=["one wave", "four waves"])
def waves(request) -> tuple[float, ...]:
    return request.param


@pytest.fixture(scope="module")
def folder(runtime, waves) -> Path:
    return synthesize(runtime, shares=waves, tester_secret_digest=TESTER_DIGEST)[1]["assets"]


@pytest.fixture(scope="module")
def previewed(folder):
    return asyncio.run(through_the_preview(folder))


@pytest.fixture(scope="module")
def reference(runtime, waves) -> list[Outcome]:
    """What the edge's own conformance tests hold the deployed code to."""
    visits = [visit(case) for case in CASES]
    if runtime is EdgeRuntime.LAMBDA_AT_EDGE:
        return lambda_at_edge(shares=waves, tester_secret_digest=TESTER_DIGEST).play(visits)
    return in_engine(Engine.NODE, shares=waves, tester_secret_digest=TESTER_DIGEST).play(visits)


@pytest.fixture(scope="module")
def rehearsed(folder):
    functions = edge_functions(read_assembly(folder))
    parties = [Party(request=request(case), numbers=[number], rows=[()]) for number, case in enumerate(CASES)]
    arrived = arrivals(functions["viewer-request"], parties, SiteNames()).of
    return [each.partition for each in arrived], cookies_of(functions["viewer-response"], parties)


@pytest.mark.parametrize("place", range(len(CASES)), ids=NAMES)
def test_the_preview_and_the_rehearsal_send_a_visitor_to_one_partition(previewed, rehearsed, place):
    assert previewed[place][0].partition == rehearsed[0][place]


@pytest.mark.parametrize("place", range(len(CASES)), ids=NAMES)
def test_the_preview_and_the_rehearsal_give_a_visitor_one_cookie(previewed, rehearsed, place):
    origin, response = previewed[place]
    set_by_origin = [value for name, value in origin.case["answer"]["headers"] if name == "Set-Cookie"]
    expected = rehearsed[1][place] if response.status < 400 else []
    assert response.values("set-cookie") == set_by_origin + expected


@pytest.mark.parametrize("place", range(len(CASES)), ids=NAMES)
def test_the_preview_answers_as_the_deployed_code_does(previewed, reference, place):
    origin, response = previewed[place]
    assert origin.partition == reference[place].partition
    assert as_lists(response.fields, *OWN) == reference[place].response


@pytest.mark.parametrize("place", range(len(CASES)), ids=NAMES)
def test_the_preview_sends_the_origin_what_the_deployed_code_does(previewed, reference, place):
    asked = previewed[place][0].asked
    sent = {name: each for name, each in reference[place].request.items() if name not in OF_THE_ORIGIN}
    assert as_lists(asked.fields, *OF_THE_ORIGIN) == sent
    cookies = [pair for line in asked.values("cookie") for pair in line.split("; ")]
    assert sorted(cookies) == reference[place].request.get("cookie", [])
    assert asked.values("x-from") == ["edge"]
