"""An upgrade from the library without waves, forward and back: either code with either properties contains and passes.

`earlier/` holds what contains in that library's handler. In a rollback of the upgrade it may get today's properties.
"""

import pytest
from bake.fake_aws import STACK
from bake.handler.earlier import containment
from bake.handler.earlier import request as earlier
from bake.waiter import Waiter, request
from bake.waves_shop import placed, properties
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.constructs.bake.handler import aws
from prod_one_box.constructs.bake.handler import request as todays
from prod_one_box.constructs.bake.handler.request import Request, Settings

UNKNOWN_THEN = {"Versions", "Wave", "Promotes", "Split"}
WAITS = ["Preflight", "Bake"]


def former(wait: str, release: str, **changed: object) -> dict:
    """What the library without waves put into a wait: two partitions, of which the one-box is baked."""
    usual = {key: value for key, value in properties(wait, release).items() if key not in UNKNOWN_THEN}
    usual["Contained"] = placed(["one-box", "regular"], release)
    if "Baked" in usual:
        (usual["Baked"],) = placed(["one-box"], release)
    return {**usual, **changed}


SIDES = [(former, properties), (properties, former), (former, former)]


def event(wait: str, direction: tuple[str, str], sides=(former, former)) -> dict:
    new, old = (side(wait, release) for side, release in zip(sides, direction, strict=True))
    return request("Update", new=new, old=old, wait=wait)


@pytest.fixture
def ask(waves):
    def send(*asked):
        waves.aws.put_resource(asked[0], "UPDATE_IN_PROGRESS")
        return Waiter(waves.aws, event(*asked))

    return send


@pytest.mark.parametrize("sides", SIDES)
@pytest.mark.parametrize("wait", WAITS)
def test_a_release_is_passed_with_properties_of_both_libraries(waves, ask, wait, sides):
    waves.switch_up_to(wait)
    answer = ask(wait, ("B", "A"), sides).run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0 if wait == "Preflight" else 600)


@pytest.mark.parametrize("sides", SIDES)
def test_a_red_bake_is_contained_with_properties_of_both_libraries(waves, ask, sides):
    waves.switch("one-box")
    waves.aws.put_alarm("shop-errors", "ALARM")
    assert ask("Bake", ("B", "A"), sides).run().status == "FAILED"
    assert waves.on_b == []


@pytest.mark.parametrize("sides", SIDES)
def test_a_manual_flip_is_found_with_properties_of_both_libraries(waves, ask, sides):
    waves.switch("one-box")
    waiter = ask("Bake", ("B", "A"), sides)
    waves.aws.put_alias("shop-one-box", 6)
    assert "shop-one-box:live is on version 6, not on the release's version 7." in waiter.run().reason


@pytest.mark.parametrize("sides", SIDES)
@pytest.mark.parametrize("wait", WAITS)
def test_a_rollback_is_contained_with_properties_of_both_libraries(waves, ask, wait, sides):
    waves.switch("one-box", "regular")
    waves.aws.put_stack(STACK, "UPDATE_ROLLBACK_IN_PROGRESS")
    answer = ask(wait, ("A", "B"), sides).run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 0)
    assert waves.on_b == []


@pytest.mark.parametrize("sides", SIDES)
@pytest.mark.parametrize("wait", WAITS)
def test_an_upgrade_that_releases_nothing_holds_nothing(waves, ask, wait, sides):
    for direction in ("A", "A"), ("B", "B"):
        assert ask(wait, direction, sides).run().data["Outcome"] == "nothing-to-hold"


@pytest.mark.parametrize("sides", [*SIDES, (properties, properties)])
@pytest.mark.parametrize("direction", [("A", "B"), ("B", "A")])
@pytest.mark.parametrize("wait", [*WAITS, "BakeWave2", "Watch"])
def test_the_earlier_code_reads_todays_properties_and_puts_both_partitions_back(waves, wait, direction, sides):
    waves.switch("one-box", "regular")
    asked = earlier.Request.of(event(wait, direction, sides))
    assert asked.is_release
    moves = containment.planned_moves(asked, aws.list_resources(STACK))
    assert not containment.contain(moves).failed
    assert waves.on_b == []


def test_the_end_of_the_earlier_librarys_bake_is_the_promotion():
    new = Request.of(event("Bake", ("B", "A"))).new
    assert (new.promotes, new.watches, new.wave, new.is_gate) == (True, False, "", False)


def test_a_time_that_is_no_number_or_too_long_a_one_counts_as_none():
    for seconds in ("9" * 40, "-1", "ten", ["5"], {"a": "5"}):
        assert not Settings.of({"DurationSeconds": seconds}).duration


NAMES = [value for name, value in vars(todays).items() if name.isupper() and isinstance(value, str)]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "5", "9" * 40, "-1", "1.5", "½", "true", "live"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(NAMES), json_values))
def test_properties_of_any_form_are_read(values):
    settings = Settings.of(values)
    assert Request.of(request("Update", new=values, old=values)).is_release is False
    assert all(each.bound >= 0 for each in settings.split)
