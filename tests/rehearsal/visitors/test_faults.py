"""A fault says what is wrong and with what; neither alone means anything."""

from dataclasses import replace

import pytest

from prod_one_box.rehearsal.visitors.faults import GOOD, Fault

SYMPTOMS = [
    {"error_rate": 0.5},
    {"answers": True},
    {"latency_factor": 2.0},
    {"visitors": 0.5},
    {"after": 180.0},
    {"leak": 0.1},
]


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=lambda symptom: next(iter(symptom)))
def test_a_symptom_of_code_that_is_not_bad_is_refused_and_named(symptom: dict[str, float]) -> None:
    (name,) = symptom
    for others in ({}, {"needs_new_backend": True}):
        with pytest.raises(ValueError, match=f"^{name}: .* front_end or backend"):
            Fault(**symptom, **others)
    assert Fault(front_end=True, **symptom).is_any


def test_only_a_front_end_has_pages_that_break() -> None:
    with pytest.raises(ValueError, match="broken_page: got a front end without a fault; allowed: with front_end"):
        Fault(backend=True, broken_page=True)
    with pytest.raises(ValueError, match="broken_page: got a front end without a fault"):
        Fault(broken_page=True)
    assert Fault(front_end=True, backend=True, broken_page=True).is_any


def test_without_a_symptom_nothing_has_to_be_bad() -> None:
    assert Fault() == GOOD
    assert not Fault(needs_new_backend=True).is_any


@pytest.mark.parametrize("where", [{"front_end": True}, {"backend": True}, {"front_end": True, "answers": True}])
def test_bad_code_fails_as_often_as_the_command_lets_it_unless_told_otherwise(where: dict[str, bool]) -> None:
    assert Fault(**where).failing == Fault(**where, needs_new_backend=True).failing == 0.3
    assert Fault(**where, needs_new_backend=True, error_rate=0).failing == 0


def test_bad_code_with_which_nothing_is_wrong_for_anybody_is_refused() -> None:
    with pytest.raises(ValueError, match="error_rate: got 0, which leaves bad code without a fault"):
        Fault(front_end=True, error_rate=0)
    with pytest.raises(ValueError, match="visitors: got 0, which affects no visitor"):
        Fault(backend=True, visitors=0)


@pytest.mark.parametrize("symptom", [{"latency_factor": 2.0}, {"broken_page": True}, {"leak": 0.1}])
def test_code_that_something_else_is_wrong_with_does_not_fail_beside(symptom: dict[str, float]) -> None:
    assert Fault(front_end=True, **symptom).failing == 0
    assert Fault(front_end=True, **symptom, error_rate=0.05).failing == 0.05


def test_a_changed_copy_has_the_usual_error_rate_of_what_it_is():
    fault = Fault(front_end=True)
    assert replace(fault, broken_page=True) == Fault(front_end=True, broken_page=True)
    assert replace(fault, front_end=False) == Fault()
