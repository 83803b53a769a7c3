"""An unexpected exception is a poll without a reading, and fails no rollback."""

import pytest

from prod_one_box.constructs.bake.handler import entry


@pytest.fixture
def broken(monkeypatch):
    """Breaks the reading of a poll, until it is told to stop."""

    def fail(_request, _now):
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as patch:
        patch.setattr(entry, "observe", fail)
        yield patch


def test_an_exception_in_the_middle_of_a_bake_is_logged_and_changes_nothing(shop, broken, capsys):
    waiter = shop.bake()
    assert waiter.poll() is None
    assert "RuntimeError: a mistake of ours" in capsys.readouterr().err
    broken.undo()
    assert waiter.run().status == "SUCCESS"


def test_an_exception_in_every_poll_ends_a_release_after_its_grace_period(shop, broken):
    answer = shop.bake().run()
    assert (answer.status, answer.seconds) == ("FAILED", 720)
    assert "No conclusive reading in time" in answer.reason
    assert "RuntimeError: a mistake of ours" in answer.reason


def test_an_exception_in_every_poll_fails_no_rollback(shop, broken):
    shop.release_one_box()
    answer = shop.go_back().run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 120)
    assert "nothing could be put back" in answer.data["Reason"]


@pytest.mark.parametrize("alias", [{}, {"FunctionVersion": "7"}])
def test_an_alias_that_is_not_as_documented_fails_no_rollback(shop, monkeypatch, alias):
    shop.release_one_box()
    monkeypatch.setattr(shop.aws, "get_alias", lambda *_, **__: alias)
    answer = shop.go_back().run()
    assert (answer.status, answer.seconds) == ("SUCCESS", 120)
    assert "Containment failed: shop-one-box:live could not be put back" in answer.data["Reason"]


def test_a_rollback_asks_nothing_about_alarms(shop):
    shop.release_one_box()
    waiter = shop.go_back()
    shop.aws.calls.clear()
    assert waiter.run().status == "SUCCESS"
    assert shop.aws.calls == ["list_stack_resources"] * 3 + [
        "describe_stacks",
        "get_alias",
        "update_alias",
        "get_alias",
    ]


def test_an_alarm_in_a_state_that_nobody_knows_passes_nothing_and_ends_nothing(shop):
    waiter = shop.bake()
    shop.aws.alarms["", "shop-errors"]["StateValue"] = "EVALUATING"
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("FAILED", 720)
    assert "alarm shop-errors: unread" in answer.reason


def test_a_stack_that_is_not_in_the_answer_is_an_unread_one(shop, monkeypatch):
    waiter = shop.bake()
    monkeypatch.setattr(shop.aws, "describe_stacks", lambda *_, **__: {"Stacks": []})
    assert "describe_stacks: IndexError" in waiter.run().reason
