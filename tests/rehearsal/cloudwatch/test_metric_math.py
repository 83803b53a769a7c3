"""Expressions have the values of the CloudWatch user guide's own examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.rehearsal.cloudwatch.metric_math import Window, evaluate
from prod_one_box.rehearsal.cloudwatch.metric_math_functions import Value
from prod_one_box.rehearsal.cloudwatch.metric_math_syntax import MathError, parse

NONE = None
GUIDE_COMPARED = {"metric1": (30.0, 20.0, 0.0, 0.0), "metric2": (20.0, NONE, 20.0, NONE)}
GUIDE_IF = {
    "metric1": (1.0, 1.0, 0.0, 0.0, NONE),
    "metric2": (30.0, NONE, 0.0, 0.0, 30.0),
    "metric3": (0.0, 0.0, 20.0, NONE, 20.0),
}


def value(expression: str, **metrics: tuple[float | None, ...]) -> Value:
    return evaluate(parse(expression), Window(metrics=metrics or {"m1": (1.0,)}, period=60))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(metric1 < metric2)", (0, 0, 1, 0)),
        ("(metric1 >= 30)", (1, 0, 0, 0)),
        ("(metric1 > 15 AND metric2 > 15)", (1, 0, 0, 0)),
        ("metric1 > 15 && metric2 > 15", (1, 0, 0, 0)),
        ("metric1 > 15 || metric2 > 15", (1, 1, 1, 0)),
    ],
)
def test_comparisons_take_what_is_missing_as_zero_beside_a_value(expression: str, expected: Value) -> None:
    assert value(expression, **GUIDE_COMPARED) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("IF(metric1, metric2, metric3)", (30, 0, 20, NONE, NONE)),
        ("IF(metric1, 5, metric3)", (5, 5, 20, NONE, NONE)),
        ("IF(metric1, metric2, 5)", (30, 0, 5, 5, NONE)),
        ("IF(metric1, metric2)", (30, 0, NONE, NONE, NONE)),
        ("IF(1, metric2, metric3)", GUIDE_IF["metric2"]),
        ("IF(0, metric2, metric3)", GUIDE_IF["metric3"]),
        ("IF(0, metric2)", (NONE,) * 5),
        ("IF(-1, 7, metric2)", (7,) * 5),
    ],
)
def test_if_treats_what_is_missing_as_the_guide_shows(expression: str, expected: Value) -> None:
    assert value(expression, **GUIDE_IF) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m1 + m2", (11, 2, 30, NONE)),
        ("m1 / m2", (10, 0, NONE, NONE)),
        ("100 * m2 / m1", (10, NONE, 0, NONE)),
        ("-m1", (-10, NONE, -30, NONE)),
        ("m1 - 2 * 3 ^ 2", (-8, NONE, 12, NONE)),
        ("(m1 - 2) * 3", (24, NONE, 84, NONE)),
        ("SUM([m1, m2])", (11, 2, 30, NONE)),
        ("AVG([m1, m2])", (5.5, 1, 15, NONE)),
        ("MIN([m1, m2])", (1, 2, 30, NONE)),
        ("MAX(METRICS())", (10, 2, 30, NONE)),
        ('SUM(METRICS("2"))', (1, 2, NONE, NONE)),
        ("m1 - MAX(m1)", (-20, NONE, 0, NONE)),
        ("m2 + SUM(m1)", (41, 42, NONE, NONE)),
        ("m2 + AVG(m1)", (11, 12, NONE, NONE)),
        ("m2 + DATAPOINT_COUNT(m1)", (3, 4, NONE, NONE)),
        ("m1 / METRIC_COUNT(METRICS())", (5, NONE, 15, NONE)),
        ("m1 / PERIOD(m1)", (10 / 60, NONE, 0.5, NONE)),
        ("RATE(m1)", (NONE, NONE, 20 / 120, NONE)),
        ("DIFF(m1)", (NONE, NONE, 20, NONE)),
        ("RUNNING_SUM(m1)", (10, 10, 40, 40)),
        ("FIRST([m2, m1])", (1, 2, NONE, NONE)),
        ("TIME_SERIES(3)", (3, 3, 3, 3)),
        ("FILL(m1, 0)", (10, 0, 30, 0)),
        ("FILL(m1, m2)", (10, 2, 30, NONE)),
        ("FILL(m1, REPEAT)", (10, 10, 30, 30)),
        ("FILL(m1, LINEAR)", (10, 20, 30, NONE)),
        ("FILL(m1, MIN(m1))", (10, 10, 30, 10)),
        ("CEIL(m1 / 3) + FLOOR(0.5 * m2)", (4, 1, 10, NONE)),
        ("LOG10(m1 - 10)", (NONE, NONE, pytest.approx(1.30103), NONE)),
        ("ABS(m2 - 3)", (2, 1, NONE, NONE)),
        ("m1 * (1 / (2 - 2))", (NONE,) * 4),
        ("(m1) == 10 OR m2 == 2", (1, 1, 0, NONE)),
    ],
)
def test_an_expression_has_the_value_computed_by_hand(expression: str, expected: Value) -> None:
    assert value(expression, m1=(10.0, NONE, 30.0, NONE), m2=(1.0, 2.0, NONE, NONE)) == expected


def test_the_default_error_rate_is_zero_under_little_traffic() -> None:
    rate = value(
        "IF(requests >= 20, 100 * errors / requests, 0)",
        requests=(19.0, 20.0, 100.0, NONE),
        errors=(19.0, 0.0, 7.0, NONE),
    )
    assert rate == (0, 0, 7, NONE)


def test_fill_makes_nothing_of_a_metric_without_any_data() -> None:
    assert value("FILL(m1, 0)", m1=(NONE, NONE)) == (NONE, NONE)


def test_an_expression_can_name_another() -> None:
    window = Window(metrics={"m1": (4.0,)}, period=60, expressions={"half": parse("m1 / 2")})
    assert evaluate(parse("half + 1"), window) == (3.0,)


@pytest.mark.parametrize(
    ("expression", "blamed"),
    [
        ("SEARCH('{AWS/Lambda}', 'Sum')", "the function SEARCH with 2 arguments"),
        ("ANOMALY_DETECTION_BAND(m1)", "ANOMALY_DETECTION_BAND"),
        ("SELECT AVG(x) FROM y", "'AVG'"),
        ("m1 +", "the end"),
        ("m1 § 2", "'§ 2'"),
        ("(m1", "the end"),
        ("nobody + 1", "nobody, which is not an id"),
        ("SUM()", "SUM with 0 arguments"),
        ("SUM([])", "'['"),
        ('METRICS("x")', "which is part of no id"),
        ("IF(m1)", "IF with 1 arguments"),
        ("[m1] + [m1]", "between two arrays"),
        ("ABS(3)", "a scalar or an array"),
        ("m1 m1", "'m1'"),
        ("'a' + m1", '"a"'),
    ],
)
def test_what_is_not_understood_is_named(expression: str, blamed: str) -> None:
    with pytest.raises(MathError) as error:
        value(expression)
    assert blamed in str(error.value)


def test_an_expression_made_of_itself_is_refused() -> None:
    window = Window(metrics={"m1": (1.0,)}, period=60, expressions={"a": parse("b"), "b": parse("a + m1")})
    with pytest.raises(MathError, match="a, which refers to itself"):
        evaluate(parse("a"), window)


@given(left=st.integers(-50, 50), middle=st.integers(-50, 50), right=st.integers(1, 50))
def test_operators_bind_as_in_arithmetic(left: int, middle: int, right: int) -> None:
    given_text = f"{left} - {middle} * {right} + {left} / {right} - -{right}"
    assert value(given_text) == pytest.approx(eval(given_text))
