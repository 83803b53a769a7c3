"""The origins that the edge names keep their ids, whatever else the distribution has."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from edge.deployed import of_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions import a_function
from partitions import partitions
from prod_one_box import PartitionEdge, StickyPartitionDistribution
from prod_one_box.vocabulary import partition_names

KINDS = ("http", "bucket", "url", "group of the one-box", "group", "one-box", "regular")
DISABLED = cloudfront.CachePolicy.CACHING_DISABLED
ONE_BOX_ORIGIN_ID = "prod-one-box/one-box"
REGULAR = origins.HttpOrigin("regular.example.com")


@dataclass
class Site:
    """A site with the edge, and with behaviors before and after it is attached."""

    one_box_id: str | None = None
    one_box_kind: str = "http"
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    is_attached: bool = True

    def synthesize(self) -> dict[str, Any]:
        self.app = cdk.App()
        self.stack = cdk.Stack(self.app, "Shop")
        self.one_box = self.origin(self.one_box_kind, "one-box", origin_id=self.one_box_id)
        self.regular = origins.HttpOrigin("regular.example.com")
        before = {f"/{number}/*": self.behavior(kind, number) for number, kind in enumerate(self.before)}
        distribution = self.attached(before) if self.is_attached else self.sticky(before)
        for number, kind in enumerate(self.after, len(before)):
            origin = self.origin(kind, f"after-{number}")
            distribution.add_behavior(f"/{number}/*", origin, cache_policy=DISABLED)
        return self.app.synth().get_stack_by_name("Shop").template

    def behavior(self, kind: str, number: int) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(origin=self.origin(kind, f"before-{number}"), cache_policy=DISABLED)

    def attached(self, before: dict[str, cloudfront.BehaviorOptions]) -> cloudfront.Distribution:
        edge = PartitionEdge(self.stack, "Edge", partitions=partitions(self.one_box, self.regular))
        pages = cloudfront.BehaviorOptions(origin=self.regular, cache_policy=edge.cache_policy)
        made = cloudfront.Distribution(
            self.stack, "Distribution", default_behavior=pages, additional_behaviors=before or None
        )
        edge.attach_to(made)
        return made

    def sticky(self, before: dict[str, cloudfront.BehaviorOptions]) -> cloudfront.Distribution:
        site = StickyPartitionDistribution(
            self.stack, "Site", partitions=partitions(self.one_box, self.regular), additional_behaviors=before
        )
        return site.distribution

    def origin(self, kind: str, name: str, **given: str | None) -> cloudfront.IOrigin:
        if kind == "bucket":
            bucket = s3.Bucket(self.stack, f"Bucket-{name}")
            return origins.S3BucketOrigin.with_origin_access_control(bucket, **given)
        if kind == "url":
            url = a_function(self.stack, f"Function-{name}").add_function_url(
                auth_type=lambda_.FunctionUrlAuthType.AWS_IAM
            )
            return origins.FunctionUrlOrigin.with_origin_access_control(url, **given)
        if kind == "group of the one-box":
            primary = origins.HttpOrigin(f"primary-{name}.example.com")
            return origins.OriginGroup(primary_origin=primary, fallback_origin=self.one_box)
        if kind == "group":
            primary, fallback = (origins.HttpOrigin(f"{each}-{name}.example.com") for each in ("primary", "fallback"))
            return origins.OriginGroup(primary_origin=primary, fallback_origin=fallback)
        shared = {"one-box": lambda: self.one_box, "regular": lambda: self.regular}
        return shared[kind]() if kind in shared else origins.HttpOrigin(f"{name}.example.com", **given)


@dataclass(frozen=True)
class Edge:
    """What a template says of the edge."""

    chosen: dict[str, str]
    names: list[object]
    config: dict[str, Any]

    @classmethod
    def of(cls, template: dict[str, Any]) -> "Edge":
        functions = of_type(template, "AWS::CloudFront::Function")
        (distribution,) = of_type(template, "AWS::CloudFront::Distribution")
        heads = [re.search(r'"origins":(\{[^}]*\})', each["Properties"]["FunctionCode"]) for each in functions]
        (chosen,) = (each[1] for each in heads if each)
        assert distribution["Metadata"]["ProdOneBox"]["Partitions"] == json.loads(chosen)
        names = [each["Properties"]["Name"] for each in functions]
        return cls(json.loads(chosen), names, distribution["Properties"]["DistributionConfig"])

    def assert_whole(self) -> None:
        """Every id that something names is the id of one origin or group."""
        groups = self.config.get("OriginGroups", {"Items": []})["Items"]
        present = [each["Id"] for each in [*self.config["Origins"], *groups]]
        behaviors = [self.config["DefaultCacheBehavior"], *self.config["CacheBehaviors"]]
        members = [each["OriginId"] for group in groups for each in group["Members"]["Items"]]
        assert len({*present}) == len(present)
        assert {*members, *(each["TargetOriginId"] for each in behaviors), *self.chosen.values()} <= {*present}

    def domain(self, partition: str) -> object:
        (origin,) = [each for each in self.config["Origins"] if each["Id"] == self.chosen[partition]]
        return origin["DomainName"]


PLAIN = {attached: Edge.of(Site(is_attached=attached).synthesize()) for attached in (True, False)}


@given(
    st.builds(
        Site,
        one_box_id=st.sampled_from([None, None, "my-own-id"]),
        one_box_kind=st.sampled_from(["http", "bucket", "url"]),
        before=st.lists(st.sampled_from(KINDS), max_size=4),
        after=st.lists(st.sampled_from(KINDS), max_size=3),
        is_attached=st.booleans(),
    )
)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_behaviors_added_removed_and_reordered_change_neither_the_ids_nor_the_functions(site: Site) -> None:
    plain, edge = PLAIN[site.is_attached], Edge.of(site.synthesize())
    edge.assert_whole()
    assert edge.domain("regular") == "regular.example.com"
    assert site.one_box_kind != "http" or edge.domain("one-box") == "one-box.example.com"
    if site.one_box_id:
        assert edge.chosen == {**plain.chosen, "one-box": site.one_box_id}
    else:
        assert (edge.chosen, edge.names) == (plain.chosen, plain.names)


def test_a_generated_id_is_the_edges_own_and_one_that_the_user_gave_stays() -> None:
    assert PLAIN[True].chosen["one-box"] == ONE_BOX_ORIGIN_ID
    assert Edge.of(Site(one_box_id="my-own-id").synthesize()).chosen["one-box"] == "my-own-id"


def test_other_ids_make_other_functions_so_that_the_distribution_takes_both_at_once() -> None:
    """CloudFormation updates a function in place before the distribution that refers to it."""
    another = Edge.of(Site(one_box_id="my-own-id").synthesize())
    assert not {json.dumps(each) for each in another.names} & {json.dumps(each) for each in PLAIN[True].names}


def two_stacks(one_box_id: str | None) -> list[object]:
    app = cdk.App()
    edges, site = cdk.Stack(app, "Edges"), cdk.Stack(app, "Site")
    one_box = origins.HttpOrigin("one-box.example.com", origin_id=one_box_id)
    edge = PartitionEdge(edges, "Edge", partitions=partitions(one_box, REGULAR))
    pages = cloudfront.BehaviorOptions(origin=REGULAR, cache_policy=DISABLED)
    edge.attach_to(cloudfront.Distribution(site, "Distribution", default_behavior=pages))
    template = app.synth().get_stack_by_name("Edges").template
    return [each["Properties"]["Name"] for each in of_type(template, "AWS::CloudFront::Function")]


def test_a_function_whose_arn_another_stack_imports_keeps_its_name() -> None:
    """CloudFormation changes no export that is in use."""
    assert two_stacks(None) == two_stacks("my-own-id")


def test_a_function_knows_its_own_name() -> None:
    """Metrics and key value stores are found by it."""
    site = Site()
    stack = cdk.Stack(cdk.App(), "Shop")
    edge = PartitionEdge(stack, "Edge", partitions=partitions(origins.HttpOrigin("one-box.example.com"), REGULAR))
    pages = cloudfront.BehaviorOptions(origin=REGULAR, cache_policy=DISABLED)
    edge.attach_to(cloudfront.Distribution(stack, "Distribution", default_behavior=pages))
    names = [stack.resolve(function.function_name) for function in edge.functions.values()]
    assert names == Edge.of(site.synthesize()).names


def test_each_wave_has_its_own_fixed_id_unless_the_user_gave_one() -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    ids = [None, "my-own-id", None]
    waves = [origins.HttpOrigin(f"{number}.example.com", origin_id=id) for number, id in enumerate(ids)]
    media = {"/media/*": cloudfront.BehaviorOptions(origin=origins.HttpOrigin("media.example.com"))}
    site = StickyPartitionDistribution(
        stack, "Site", partitions=partitions(*waves, REGULAR, shares=(1, 4, 15)), additional_behaviors=media
    )
    site.distribution.add_behavior("/later/*", origins.HttpOrigin("later.example.com"))
    edge = Edge.of(cdk.App.of(stack).synth().get_stack_by_name("Shop").template)
    edge.assert_whole()
    assert [edge.domain(name) for name in partition_names(3)] == [
        *(f"{number}.example.com" for number in range(3)),
        "regular.example.com",
    ]
    chosen = {name: edge.chosen[name] for name in partition_names(3)[:-1]}
    assert chosen == {"one-box": "prod-one-box/one-box", "wave-2": "my-own-id", "wave-3": "prod-one-box/wave-3"}


@pytest.mark.parametrize("id", [ONE_BOX_ORIGIN_ID, "prod-one-box/wave-2"])
@pytest.mark.parametrize("add", ["before", "after"])
def test_another_origin_with_the_edges_id_is_refused(add: str, id: str) -> None:
    taken = origins.HttpOrigin("a.example.com", origin_id=id)
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    waves = [origins.HttpOrigin(f"{name}.example.com") for name in ("one-box", "wave-2")]
    edge = PartitionEdge(stack, "Edge", partitions=partitions(*waves, REGULAR, shares=(1, 4)))
    pages = cloudfront.BehaviorOptions(origin=REGULAR, cache_policy=DISABLED)
    made = cloudfront.Distribution(stack, "Distribution", default_behavior=pages)
    if add == "before":
        made.add_behavior("/a/*", taken)
    edge.attach_to(made)
    if add == "after":
        made.add_behavior("/a/*", taken)
    with pytest.raises(RuntimeError, match=f"An origin has the id {id}"):
        app.synth()
