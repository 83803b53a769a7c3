"""The gate: the edge learns of a split once everything that serves its partitions exists."""

import pytest
from bake.fake_aws import ROOT, STACK
from bake.handler.logged_marks import marks
from bake.waiter import Waiter, request
from bake.waves_shop import split

NEW = ["Wave4Alias", "Wave4Route", "Wave4Stage"]
ADDED = split(wave_4="2500")


OLD = ["OneBoxAlias", "Wave2Alias", "Wave3Alias", "RegularAlias"]
"""What is awaited of the partitions that the shop has."""


def gate(*, edge_first: bool = False, of=ADDED) -> dict:
    ways_in = {"one-box": OLD[:1], "wave-2": OLD[1:2], "wave-3": OLD[2:3], "wave-4": NEW, "regular": OLD[3:]}
    plain = {"DurationSeconds": "0", "GraceSeconds": "600", "Split": of, "Awaited": ways_in}
    return {**plain, "EdgeFirst": "true"} if edge_first else plain


BEFORE = gate(of=split())


def ask(waves, kind="Update", *, new=None, old=BEFORE, status="UPDATE_IN_PROGRESS") -> Waiter:
    waves.aws.put_stack(STACK, status)
    waves.aws.put_resource("Split", f"{kind.upper()}_IN_PROGRESS")
    asked = request(kind, new=new or gate(), old=old if kind == "Update" else None, wait="Split")
    return Waiter(waves.aws, asked)


def create(waves, *names: str, status: str = "CREATE_COMPLETE") -> None:
    for name in names:
        waves.aws.put_resource(name, status, f"id-{name}")


CREATIONS = [("Create", "UPDATE_IN_PROGRESS"), ("Update", "UPDATE_IN_PROGRESS")]


@pytest.mark.parametrize(("kind", "status"), CREATIONS)
def test_it_holds_the_edge_until_the_last_of_what_is_awaited_exists(waves, kind, status):
    waiter = ask(waves, kind, status=status)
    for name in NEW:
        assert waiter.poll() is None
        waves.aws.pass_time(seconds=10)
        create(waves, name, status="CREATE_IN_PROGRESS")
        assert waiter.poll() is None
        create(waves, name)
    answer = waiter.poll()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 30, "ready")


def test_a_share_that_changes_alone_is_passed_at_the_first_poll(waves):
    changed = gate(of=split(wave_2="600"))
    answer = ask(waves, new=changed).run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 0, "nothing-to-hold")


def test_a_new_stack_has_no_visitors_and_is_not_held(waves):
    answer = ask(waves, "Create", status="CREATE_IN_PROGRESS").run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 0, "nothing-to-hold")


def test_a_partition_without_visitors_is_not_awaited_before_it_gets_them(waves):
    empty = gate(of=split(wave_4="2000"))
    assert ask(waves, new=empty).run().data["Outcome"] == "nothing-to-hold"
    assert ask(waves, new=gate(), old=empty).poll() is None
    create(waves, *NEW)
    assert ask(waves, new=gate(), old=empty).poll().data["Outcome"] == "ready"


@pytest.mark.parametrize("state", ["CREATE_FAILED", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"])
def test_what_could_not_be_created_or_is_gone_does_not_exist(waves, state):
    create(waves, *NEW)
    create(waves, NEW[-1], status=state)
    assert ask(waves).poll() is None


@pytest.mark.parametrize(("kind", "status"), CREATIONS)
def test_after_ten_minutes_it_fails_with_the_names_of_what_is_missing(waves, kind, status):
    create(waves, NEW[0])
    answer = ask(waves, kind, status=status).run()
    assert (answer.status, answer.seconds) == ("FAILED", 600)
    assert answer.reason.startswith("Not created within 0:10:00: Wave4Route, Wave4Stage. The edge was not changed")


@pytest.mark.parametrize("of", [split(), None])
def test_an_update_of_the_same_split_or_from_one_that_says_none_is_done_without_a_call(waves, of):
    old = {key: value for key, value in {**BEFORE, "Split": of}.items() if value is not None}
    waiter = ask(waves, new=gate(of=split()), old=old)
    waves.aws.calls.clear()
    answer = waiter.run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 0, "nothing-to-hold")
    assert waves.aws.calls == []


def test_a_deletion_is_done_without_a_call(waves):
    waves.aws.faults["*"] = "AccessDenied"
    assert ask(waves, "Delete").run().seconds == 0


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"])
@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_stack_that_goes_back_is_done_at_once(waves, kind, status):
    answer = ask(waves, kind, status=status).run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 0, "gone-back")


