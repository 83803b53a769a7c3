"""What is given to a rehearsal as something else than it is, is refused by the name of its argument."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prod_one_box import Assumptions, Disturbance, Fault, InvalidArgumentError, Limits, Population, rehearse


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fault": "front-end"}, "fault: got 'front-end'; allowed: a Fault, such as Fault(front_end=True)."),
        ({"fault": None}, "fault: got None; allowed: a Fault"),
        ({"limits": {"max_total": 900}}, "limits: got a dict; allowed: Limits, such as Limits(max_affected=0.3)."),
        ({"visitors": 120}, "visitors: got 120; allowed: a Population"),
        ({"disturbance": 240}, "disturbance: got 240; allowed: a Disturbance"),
        ({"assumptions": ["browsers=3"]}, "assumptions: got a list; allowed: Assumptions"),
        ({"against": 1}, "against: got 1; allowed: the folder of a cloud assembly"),
        ({"assembly": object()}, "assembly: got a"),
        ({"without": "bake"}, "without: got 'bake'; allowed: names in a list, such as ['bake']."),
        ({"red": "Alarm"}, "red: got 'Alarm'; allowed: names in a list"),
    ],
)
def test_an_argument_of_another_kind_is_refused_before_anything_is_read(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        rehearse(**{"assembly": Path("nowhere"), **given})
    assert str(refused.value).startswith(f"rehearse: {said}")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Limits(max_total="15m"), "max_total: got '15m'; allowed: seconds, 0 or more"),
        (lambda: Limits(max_affected="25%"), "max_affected: got '25%'; allowed: a share, 0 to 1"),
        (lambda: Limits(max_errors=True), "max_errors: got True; allowed: a share"),
        (lambda: Fault(front_end=True, error_rate="30%"), "error_rate: got '30%'; allowed: a share"),
        (lambda: Fault(front_end=True, latency_factor="slow"), "latency_factor: got 'slow'; allowed: more than 0"),
        (lambda: Fault(front_end=True, after="3m"), "after: got '3m'; allowed: seconds, 0 or more"),
        (lambda: Fault(front_end=True, leak="1%"), "leak: got '1%'; allowed: 0 or more"),
        (lambda: Population(visits_per_minute="many"), "visits_per_minute: got 'many'; allowed: 0 or more"),
        (lambda: Population(pages_per_visit="4"), "pages_per_visit: got '4'; allowed: more than 0"),
        (lambda: Population(returning="30%"), "returning: got '30%'; allowed: a share"),
        (lambda: Disturbance(cancel_at="4m"), "cancel_at: got '4m'; allowed: seconds, 0 or more"),
        (lambda: Disturbance(crash_at_poll="first"), "crash_at_poll: got 'first'; allowed: a whole number"),
        (lambda: Disturbance(crash_at_poll=1.5), "crash_at_poll: got 1.5; allowed: a whole number"),
        (lambda: Assumptions(poll_seconds="10s"), "poll_seconds: got '10s'; allowed: more than 0"),
        (lambda: Assumptions(one_box_share=20), "one_box_share: got 20; allowed: a share"),
        (lambda: Assumptions(update_seconds=5), "update_seconds: got 5; allowed: seconds by resource type, a mapping"),
        (lambda: Assumptions(browsers={"Many": 3}), "browsers: got {'Many': 3}; allowed: a number"),
    ],
)
def test_what_is_no_number_is_refused_by_its_name(make: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match="got") as refused:
        make()
    assert str(refused.value).startswith(said)
