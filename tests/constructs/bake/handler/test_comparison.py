"""New against old: a bake that compares the shop's partitions by the metrics of their APIs.

An hour and more before noon is usual: every partition fails in one request of a hundred. The one-box switches at noon.
"""

import json
from datetime import timedelta

import pytest
from bake.fake_aws import NOON
from bake.waves_shop import PARTITIONS, name_of, properties

from prod_one_box.constructs.bake.handler import compared_metrics

MINUTE = timedelta(minutes=1)
API = "AWS/ApiGateway"
RATES = {"one-box": 12, "wave-2": 40, "wave-3": 150, "regular": 800}
SIX_HOURS = 360


def comparison(**changed: object) -> dict:
    """What the constructs send; a None leaves a part out."""
    usual = {
        "FalseAlarms": "0.05",
        "Tolerance": "1.5",
        "MinimumRequests": "20",
        "TooFew": "GO_ON",
        "Signals": {"SERVER_ERRORS": "ABORT"},
        "Partitions": [{"Alias": f"{name_of(each)}Alias", "Api": f"{name_of(each)}Api"} for each in PARTITIONS],
    }
    return {key: value for key, value in {**usual, **changed}.items() if value is not None}


@pytest.fixture
def site(waves):
    """The shop after six hours on one version, in the minute in which its one-box switches."""
    for partition in PARTITIONS:
        waves.aws.put_resource(f"{name_of(partition)}Api", "CREATE_COMPLETE", f"api-{partition}")
    for minute in range(-SIX_HOURS - 10, 0):
        answer(waves.aws, NOON + minute * MINUTE, usual(minute))
    waves.switch("one-box")
    return waves


def usual(minute: int) -> dict[str, int]:
    """One failure in a hundred requests, in turn."""
    return {each: (rate * (minute + 1000) // 100) - (rate * (minute + 999) // 100) for each, rate in RATES.items()}


def answer(aws, minute, failures: dict[str, float], requests: dict[str, int] = RATES, name: str = "5xx") -> None:
    for partition, count in requests.items():
        aws.measure((API, "Count", "Sum", f"api-{partition}"), minute, count)
        statistic = "TC(2000:)" if name == "Latency" else "Sum"
        aws.measure((API, name, statistic, f"api-{partition}"), minute, failures.get(partition, 0))


def play(site, waiter, failures, *, minutes: int = 30, requests: dict[str, int] = RATES, name: str = "5xx"):
    """Polls every ten seconds; what happened in a minute is in CloudWatch at its end. Returns the answer."""
    for minute in range(minutes):
        for _ in range(6):
            found = waiter.poll()
            if found:
                return found
            site.aws.pass_time(seconds=10)
        answer(site.aws, NOON + minute * MINUTE, failures(minute), requests, name)
    raise AssertionError("never answered")


def a_fifth_fails(minute: int) -> dict[str, int]:
    return {**usual(minute), "one-box": 2 + minute % 2}


def test_a_version_that_fails_more_often_is_aborted_while_no_alarm_is_red(site):
    found = play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), a_fifth_fails)
    assert found.status == "FAILED"
    assert found.seconds < 600
    assert site.on_b == []
    assert "New against old: " in found.reason
    assert "failed on the new version" in found.reason
    assert "by chance, at most 1 release in " in found.reason
    assert "shop-one-box:live is back on version 6" in found.reason


def test_the_sentence_has_both_sides_counts_and_rates(site):
    found = play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), a_fifth_fails)
    minutes = round(found.seconds) // 60 - 4  # without the switch's, and three minutes late
    new = sum(a_fifth_fails(each)["one-box"] for each in range(1, minutes + 1))
    old = sum(sum(usual(each).values()) - usual(each)["one-box"] for each in range(1, minutes + 1))
    assert f"{new} of {12 * minutes} requests ({new / 12 / minutes:.1%}) failed on the new version" in found.reason
    assert f"{old} of {990 * minutes:,} requests (1.0%) on the old one: " in found.reason
    assert f"such a difference (12:01 to 12:{1 + minutes:02} UTC)." in found.reason


def test_a_good_version_passes_with_what_would_have_been_found(site):
    found = play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), usual)
    assert (found.status, found.seconds, found.data["Outcome"]) == ("SUCCESS", 780, "quiet")
    assert "New against old: 1 of 108 requests (0.9%) failed on the new version" in found.data["Reason"]
    assert "no difference beyond the tolerance" in found.data["Reason"]
    assert " or more would have been found (" in found.data["Reason"]
    assert "cautious default" not in found.data["Reason"]


