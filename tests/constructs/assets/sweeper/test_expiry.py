"""Which files go: never one of the release, never one superseded lately, and in the end everything else."""

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.constructs.assets.sweeper.expiry import LONGEST_RELEASE, decide

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
DAY = timedelta(days=1)
KEEP_FOR = 3 * DAY

releases = st.frozensets(st.sampled_from("abcdef"), min_size=1)


class Site:
    """A bucket, its sweeper and the truth: since when each file is no longer of the release that visitors see."""

    def __init__(self) -> None:
        self.now = START
        self.uploaded: dict[str, datetime] = {}
        self.memory: dict[str, datetime] = {}
        self.released: frozenset[str] = frozenset()
        self.listed: frozenset[str] = frozenset()
        self.gone_since: dict[str, datetime] = {}

    def upload(self, files: frozenset[str]) -> None:
        self.uploaded.update(dict.fromkeys(files, self.now))

    def promote(self, files: frozenset[str]) -> None:
        self.gone_since.update(dict.fromkeys(self.released - files, self.now))
        self.released = files

    def sweep(self) -> None:
        done = decide(
            current=self.listed,
            uploaded=self.uploaded,
            superseded=self.memory,
            now=self.now,
            keep_for=KEEP_FOR,
        )
        for file in done.expired:
            assert file not in self.released
            assert self.now - self.gone_since.get(file, START - 100 * DAY) >= KEEP_FOR
            del self.uploaded[file]
        self.memory = done.superseded


steps = st.lists(
    st.tuples(
        st.sampled_from(["release", "abort", "sweep", "forget"]),
        releases,
        st.sampled_from([0, 1, 11, 24, 65, 72, 100]),
        st.booleans(),
    ),
    max_size=40,
)


@given(steps)
def test_in_any_history_no_file_is_deleted_too_early(steps: list[tuple[str, frozenset[str], int, bool]]) -> None:
    site = Site()
    for what, files, hours, list_first in steps:
        site.now += timedelta(hours=hours)
        former = site.listed
        if what == "sweep":
            site.sweep()
        elif what == "forget":
            site.memory = {}
        else:
            # Upload and list change in any order, a sweep may fall between any two steps, and the bake takes hours.
            if list_first:
                site.listed = files
                site.sweep()
            site.upload(files)
            site.sweep()
            site.listed = files
            site.now += timedelta(hours=hours % 12)
            site.sweep()
            if what == "release":
                site.promote(files)
            else:
                site.gone_since.update(dict.fromkeys(files - site.released, site.now))
                site.listed = former
                site.sweep()
                site.upload(former)
        assert site.released <= site.uploaded.keys()


@given(st.lists(releases, min_size=1, max_size=8))
def test_in_the_end_only_the_last_release_is_left(history: list[frozenset[str]]) -> None:
    site = Site()
    for files in history:
        site.upload(files)
        site.listed = files
        site.promote(files)
        site.now += DAY
        site.sweep()
    for _ in range(6):
        site.now += DAY
        site.sweep()
    assert site.uploaded.keys() == history[-1]


def test_a_sweep_during_a_long_bake_does_not_start_the_time_too_early() -> None:
    site = Site()
    for files in (frozenset("a"), frozenset("b")):
        site.now += 100 * DAY
        site.upload(files)
        site.listed = files
        site.sweep()
        site.now += timedelta(hours=11)
        site.promote(files)
    site.now += KEEP_FOR - timedelta(hours=11)
    site.sweep()
    assert site.uploaded.keys() == {"a", "b"}


def swept(*, uploaded: dict[str, datetime], superseded: dict[str, datetime], current: frozenset[str]) -> frozenset[str]:
    now = START + 365 * DAY
    done = decide(current=current, uploaded=uploaded, superseded=superseded, now=now, keep_for=KEEP_FOR)
    return done.expired


def test_a_release_with_files_missing_in_the_bucket_deletes_nothing() -> None:
    uploaded = {"old": START, "new": START}
    assert swept(uploaded=uploaded, superseded={"old": START}, current=frozenset({"new"})) == {"old"}
    assert swept(uploaded=uploaded, superseded={"old": START}, current=frozenset({"new", "late"})) == frozenset()
    assert swept(uploaded=uploaded, superseded={"old": START}, current=frozenset()) == frozenset()


def test_the_time_counts_from_a_sweep_that_saw_the_file_superseded_not_from_its_upload() -> None:
    assert swept(uploaded={"old": START, "new": START}, superseded={}, current=frozenset({"new"})) == frozenset()


def test_a_file_is_due_a_release_later_than_keep_for_says_and_not_sooner() -> None:
    for late, expired in ((timedelta(seconds=-1), frozenset()), (timedelta(0), frozenset({"old"}))):
        done = decide(
            current={"new"},
            uploaded={"old": START, "new": START},
            superseded={"old": START},
            now=START + KEEP_FOR + LONGEST_RELEASE + late,
            keep_for=KEEP_FOR,
        )
        assert done.expired == expired
