"""Writes cases inside a deed: opens them under their packs, adds events, moves their clocks, warns once a level."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from maitred.base import clock
from maitred.desks.compliance import access, ticking
from maitred.desks.compliance.clocks import Clock, warnings_due
from maitred.desks.compliance.models import Case, CaseClock, CaseEvent, ClockChange, ClockWarning, KeptPack
from maitred.desks.compliance.models.cases import OPEN
from maitred.desks.compliance.reading_packs import Pack
from maitred.kit.audit import deeds
from maitred.kit.notices.telling import notify

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def open_case(
    kind: str, facts: Mapping[str, Any], received_at: datetime, letter_on: date | None, team: int | None,
    subject: int | None, by: int | None, first: str,
) -> Case:  # fmt: skip
    """Open a case under the packs that hold for it now, with its first event and its clocks."""
    found = ticking.packs_for(kind, facts)
    row = deeds.create(
        Case, kind=kind, reference=reference(), packs=[one.pin for one in found], facts=dict(facts), team_id=team,
        subject_person_id=subject, received_at=received_at, letter_on=letter_on,
    )  # fmt: skip
    keep_packs(found)
    event(row, first, received_at, by=by, letter_on=letter_on)
    refresh(row)
    return row


def reference() -> str:
    """A public name for a case that cannot be guessed and can be told on the telephone."""
    drawn = "".join(secrets.choice(_SIGNS) for _ in range(8))
    return f"C-{drawn[:4]}-{drawn[4:]}"


def keep_packs(found: Iterable[Pack]) -> None:
    """Keep the files of packs, each once, so that deadlines of open cases stay what they were."""
    for pack in found:
        if access.kept_pack(pack.pin) is None:
            deeds.create(KeptPack, pin=pack.pin, content=ticking.pack_content(pack))


def event(
    case: Case, name: str, at: datetime, *, by: int | None = None, letter_on: date | None = None, key: str = "",
    note: str = "",
) -> CaseEvent:  # fmt: skip
    """Write down that something happened."""
    return deeds.create(CaseEvent, case=case, name=name, at=at, letter_on=letter_on, key=key, note=note, by_id=by)


def refresh(case: Case, why: str = "event", detail: str = "") -> list[ClockChange]:
    """Bring the kept clocks of a case up to now; returns the deadlines that moved."""
    now, calendars = clock.now(), ticking.Calendars()
    there = {(row.pack, row.clock): row for row in access.clocks_of([case.pk])[case.pk]}
    moved = []
    for one in ticking.ticking(case, access.events_of([case.pk])[case.pk], now, calendars):
        row = there.pop((one.pack.id, one.clock.rule), None)
        values = _values(one.clock) | {"pin": one.pack.pin, "calendar": calendars.told(one.pack)}
        if row is None:
            deeds.create(CaseClock, case=case, pack=one.pack.id, clock=one.clock.rule, **values)
            continue
        was = row.due_at
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if changed:
            deeds.change(row, None, **changed)
        if "due_at" in changed and was is not None:
            moved.append(deeds.create(ClockChange, clock=row, was=was, now=one.clock.due_at, why=why,
                                      detail=detail[:200]))  # fmt: skip
    for row in there.values():  # a clock that another version of the pack does not have any more
        if row.status in (*OPEN, "waiting"):
            deeds.change(row, None, status="void" if row.started_at else "waiting")
    return moved


def behind(case: Case, now: datetime) -> bool:
    """Whether the kept clocks of a case differ from those of now, or a warning is due: read only."""
    rows = {(row.pack, row.clock): row for row in access.clocks_of([case.pk])[case.pk]}
    given = access.warned([row.pk for row in rows.values()])
    for one in ticking.ticking(case, access.events_of([case.pk])[case.pk], now, ticking.Calendars()):
        row = rows.get((one.pack.id, one.clock.rule))
        if row is None or any(getattr(row, name) != value for name, value in _values(one.clock).items()):
            return True
        if warnings_due(one.clock, given[row.pk], now):
            return True
    return False


def warn(case: Case, now: datetime) -> int:
    """Give the warnings that are due by now, each level once; returns how many."""
    events, calendars = access.events_of([case.pk])[case.pk], ticking.Calendars()
    rows = {(row.pack, row.clock): row for row in access.clocks_of([case.pk])[case.pk]}
    given = access.warned([row.pk for row in rows.values()])
    count = 0
    for one in ticking.ticking(case, events, now, calendars):
        row = rows.get((one.pack.id, one.clock.rule))
        if row is None:
            continue
        fresh = warnings_due(one.clock, given[row.pk], now)
        told = _tell(case, one) if fresh and one.clock.open else 0
        for each in fresh:
            deeds.create(ClockWarning, clock=row, level=each.level, at=each.at,
                         late_s=int(each.late_by.total_seconds()), told=told)  # fmt: skip
        count += len(fresh)
    return count


def _tell(case: Case, one: ticking.Ticking) -> int:
    """Tell who handles a case, and whom the pack names, without a word of the case itself."""
    late = one.clock.status == "overdue"
    text = (_("%(what)s is overdue: %(reference)s") if late else _("%(what)s is due soon: %(reference)s")) % {
        "what": one.of.title, "reference": case.reference,
    }  # fmt: skip
    accounts = access.accounts_of(audience(case, one.of.tell))
    if accounts:
        notify(accounts.values(), "due", text, reverse("compliance"))
    return len(accounts)


def audience(case: Case, tell: Iterable[str]) -> set[int]:
    """People to tell of a case: its owner, handlers, the owner's lead; never its subject or their direct line."""
    found = {case.owner_id} if case.owner_id else set()
    if "privacy" in tell or not found:
        found |= {row.pk for row in access.handlers()}
    if "owner.manager" in tell and case.owner_id:
        found |= access.direct_leads(case.owner_id)
    return {one for one in found if not access.in_conflict(one, case.subject_person_id)}


def _values(found: Clock) -> dict[str, Any]:
    return {"status": found.status, "started_at": found.started_at, "due_at": found.due_at,
            "stopped_at": found.stopped_at, "breached": found.breached}  # fmt: skip
