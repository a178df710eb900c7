"""Deadlines and rules: what is due, the packs with their marks, days of one's own, another version for a case."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid, NotFound
from maitred.desks.compliance import access, keeping, ticking
from maitred.desks.compliance.models import Case, ClockChange, OwnDay, PackReview
from maitred.desks.compliance.reading_packs import parsed
from maitred.desks.compliance.shapes import (
    Adopted,
    CalendarName,
    ClockShown,
    ComplaintId,
    DateMoved,
    DayId,
    Days,
    DayShown,
    Due,
    Hour,
    PackName,
    Packs,
    PackShown,
)
from maitred.desks.compliance.ticking import Calendars
from maitred.desks.compliance.verbs import rules, showing
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import ShortText, Version, action, question

_MOST = 500


@question(needs=Right.COMPLIANCE_READ, example={})
def due(actor: Actor, as_of: datetime | None = None, pack: PackName | None = None) -> Due:
    """List open deadlines, the one that ends first in front.

    Parameters
    ----------
    as_of
        As things stood at an instant; now unless given.
    pack
        Only those of one pack.
    """
    now = as_of or clock.now()
    if now.tzinfo is None:
        raise Invalid("an instant has its zone", "write it as 2026-01-05T09:00:00Z")
    cases = access.due_cases(actor, now, _MOST + 1)
    events, calendars = access.events_of([case.pk for case in cases[:_MOST]]), Calendars()
    reviewed: dict[str, bool] = {}
    found: list[ClockShown] = []
    for case in cases[:_MOST]:
        owner = case.owner.name if case.owner else ""
        for one in ticking.ticking(case, events[case.pk], now, calendars):
            if one.clock.open and (pack is None or one.pack.id == pack):
                known = reviewed.setdefault(one.pack.pin, showing.reviewed(one.pack))
                found.append(showing.clock_shown(case, one, owner, known))
    found.sort(key=lambda one: (one.due_at or now, one.case, one.clock))
    counted = {name: sum(one.status == name for one in found) for name in ("overdue", "warned", "running", "paused")}
    return Due(now, **counted, clocks=tuple(found), left_off=max(0, len(cases) - _MOST))


@question(needs=Right.COMPLIANCE_EVIDENCE, example={})
def packs(actor: Actor) -> Packs:
    """List rule packs: what each is about, whether law looked at it, how many open cases stand under it."""
    counted = _open_cases(actor)
    return Packs(tuple(rules.listed(one, counted.get(one.id, 0)) for one in ticking.current_packs().values()))


@question(needs=Right.COMPLIANCE_EVIDENCE, example={"pack": "uk.fca.disp"})
def show_pack(actor: Actor, pack: PackName) -> PackShown:
    """Show a pack: its clocks, its clauses with their checks, its sources with how sure each is."""
    found = ticking.current_packs().get(pack)
    if found is None:
        raise NotFound(f"there is no pack {pack}", "see which there are")
    behind = [case for case in access.visible_cases(actor, Right.COMPLIANCE_EVIDENCE).filter(closed_at__isnull=True)
              if any(parsed(pin)[0] == pack and pin != found.pin for pin in case.packs)][:_MOST]  # fmt: skip
    return rules.shown(found, _open_cases(actor).get(pack, 0), behind)


@action(
    needs=Right.COMPLIANCE_WRITE,
    example={"pack": "uk.fca.disp", "pin": "uk.fca.disp@2026.1#0123456789abcdef", "reviewed_by": "A. Counsel",
             "reviewed_on": "2026-01-05"},
)  # fmt: skip
def review_pack(actor: Actor, pack: PackName, pin: ShortText, reviewed_by: ShortText, reviewed_on: date) -> PackShown:
    """Record who of law looked at exactly this version of a pack; another version asks for another look."""
    found = ticking.current_packs().get(pack)
    if found is None:
        raise NotFound(f"there is no pack {pack}", "see which there are")
    if found.pin != pin:
        raise Conflict(f"{pack} is {found.pin} by now", "look at this version")
    if reviewed_on > clock.now().date():
        raise _misfit("reviewed_on", "nobody looked at it in the future")
    if found.pin in access.reviews():
        raise Conflict(f"{pin} was looked at already", "another version asks for another look")
    deeds.create(PackReview, pin=pin, reviewed_by=reviewed_by, reviewed_on=reviewed_on, by_id=actor.person)
    return show_pack(actor, pack)


@action(needs=Right.COMPLIANCE_WRITE, example={"complaint": 1, "version": 1, "pack": "uk.fca.disp"})
def adopt_pack_version(
    actor: Actor, complaint: ComplaintId, version: Version, pack: PackName, confirm: bool = False
) -> Adopted:  # fmt: skip
    """Put a complaint under the version of a pack that is in force: shows old and new dates, moves them when confirmed.

    Parameters
    ----------
    confirm
        Do it; without it nothing changes.
    """
    row = access.handled(actor, complaint)
    case, current = row.case, ticking.current_packs().get(pack)
    old = next((pin for pin in case.packs if parsed(pin)[0] == pack), "")
    if current is None or not old:
        raise NotFound(f"complaint {case.reference} does not stand under {pack}", "see under which it stands")
    if current.pin == old:
        raise Conflict(f"complaint {case.reference} stands under {old} already", "there is no newer version")
    was = _dates(case, pack)
    packs_after = [current.pin if pin == old else pin for pin in case.packs]
    if not confirm:
        case.packs = packs_after  # for the preview alone; nothing is written
        return Adopted(row.pk, case.reference, pack, old, current.pin, _moved(was, _dates(case, pack)), False)
    deeds.change(row, version)
    deeds.change(case, None, packs=packs_after)
    keeping.keep_packs([current])
    keeping.refresh(case, "pack", f"{old} to {current.pin}"[:200])
    return Adopted(row.pk, case.reference, pack, old, current.pin, _moved(was, _dates(case, pack)), True)


@question(needs=Right.COMPLIANCE_EVIDENCE, example={})
def days(actor: Actor, calendar: CalendarName | None = None) -> Days:
    """List the days on which the organisation differs from its calendars."""
    return Days(tuple(_day(row) for row in access.own_days(calendar)[:_MOST]))


@action(
    needs=Right.COMPLIANCE_WRITE, example={"calendar": "GB-ENG", "day": "2026-12-24", "kind": "closed", "name": "Eve"}
)  # fmt: skip
def add_day(
    actor: Actor, calendar: CalendarName, day: date, kind: Literal["closed", "open", "half"], name: ShortText,
    closes: Hour | None = None,
) -> Days:  # fmt: skip
    """Say that the organisation is closed, open or closes early on a day; deadlines are counted anew and listed.

    It holds for days from today on: what has passed stays as it was counted.
    """
    if (kind == "half") != (closes is not None):
        raise _misfit("closes", "a half day has the hour at which it closes, others have none")
    try:
        hour = time.fromisoformat(closes) if closes else None
    except ValueError:
        raise _misfit("closes", "an hour is written as 13:00") from None
    deeds.create(OwnDay, calendar=calendar, day=day, kind=kind, closes=hour, name=name, valid_from=clock.now().date())
    return Days(tuple(_day(row) for row in access.own_days(calendar)), _recount(f"{name}, {day.isoformat()}"))


@action(needs=Right.COMPLIANCE_WRITE, example={"day": 1, "version": 1})
def remove_day(actor: Actor, day: DayId, version: Version) -> Days:
    """Take a day of one's own out again; deadlines are counted anew and listed."""
    row = access.access_day(actor, day)
    name, calendar = f"{row.name}, {row.day.isoformat()} removed", row.calendar
    deeds.remove(row, version)
    return Days(tuple(_day(one) for one in access.own_days(calendar)), _recount(name))


