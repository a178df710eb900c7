"""Packs, what is due, warnings of the worker, another version of a pack, days of one's own, and what a check says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from maitred.base.errors import BadInput, Conflict, Denied, Invalid, NotFound
from maitred.desks.compliance import reading_packs, ticking
from maitred.desks.compliance.clocks import Happened
from maitred.desks.compliance.days import Own, calendar_of
from maitred.desks.compliance.jobs import clocks
from maitred.desks.compliance.models import CaseClock, ClockChange, ClockWarning, Complaint, KeptPack
from maitred.desks.compliance.reading_packs import SHIPPED, pack_of, packs
from maitred.desks.compliance.tests.conftest import NOW, Ask, Later, new, step, until
from maitred.kit.audit.models import AuditRow
from maitred.kit.jobs.models import Job
from maitred.kit.jobs.running import Run
from maitred.kit.notices.models import Notice
from maitred.people.tests.floor import Floor


class Still(Run):
    """A run of the worker whose job nobody else wants."""

    def check(self) -> None:
        return None

    def progress(self, done: int, total: int, what: str = "") -> None:
        return None


@pytest.fixture
def work(db: None) -> Callable[[], None]:
    return lambda: clocks(Still(Job(pk=1, attempts=1, actor="os:tests"), threading.Event(), lambda *_: None))


class TestPacks:
    def test_every_shipped_pack_fits_the_schema_and_says_that_nobody_of_law_looked_at_it(self) -> None:
        found = packs()
        assert {"uk.fca.disp", "iso.10002", "eu.gdpr", "uk.gdpr", "us.hipaa", "company.example"} <= found.keys()
        for one in found.values():
            assert one.unreviewed and one.sources and one.clauses and len(one.digest) == 16
            assert calendar_of(one).is_open(date(2026, 3, 3)) and not calendar_of(one).is_open(date(2026, 12, 25))

    @pytest.mark.parametrize(
        ("old", "new_", "place"),
        [
            ("unit: months", "unit: moons", "clocks.0.length.unit"),
            ("version: 2026.1", "version: [1]", "version"),
            ("time_zone: Europe/Berlin", "time_zone: Europe/Atlantis", "no time zone"),
            ("tell_by: answer", "tell_by: nothing", "no clock"),
            ("about: request", "about: request\nsurprise: 1", "surprise"),
            ("clauses:", "clauses:\n  - {clause: x, title: none, check: 'clock:gone'}", "no clock gone"),
            ("pause: []", "pause: [{begins: a.b, ends: c.d}]", "clause"),
        ],
    )
    def test_a_pack_that_does_not_fit_is_refused_at_its_place(self, old: str, new_: str, place: str) -> None:
        text = (SHIPPED / "eu.gdpr.yaml").read_text()
        with pytest.raises(BadInput, match=place):
            pack_of(text.replace(old, new_, 1).encode(), "mine.yaml")

    def test_hostile_yaml_makes_no_object(self) -> None:
        for text in ("!!python/object/apply:os.system ['true']", "a: [", "\x00", "- 1"):
            with pytest.raises(BadInput):
                pack_of(text.encode(), "bad.yaml")

    def test_a_version_is_read_as_it_is_written(self) -> None:
        text = (SHIPPED / "eu.gdpr.yaml").read_text().replace("version: 2026.1", "version: 2026.10")
        assert pack_of(text.encode(), "mine.yaml").version == "2026.10"

    def test_who_looked_at_a_version_is_kept_with_exactly_this_version(self, ask: Ask) -> None:
        listed = {one.pack: one for one in ask("auditor", "compliance.packs").packs}
        assert listed["uk.fca.disp"].notice == "not legally reviewed"
        given = {"pack": "uk.fca.disp", "reviewed_by": "A. Counsel", "reviewed_on": "2026-01-02"}
        with pytest.raises(Conflict):
            ask("privacy", "compliance.review_pack", pin="uk.fca.disp@1#x", **given)
        with pytest.raises(Denied):
            ask("auditor", "compliance.review_pack", pin=listed["uk.fca.disp"].pin, **given)
        done = ask("privacy", "compliance.review_pack", pin=listed["uk.fca.disp"].pin, **given)
        assert (done.pack.notice, done.pack.reviewed_by) == ("", "A. Counsel")


def _due(pack: str, clock: str, at: datetime, *more: Happened, facts: Any = None) -> datetime:
    from maitred.desks.compliance.clocks import run_clocks

    found = packs()[pack]
    event = found.clocks[0].rule.start.event
    ran = run_clocks([one.rule for one in found.clocks], [Happened(event, at), *more], calendar_of(found), found.zone,
                     datetime(2099, 1, 1, tzinfo=UTC))  # fmt: skip
    due = next(one.due_at for one in ran if one.rule == clock)
    assert due is not None
    return due.astimezone(found.zone)


@pytest.mark.parametrize(
    ("pack", "clock", "at", "day"),
    [
        ("uk.fca.disp", "final_response", datetime(2026, 1, 5, 9, tzinfo=UTC), date(2026, 3, 2)),
        ("uk.fca.disp", "final_response", datetime(2026, 3, 9, 9, tzinfo=UTC), date(2026, 5, 1)),  # 4 May: a holiday
        ("uk.fca.disp", "payment_final_response", datetime(2026, 3, 23, 9, tzinfo=UTC), date(2026, 4, 15)),  # Easter
        ("eu.gdpr", "answer", datetime(2026, 1, 31, 9, tzinfo=UTC), date(2026, 3, 2)),  # 28 February is a Saturday
        ("eu.gdpr", "answer", datetime(2026, 9, 3, 9, tzinfo=UTC), date(2026, 10, 5)),  # 3 October: holiday, Saturday
        ("uk.gdpr", "answer", datetime(2026, 9, 3, 9, tzinfo=UTC), date(2026, 10, 2)),
        ("eu.gdpr.breach", "authority", datetime(2026, 1, 2, 9, tzinfo=UTC), date(2026, 1, 5)),
        ("us.hipaa", "individuals", datetime(2026, 1, 2, 15, tzinfo=UTC), date(2026, 3, 3)),
    ],
)  # fmt: skip
def test_examples_of_each_pack_fall_on_the_day_that_one_counts_by_hand(
    pack: str, clock: str, at: datetime, day: date
) -> None:  # fmt: skip
    assert _due(pack, clock, at).date() == day


def test_the_due_list_shows_what_ends_first_and_as_of_another_day(ask: Ask, later: Later) -> None:
    new(ask, regulated=True, jurisdiction="GB", kind="psd")
    later(timedelta(days=1))
    new(ask)
    found = ask("privacy", "compliance.due")
    assert [one.due_at for one in found.clocks] == sorted(one.due_at for one in found.clocks)
    assert {one.pack for one in found.clocks} == {"uk.fca.disp", "iso.10002"} and found.overdue == 0
    assert {one.reviewed for one in found.clocks} == {False} and all(one.ledger for one in found.clocks)
    then = ask("privacy", "compliance.due", as_of="2026-02-10T00:00:00Z")
    assert then.overdue == 8 and then.clocks[0].late_s > 2_000_000
    before = ask("privacy", "compliance.due", as_of="2026-01-05T12:00:00Z", pack="iso.10002")
    assert len({one.case for one in before.clocks}) == 1
    with pytest.raises(Invalid):
        ask("privacy", "compliance.due", as_of="2026-01-05T12:00:00")
    assert ask("manager", "compliance.due").clocks == ()  # of no team of theirs


def test_the_worker_warns_once_and_says_how_late_it_was(
    ask: Ask, house: Floor, later: Later, work: Callable[[], None]
) -> None:  # fmt: skip
    new(ask)
    work()
    assert not ClockWarning._base_manager.exists()
    later(timedelta(days=1, hours=14))
    work()
    work()
    first = ClockWarning._base_manager.get(level="0.5", clock__clock="acknowledgement")
    assert first.told == 1 and Notice._base_manager.filter(account=house.accounts["privacy"].pk).count() == 1
    later(timedelta(days=60))  # it stood still
    work()
    late = ClockWarning._base_manager.get(level="1", clock__clock="decision")
    assert late.late_s > 20 * 86_400
    count, deeds = ClockWarning._base_manager.count(), AuditRow._base_manager.count()
    work()
    assert (ClockWarning._base_manager.count(), AuditRow._base_manager.count()) == (count, deeds)
    assert CaseClock._base_manager.get(clock="decision").status == "overdue"


def test_a_holiday_added_later_moves_open_deadlines_and_lists_the_change(ask: Ask, later: Later) -> None:
    made = new(ask)
    later(timedelta(hours=1))
    with pytest.raises(Invalid):
        ask("privacy", "compliance.add_day", calendar="GB-ENG", day="2026-01-07", kind="half", name="Moving")
    done = ask("privacy", "compliance.add_day", calendar="GB-ENG", day="2026-01-07", kind="closed", name="Moving")
    moved = {one.clock.split(" ")[1]: (one.was.day, one.now.day) for one in done.moved}
    assert moved == {"acknowledgement": (7, 8), "assessment": (12, 13), "decision": (2, 3)}
    assert {one.why for one in ClockChange._base_manager.all()} == {"calendar"}
    assert len(ask("privacy", "compliance.show_complaint", complaint=made.id).moved) == 3
    back = ask("privacy", "compliance.remove_day", day=done.days[0].id, version=1)
    assert back.days == () and len(back.moved) == 3
    ask("privacy", "compliance.add_day", calendar="GB-ENG", day="2026-01-02", kind="closed", name="Too late")
    assert ClockChange._base_manager.count() == 6  # a past day stays as it was counted


def test_half_days_and_open_days_are_versions_from_the_day_they_were_entered() -> None:
    pack = packs()["iso.10002"]
    own = [Own(date(2026, 1, 10), "open", date(2026, 1, 5)), Own(date(2026, 1, 3), "open", date(2026, 1, 5))]
    calendar = calendar_of(pack, own)
    assert calendar.is_open(date(2026, 1, 10)) and not calendar.is_open(date(2026, 1, 3))


def test_another_version_of_a_pack_moves_nothing_by_itself(
    ask: Ask, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, later: Later
) -> None:
    made = new(ask)
    kept = KeptPack._base_manager.get()
    before = [one.due_at for one in ask("privacy", "compliance.due").clocks]
    text = kept.content.replace("version: 2018.1", "version: 2018.2").replace("n: 20, unit", "n: 10, unit")
    (tmp_path / "iso.yaml").write_text(text)
    changed = dict(packs()) | {"iso.10002": reading_packs.read_pack(tmp_path / "iso.yaml")}
    monkeypatch.setattr(ticking, "current_packs", lambda: changed)
    monkeypatch.setattr(ticking, "pack_content", lambda pack: text)
    later(timedelta(hours=1))
    assert [one.due_at for one in ask("privacy", "compliance.due").clocks] == before
    assert [one.complaint for one in ask("privacy", "compliance.show_pack", pack="iso.10002").behind] == [made.id]
    given = {"complaint": made.id, "version": 1, "pack": "iso.10002"}
    seen = ask("privacy", "compliance.adopt_pack_version", **given)
    dates = {one.clock: (one.was, one.now) for one in seen.dates}
    assert not seen.done and dates["decision"][0] > dates["decision"][1]
    assert [one.due_at for one in ask("privacy", "compliance.due").clocks] == before
    done = ask("privacy", "compliance.adopt_pack_version", **given, confirm=True)
    assert done.done and done.dates == seen.dates and done.new.startswith("iso.10002@2018.2#")
    assert AuditRow._base_manager.filter(verb="compliance.adopt_pack_version").exists()
    assert ask("privacy", "compliance.due").clocks[-1].due_at == dates["decision"][1]
    with pytest.raises(Conflict):
        ask("privacy", "compliance.adopt_pack_version", **(given | {"version": 2}))


class TestCheck:
    def test_a_clause_has_evidence_a_gap_or_nothing_that_assesses_it(self, ask: Ask, later: Later) -> None:
        for _ in range(2):
            until(ask, "decided")
        late = new(ask)
        later(timedelta(days=40))
        found = {one.clause: one for one in ask("auditor", "compliance.check", pack="iso.10002").clauses}
        assert (found["7.4"].result, found["7.4"].n, found["7.4"].kept) == ("gap", 3, 2)
        assert found["7.4"].exceptions == (late.reference,) and 0 < found["7.4"].low < 2 / 3 < found["7.4"].high
        assert (found["7.6"].result, found["8.5"].result) == ("evidence present", "not assessed")
        assert found["8.5"].why and found["4.6"].result == "not assessed"
        one = ask("auditor", "compliance.check", pack="iso.10002", clause="7.4", as_of="2026-01-06T00:00:00Z")
        assert [(each.result, each.n) for each in one.clauses] == [("evidence present", 2)]
        for given in ({"pack": "no.pack"}, {"clause": "99"}):
            with pytest.raises(NotFound):
                ask("auditor", "compliance.check", **given)

    def test_every_clause_of_every_pack_is_told(self, ask: Ask) -> None:
        found = ask("auditor", "compliance.check")
        assert len(found.clauses) == sum(len(one.clauses) for one in packs().values()) and not found.reviewed
        assert {one.result for one in found.clauses} <= {"evidence present", "gap", "not assessed", "not applicable"}


class TestFigures:
    def test_figures_have_an_interval_and_n_and_few_complaints_tell_nothing(self, ask: Ask) -> None:
        for _ in range(4):
            until(ask, "decided")
        few = ask("executive", "compliance.complaint_figures")
        assert {one.value for one in few.figures} == {None} and (few.open, few.closed) == (0, 0)
        assert ask("executive", "compliance.complaint_causes").causes == ()
        until(ask, "closed")
        told = {one.metric: one for one in ask("executive", "compliance.complaint_figures").figures}
        upheld = told["complaints.upheld_share"]
        assert (upheld.value, upheld.n) == (1.0, 5) and 0.5 < upheld.low < 1
        assert told["complaint.time_to_decision"].n == 5 and told["complaints.rate"].why
        causes = ask("executive", "compliance.complaint_causes")
        assert [(one.name, one.n, one.share) for one in causes.causes] == [("system", 5, 1.0)]
        assert [(one.name, one.n) for one in causes.months] == [("2026-01", 5)]

    def test_figures_are_not_for_agents(self, ask: Ask) -> None:
        with pytest.raises(Denied):
            ask("agent", "compliance.complaint_figures")
        with pytest.raises(Invalid):
            ask("manager", "compliance.complaint_figures", first="2026-02-01", last="2026-01-01")


def test_a_holding_response_in_time_gives_payment_complaints_35_days(ask: Ask, later: Later) -> None:
    made = new(ask, regulated=True, jurisdiction="GB", kind="psd")
    later(timedelta(days=7))
    step(ask, "note", made.id, line="Held up by the bank", event="holding_response.exceptional")
    row = CaseClock._base_manager.get(clock="payment_final_response")
    assert row.due_at is not None and row.due_at.date() == date(2026, 2, 23)
    assert Complaint._base_manager.get(pk=made.id).status_line == "Held up by the bank" and NOW.day == 5
