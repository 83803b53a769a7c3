"""A composite alarm is red when its rule holds."""

import pytest

from prod_one_box.rehearsal.cloudwatch.composite_rule import AlarmState, RuleError, parse_rule
from rehearsal.cloudwatch.alarm_templates import definitions, single

STATES: dict[str, AlarmState] = {"Red": "ALARM", "Green": "OK", "New": "INSUFFICIENT_DATA"}


def named(name: str) -> str | None:
    return name if name in STATES else None


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(Red)", True),
        ('ALARM("Red")', True),
        ("OK(Red)", False),
        ("INSUFFICIENT_DATA(New)", True),
        ("NOT ALARM(Red)", False),
        ("ALARM(Red) AND ALARM(Green)", False),
        ("ALARM(Red) OR ALARM(Green)", True),
        ("ALARM(Red) AND NOT OK(New)", True),
        ("NOT (ALARM(Red) OR ALARM(Green))", False),
        ("OK(Red) AND OK(Red) OR ALARM(Red)", True),
        ("ALARM(Red) OR OK(Red) AND OK(Red)", True),
        ("TRUE", True),
        ("FALSE OR (ALARM( Red ))", True),
    ],
)
def test_a_rule_holds_by_the_states_of_its_alarms(rule: str, expected: bool) -> None:
    assert parse_rule(rule, named)(STATES.__getitem__) is expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(Red) OR ALARM(New)", True),
        ("OK(Red) AND ALARM(New)", False),
        ("ALARM(Green) OR ALARM(New)", None),
        ("ALARM(Red) AND NOT OK(New)", None),
        ("INSUFFICIENT_DATA(New)", None),
    ],
)
def test_an_alarm_nobody_knows_leaves_only_those_rules_open_that_hang_on_it(rule: str, expected: bool | None) -> None:
    assert parse_rule(rule, named)({**STATES, "New": None}.__getitem__) is expected


@pytest.mark.parametrize(
    ("rule", "blamed"),
    [
        ("ALARM(Red", "'ALARM(Red'"),
        ("AT_LEAST(2, ALARM, (Red, Green))", "AT_LEAST"),
        ("ALARM(Elsewhere)", "the alarm Elsewhere, which is not in this stack"),
        ("ALARM(Red) AND", "its end"),
        ("(ALARM(Red)", "not closed"),
        ("ALARM(Red) ALARM(Green)", "'ALARM(Green)'"),
        ("AND ALARM(Red)", "'AND'"),
        ("", "its end"),
    ],
)
def test_a_rule_that_is_not_understood_names_its_part(rule: str, blamed: str) -> None:
    with pytest.raises(RuleError) as error:
        parse_rule(rule, named)
    assert blamed in str(error.value)


@pytest.mark.parametrize("called", ["${Errors.Arn}", "${Errors}", "shop-errors"])
def test_an_alarm_is_found_by_all_that_a_template_calls_it(called: str) -> None:
    rule = {"Fn::Sub": f'ALARM("{called}")'}
    alarms = definitions(Errors=single(AlarmName="shop-errors"), Any={"AlarmRule": rule})
    watches = alarms["Any"].watches
    assert callable(watches)
    assert watches({"Errors": "ALARM"}.__getitem__)