def _recount(why: str) -> tuple[DateMoved, ...]:
    moved: list[ClockChange] = []
    for key in access.cases_with_open_clocks():
        moved += keeping.refresh(access.case_of(key), "calendar", why)
    return tuple(DateMoved(f"{one.clock.case.reference} {one.clock.clock}", one.was, one.now) for one in moved)


def _dates(case: Case, pack: str) -> dict[str, datetime | None]:
    events = access.events_of([case.pk])[case.pk]
    return {one.clock.rule: one.clock.due_at for one in ticking.ticking(case, events, clock.now(), Calendars())
            if one.pack.id == pack and one.clock.open}  # fmt: skip


def _moved(was: dict[str, datetime | None], now: dict[str, datetime | None]) -> tuple[DateMoved, ...]:
    return tuple(DateMoved(name, was.get(name), now.get(name)) for name in dict.fromkeys((*was, *now)))


def _open_cases(actor: Actor) -> dict[str, int]:
    found: dict[str, int] = {}
    rows = access.visible_cases(actor, Right.COMPLIANCE_EVIDENCE).filter(closed_at__isnull=True)
    for pins in rows.values_list("packs", flat=True):
        for pin in pins:
            found[parsed(pin)[0]] = found.get(parsed(pin)[0], 0) + 1
    return found


def _day(row: OwnDay) -> DayShown:
    closes = row.closes.isoformat("minutes") if row.closes else ""
    return DayShown(row.pk, row.calendar, row.day, row.kind, closes, row.name, row.valid_from, row.version)


def _misfit(field: str, message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))
