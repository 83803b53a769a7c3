"""What `plan` says of updates between synthesized templates."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins

from functions import pages
from prod_one_box import OneBoxFrontend, PartitionEdge
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

    def __call__(self, new: Callable[[Shop], None], against: Callable[[Shop], None]) -> tuple[int, str]:
        """Return the exit status and what is printed."""
        status = main(["plan", self._assembly(new), "--against", self._assembly(against)])
        return status, self._capsys.readouterr().out

    def _assembly(self, build: Callable[[Shop], None]) -> str:
        app = cdk.App(outdir=str(self._folder / build.__name__))
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
    def without_gate(shop: Shop) -> None:
        shop.with_edge_whose_domain_the_functions_have()
        shop.node.find_child("Frontend").node.try_remove_child("Split")

    status, printed = plan(Shop.with_edge_whose_domain_the_functions_have, against=without_gate)
    assert (status, "will refuse" in printed) == (0, False)
