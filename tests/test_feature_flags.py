"""A release is the same in an app without feature flags and in one with those that CDK recommends."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feature_flags import meaning, recommended_flags
from prod_one_box import EdgeRuntime
from whole_site import whole_site

HERE = cdk.Environment(region="eu-west-1")
FLAGS = recommended_flags()
Meaning = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "app-0123456789abcdef.js").write_text("1")
    return folder


def synthesized(context: dict[str, Any], runtime: EdgeRuntime, directory: Path) -> Meaning:
    app = cdk.App(context=context)
    whole_site(cdk.Stack(app, "Shop", env=HERE), str(directory), edge_runtime=runtime)
    return {each.stack_name: meaning(each.template) for each in app.synth().stacks}


@pytest.fixture(scope="module")
def without_flags(directory: Path) -> dict[EdgeRuntime, Meaning]:
    return {runtime: synthesized({}, runtime, directory) for runtime in EdgeRuntime}


def is_log_group_of_a_function(resource: dict[str, Any]) -> bool:
    """`useCdkManagedLogGroup` lets the stack make the log group that Lambda would make."""
    name = str(resource["Properties"].get("LogGroupName"))
    return resource["Type"] == "AWS::Logs::LogGroup" and "/aws/lambda/" in name


def assert_same(one: Meaning, other: Meaning) -> None:
    assert list(one) == list(other)
    for stack, resources in one.items():
        more = {name: other[stack][name] for name in other[stack].keys() - resources.keys()}
        assert [name for name, body in more.items() if not is_log_group_of_a_function(body)] == []
        assert {name: other[stack].get(name) for name in resources} == resources


@pytest.mark.parametrize("runtime", list(EdgeRuntime))
def test_all_recommended_flags_together_change_nothing(
    runtime: EdgeRuntime, without_flags: dict[EdgeRuntime, Meaning], directory: Path
) -> None:
    assert_same(without_flags[runtime], synthesized(FLAGS, runtime, directory))


@given(
    some=st.dictionaries(st.sampled_from(sorted(FLAGS)), st.booleans(), max_size=len(FLAGS)),
    runtime=st.sampled_from(list(EdgeRuntime)),
)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_of_them_on_or_off_change_nothing(
    some: dict[str, bool], runtime: EdgeRuntime, without_flags: dict[EdgeRuntime, Meaning], directory: Path
) -> None:
    chosen = {flag: FLAGS[flag] if on else False for flag, on in some.items()}
    assert_same(without_flags[runtime], synthesized(chosen, runtime, directory))
