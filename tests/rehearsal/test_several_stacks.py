"""The stacks of an assembly are one release: each is updated after those that it depends on."""

import json
import re
import shutil
from pathlib import Path

import aws_cdk as cdk
import pytest

from functions import a_function, pages
from prod_one_box import (
    Assumptions,
    Disturbance,
    Fault,
    Limits,
    OneBoxFrontend,
    Population,
    Report,
    StickyPartitionDistribution,
    TrafficShiftedFunction,
    rehearse,
)
from prod_one_box.cli.main import main
from prod_one_box.rehearsal.report.report_html import report_as_html
from prod_one_box.rehearsal.report.report_json import report_as_json
from prod_one_box.template.cloud_assembly import AssemblyError, read_assembly
from prod_one_box.template.stacks import deploy_order
from rehearsed import as_text

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "json.md"
NOBODY = Population(visits_per_minute=0)
FEW = Population(assets_per_page=1, api_calls_per_page=2)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backend, a front end that waits for it, and a distribution, each in a stack; their names hide the order."""
    folder = tmp_path_factory.mktemp("shop")
    app = cdk.App(outdir=str(folder))
    back, front, edge = (cdk.Stack(app, name) for name in ("Zoo", "Front", "Alpha"))
    backend = TrafficShiftedFunction(back, "Backend", function=a_function(back, "Api"))
    frontend = OneBoxFrontend(front, "Frontend", build_function=pages, after=[backend.alias])
    StickyPartitionDistribution(edge, "Site", partitions=frontend.partitions)
    app.synth()
    return folder


def with_dependencies(shop: Path, folder: Path, **depends_on: list[str]) -> Path:
    """A copy of the shop whose stacks depend on others."""
    copy = Path(shutil.copytree(shop, folder / "copy"))
    manifest = json.loads((copy / "manifest.json").read_text())
    for name, others in depends_on.items():
        manifest["artifacts"][name]["dependencies"] = others
    (copy / "manifest.json").write_text(json.dumps(manifest))
    return copy


def played(shop: Path, **said: object) -> tuple[list[str], Report]:
    report = rehearse(shop, visitors=said.pop("visitors", NOBODY), **said)
    return [each.stack for each in (*report.earlier, report)], report


def test_each_stack_comes_after_those_that_it_depends_on(shop: Path) -> None:
    assert [each.name for each in deploy_order(read_assembly(shop))] == ["Zoo", "Front", "Alpha"]


def test_a_release_plays_the_stacks_one_after_the_other(shop: Path) -> None:
    names, report = played(shop)
    assert names == ["Zoo", "Front"]
    assert report.later == ()
    assert report.held
    assert as_text(report).index("Zoo: a good release reached") < as_text(report).index("Front: a good release reached")
    assert "Updated before: Zoo" in as_text(report)
    assert report_as_html(report).count("<h1>") == 2
    assert [each["stack"] for each in json.loads(report_as_json(report))["earlier"]] == ["Zoo"]


def test_the_preflight_of_a_later_stack_is_said_to_come_too_late_for_an_earlier_one(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = "the preflight cannot come before Zoo: an alarm that is red already does not stop that update"
    assert late in played(shop)[1].notes
    assert main(["plan", str(shop)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.endswith("enforces")] == [
        "Zoo: the release in the order that its template enforces",
        "Front: the release in the order that its template enforces",
    ]
    front = lines[lines.index("Front: the release in the order that its template enforces") :]
    assert front[1:3] == ["  after the stack Zoo: Backend/Alias", f"  {late}"]


def test_a_failure_in_a_later_stack_leaves_the_earlier_one_released(shop: Path) -> None:
    names, report = played(shop, fault=Fault(front_end=True), visitors=FEW)
    assert (names, report.released, report.earlier[0].released) == (["Zoo", "Front"], False, True)
    assert not report.earlier[0].fault.is_any
    stays = "Zoo stays released: CloudFormation rolls back only the stack whose update failed"
    for written in (as_text, report_as_html):
        assert stays in written(report)
    assert report.held


def test_after_a_failure_nothing_else_is_deployed(shop: Path) -> None:
    names, report = played(shop, fault=Fault(backend=True), visitors=FEW)
    assert (names, report.released, report.later) == (["Zoo"], False, ("Front",))
    assert "Not deployed: Front, because `cdk deploy` stops when a stack fails" in as_text(report)


def test_what_an_earlier_stack_broke_is_not_held(shop: Path) -> None:
    names, report = played(shop, limits=Limits(max_total=9 * 60))
    assert names == ["Zoo", "Front"]
    assert [each.name for each in report.earlier[0].exceeded] == ["max_total"]
    slow = rehearse(shop, visitors=NOBODY, limits=Limits(max_total=report.figures.total), without=[])
    assert slow.exceeded == ()
    assert repr(report).count("max_total") == 2
    assert not report.held


def test_the_time_of_a_cancel_counts_from_the_first_update(shop: Path) -> None:
    _, report = played(shop)
    first = report.earlier[0].figures.total
    names, cancelled = played(shop, disturbance=Disturbance(cancel_at=first + 60))
    assert names == ["Zoo", "Front"]
    assert cancelled.figures.ended_at == pytest.approx(60)
    names, cancelled = played(shop, disturbance=Disturbance(cancel_at=60))
    assert (names, cancelled.later) == (["Zoo"], ("Front",))
    with pytest.raises(AssemblyError, match="never happened"):
        played(shop, disturbance=Disturbance(cancel_at=1e6))
    names, throttled = played(shop, disturbance=Disturbance(throttle_at=60))
    assert (names, throttled.disturbance.throttle_at) == (["Zoo", "Front"], 0)
    _, throttled = played(shop, disturbance=Disturbance(throttle_at=60, throttle_for=first))
    assert throttled.disturbance.throttle_for == pytest.approx(60)
    names, crashed = played(shop, disturbance=Disturbance(crash_at_poll=2))
    assert (names, crashed.released) == (["Zoo", "Front"], False)


def test_an_alarm_is_red_in_the_stack_that_holds_it(shop: Path) -> None:
    names, report = played(shop, red=["Frontend/OneBox/HttpApiErrorRate"])
    assert (names, report.released) == (["Zoo", "Front"], False)
    with pytest.raises(AssemblyError, match="Nobody cannot be red already"):
        played(shop, red=["Nobody"])


def test_a_backend_is_weighted_in_the_stack_that_holds_it(shop: Path) -> None:
    for name in ("Backend/Alias", "Zoo/Backend/Alias"):
        assert played(shop, assumptions=Assumptions(backend_weights={name: 2}))[0] == ["Zoo", "Front"]
    with pytest.raises(AssemblyError, match="Nobody is not a backend of this release; its backends: Zoo/Backend/Alias"):
        played(shop, assumptions=Assumptions(backend_weights={"Nobody": 2}))


def test_a_stack_is_deployed_with_those_that_it_depends_on(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert played(shop, stack="Front")[0] == ["Zoo", "Front"]
    assert played(shop, stack="Alpha")[0] == ["Zoo", "Front"]
    names, report = played(shop, stack="Zoo")
    assert names == ["Zoo"]
    assert "Other stacks with a release of their own are not played: Front" in report.notes
    assert main(["plan", str(shop), "--stack", "Zoo", "--json"]) == 0
    assert [each["stack"] for each in json.loads(capsys.readouterr().out)["stacks"]] == ["Zoo"]


def test_a_front_end_that_nothing_orders_after_its_backend_proves_nothing(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loose = with_dependencies(shop, tmp_path, Front=[], Alpha=["Front", "Zoo"])
    _, report = played(loose)
    reports = {each.stack: each for each in (*report.earlier, report)}
    verdicts = {each.invariant.name: each for each in reports["Front"].verdicts}
    assert verdicts["NEW_ON_NEW"].unknown == "nothing orders Zoo before Front"
    assert "nothing orders Zoo before Front" in as_text(report)
    note = (
        "nothing orders Zoo before Front: its front end may be deployed before that backend; give the alias to `after`"
    )
    assert note in reports["Front"].notes
    assert main(["plan", str(loose)]) == 0
    assert f"  {note}" in capsys.readouterr().out.splitlines()


def test_stacks_that_have_nothing_to_do_with_each_other_are_no_release(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apart = with_dependencies(shop, tmp_path, Front=[], Alpha=["Front"])
    said = "several stacks hold a release: Front, Zoo; name one of them with --stack, or let one depend on the other"
    with pytest.raises(AssemblyError, match=said):
        played(apart)
    assert played(apart, stack="Front")[0] == ["Front"]
    assert main(["plan", str(apart)]) == 0
    assert f"Note: {said}" in capsys.readouterr().out
    assert main(["plan", str(apart), "--stack", "Front"]) == 0
    assert "several stacks" not in capsys.readouterr().out


def test_plan_is_written_for_machines(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "plan.json"
    assert main(["plan", str(shop), "--json", str(file)]) == 0
    assert f"Written: {file}" in capsys.readouterr().out
    assert main(["plan", str(shop), "--json", "-"]) == 0
    assert capsys.readouterr().out == file.read_text()
    said = json.loads(file.read_text())
    assert said["format"] == 1
    documented = set(re.findall(r"`(?:\w+\[\]\.)?(\w+)`", SCHEMA.read_text()))
    assert {*said, *said["stacks"][0], *said["stacks"][0]["steps"][0]} <= documented
    zoo, front = said["stacks"]
    assert (zoo["after"], front["after"]) == ([], ["Zoo"])
    bake = next(step for step in front["steps"] if step["phase"] == "bake")
    assert (bake["path"], bake["seconds"], bake["after"]) == ("Frontend/Bake", 780, ["Frontend/OneBox/Alias"])
    assert "Frontend/OneBox/HttpApiErrorRate" in bake["watches"]
