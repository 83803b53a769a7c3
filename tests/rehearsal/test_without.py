"""A release played without one of its parts shows what that part is for."""

import pytest

from prod_one_box.rehearsal.plan.release_plan import Disturbance, ReleasePlan, read_release
from rehearsal.shop_release import begins, play, shop, stack


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> ReleasePlan:
    folder = tmp_path_factory.mktemp("shop")
    return read_release(stack(folder, shop("B")), stack(folder, shop("A")))


def test_without_the_bake_everybody_gets_the_release_as_soon_as_the_one_box_does(plan: ReleasePlan) -> None:
    outcome, world = play(plan, {"SiteRed": 700.0}, without=frozenset({"bake"}))
    found = begins(outcome)
    assert outcome.promoted
    assert found["RegularAlias"] - found["OneBoxAlias"] == world.assumptions.seconds_to_update("AWS::Lambda::Alias")
    assert [exposure.text for exposure in outcome.too_early] == [
        "RegularAlias served its new version before the bake was over"
    ]


def test_without_the_order_new_front_ends_meet_an_old_backend(plan: ReleasePlan) -> None:
    outcome, _ = play(plan, without=frozenset({"order"}))
    texts = {exposure.text for exposure in outcome.too_early}
    assert "OneBoxAlias served its new version while ApiAlias still served its old one" in texts
    assert "RegularAlias served its new version while ApiAlias still served its old one" in texts
    assert begins(outcome)["RegularAlias"] < begins(outcome)["ApiAlias"] + 10


def test_without_containment_the_front_end_can_go_back_after_the_backend(plan: ReleasePlan) -> None:
    outcome, world = play(plan, {"SiteRed": 700.5}, without=frozenset({"containment"}))
    assert outcome.contained == ()
    (exposure,) = outcome.too_early
    assert exposure.text == "OneBoxAlias served its new version while ApiAlias still served its old one"
    assert exposure.end - exposure.begin > 0
    assert any("was not contained" in event.text for event in world.journal)
    assert outcome.reason.endswith(" (played without containment: nothing was put back)")
    assert not any("Contained:" in text for text in (outcome.reason, *(event.text for event in world.journal)))
    assert outcome.not_back == ()


def test_without_the_bake_nothing_guards_its_end_of_the_way_back(plan: ReleasePlan) -> None:
    outcome, _ = play(plan, without=frozenset({"bake"}), disturbance=Disturbance(sibling_fails_at=582.0))
    assert "Bake" not in begins(outcome, back=True)