def test_an_incident_that_hits_both_sides_alike_stops_nothing(site):
    def incident(minute):
        share = 0.15 if 4 <= minute < 7 else 0.01
        return {each: round(rate * share) for each, rate in RATES.items()}

    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780")
    assert play(site, waiter, incident).status == "SUCCESS"


def test_only_reporting_goes_on_and_says_it(site):
    settings = comparison(Signals={"SERVER_ERRORS": "REPORT"})
    found = play(site, site.ask("Bake", Comparison=settings, DurationSeconds="780"), a_fifth_fails)
    assert found.status == "SUCCESS"
    assert "at most 1 release in" in found.data["Reason"]


def test_a_poll_asks_cloudwatch_once_a_minute(site):
    play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), usual)
    pages = 7  # thirteen metrics, two a page here: requests and failures of four partitions, and five marks
    # The first minute that can be judged is that after the switch's, when it is three minutes old.
    assert site.aws.calls.count("get_metric_data") == pages * (13 - 5 + 1)


def test_the_minute_of_the_switch_and_the_one_before_count_for_nobody(site):
    def bad_at_the_switch(minute):
        return {**usual(minute), "one-box": 12 if minute == 0 else usual(minute)["one-box"]}

    answer(site.aws, NOON - MINUTE, {"one-box": 12})
    found = play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), bad_at_the_switch)
    assert "1 of 108 requests (0.9%) failed on the new version" in found.data["Reason"]


def test_a_minute_counts_only_when_both_sides_requests_are_there(site):
    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780")
    late = {"one-box": 12}  # the others' metrics do not arrive

    def all_fail(_minute):
        return {"one-box": 12}

    found = play(site, waiter, all_fail, requests=late)
    assert found.status == "SUCCESS"
    assert "there was no minute in which both versions had requests" in found.data["Reason"]


def test_minutes_that_arrive_late_count_when_they_are_there(site):
    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780")
    for _ in range(70):
        assert waiter.poll() is None
        site.aws.pass_time(seconds=10)
    for minute in range(10):
        answer(site.aws, NOON + minute * MINUTE, a_fifth_fails(minute))
    site.aws.pass_time(seconds=60)
    assert waiter.poll().status == "FAILED"


def test_a_sites_own_difference_between_its_partitions_is_usual(site):
    def as_ever(minute):
        return {**usual(minute), "one-box": 3 if minute % 2 else 2}

    for minute in range(-SIX_HOURS - 10, 0):
        answer(site.aws, NOON + minute * MINUTE, as_ever(minute + 1000))
    found = play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), as_ever)
    assert found.status == "SUCCESS"


def mark(site, name: str, minute: int) -> None:
    site.aws.measure(("ProdOneBox", name, "Maximum", "shop"), NOON + minute * MINUTE, 1)


@pytest.mark.parametrize("end", ["ReleaseAborted", "Promoted", "RolledBack"])
def test_the_minutes_of_an_earlier_release_are_not_usual(site, end):
    for minute in range(-60, -30):
        answer(site.aws, NOON + minute * MINUTE, {**usual(minute), "one-box": 12})
    mark(site, "ReleaseStarted", -69)
    mark(site, "BakeStarted", -60)
    mark(site, end, -33)
    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780")
    assert play(site, waiter, a_fifth_fails).status == "FAILED"


def test_without_its_marks_that_release_would_hide_this_ones_failures(site):
    for minute in range(-60, -30):
        answer(site.aws, NOON + minute * MINUTE, {**usual(minute), "one-box": 12})
    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780")
    assert play(site, waiter, a_fifth_fails).status == "SUCCESS"


def test_a_release_whose_end_is_not_marked_leaves_nothing_usual_and_the_outcome_says_so(site):
    mark(site, "ReleaseStarted", -330)
    mark(site, "BakeStarted", -320)
    found = play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), usual)
    assert found.status == "SUCCESS"
    assert "how many usually failed, so a cautious default stands for that." in found.data["Reason"]


def test_a_release_of_the_backend_alone_leaves_the_minutes_usual(site):
    mark(site, "ReleaseStarted", -200)
    found = play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), usual)
    assert "cautious default" not in found.data["Reason"]


