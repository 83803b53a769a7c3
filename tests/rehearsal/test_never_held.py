"""A site whose requests pass the release by is warned of at synth, and no tool certifies it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway, aws_apigatewayv2
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration

from functions import a_function, pages
from partitions import partitions
from prod_one_box import OneBoxFrontend, PartitionOrigin, StickyPartitionDistribution, TrafficShiftedFunction
from prod_one_box.cli.main import main
from prod_one_box.preview.site.site import read_site
from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.visitors.invariants import Invariant
from prod_one_box.rehearsal.visitors.population import Population

PAST, MIXED = "prod-one-box:pastTheAlias", "prod-one-box:mixedReleases"


class Site:
    """A shop in good order, until somebody changes it."""

    def __init__(self) -> None:
        self.app = cdk.App(outdir=mkdtemp())
        self.stack = cdk.Stack(self.app, "Shop", env=cdk.Environment(region="us-east-1"))
        self.function = a_function(self.stack, "Api")
        self.backend = TrafficShiftedFunction(self.stack, "Backend", function=self.function)
        self.front = OneBoxFrontend(
            self.stack, "Frontend", build_function=pages, after=[self.backend.alias], alarms=self.backend.alias_alarms
        )
        self.site: StickyPartitionDistribution

    def with_distribution(self, **settings: object) -> None:
        self.site = StickyPartitionDistribution(self.stack, "Site", partitions=self.front.partitions, **settings)


def in_order(site: Site) -> None:
    api = aws_apigatewayv2.HttpApi(site.stack, "Http")
    api.add_routes(path="/orders", integration=HttpLambdaIntegration("Orders", site.backend.alias))
    site.with_distribution(backend=origins.HttpOrigin(f"{api.api_id}.execute-api.us-east-1.amazonaws.com"))


def a_url_on_the_function(site: Site) -> None:
    url = site.function.add_function_url()
    site.with_distribution(backend=origins.FunctionUrlOrigin(url))


def a_rest_api_on_the_function(site: Site) -> None:
    api = aws_apigateway.LambdaRestApi(site.stack, "Rest", handler=site.function)
    site.with_distribution(backend=origins.RestApiOrigin(api))


def a_route_that_was_forgotten(site: Site) -> None:
    api = aws_apigatewayv2.HttpApi(site.stack, "Http")
    api.add_routes(path="/orders", integration=HttpLambdaIntegration("Orders", site.backend.alias))
    api.add_routes(path="/forgotten", integration=HttpLambdaIntegration("Forgotten", site.function))
    site.with_distribution(backend=origins.HttpOrigin(f"{api.api_id}.execute-api.us-east-1.amazonaws.com"))


def a_partitions_function_behind_its_own_url(site: Site) -> None:
    site.front.regular.function.add_function_url()
    site.with_distribution()


def a_behavior_that_was_forgotten(site: Site) -> None:
    site.with_distribution(
        additional_behaviors={"/search": cloudfront.BehaviorOptions(origin=site.front.regular.origin)}
    )


def a_behavior_of_the_one_boxs_domain_by_its_name(site: Site) -> None:
    domain = f"{site.front.one_box.http_api.api_id}.execute-api.us-east-1.{cdk.Aws.URL_SUFFIX}"
    imported = origins.HttpOrigin(domain)
    site.with_distribution(additional_behaviors={"/search": cloudfront.BehaviorOptions(origin=imported)})


def an_error_page_of_a_partition(site: Site) -> None:
    page = cloudfront.ErrorResponse(http_status=404, response_http_status=200, response_page_path="/index.html")
    site.with_distribution(error_responses=[page])


def an_error_page_of_a_bucket(site: Site) -> None:
    page = cloudfront.ErrorResponse(http_status=500, response_page_path="/errors/500.html")
    errors = cloudfront.BehaviorOptions(origin=origins.HttpOrigin("errors.example.com"))
    site.with_distribution(error_responses=[page], additional_behaviors={"/errors/*": errors})


def another_distribution_before_a_partition(site: Site) -> None:
    site.with_distribution()
    domain = f"{site.front.one_box.http_api.api_id}.execute-api.us-east-1.{cdk.Aws.URL_SUFFIX}"
    pages = cloudfront.BehaviorOptions(origin=origins.HttpOrigin(domain))
    cloudfront.Distribution(site.stack, "Second", default_behavior=pages)


def another_distribution_with_a_behavior_before_a_partition(site: Site) -> None:
    site.with_distribution()
    other = cloudfront.BehaviorOptions(origin=origins.HttpOrigin("other.example.com"))
    pages = cloudfront.BehaviorOptions(origin=site.front.regular.origin)
    cloudfront.Distribution(site.stack, "Second", default_behavior=other, additional_behaviors={"/shop/*": pages})


def the_edges_functions_on_another_distribution(site: Site) -> None:
    site.with_distribution()
    functions = site.site.edge.function_associations
    for name, origin in (("Second", site.front.regular.origin), ("Third", origins.HttpOrigin("other.example.com"))):
        pages = cloudfront.BehaviorOptions(origin=origin, function_associations=functions)
        cloudfront.Distribution(site.stack, name, default_behavior=pages)


BROKEN = {
    a_url_on_the_function: (PAST, Invariant.BY_ALIAS),
    a_rest_api_on_the_function: (PAST, Invariant.BY_ALIAS),
    a_route_that_was_forgotten: (PAST, Invariant.BY_ALIAS),
    a_partitions_function_behind_its_own_url: (PAST, Invariant.BY_ALIAS),
    a_behavior_that_was_forgotten: (MIXED, Invariant.BY_EDGE),
    a_behavior_of_the_one_boxs_domain_by_its_name: (MIXED, Invariant.BY_EDGE),
    an_error_page_of_a_partition: (MIXED, Invariant.BY_EDGE),
    another_distribution_before_a_partition: (MIXED, Invariant.BY_EDGE),
    another_distribution_with_a_behavior_before_a_partition: (MIXED, Invariant.BY_EDGE),
    the_edges_functions_on_another_distribution: (MIXED, Invariant.BY_EDGE),
}


def a_one_box_elsewhere(site: Site) -> None:
    StickyPartitionDistribution(
        site.stack, "Site", partitions=partitions(origins.HttpOrigin("old.example.com"), site.front.regular.origin)
    )


def a_distribution_without_an_edge(site: Site) -> None:
    pages = cloudfront.BehaviorOptions(origin=site.front.regular.origin)
    cloudfront.Distribution(site.stack, "Site", default_behavior=pages)


def a_regular_partition_elsewhere(site: Site) -> None:
    StickyPartitionDistribution(
        site.stack, "Site", partitions=partitions(site.front.one_box.origin, origins.HttpOrigin("old.example.com"))
    )


def an_edge_that_an_override_took_off(site: Site) -> None:
    site.with_distribution()
    distribution = site.site.distribution.node.default_child
    assert isinstance(distribution, cdk.CfnResource)
    distribution.add_property_deletion_override("DistributionConfig.DefaultCacheBehavior.FunctionAssociations")


UNREACHED = {
    a_one_box_elsewhere: ["No edge sends visitors to Shop/Frontend/OneBox/Alias, the one-box partition's alias"],
    a_regular_partition_elsewhere: ["No edge sends visitors to Shop/Frontend/Regular/Alias, the regular"],
    a_distribution_without_an_edge: [
        "Shop/Site: The default behavior has the regular partition's origin without the edge's functions",
        "No edge sends visitors to Shop/Frontend/OneBox/Alias, the one-box partition's alias",
        "Attach a PartitionEdge to the distribution",
    ],
    an_edge_that_an_override_took_off: [
        "Shop/Site/Distribution: The default behavior has the regular partition's origin without the edge's functions"
    ],
}


@pytest.mark.parametrize("change", UNREACHED)
def test_a_partition_that_no_visitor_is_sent_to_breaks_an_invariant(
    change: Callable[[Site], None], capsys: pytest.CaptureFixture[str]
) -> None:
    assembly, _ = synthesized(change)
    report = rehearse(assembly, visitors=Population(visits_per_minute=2))

    assert [each.invariant for each in report.verdicts if not each.held] == [Invariant.BY_EDGE]
    assert main(["plan", str(assembly)]) == 1
    told = capsys.readouterr().out
    for sentence in UNREACHED[change]:
        assert sentence in told
        assert sentence in " ".join(report.notes)


def test_a_partition_without_visitors_on_purpose_is_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    site = Site()
    a_one_box_elsewhere(site)
    alias = site.front.one_box.alias.node.default_child
    assert isinstance(alias, cdk.CfnResource)
    alias.add_metadata("ProdOneBoxBypass", "the old pages stay for a week")
    site.app.synth()

    assert main(["plan", site.app.outdir]) == 0
    assert "On purpose: the old pages stay for a week" in capsys.readouterr().out


def exchanged_urls(frontend: OneBoxFrontend) -> list[PartitionOrigin]:
    exchanged = (frontend.regular.alias, frontend.one_box.alias)
    return partitions(*(origins.FunctionUrlOrigin(alias.add_function_url()) for alias in exchanged))


def test_exchanged_origins_are_found_at_synth() -> None:
    site = Site()
    StickyPartitionDistribution(site.stack, "Site", partitions=exchanged_urls(site.front))

    with pytest.raises(RuntimeError) as caught:
        site.app.synth()

    assert "The origin of the one-box partition leads to the regular partition's alias" in str(caught.value)
    assert "The origin of the regular partition leads to the one-box partition's alias" in str(caught.value)


def test_exchanged_apis_are_found_at_synth() -> None:
    site = Site()
    http = aws_apigatewayv2.HttpApi(
        site.stack, "Http", default_integration=HttpLambdaIntegration("Pages", site.front.regular.alias)
    )
    rest = aws_apigateway.LambdaRestApi(site.stack, "Rest", handler=site.front.one_box.alias)
    regular = origins.HttpOrigin(f"{rest.rest_api_id}.execute-api.us-east-1.amazonaws.com", origin_path="/prod")
    one_box = origins.HttpOrigin(f"{http.api_id}.execute-api.us-east-1.amazonaws.com")
    StickyPartitionDistribution(site.stack, "Site", partitions=partitions(one_box, regular))

    with pytest.raises(RuntimeError, match="of the regular partition leads to the one-box partition's alias"):
        site.app.synth()


def test_exchanged_origins_of_another_stack_are_found_by_the_tools(capsys: pytest.CaptureFixture[str]) -> None:
    site = Site()
    edge = cdk.Stack(site.app, "Edge", env=cdk.Environment(region="us-east-1"))
    StickyPartitionDistribution(edge, "Site", partitions=exchanged_urls(site.front))
    site.app.synth()

    assert main(["plan", site.app.outdir]) == 1
    told = capsys.readouterr().out
    assert "The one-box partition's origin leads to Shop/Frontend/Regular/Alias" in told
    assert "The regular partition's origin leads to Shop/Frontend/OneBox/Alias" in told
    assert "No edge sends visitors" not in told
    report = rehearse(site.app.outdir, visitors=Population(visits_per_minute=2))
    assert Invariant.BY_EDGE in {each.invariant for each in report.verdicts if not each.held}


def test_another_distribution_in_another_stack_is_found_by_the_tools(capsys: pytest.CaptureFixture[str]) -> None:
    site = Site()
    site.with_distribution()
    pages = cloudfront.BehaviorOptions(origin=site.front.one_box.origin)
    elsewhere = cdk.Stack(site.app, "Elsewhere", env=cdk.Environment(region="us-east-1"))
    cloudfront.Distribution(elsewhere, "Second", default_behavior=pages)
    site.app.synth()
    assert main(["plan", site.app.outdir]) == 1
    assert "Elsewhere/Second: The default behavior has the one-box partition's origin" in capsys.readouterr().out


def test_another_distribution_on_purpose_is_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    site = Site()
    site.with_distribution()
    pages = cloudfront.BehaviorOptions(origin=site.front.one_box.origin)
    second = cloudfront.Distribution(site.stack, "Second", default_behavior=pages)
    assert isinstance(second.node.default_child, cdk.CfnResource)
    second.node.default_child.add_metadata("ProdOneBoxBypass", "testers look at the one-box")
    messages = site.app.synth().stacks[0].messages
    assert not any(MIXED in str(message.entry.data) for message in messages)
    assert main(["plan", site.app.outdir]) == 0
    assert "On purpose: testers look at the one-box" in capsys.readouterr().out


def test_an_origin_of_its_own_before_a_partitions_alias_is_that_partitions() -> None:
    site = Site()
    api = aws_apigatewayv2.HttpApi(
        site.stack, "Http", default_integration=HttpLambdaIntegration("Pages", site.front.regular.alias)
    )
    origin = origins.HttpOrigin(f"{api.api_id}.execute-api.us-east-1.amazonaws.com")
    site.with_distribution(additional_behaviors={"/search": cloudfront.BehaviorOptions(origin=origin)})
    site.app.synth()

    report = rehearse(site.app.outdir, visitors=Population(visits_per_minute=2))

    assert [each.invariant for each in report.verdicts if not each.held] == [Invariant.BY_EDGE]


@cache
def synthesized(change: Callable[[Site], None]) -> tuple[Path, tuple[str, ...]]:
    """The assembly, and the warnings of this library's."""
    site = Site()
    change(site)
    messages = site.app.synth().stacks[0].messages
    ids = [each for message in messages for each in (PAST, MIXED) if f"[ack: {each}]" in str(message.entry.data)]
    return Path(site.app.outdir), tuple(ids)


