"""What every clause has as evidence: a query over the register, never a promise that a rule is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from maitred.base import clock
from maitred.base.errors import Invalid, NotFound
from maitred.desks.compliance import access, stages, ticking
from maitred.desks.compliance.models import Case, Complaint
from maitred.desks.compliance.reading_packs import Clause, Pack, parsed
from maitred.desks.compliance.shapes import Checked, ClauseChecked, ClauseName, PackName
from maitred.desks.compliance.ticking import Calendars
from maitred.desks.compliance.verbs import showing
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.verbs import question

SPAN = timedelta(days=365)
FRESH = timedelta(days=92)
"""A scan is evidence for a quarter."""
PRESENT, GAP, UNKNOWN, NONE = "evidence present", "gap", "not assessed", "not applicable"
_MOST = 5_000
_NAMED = 20
Judged = tuple[list[str], list[str], int]
"""References that show it, those that do not, and how many were asked."""


@question(needs=Right.COMPLIANCE_EVIDENCE, example={"pack": "iso.10002"})
def check(
    actor: Actor, pack: PackName | None = None, clause: ClauseName | None = None, as_of: datetime | None = None
) -> Checked:  # fmt: skip
    """Say of every clause whether there is evidence, a gap, or nothing that assesses it, with n and interval.

    Cases count that were received in the year before ``as_of``; a clause without a check is told, never left out.

    Parameters
    ----------
    pack, clause
        Only this pack, only this clause of it.
    as_of
        As things stood at an instant; now unless given.
    """
    now = as_of or clock.now()
    if now.tzinfo is None:
        raise Invalid("an instant has its zone", "write it as 2026-01-05T09:00:00Z")
    current = ticking.current_packs()
    if pack is not None and pack not in current:
        raise NotFound(f"there is no pack {pack}", "see which there are with `maitred compliance packs`")
    chosen = [current[pack]] if pack is not None else list(current.values())
    wanted = [(one, each) for one in chosen for each in one.clauses if clause is None or each.clause == clause]
    if not wanted:
        raise NotFound(f"there is no clause {clause}", "see which there are with `maitred compliance show-pack`")
    rows = list(access.cases_since(actor, now - SPAN, now, Right.COMPLIANCE_EVIDENCE).order_by("pk")[:_MOST])
    judge = _Judge(rows, now)
    found = tuple(_checked(judge, one, each) for one, each in wanted)
    return Checked(now, now - SPAN, found, all(showing.reviewed(one) for one in chosen))


class _Judge:
    """Cases with their events, read once."""

    def __init__(self, rows: Sequence[Case], now: datetime) -> None:
        self.rows, self.now, self.calendars = rows, now, Calendars()
        self.events = access.events_of([row.pk for row in rows])
        self.ran: dict[int, list[ticking.Ticking]] = {}

    def under(self, pack: Pack) -> list[Case]:
        """Cases that stand under any version of a pack."""
        return [row for row in self.rows if any(parsed(pin)[0] == pack.id for pin in row.packs)]

    def clock(self, pack: Pack, rule: str) -> Judged:
        kept: list[str] = []
        gaps: list[str] = []
        asked = 0
        for row in self.under(pack):
            if row.pk not in self.ran:
                self.ran[row.pk] = ticking.ticking(row, self.events[row.pk], self.now, self.calendars)
            ran = self.ran[row.pk]
            one = next((each.clock for each in ran if each.pack.id == pack.id and each.clock.rule == rule), None)
            if one is None or one.status in ("waiting", "void"):
                continue
            asked += 1
            if one.status == "met":
                kept.append(row.reference)
            elif one.breached:
                gaps.append(row.reference)
        return kept, gaps, asked

    def complaints(
        self, pack: Pack, counts: Callable[[Complaint], bool], shows: Callable[[Complaint], bool]
    ) -> Judged:  # fmt: skip
        kept: list[str] = []
        gaps: list[str] = []
        asked = 0
        for row in self.under(pack):
            one = getattr(row, "complaint", None)
            if one is None:
                continue
            asked += 1
            if counts(one):
                (kept if shows(one) else gaps).append(row.reference)
        return kept, gaps, asked


def _checked(judge: _Judge, pack: Pack, clause: Clause) -> ClauseChecked:
    kind, _colon, what = clause.check.partition(":")
    if kind == "scan":
        return _scanned(judge, pack, clause)
    if not kind:
        return _told(pack, clause, ([], [], len(judge.under(pack))), UNKNOWN, "no check is written for it")
    judged = _judged(judge, pack, kind, what)
    kept, gaps, asked = judged
    if not asked:
        why = "no case of the year before stands under it"
        return _told(pack, clause, judged, UNKNOWN, why)
    if not kept and not gaps:
        return _told(pack, clause, judged, UNKNOWN, "no case has come so far")
    return _told(pack, clause, judged, GAP if gaps else PRESENT, "")


def _judged(judge: _Judge, pack: Pack, kind: str, what: str) -> Judged:
    if kind == "clock":
        return judge.clock(pack, what)
    if kind == "fields":
        return judge.complaints(pack, lambda one: _passed(one, what),
                                lambda one: not stages.missing(what, showing.values(one), [pack]))  # fmt: skip
    if kind == "texts":
        return judge.complaints(pack, lambda one: _passed(one, what),
                                lambda one: not stages.unsaid(what, _text(one, what), [pack]))  # fmt: skip
    if kind == "objectivity":
        return judge.complaints(pack, lambda one: one.case.subject_person_id is not None, _objective)
    if kind == "fee":
        return judge.complaints(pack, lambda one: True, lambda one: one.fee == 0)
    return judge.complaints(pack, lambda one: one.investigated_at is not None, lambda one: bool(one.root_cause))


def _passed(one: Complaint, stage: str) -> bool:
    at = {"receipt": one.created_at, "acknowledgement": one.acknowledged_at, "assessment": one.assessed_at,
          "investigation": one.investigated_at, "decision": one.decided_at, "closing": one.case.closed_at}  # fmt: skip
    return at[stage] is not None


def _text(one: Complaint, what: str) -> str:
    return one.acknowledged_text if what == "acknowledgement" else f"{one.decision_text}\n{one.recourse}"


def _objective(one: Complaint) -> bool:
    subject = one.case.subject_person_id
    return not any(access.in_conflict(who, subject) for who in (one.case.owner_id, one.investigator_id))


def _scanned(judge: _Judge, pack: Pack, clause: Clause) -> ClauseChecked:
    last = access.last_scan()
    if last is None or last.finished_at is None or judge.now - last.finished_at > FRESH:
        return _told(pack, clause, ([], [], 0), UNKNOWN, "there was no scan in the last quarter")
    judged: Judged = ([f"scan {last.pk}"], [], 1) if not last.found else ([], [f"scan {last.pk}"], 1)
    return _told(pack, clause, judged, GAP if last.found else PRESENT, "")


def _told(pack: Pack, clause: Clause, judged: Judged, result: str, why: str) -> ClauseChecked:
    kept, gaps, asked = judged
    n = len(kept) + len(gaps)
    share = low = high = None
    if n:
        import numpy as np

        from maitred.insight.interval import share as shared

        share, found = shared(np.array([1.0] * len(kept) + [0.0] * len(gaps)))
        low, high = found.low, found.high
    return ClauseChecked(
        pack.id, pack.pin, clause.clause, clause.title, clause.check or UNKNOWN, result, why, asked, n, len(kept),
        share, low, high, tuple(gaps[:_NAMED]),
    )  # fmt: skip
