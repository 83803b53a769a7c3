"""Names that AWS wants unique: no two stacks, regions, stages, apps or edges of an account have one in common."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_secretsmanager as secretsmanager
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from constructs import Construct
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partitions import partitions
from prod_one_box import EdgeRuntime, ReleaseCanary, RetainedAssets, StickyPartitionDistribution
from whole_site import whole_site

LONGEST_REGION = "ap-southeast-1"

ACCOUNT = {
    ("AWS::CloudFront::CachePolicy", "CachePolicyConfig/Name"): 128,
    ("AWS::CloudFront::Function", "Name"): 64,
    ("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig/Name"): 64,
}
"""Names that are unique for an account, with their longest: CloudFront is one for all regions."""

REGION = {
    ("AWS::SSM::Parameter", "Name"): 900,
    ("AWS::Synthetics::Canary", "Name"): 21,
}
"""Names that are unique for a region of an account, with their longest."""

ELSEWHERE = {
    # Unique for what the name stands in: a function, an API, a role.
    ("AWS::Lambda::Alias", "Name"),
    ("AWS::ApiGatewayV2::Stage", "StageName"),
    ("AWS::IAM::Policy", "PolicyName"),
    # HTTP APIs are known by their ids, and may have one name.
    ("AWS::ApiGatewayV2::Api", "Name"),
    # CodeDeploy's own configuration.
    ("AWS::CodeDeploy::DeploymentGroup", "DeploymentConfigName"),
}
"""Names that nothing else of the account must avoid."""

Named = tuple[str, str]


def names_in(template: dict[str, Any]) -> Iterator[tuple[Named, str, str]]:
    """Yields what a template calls its resources; a name that AWS makes, or a reference to one, is none."""
    for body in template["Resources"].values():
        for place, value in _names(body.get("Properties", {}), ()):
            if isinstance(value, str) and len(place) <= 2 and not body["Type"].startswith(("Custom::", "AWS::CDK")):
                named = (body["Type"], "/".join(place))
                yield named, value, _region_of(body) if named in REGION else "every region"


def _region_of(body: dict[str, Any]) -> str:
    """The region that a canary reads its secret in, which is its own; parameters are of us-east-1."""
    found = re.search(r"secretsmanager:([\w-]+):", json.dumps(body))
    return found[1] if found else "us-east-1"


def _names(value: dict[str, Any], place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, each in value.items():
        if key.endswith("Name"):
            yield (*place, key), _in_the_longest_region(each)
        elif isinstance(each, dict):
            yield from _names(each, (*place, key))


def _in_the_longest_region(name: Any) -> Any:
    if isinstance(name, dict) and "Fn::Join" in name:
        parts = [LONGEST_REGION if part == {"Ref": "AWS::Region"} else part for part in name["Fn::Join"][1]]
        return "".join(parts) if all(isinstance(part, str) for part in parts) else name
    return name


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("built")
    (folder / "app-0123456789abcdef.js").write_text("1")
    return str(folder)


def templates_of(app: cdk.App) -> list[dict[str, Any]]:
    """All templates of an app, those of stages and nested stacks among them."""
    return [json.loads(path.read_text()) for path in sorted(Path(app.synth().directory).rglob("*.template.json"))]


@pytest.mark.parametrize("runtime", list(EdgeRuntime))
def test_every_name_that_a_site_has_is_known_here(runtime: EdgeRuntime, directory: str) -> None:
    """Who adds a resource with a name shows here that the name is unique, or need not be."""
    app = cdk.App()
    whole_site(cdk.Stack(app, "Shop", env=cdk.Environment(region="eu-west-1")), directory, edge_runtime=runtime)
    found = {named for template in templates_of(app) for named, *_ in names_in(template)}
    assert found <= {*ACCOUNT, *REGION, *ELSEWHERE}


def test_the_names_known_here_are_those_that_cloudformation_cannot_make_itself(directory: str) -> None:
    """A resource whose identity is a name of ours must be among the unique ones."""
    app = cdk.App()
    whole_site(cdk.Stack(app, "Shop", env=cdk.Environment(region="eu-west-1")), directory)
    for template in templates_of(app):
        for (type_, place), *_ in names_in(template):
            schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
            if schema["primaryIdentifier"] == [f"/properties/{place}"]:
                assert (type_, place) in {*ACCOUNT, *REGION}


def assert_allowed(named: Named, name: str) -> None:
    type_, place = named
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
    said = schema["properties"].get(place, {})
    assert len(name) <= min((ACCOUNT | REGION)[named], said.get("maxLength", 1024)), name
    assert re.fullmatch(said.get("pattern", r"[\w-]+" if named in ACCOUNT else ".*"), name), name


@dataclass(frozen=True)
class Deployed:
    """A stack on an account.

    Attributes:
        app: The number of its app.
        stage: Its stage.
        id: Its construct's id.
        stack_name: The name that the user gave it.
        region: Its region.
        is_nested: Whether the site is in a nested stack.
        is_deep: Whether the site's constructs have long ids around them.
    """

    app: int
    stage: str | None
    id: str
    stack_name: str | None
    region: str
    is_nested: bool
    is_deep: bool

    @property
    def known_as(self) -> tuple[str, str]:
        """What CloudFormation tells stacks by."""
        return (self.stack_name or "-".join(filter(None, (self.stage, self.id))), self.region)

    @property
    def path(self) -> tuple[object, ...]:
        return (self.app, self.stage, self.id)

    def build(self, app: cdk.App, directory: str) -> None:
        scope: Construct = app
        if self.stage is not None:
            found = app.node.try_find_child(self.stage)
            scope = found if isinstance(found, cdk.Stage) else cdk.Stage(app, self.stage)
        environment = cdk.Environment(account="123456789012", region=self.region)
        site: Construct = cdk.Stack(scope, self.id, stack_name=self.stack_name, env=environment)
        site = cdk.NestedStack(site, "Nested") if self.is_nested else site
        for _ in range(2 if self.is_deep else 0):
            site = Construct(site, "AConstructWithALongIdThatStandsAroundEverythingElse" * 2)
        self._build_site(site, directory)

    def _build_site(self, scope: Construct, directory: str) -> None:
        RetainedAssets(scope, "Assets", directory=directory)
        for runtime in EdgeRuntime:
            for number in range(2):
                ours, theirs = (origins.HttpOrigin(f"{each}.example.com") for each in ("one-box", "regular"))
                id = f"{runtime.value}-{number}"
                StickyPartitionDistribution(scope, id, partitions=partitions(ours, theirs), edge_runtime=runtime)
        arn = f"arn:aws:secretsmanager:{self.region}:123456789012:secret:testers-AbCdEf"
        secret = secretsmanager.Secret.from_secret_complete_arn(scope, "Secret", arn)
        for partition in ("one-box", "regular"):
            visits = {"site": "shop.example.com", "alive_selector": "#x", "secret": secret}
            ReleaseCanary(scope, f"Visits-{partition}", partition=partition, **visits)


DEPLOYED = st.builds(
    Deployed,
    app=st.integers(0, 1),
    stage=st.sampled_from([None, "Beta", "Live"]),
    id=st.sampled_from(["Shop", "Shop2", "Shop-Beta"]),
    stack_name=st.sampled_from([None, "beta", "live"]),
    region=st.sampled_from(["us-east-1", "eu-west-1", LONGEST_REGION]),
    is_nested=st.booleans(),
    is_deep=st.booleans(),
)


def assert_no_name_twice(stacks: list[Deployed], directory: str) -> None:
    names: Counter[tuple[Named | str, str, str]] = Counter()
    for number in {each.app for each in stacks}:
        app = cdk.App()
        for each in stacks:
            if each.app == number:
                each.build(app, directory)
        for named, name, region in (each for template in templates_of(app) for each in names_in(template)):
            if named in ACCOUNT or named in REGION:
                assert_allowed(named, name)
                names[named, name, region] += 1
        for artifact in app.synth().stacks_recursively:
            names["a stack", artifact.stack_name, artifact.environment.region] += 1
    assert [name for name, times in names.items() if times > 1] == []


@given(st.lists(DEPLOYED, min_size=2, max_size=3, unique_by=(lambda each: each.known_as, lambda each: each.path)))
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_name_is_used_twice_on_an_account(directory: str, stacks: list[Deployed]) -> None:
    assert_no_name_twice(stacks, directory)


ONE = Deployed(0, None, "Shop", "live", "eu-west-1", is_nested=False, is_deep=False)


@pytest.mark.parametrize(
    "other",
    [
        Deployed(0, None, "Other", "live", "us-east-1", is_nested=False, is_deep=False),
        Deployed(1, None, "Shop", "beta", "eu-west-1", is_nested=False, is_deep=False),
        Deployed(1, None, "Shop", "live", LONGEST_REGION, is_nested=False, is_deep=False),
        Deployed(0, "Beta", "Shop", None, "eu-west-1", is_nested=False, is_deep=False),
    ],
    ids=["another region", "another name for the stack", "another region and app", "another stage"],
)
def test_a_second_stack_has_no_name_of_the_first(directory: str, other: Deployed) -> None:
    assert_no_name_twice([ONE, other], directory)


def test_edges_deep_in_a_tree_have_names_of_their_own(directory: str) -> None:
    deep = Deployed(0, None, "Shop", "live", "eu-west-1", is_nested=True, is_deep=True)
    assert_no_name_twice([deep], directory)


def test_names_fit_where_the_region_is_known_only_when_deployed(directory: str) -> None:
    app = cdk.App()
    whole_site(cdk.Stack(app, "ShopWithALongName" * 5), directory)
    (template,) = templates_of(app)
    found = [(named, name) for named, name, _ in names_in(template) if named in ACCOUNT or named in REGION]
    assert {named for named, _ in found} >= {*ACCOUNT}
    for named, name in found:
        assert_allowed(named, name)
        assert LONGEST_REGION in name or named in REGION