@pytest.mark.parametrize("change", BROKEN)
def test_it_is_warned_of_at_synth_and_breaks_an_invariant(change: Callable[[Site], None]) -> None:
    assembly, warned = synthesized(change)
    warning, invariant = BROKEN[change]

    report = rehearse(assembly, visitors=Population(visits_per_minute=2))

    assert set(warned) == {warning}
    assert not report.held
    assert [each.invariant for each in report.verdicts if not each.held] == [invariant]
    assert f"broken: {invariant.value}" in repr(report)


@pytest.mark.parametrize("change", [in_order, an_error_page_of_a_bucket])
def test_a_site_in_order_is_not_warned_of_and_holds(change: Callable[[Site], None]) -> None:
    assembly, warned = synthesized(change)
    report = rehearse(assembly, visitors=Population(visits_per_minute=2))

    assert (warned, report.held) == ((), True)
    checks = {each.invariant: each.checks for each in report.verdicts}
    assert checks[Invariant.BY_ALIAS] >= 2
    assert checks[Invariant.BY_EDGE] >= 2


@pytest.mark.parametrize("words", [["plan"], ["visitors", "--count", "100"]], ids=lambda words: words[0])
def test_plan_and_visitors_say_it_and_end_with_1(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    command, *options = words
    for change in (*BROKEN, in_order):
        is_broken = change in BROKEN
        assert main([command, str(synthesized(change)[0]), *options]) == int(is_broken)
        assert ("BROKEN: " in capsys.readouterr().out) is is_broken


def test_the_preview_says_it() -> None:
    for change in (*BROKEN, in_order):
        is_broken, assembly = change in BROKEN, synthesized(change)[0]
        notes = " ".join(read_site(assembly).distribution.notes)
        assert ("instead of the alias" in notes or "edge" in notes) is is_broken


def test_each_distribution_with_another_ones_edge_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(synthesized(the_edges_functions_on_another_distribution)[0])]) == 1
    told = capsys.readouterr().out
    for name in ("Second", "Third"):
        assert f"Shop/{name}: The default behavior has the functions of another distribution's edge" in told
