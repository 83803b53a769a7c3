"""Visitors ask an ordinary site by its own name, and follow where its edge sends them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from prod_one_box.cli.main import main
from prod_one_box.rehearsal.visitors.page_request import PageRequest

SPLIT = """
    const last = Number(event.viewer.ip.split('.').pop());
    request.headers['x-req-partition'] = { value: last % 4 === 0 ? 'one-box' : 'regular' };
    return request;
}
"""
START = """
function redirect(to, cookies) {
    return { statusCode: 302, headers: { location: { value: to } }, cookies: cookies || {} };
}
function handler(event) {
    const request = event.request;
    const host = request.headers.host.value;
"""
TO_WWW = (
    START
    + "    if (host !== 'www.shop.example') { return redirect('https://www.shop.example' + request.uri); }"
    + SPLIT
)
TO_ENGLISH = START + "    if (request.uri === '/') { return redirect('/en'); }" + SPLIT
WITH_COOKIE = START + "    if (!request.cookies.lang) { return redirect('/', { lang: { value: 'en' } }); }" + SPLIT
ONCE = (
    START
    + "    if (request.uri === '/' && !request.cookies.lang) { return redirect('/en', { lang: { value: 'en' } }); }"
    + SPLIT.replace("last % 4 === 0", "request.uri === '/'")
)
RENEWED = (
    START
    + "    const { lang, team } = request.cookies;"
    + "    if (lang && team && [lang.value, team.value].includes('old')) {"
    + "        return redirect('/', { [lang.value === 'old' ? 'lang' : 'team']: { value: 'new' } });"
    + "    }"
    + SPLIT.replace("last % 4 === 0", "lang && team && !lang.multiValue && !team.multiValue")
)
LOCKED = START + "    if (!request.headers.authorization) { return { statusCode: 401 }; }" + SPLIT
NO_REDIRECT = START + "    if (request.uri === '/') { return { ...redirect('/en'), statusCode: 200 }; }" + SPLIT
NO_ADDRESS = START + "    if (request.uri === '/') { return redirect('http://['); }" + SPLIT
ELSEWHERE = START + "    if (request.uri === '/') { return redirect('https://login.example/'); }" + SPLIT
CIRCLE = START + "    if (request.uri !== '/x') { return redirect('/'); }" + SPLIT
SOME = START + "    if (event.viewer.ip.endsWith('1')) { return { statusCode: 403 }; }" + SPLIT
NAMED = START + "    if (host !== 'shop.example') { return { statusCode: 400 }; }" + SPLIT
AT_LAMBDA = """
export async function handler(event) {
    const request = event.Records[0].cf.request;
    if (request.uri === '/') {
        return { status: '302', headers: { location: [{ key: 'Location', value: '/en' }] } };
    }
    request.headers['x-req-partition'] = [{ key: 'X-Req-Partition', value: 'one-box' }];
    return request;
}
"""
SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "json.md"
NAMES = ["shop.example", "www.shop.example"]


def assembly(folder: Path, code: str, *, names: list[object], at_lambda: bool = False) -> str:
    """A distribution that calls one function before it does anything else."""
    role = {"ProdOneBox": {"EdgeFunction": "viewer-request", "Shares": {"one-box": 25, "regular": 75}}}
    function = {"Type": "AWS::CloudFront::Function", "Properties": {"FunctionCode": code}, "Metadata": role}
    called = {"FunctionAssociations": [{"EventType": "viewer-request", "FunctionARN": {"Ref": "Edge"}}]}
    extra = {}
    if at_lambda:
        (folder / "edge").mkdir()
        (folder / "edge" / "index.mjs").write_text(code)
        files = {"files": {"edge": {"source": {"path": "edge"}}}}
        (folder / "Shop.assets.json").write_text(json.dumps(files))
        function = {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Key": "edge.zip"}}, "Metadata": role}
        extra = {"V": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Edge"}}}}
        arn = {"EventType": "viewer-request", "LambdaFunctionARN": {"Ref": "V"}}
        called = {"LambdaFunctionAssociations": [arn]}
    config = {"Aliases": names, "DefaultCacheBehavior": called}
    site = {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {"DistributionConfig": config},
        "Metadata": {"ProdOneBox": {"Partitions": {}, "Shares": {"one-box": 25, "regular": 75}}},
    }
    function["Metadata"] = {**role, "aws:cdk:path": "Shop/Site/Edge/Resource"}
    (folder / "Shop.template.json").write_text(json.dumps({"Resources": {"Edge": function, "Site": site, **extra}}))
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Shop.template.json"}}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"Shop": stack}}))
    return str(folder)


def sent(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["visitors", *words, "--count", "256", "--json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def reached(said: dict[str, Any], partition: str) -> int:
    return int(said["partitions"][partition]["visitors"])


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["visitors", *words, "--count", "256"]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    return captured.err


@pytest.mark.parametrize("code", [TO_WWW, TO_ENGLISH, WITH_COOKIE], ids=["www", "language", "cookie"])
def test_a_redirect_within_the_site_is_followed(code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = sent(capsys, assembly(tmp_path, code, names=NAMES))
    assert (reached(found, "one-box"), reached(found, "regular"), found["answered"], found["moved"]) == (64, 192, 0, 0)
    assert found["url"] == "https://shop.example/"


def test_the_second_visit_has_the_cookies_of_the_first_ones_redirects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = sent(capsys, assembly(tmp_path, ONCE, names=[]))
    assert (reached(found, "one-box"), reached(found, "regular"), found["moved"]) == (0, 256, 256)


@pytest.mark.parametrize("cookies", ["lang=old; team=a", "lang=en; team=old"])
def test_a_redirect_that_renews_one_cookie_keeps_the_others(
    cookies: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        reached(sent(capsys, assembly(tmp_path, RENEWED, names=[]), "--header", f"cookie:{cookies}"), "one-box") == 256
    )


def test_a_redirect_of_lambda_at_edge_is_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reached(sent(capsys, assembly(tmp_path, AT_LAMBDA, names=NAMES, at_lambda=True)), "one-box") == 256


def test_visitors_ask_by_the_distributions_own_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reached(sent(capsys, assembly(tmp_path, NAMED, names=NAMES)), "one-box") == 64
    assert "https://d111111abcdef8.cloudfront.net/ with 400" in refused(capsys, assembly(tmp_path, NAMED, names=[]))
    unknown = assembly(tmp_path, NAMED, names=[{"Ref": "Domain"}])
    assert reached(sent(capsys, unknown, "--host", "shop.example"), "one-box") == 64
    assert sent(capsys, assembly(tmp_path, TO_WWW, names=["*.shop.example"]))["url"] == "https://www.shop.example/"


def test_a_host_that_the_distribution_does_not_have_is_refused_with_those_that_it_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = assembly(tmp_path, SOME, names=["shop.example", "*.shop.example"])
    for unknown in ("other.example", "notshop.example", "d1.cloudfront.net.example"):
        assert main(["visitors", folder, "--host", unknown]) == 2
        said = capsys.readouterr().err
        assert f"--host: got '{unknown}'" in said
        assert "allowed: shop.example, *.shop.example, a name that ends in .cloudfront.net" in said
    for known in ("Shop.Example", "a.b.shop.example", "d1.cloudfront.net"):
        assert reached(sent(capsys, folder, "--host", known), "one-box") == 64


def test_only_cloudfronts_own_names_are_those_of_a_distribution_without_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = assembly(tmp_path, SOME, names=[])
    assert "allowed: a name that ends in .cloudfront.net;" in refused(capsys, folder, "--host", "shop.example")


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (LOCKED, "https://shop.example/ with 401"),
        (ELSEWHERE, "https://shop.example/ with 302 to https://login.example/"),
        (NO_REDIRECT, "https://shop.example/ with 200 to /en"),
        (NO_ADDRESS, "https://shop.example/ with 302 to http://["),
        (CIRCLE, "https://shop.example/ with redirects that never end"),
    ],
    ids=["locked", "elsewhere", "no redirect", "no address", "circle"],
)
def test_an_edge_that_answers_everybody_is_quoted_in_one_line(
    code: str, answer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, assembly(tmp_path, code, names=NAMES))
    assert f"no visitor reaches a partition: Shop/Site/Edge answers {answer}; ask for another page with" in said


def test_visitors_send_what_the_edge_asks_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        reached(
            sent(capsys, assembly(tmp_path, LOCKED, names=NAMES), "--header", "Authorization: Basic abc"), "one-box"
        )
        == 64
    )
    assert reached(sent(capsys, assembly(tmp_path, ELSEWHERE, names=NAMES), "--path", "/shop?page=2"), "one-box") == 64
    signed_in = sent(capsys, assembly(tmp_path, WITH_COOKIE, names=[]), "--header", "cookie:lang=de")
    assert reached(signed_in, "one-box") == 64


def test_visitors_whom_the_edge_answers_are_counted_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = assembly(tmp_path, SOME, names=NAMES)
    found = sent(capsys, folder)
    documented = set(re.findall(r"`(\w+)`", SCHEMA.read_text()))
    assert {*found, *dict(found["function"])} <= documented  # type: ignore[call-overload]
    assert (reached(found, "one-box"), found["answered"]) == (64, 26)
    assert found["answers"] == ["https://shop.example/ with 403"]
    assert main(["visitors", folder, "--count", "256"]) == 0
    assert "26 reached no partition; the edge answered https://shop.example/ with 403" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--path", "en"], "--path: got 'en'; allowed: a path"),
        (["--host", "https://shop.example"], "--host: got"),
        (["--header", "authorization"], "--header: got 'authorization'; allowed: NAME:VALUE"),
        (["--header", "host: shop.example"], "--header: got the header host"),
        (["--header", "a: 1", "--header", "A: 2"], "--header: got 'A: 2'"),
        (["--header", "a b: 1"], "--header: got 'a b'"),
    ],
)
@pytest.mark.parametrize("command", ["visitors", "rehearse"])
def test_what_no_browser_sends_is_refused_by_name(
    command: str, words: list[str], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, assembly(tmp_path, SOME, names=NAMES), *words]) == 2
    captured = capsys.readouterr()
    assert named in captured.err
    assert captured.err.count("\n") == 1


def test_a_request_is_made_of_a_name_a_path_and_headers() -> None:
    with pytest.raises(ValueError, match="headers: got 'a'"):
        PageRequest(headers={"a": "1\r\nb: 2"})