def test_a_running_gate_is_done_when_its_stack_or_the_root_goes_back(waves):
    waiter = ask(waves)
    waves.aws.put_stack(STACK, "UPDATE_IN_PROGRESS", root=ROOT)
    waves.aws.put_stack(ROOT, "UPDATE_IN_PROGRESS")
    assert waiter.poll() is None
    waves.aws.put_stack(ROOT, "UPDATE_ROLLBACK_IN_PROGRESS")
    assert waiter.poll().status == "SUCCESS"


def test_an_update_that_has_failed_and_is_not_rolled_back_lets_no_edge_go_on(waves):
    waiter = ask(waves)
    waves.aws.put_stack(STACK, "UPDATE_FAILED")
    waves.aws.put_resource("Split", "UPDATE_FAILED")
    assert waiter.poll().status == "FAILED"


def test_a_waiter_whose_request_was_answered_by_another_says_nothing_before_its_time_is_over(waves):
    create(waves, *NEW)
    waiter = ask(waves)
    create(waves, "Split", status="UPDATE_COMPLETE")
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("FAILED", 600)


@pytest.mark.parametrize(("kind", "status"), CREATIONS)
def test_a_permission_that_is_denied_ends_it_after_two_minutes_by_name(waves, kind, status):
    waiter = ask(waves, kind, status=status)
    waves.aws.faults["list_stack_resources"] = "AccessDenied"
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("FAILED", 120)
    assert "AWS denies list_stack_resources (AccessDenied)" in answer.reason


@pytest.mark.parametrize(("kind", "status"), CREATIONS)
def test_resources_that_are_never_read_end_it_when_its_time_is_over(waves, kind, status):
    waiter = ask(waves, kind, status=status)
    waves.aws.faults["list_stack_resources"] = "Throttling"
    answer = waiter.run()
    assert (answer.status, answer.seconds) == ("FAILED", 600)
    assert "No conclusive reading in time: the stack's resources are unread; list_stack_resources: Throttling" in (
        answer.reason
    )


@pytest.mark.parametrize("code", ["Throttling", "AccessDenied"])
def test_what_exists_is_enough_where_the_stack_cannot_be_read(waves, code):
    create(waves, *NEW)
    waiter = ask(waves)
    waves.aws.faults["describe_stacks"] = code
    assert waiter.poll().status == "SUCCESS"


@pytest.mark.parametrize(("code", "seconds"), [("Throttling", 600), ("AccessDenied", 120)])
@pytest.mark.parametrize("edge_first", [False, True])
def test_an_update_of_which_nothing_could_be_read_may_be_a_rollback_and_never_fails(waves, code, seconds, edge_first):
    waiter = ask(waves, new=gate(edge_first=edge_first), status="UPDATE_ROLLBACK_IN_PROGRESS")
    waves.aws.faults["*"] = code
    answer = waiter.run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", seconds, "unread")
    assert "since this may be a rollback" in answer.data["Reason"]
    assert code in answer.data["Reason"]


def test_a_creation_of_which_nothing_could_be_read_fails(waves):
    """A creation that is rolled back is deleted, whatever its answer."""
    waiter = ask(waves, "Create")
    waves.aws.faults["*"] = "AccessDenied"
    assert waiter.run().status == "FAILED"


def test_with_the_edge_first_a_new_partition_with_visitors_is_refused_with_the_remedy(waves):
    answer = ask(waves, new=gate(edge_first=True)).run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert answer.reason.startswith("The update adds wave-4 (buckets 2000 to 2499), whose function or route")
    assert "Add the partition with a share of 0 in an update of its own" in answer.reason


def test_with_the_edge_first_nothing_is_refused_before_the_direction_is_known(waves):
    waiter = ask(waves, new=gate(edge_first=True))
    waves.aws.faults["describe_stacks"] = "Throttling"
    assert waiter.poll() is None
    waves.aws.faults.clear()
    assert waiter.poll().status == "FAILED"


