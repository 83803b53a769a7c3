"""What `plan` says of updates between synthesized templates."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions import a_function, pages
from prod_one_box import Guard, OneBoxFrontend, PartitionEdge, Wave
from prod_one_box.cli.main import main


class Shop(cdk.Stack):
    """A site that has visitors before it has partitions."""

    def __init__(self, scope: cdk.App) -> None:
        super().__init__(scope, "Shop", env=cdk.Environment(region="us-east-1"))

    def plain(self) -> None:
        origin = origins.HttpOrigin("pages.example.com")
        cloudfront.Distribution(self, "Existing", default_behavior=cloudfront.BehaviorOptions(origin=origin))

    def with_edge(self) -> None:
        self._attach(OneBoxFrontend(self, "Frontend", build_function=pages))

    def with_edge_whose_domain_the_functions_have(self) -> None:
        frontend = OneBoxFrontend(self, "Frontend", build_function=pages)
        domain = self._attach(frontend)
        for each in frontend.partitions:
            each.function.add_environment("SITE", domain)

    def with_waves(
        self, *shares: float, release: str, reason: str | None = None, bake: int = 20, expedited: str | None = None
    ) -> None:
        """Build a release: another text of it is another version."""

        def build(scope: Construct, partition: str) -> lambda_.Function:
            return a_function(scope, "Pages", environment={"RELEASE": release})

        waves = [Wave(share=share, bake_time=cdk.Duration.minutes(bake)) for share in shares]
        override = {Guard.SPLIT_CHANGED: reason} if reason else None
        frontend = OneBoxFrontend(
            self, "Frontend", build_function=build, waves=waves, override=override, expedited_reason=expedited
        )
        self._attach(frontend)

    def _attach(self, frontend: OneBoxFrontend) -> str:
        edge = PartitionEdge(self, "Edge", partitions=frontend.partitions)
        pages_of = cloudfront.BehaviorOptions(origin=frontend.regular.origin, cache_policy=edge.cache_policy)
        existing = cloudfront.Distribution(self, "Existing", default_behavior=pages_of)
        edge.attach_to(existing)
        return existing.distribution_domain_name


class Plan:
    """Synthesizes and plans."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._capsys = capsys

    def __call__(self, new: Callable[[Shop], object], against: Callable[[Shop], object]) -> tuple[int, str]:
        """Return the exit status and what is printed."""
        status = main(["plan", self._assembly("new", new), "--against", self._assembly("old", against)])
        return status, self._capsys.readouterr().out

    def _assembly(self, name: str, build: Callable[[Shop], object]) -> str:
        app = cdk.App(outdir=str(self._folder / name))
        build(Shop(app))
        return app.synth().directory


@pytest.fixture
def plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Plan:
    return Plan(tmp_path, capsys)


def test_a_front_end_that_needs_a_site_which_exists_is_not_adopted_together_with_its_edge(plan: Plan) -> None:
    status, printed = plan(Shop.with_edge_whose_domain_the_functions_have, against=Shop.plain)
    assert status == 1
    assert "Shop/Frontend/Split will refuse this update: it gives one-box and regular visitors of a site" in printed
    assert "Create the partitions in one update, without the edge" in printed


def test_a_front_end_that_does_not_need_the_site_is_adopted_together_with_its_edge(plan: Plan) -> None:
    status, printed = plan(Shop.with_edge, against=Shop.plain)
    assert (status, "will refuse" in printed) == (0, False)


def test_an_edge_of_a_library_without_gates_is_not_refused_a_gate(plan: Plan) -> None:
    together = Shop.with_edge_whose_domain_the_functions_have
    status, printed = plan(together, against=without_gate(together))
    assert (status, "will refuse" in printed) == (0, False)


def without_gate(build: Callable[[Shop], object]) -> Callable[[Shop], None]:
    """Leave out what a library without waves did not have."""

    def built(shop: Shop) -> None:
        build(shop)
        frontend = shop.node.find_child("Frontend")
        frontend.node.try_remove_child("Split")
        for wait in ("Preflight", "Bake"):
            frontend.node.find_child(wait).cfn_resource.add_property_deletion_override("Split")

    return built


def shop(*shares: float, **options: Any) -> Callable[[Shop], None]:
    return lambda each: each.with_waves(*shares, **options)


@pytest.mark.parametrize(
    ("new", "old", "words"),
    [
        (shop(1, 4, 15, release="B", reason="why"), shop(1, 4, release="A"), "wave-3, which is created after 46 min"),
        (shop(1, 4, release="B", bake=40), without_gate(shop(1, release="A")), "wave-2, which is created after 43 min"),
    ],
    ids=["overridden", "from a library without waves"],
)
def test_bakes_longer_than_the_gate_waits_are_added_up(plan: Plan, new, old, words: str) -> None:
    status, printed = plan(new, against=old)
    assert status == 1
    (line,) = [each for each in printed.splitlines() if "will fail this update" in each]
    assert f"Shop/Frontend/Split will fail this update after 30 min: it waits for {words} of bakes" in line


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (shop(1, 4, 15, release="B", reason="why", bake=10), shop(1, 4, release="A")),
        (shop(1, 4, 15, release="B", reason="why", expedited="the site is down"), shop(1, 4, release="A")),
        (shop(1, 4, 15, release="B", reason="why"), shop(1, release="A")),
        (shop(1, 4, 15, release="A"), shop(1, 4, release="A")),
        (shop(1, 4, release="B"), shop(1, 4, release="A")),
        (shop(1, 4, 0, release="B", reason="why"), shop(1, 4, release="A")),
        (shop(1, 4, 15, release="B"), shop(1, 4, release="A")),
        (shop(1, 4, release="B", bake=40), without_gate(shop(1, 4, release="A"))),
        (shop(1, 4, 15, release="B", bake=40), Shop.plain),
    ],
    ids=[
        "short bakes",
        "expedited",
        "bakes of new waves, which hold nothing",
        "no release",
        "no new partition",
        "no visitors",
        "refused by the preflight",
        "an upgrade with the same waves",
        "no front end before",
    ],
)
def test_other_updates_are_not_ended_by_the_gate(plan: Plan, new, old) -> None:
    _, printed = plan(new, against=old)
    assert "will fail this update" not in printed
