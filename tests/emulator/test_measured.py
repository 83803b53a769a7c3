"""The durations of a run are told by the names and in the meanings of the rehearsal's modelled numbers."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import pytest

from emulator.measured import Update, measured_durations
from emulator.stack_events import StackEvent

pytestmark = pytest.mark.every_change

BEGAN = datetime(2026, 1, 1, tzinfo=timezone.utc)
STACK, ALIAS, WAIT = "AWS::CloudFormation::Stack", "AWS::Lambda::Alias", "Custom::ProdOneBoxDeployWait"


def operation(rows: Sequence[tuple[float, str, str, str]]) -> Update:
    events = [StackEvent(BEGAN + timedelta(seconds=at), name, kind, status) for at, name, kind, status in rows]
    return events, {name: name.lower() for name in ("Preflight", "Backend", "Bake")}


RED = operation(
    [
        (0, "Shop", STACK, "UPDATE_IN_PROGRESS"),
        (0, "Preflight", WAIT, "UPDATE_IN_PROGRESS"),
        (3, "Preflight", WAIT, "UPDATE_IN_PROGRESS"),
        (4, "Preflight", WAIT, "UPDATE_COMPLETE"),
        (4, "Backend", ALIAS, "UPDATE_IN_PROGRESS"),
        (4, "Backend", ALIAS, "UPDATE_COMPLETE"),
        (4, "OneBox", ALIAS, "UPDATE_IN_PROGRESS"),
        (6, "OneBox", ALIAS, "UPDATE_COMPLETE"),
        (6, "Bake", WAIT, "UPDATE_IN_PROGRESS"),
        (60, "Bake", WAIT, "UPDATE_FAILED"),
        (61, "Shop", STACK, "UPDATE_ROLLBACK_IN_PROGRESS"),
        (62, "Other", ALIAS, "UPDATE_FAILED"),
        (66, "OneBox", ALIAS, "UPDATE_IN_PROGRESS"),
        (99, "OneBox", ALIAS, "UPDATE_COMPLETE"),
        (99, "Shop", STACK, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        (107, "Shop", STACK, "UPDATE_ROLLBACK_COMPLETE"),
    ]
)


def test_each_step_is_measured_from_the_events() -> None:
    assert measured_durations([RED]) == {
        "cleanup_seconds": 8,
        "handler_seconds": 2,
        "rollback_start_seconds": 5,
        f"update_seconds.{ALIAS}": 2,
    }


def test_of_several_measurements_the_median_is_taken() -> None:
    quick = [
        operation(
            [
                (0, "Shop", STACK, "UPDATE_IN_PROGRESS"),
                (0, "A", ALIAS, "UPDATE_IN_PROGRESS"),
                (at, "A", ALIAS, "UPDATE_COMPLETE"),
            ]
        )
        for at in (3, 9)
    ]
    assert measured_durations([RED, *quick])[f"update_seconds.{ALIAS}"] == 3