def test_a_release_that_began_before_the_hours_that_are_read_is_not_usual(site):
    for minute in range(-SIX_HOURS, -100):
        answer(site.aws, NOON + minute * MINUTE, {**usual(minute), "one-box": 12})
    mark(site, "ReleaseStarted", -SIX_HOURS - 20)
    mark(site, "ReleaseAborted", -103)
    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780")
    assert play(site, waiter, a_fifth_fails).status == "FAILED"


def test_a_release_whose_start_is_not_marked_is_known_by_its_bakes(site):
    for minute in range(-60, -30):
        answer(site.aws, NOON + minute * MINUTE, {**usual(minute), "one-box": 12})
    mark(site, "BakeStarted", -60)
    mark(site, "ReleaseAborted", -33)
    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780")
    assert play(site, waiter, a_fifth_fails).status == "FAILED"


def test_a_release_that_starts_in_the_minute_in_which_another_one_ends_is_not_usual_either(site):
    for minute in range(-60, -30):
        answer(site.aws, NOON + minute * MINUTE, {**usual(minute), "one-box": 12})
    mark(site, "ReleaseStarted", -65)
    mark(site, "BakeStarted", -64)
    for minute, name in ((-60, "RolledBack"), (-60, "ReleaseStarted"), (-59, "BakeStarted"), (-33, "ReleaseAborted")):
        mark(site, name, minute)
    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780")
    assert play(site, waiter, a_fifth_fails).status == "FAILED"


def test_this_release_s_own_start_takes_only_the_minutes_after_it(site):
    mark(site, "ReleaseStarted", -15)
    found = play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), usual)
    assert "cautious default" not in found.data["Reason"]


def test_the_evidence_of_all_waves_counts_together(site):
    """A fault that one wave's ten minutes do not prove is proved by two."""

    def slightly_worse(minute):
        return {**usual(minute), "one-box": minute % 2, "wave-2": 2 if minute > 13 else usual(minute)["wave-2"]}

    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780")
    first = play(site, waiter, slightly_worse)
    assert first.status == "SUCCESS"
    site.switch("wave-2")

    def second_wave(settings):
        later = site.ask("BakeWave2", Comparison=settings, DurationSeconds="780")
        return play(site, later, lambda minute: slightly_worse(minute + 13), minutes=27)

    # The time goes on: what the second bake's minutes hold is written under their own time.
    evidence = second_wave(comparison(FalseAlarms="0.000001"))
    assert evidence.status == "SUCCESS"
    assert "12:01 to" in evidence.data["Reason"], "the first wave's minutes count"


@pytest.mark.parametrize(
    ("ending", "status", "seconds"), [("GO_ON", "SUCCESS", 780), ("ABORT", "FAILED", 900), ("HOLD", "FAILED", 3300)]
)
def test_a_bake_with_too_few_requests_ends_as_the_user_chose(site, ending, status, seconds):
    quiet_night = dict.fromkeys(RATES, 1)
    waiter = site.ask("Bake", Comparison=comparison(TooFew=ending, MinimumRequests="100"), DurationSeconds="780")
    found = play(site, waiter, lambda _: {}, minutes=60, requests=quiet_night)
    assert (found.status, found.seconds) == (status, seconds)
    assert "requests since the last switch, fewer than the 100 that a bake should have." in str(found)


def test_a_held_bake_ends_well_as_soon_as_there_are_enough(site):
    waiter = site.ask("Bake", Comparison=comparison(TooFew="HOLD", MinimumRequests="200"), DurationSeconds="780")
    found = play(site, waiter, usual, minutes=40)
    assert found.status == "SUCCESS"
    assert 200 / 12 < found.seconds / 60 - 3 < 200 / 12 + 2


@pytest.mark.parametrize("fault", ["InternalServiceFault", "Throttling"])
def test_metrics_that_cannot_be_read_keep_the_bake_open_and_end_it_after_its_grace_period(site, fault):
    site.aws.faults["get_metric_data"] = fault
    found = play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), usual)
    assert (found.status, found.seconds) == ("FAILED", 900)
    assert "the comparison with the old version is unread" in found.reason
    assert f"get_metric_data: {fault}" in found.reason


@pytest.mark.parametrize("status", ["PartialData", "InternalError"])
def test_an_incomplete_answer_is_none(site, status):
    site.aws.metric_status = status
    found = play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), usual)
    assert "get_metric_data: IncompleteAnswerError" in found.reason