@pytest.mark.parametrize(
    ("kind", "new", "old"),
    [
        ("Create", ADDED, None),
        ("Update", split(wave_4="2000"), split()),
        ("Update", ADDED, split(wave_4="2000")),
        ("Update", split(wave_4="2500", wave_5="2500"), split(wave_4="2000")),
        ("Update", split(wave_3=None), split()),
        ("Update", ADDED, None),
    ],
)
def test_with_the_edge_first_nothing_else_is_refused_or_awaited(waves, kind, new, old):
    before = {key: value for key, value in {**BEFORE, "Split": old}.items() if value is not None}
    answer = ask(waves, kind, new=gate(edge_first=True, of=new), old=before).run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 0, "nothing-to-hold")


def test_with_the_edge_first_the_way_back_is_never_refused(waves):
    removed = gate(edge_first=True, of=split(wave_4=None))
    answer = ask(waves, new=gate(edge_first=True), old=removed, status="UPDATE_ROLLBACK_IN_PROGRESS").run()
    assert (answer.status, answer.data["Outcome"]) == ("SUCCESS", "gone-back")


def test_it_marks_nothing(waves, capsys):
    for kind in ("Create", "Update"):
        ask(waves, kind).run()
        ask(waves, kind, status="UPDATE_ROLLBACK_IN_PROGRESS").run()
    create(waves, *NEW)
    ask(waves).run()
    assert marks(capsys.readouterr().out) == []


def test_a_poll_asks_only_for_the_resources_and_the_stack(waves):
    waiter = ask(waves)
    waves.aws.calls.clear()
    waiter.poll()
    assert set(waves.aws.calls) == {"list_stack_resources", "describe_stacks"}


def test_a_partition_with_another_origin_is_awaited_like_a_new_one(waves):
    old, new = ({**gate(), "Origins": {"edge": {"wave-4": way}}} for way in ("old", "new"))
    assert ask(waves, new=new, old=old).poll() is None
    create(waves, *NEW)
    assert ask(waves, new=new, old=old).poll().data["Outcome"] == "ready"


ALL = [*OLD, *NEW]
ADOPTED = {**gate(edge_first=True), "Sites": ["SiteDistribution", "OtherSite"]}


def test_with_the_edge_first_an_existing_site_gets_no_partitions_that_are_created_in_the_same_update(waves):
    create(waves, "OtherSite")
    create(waves, "OneBoxAlias", status="DELETE_COMPLETE")
    answer = ask(waves, "Create", new=ADOPTED).run()
    assert (answer.status, answer.seconds) == ("FAILED", 0)
    assert answer.reason.startswith("The update gives one-box (buckets 0 to ")
    assert "and wave-4 (buckets 2000 to 2499) visitors of a site that exists" in answer.reason
    assert "Create the partitions in one update, without the edge" in answer.reason


def test_with_the_edge_first_a_new_site_is_not_held_although_its_partitions_are_new(waves):
    answer = ask(waves, "Create", new=ADOPTED).run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 0, "nothing-to-hold")


def test_with_the_edge_first_an_existing_site_whose_partitions_exist_is_not_held(waves):
    """As in an update from a library whose front ends had no gate."""
    create(waves, *ALL, "SiteDistribution")
    answer = ask(waves, "Create", new=ADOPTED).run()
    assert (answer.status, answer.seconds, answer.data["Outcome"]) == ("SUCCESS", 0, "ready")


@pytest.mark.parametrize("unread", ["list_stack_resources", "describe_stacks"])
def test_with_the_edge_first_a_gate_is_not_created_before_the_site_and_the_direction_are_read(waves, unread):
    create(waves, "SiteDistribution")
    waiter = ask(waves, "Create", new=ADOPTED)
    waves.aws.faults[unread] = "Throttling"
    assert waiter.poll() is None
    waves.aws.faults.clear()
    assert waiter.poll().status == "FAILED"


def test_with_the_edge_first_a_new_stack_is_not_held(waves):
    create(waves, "SiteDistribution")
    answer = ask(waves, "Create", new=ADOPTED, status="CREATE_IN_PROGRESS").run()
    assert (answer.status, answer.data["Outcome"]) == ("SUCCESS", "nothing-to-hold")
