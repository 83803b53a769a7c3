"""The emulator still has each gap that the shim closes, and the shim closes it."""

import ast
import re
import runpy
from collections.abc import Callable, Iterator

import pytest

from emulator import deployment_probe as deployment
from emulator import request_probes as requests
from emulator import stack_probes as stacks
from emulator.aws import Aws
from emulator.emulated_aws import BUILD, SHIM, emulator_beside_the_scenarios

PROBES: dict[str, tuple[Callable[[Aws], bool], ...]] = {
    "resource_status": (
        stacks.a_resource_that_is_updated_is_listed_as_in_progress,
        stacks.a_resource_that_an_update_adds_is_listed_as_created,
    ),
    "awaited_resources": (stacks.a_custom_resource_may_wait_for_what_is_created_beside_it,),
    "cancelled_update": (stacks.a_cancelled_update_does_not_wait_for_a_custom_resource,),
    "disable_rollback": (stacks.an_update_without_rollback_says_so,),
    "metric_math": (stacks.an_alarm_on_metric_math_is_created, stacks.an_alarm_on_metric_math_turns_red),
    "api_metrics": (requests.an_http_api_counts_its_requests, requests.a_rest_api_counts_its_requests),
    "trimmed_counts": (requests.what_is_above_a_bound_is_counted,),
    "codedeploy": (stacks.a_deployment_group_is_created, stacks.an_alias_with_an_update_policy_is_shifted),
    "alias_weights": (requests.weights_send_requests_to_a_second_version,),
    "edge_functions": (requests.a_cloudfront_function_chooses_the_origin, requests.an_http_api_is_an_origin),
    "distribution_deployment": (deployment.a_request_at_hand_is_served_while_its_functions_are_replaced,),
    "transport_security": (requests.a_policy_that_wants_tls_lets_requests_pass,),
    "iam_actions": (
        requests.reading_an_alias_needs_its_own_permission,
        requests.alarms_are_read_with_a_permission_on_each_of_them,
    ),
    "aws_cli_layer": (requests.a_layer_is_under_opt,),
}
CASES = [pytest.param(gap, probe, id=f"{gap}-{probe.__name__}") for gap, probes in PROBES.items() for probe in probes]
MODULES = sorted(path for path in SHIM.glob("*.py") if path.stem != "__main__")
SOURCE = re.compile(r'(guide|reference), "[^"]+"')


@pytest.fixture(scope="module")
def bare() -> Iterator[Aws]:
    with emulator_beside_the_scenarios(BUILD / "bare", gaps=("none",)) as aws:
        yield aws


@pytest.fixture(scope="module")
def shimmed() -> Iterator[Aws]:
    with emulator_beside_the_scenarios(BUILD / "shimmed") as aws:
        yield aws


@pytest.mark.parametrize(("gap", "probe"), CASES)
def test_the_emulator_still_has_the_gap(gap: str, probe: Callable[[Aws], bool], bare: Aws) -> None:
    assert not probe(bare), f"the emulator closes the gap by itself: delete shim/{gap}.py, or what it does for this"


@pytest.mark.parametrize(("gap", "probe"), CASES)
def test_the_shim_closes_the_gap(gap: str, probe: Callable[[Aws], bool], shimmed: Aws) -> None:
    assert probe(shimmed), f"shim/{gap}.py does not do what AWS documents"


def test_the_shim_keeps_composite_alarms_closed(shimmed: Aws) -> None:
    assert requests.a_composite_alarm_needs_a_permission_on_every_alarm(shimmed)


def test_the_shim_lets_an_alarm_stay_red_that_was_set_by_hand(shimmed: Aws) -> None:
    assert stacks.an_alarm_that_was_set_by_hand_stays_red(shimmed)


def test_each_module_of_the_shim_closes_a_gap_that_is_probed() -> None:
    closed = runpy.run_path(str(SHIM / "__main__.py"))["GAPS"]
    assert sorted(closed) == sorted(PROBES) == [path.stem for path in MODULES]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_each_module_of_the_shim_names_what_aws_documents(path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text()))
    assert said is not None
    assert SOURCE.search(" ".join(said.split())), "no page of AWS's documentation is named"