def test_a_moments_fault_changes_nothing(site):
    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780")

    def briefly_unread(minute):
        site.aws.faults = {"get_metric_data": "Throttling"} if 5 <= minute < 8 else {}
        return usual(minute)

    assert play(site, waiter, briefly_unread).status == "SUCCESS"


def test_unread_metrics_stop_nothing_where_the_comparison_only_reports(site):
    site.aws.faults["get_metric_data"] = "Throttling"
    settings = comparison(Signals={"SERVER_ERRORS": "REPORT"})
    found = play(site, site.ask("Bake", Comparison=settings, DurationSeconds="780"), usual)
    assert (found.status, found.seconds) == ("SUCCESS", 780)


def test_a_fault_of_a_metric_that_only_reports_leaves_the_others_decide(site):
    settings = comparison(Signals={"SERVER_ERRORS": "ABORT", "SLOW": "REPORT"}, SlowAbove="2000")
    site.aws.incomplete = {"Latency"}
    found = play(site, site.ask("Bake", Comparison=settings, DurationSeconds="780"), usual)
    assert (found.status, found.seconds) == ("SUCCESS", 780)
    assert "1 of 108 requests (0.9%) failed on the new version" in found.data["Reason"]
    assert "CloudWatch did not say how many were slow." in found.data["Reason"]


def test_marks_that_cannot_be_read_leave_nothing_usual(site):
    site.aws.incomplete = {"Promoted"}
    found = play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), usual)
    assert (found.status, found.seconds) == ("SUCCESS", 780)
    assert "how many usually failed, so a cautious default stands for that." in found.data["Reason"]


@pytest.mark.parametrize("missing", ["Count", "5xx"])
def test_a_metric_that_the_answer_leaves_out_is_unread(site, missing):
    site.aws.left_out = {missing}
    found = play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), usual)
    assert "get_metric_data: IncompleteAnswerError" in found.reason


@pytest.mark.parametrize("fault", ["AccessDenied", "Throttling"])
def test_a_refused_comparison_that_only_reports_ends_nothing_and_is_named(site, fault):
    site.aws.faults["get_metric_data"] = fault
    settings = comparison(Signals={"SERVER_ERRORS": "REPORT"})
    found = play(site, site.ask("Bake", Comparison=settings, DurationSeconds="780"), usual)
    assert (found.status, found.seconds) == ("SUCCESS", 780)
    assert f"New against old: not compared (get_metric_data: {fault})." in found.data["Reason"]


def test_a_failed_reading_is_repeated_once_a_minute(site):
    site.aws.faults["get_metric_data"] = "Throttling"
    play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), usual)
    assert site.aws.calls.count("get_metric_data") == 15 - 5 + 1


@pytest.mark.parametrize("action", ["ABORT", "REPORT"])
def test_whatever_goes_wrong_in_a_comparison_hides_no_alarm(site, monkeypatch, action):
    monkeypatch.setattr(compared_metrics, "compare", lambda *_: 1 / 0)
    waiter = site.ask("Bake", Comparison=comparison(Signals={"SERVER_ERRORS": action}), DurationSeconds="780")
    assert waiter.poll() is None
    site.aws.pass_time(seconds=30)
    site.aws.put_alarm("shop-errors", "ALARM")
    found = waiter.poll()
    assert "Alarm shop-errors is ALARM" in found.reason
    assert site.on_b == []


def test_counts_below_zero_count_as_none(site):
    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780")
    for minute in range(-SIX_HOURS, 0):
        answer(site.aws, NOON + minute * MINUTE, dict.fromkeys(RATES, -5))
    assert play(site, waiter, usual).status == "SUCCESS"


@pytest.mark.parametrize("operation", ["get_metric_data", "describe_alarms", "list_stack_resources"])
def test_a_moments_fault_does_not_end_a_bake_that_is_held(site, operation):
    waiter = site.ask("Bake", Comparison=comparison(TooFew="HOLD", MinimumRequests="300"), DurationSeconds="780")

    def briefly_unread(minute):
        site.aws.faults = {operation: "Throttling"} if minute == 20 else {}
        return usual(minute)

    found = play(site, waiter, briefly_unread, minutes=40)
    assert (found.status, found.seconds > 25 * 60) == ("SUCCESS", True)


