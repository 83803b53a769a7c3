"""How long CloudFormation takes is read from the events of updates, under the names that a rehearsal knows."""

from datetime import datetime, timedelta, timezone

from emulator.measured import rollback_of
from emulator.stack_events import StackEvent
from prod_one_box.cli.rehearse_options import read_assumptions
from verify_on_aws.stack_operations import measured, split

STACK = "AWS::CloudFormation::Stack"


def events(*rows: tuple[float, str, str, str]) -> list[StackEvent]:
    began = datetime(2026, 11, 30, tzinfo=timezone.utc)
    return [StackEvent(began + timedelta(seconds=at), name, kind, status) for at, name, kind, status in rows]


def update(alias_seconds: float, *, at: float = 0) -> list[tuple[float, str, str, str]]:
    return [
        (at, "Site", STACK, "UPDATE_IN_PROGRESS"),
        (at + 1, "Alias", "AWS::Lambda::Alias", "UPDATE_IN_PROGRESS"),
        (at + 1 + alias_seconds, "Alias", "AWS::Lambda::Alias", "UPDATE_COMPLETE"),
        (at + 20, "Wait", "Custom::ProdOneBoxDeployWait", "UPDATE_IN_PROGRESS"),
        (at + 620, "Wait", "Custom::ProdOneBoxDeployWait", "UPDATE_COMPLETE"),
        (at + 621, "Site", STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        (at + 628, "Site", STACK, "UPDATE_COMPLETE"),
    ]


CREATION = [
    (-100.0, "Site", STACK, "CREATE_IN_PROGRESS"),
    (-99.0, "Alias", "AWS::Lambda::Alias", "CREATE_IN_PROGRESS"),
    (-9.0, "Alias", "AWS::Lambda::Alias", "CREATE_COMPLETE"),
    (-8.0, "Site", STACK, "CREATE_COMPLETE"),
]
ABORTED = [
    (5000.0, "Site", STACK, "UPDATE_IN_PROGRESS"),
    (5001.0, "Version", "AWS::Lambda::Version", "CREATE_IN_PROGRESS"),
    (5004.0, "Version", "AWS::Lambda::Version", "CREATE_COMPLETE"),
    (5010.0, "Site", STACK, "UPDATE_ROLLBACK_IN_PROGRESS"),
    (5014.0, "Alias", "AWS::Lambda::Alias", "UPDATE_IN_PROGRESS"),
    (5044.0, "Alias", "AWS::Lambda::Alias", "UPDATE_COMPLETE"),
    (5050.0, "Site", STACK, "UPDATE_ROLLBACK_COMPLETE"),
]


def test_medians_of_updates_are_measured_without_creations_waits_and_ways_back() -> None:
    several = [*CREATION, *update(2), *update(3, at=1000), *update(40, at=2000), *ABORTED]
    assert measured(events(*several)) == {
        "cleanup_seconds": 7.0,
        "rollback_start_seconds": 4.0,
        "update_seconds.AWS::Lambda::Alias": 3.0,
        "update_seconds.AWS::Lambda::Version": 3.0,
    }


def test_a_rehearsal_accepts_what_was_measured() -> None:
    found = measured(events(*CREATION, *update(2), *ABORTED))
    assert found
    read_assumptions([f"{name}={seconds}" for name, seconds in found.items()])


def test_events_are_split_into_operations() -> None:
    several = split(events(*CREATION, *update(2), *ABORTED))
    assert [len(each) for each in several] == [len(CREATION), 7, len(ABORTED)]
    assert [len(rollback_of(each)) for each in several] == [0, 0, 4]