@pytest.mark.parametrize("ending", ["HOLD", "ABORT"])
def test_an_unread_minute_does_not_let_a_bake_pass_that_must_have_requests(site, ending):
    settings = comparison(Signals={"SERVER_ERRORS": "REPORT"}, TooFew=ending, MinimumRequests="100000")

    def unread_at_the_end(minute):
        site.aws.faults = {"get_metric_data": "Throttling"} if minute == 12 else {}
        return usual(minute)

    waiter = site.ask("Bake", Comparison=settings, DurationSeconds="780")
    assert play(site, waiter, unread_at_the_end, minutes=60).status == "FAILED"


@pytest.mark.parametrize("ending", ["HOLD", "ABORT"])
def test_a_bake_without_a_new_version_needs_no_requests(site, ending):
    old = properties("Bake", "A")
    for each in (*old["Baked"], *old["Contained"]):
        each["Version"] = each["Version"].replace("OneBoxVersionA", "OneBoxVersionB")
    waiter = site.ask("Bake", old=old, Comparison=comparison(TooFew=ending), DurationSeconds="780")
    assert play(site, waiter, usual).status == "SUCCESS"


def test_late_requests_are_waited_for_before_too_few_of_them_abort(site):
    def late(minute):
        return {**RATES, "one-box": 0} if minute < 13 else RATES

    waiter = site.ask("Bake", Comparison=comparison(TooFew="ABORT"), DurationSeconds="780")
    for minute in range(20):
        for _ in range(6):
            found = waiter.poll()
            if found:
                break
            site.aws.pass_time(seconds=10)
        if found:
            break
        for each in range(minute + 1):
            answer(site.aws, NOON + each * MINUTE, {}, late(minute))
    assert found.status == "SUCCESS"


def test_failures_of_one_minute_abort_nothing_though_another_signal_lasts(site):
    for minute in range(-SIX_HOURS - 10, 0):
        answer(site.aws, NOON + minute * MINUTE, {each: rate // 10 for each, rate in RATES.items()}, name="4xx")
    settings = comparison(Signals={"SERVER_ERRORS": "ABORT", "CLIENT_ERRORS": "ABORT"})
    waiter = site.ask("Bake", Comparison=settings, DurationSeconds="780")

    def one_minute(minute):
        answer(site.aws, NOON + minute * MINUTE, {each: rate // 10 for each, rate in RATES.items()}, name="4xx")
        return {"one-box": 12 if minute == 4 else 0}

    found = play(site, waiter, one_minute)
    assert found.status == "SUCCESS"
    assert found.data["Reason"].count("no difference beyond the tolerance") == 2


def test_two_signals_that_abort_say_what_decided(site):
    settings = comparison(Signals={"SERVER_ERRORS": "ABORT", "CLIENT_ERRORS": "ABORT"})
    found = play(site, site.ask("Bake", Comparison=settings, DurationSeconds="780"), a_fifth_fails)
    assert found.status == "FAILED"
    assert found.reason.count("by chance, at most 1 release in") == 1
    assert found.reason.count("no difference beyond the tolerance") == 1


def test_overriding_red_alarms_does_not_silence_it(site):
    site.aws.now = NOON - timedelta(hours=1)
    site.aws.put_alarm("shop-errors", "ALARM")
    site.aws.now = NOON
    site.aws.put_resource("Preflight", "UPDATE_COMPLETE")
    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780", Overrides={"RED_ALARMS": "a fix"})
    found = play(site, waiter, a_fifth_fails)
    assert found.status == "FAILED"
    assert "New against old" in found.reason


def test_an_expedited_release_silences_it(site):
    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780", ExpeditedReason="the site is down")
    found = waiter.poll()
    assert (found.status, found.data["Outcome"]) == ("SUCCESS", "expedited")


def test_a_partition_that_somebody_put_back_ends_the_release_by_that_name(site):
    waiter = site.ask("Bake", Comparison=comparison(), DurationSeconds="780")
    site.aws.put_alias("shop-one-box", PARTITIONS["one-box"])
    found = play(site, waiter, a_fifth_fails)
    assert "shop-one-box:live is on version 6" in found.reason


def test_a_partition_whose_version_is_not_new_stays_on_the_old_side(site):
    old = properties("Bake", "A")
    for each in (*old["Baked"], *old["Contained"]):
        each["Version"] = each["Version"].replace("OneBoxVersionA", "OneBoxVersionB")
    waiter = site.ask("Bake", old=old, Comparison=comparison(), DurationSeconds="780")
    found = play(site, waiter, a_fifth_fails)
    assert found.status == "SUCCESS"
    assert "New against old: no partition under bake has a new version." in found.data["Reason"]


def test_slow_requests_do_not_count_for_three_minutes_after_a_switch(site):
    def cold_starts(minute):
        return {"one-box": 12} if minute < 4 else {}

    settings = comparison(Signals={"SLOW": "ABORT"}, SlowAbove="2000")
    waiter = site.ask("Bake", Comparison=settings, DurationSeconds="780")
    assert play(site, waiter, cold_starts, name="Latency").status == "SUCCESS"


def test_slow_requests_are_rounded_in_favour_of_the_new_version(site):
    settings = comparison(Signals={"SLOW": "REPORT"}, SlowAbove="2000")
    waiter = site.ask("Bake", Comparison=settings, DurationSeconds="780")
    found = play(site, waiter, lambda _: {"one-box": 0.9, "regular": 7.5}, name="Latency")
    assert "0 of 72 requests (0.0%) were slow on the new version, 48 of 5,940 requests" in found.data["Reason"]


def test_a_signal_that_only_reports_lends_its_evidence_to_none(site):
    settings = comparison(Signals={"SERVER_ERRORS": "REPORT", "CLIENT_ERRORS": "ABORT"})
    found = play(site, site.ask("Bake", Comparison=settings, DurationSeconds="780"), a_fifth_fails)
    assert found.status == "SUCCESS"
    assert "were refused with a 4xx" in found.data["Reason"]


def test_partitions_without_an_api_are_compared_by_their_aliases(site):
    partitions = [{"Alias": f"{name_of(each)}Alias"} for each in PARTITIONS]
    settings = comparison(Signals={"SERVER_ERRORS": "REPORT"}, Partitions=partitions)
    waiter = site.ask("Bake", Comparison=settings, DurationSeconds="780")
    for minute in range(10):
        for partition, count in RATES.items():
            key = f"shop-{partition}"
            site.aws.measure(("AWS/Lambda", "Invocations", "Sum", key), NOON + minute * MINUTE, count)
    assert "0 of 108 requests (0.0%) failed on the new version" in waiter_end(site, waiter)


def test_partitions_are_compared_by_metrics_of_the_users_own(site):
    def own(name):
        return ["Mine", name, "Sum", "Balancer", "front"]

    partitions = [
        {"Alias": f"{name_of(each)}Alias", "Requests": own(f"{each}-all"), "Errors": own(f"{each}-bad")}
        for each in PARTITIONS
    ]
    waiter = site.ask("Bake", Comparison=comparison(Partitions=partitions), DurationSeconds="780")
    for minute in range(10):
        for partition, count in RATES.items():
            site.aws.measure(("Mine", f"{partition}-all", "Sum", "front"), NOON + minute * MINUTE, count)
    assert "0 of 108 requests (0.0%) failed on the new version" in waiter_end(site, waiter)


def waiter_end(site, waiter) -> str:
    return str(waiter.run())


@pytest.mark.parametrize(
    "changed",
    [
        {"FalseAlarms": "many"},
        {"Tolerance": None},
        {"TooFew": "SOMETIMES"},
        {"Signals": {"UNHEARD_OF": "ABORT"}},
        {"Partitions": [{"Api": "OneBoxApi"}]},
        {"Partitions": "all"},
        {"Partitions": [{"Alias": "OneBoxAlias", "Requests": ["Mine", "All", "Sum", "Balancer"], "Errors": []}]},
    ],
)
def test_settings_of_another_library_that_cannot_be_read_compare_nothing(site, changed):
    waiter = site.ask("Bake", Comparison=comparison(**changed), DurationSeconds="780")
    found = play(site, waiter, a_fifth_fails)
    assert found.status == "SUCCESS"
    assert "New against old" not in found.data["Reason"]
    assert "get_metric_data" not in site.aws.calls


def test_the_log_has_the_evidence_of_each_poll(site, capsys):
    play(site, site.ask("Bake", Comparison=comparison(), DurationSeconds="780"), a_fifth_fails)
    polls = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"poll"' in line]
    evidence = [each["evidence"]["SERVER_ERRORS"] for each in polls]
    assert evidence[0] == 0
    assert evidence[-1] >= 3
