"""Read in what other systems say: staged with a preview and a repair list, confirmed whole or not at all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from maitred.base import clock
from maitred.base.errors import BadInput, Conflict, Invalid, MaitredError, NotFound
from maitred.desks.training import access, giving, keeping, reading_records, stepping
from maitred.desks.training.import_shapes import (
    Confirmed,
    Content,
    CourseCounted,
    FileName,
    ImportListed,
    Imports,
    ImportShown,
    RecordShown,
    RepairLine,
    WrongShown,
)
from maitred.desks.training.models import Assignment, RecordImport, TrainingRecord
from maitred.desks.training.reading_records import Row, alike, key_of, row_of
from maitred.desks.training.recognising import Directory, Known, recognised
from maitred.desks.training.shapes import ImportId, Number, OtherId
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.reading import reading
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged

_LIST = "person,course,completed_at,score\nAnna Berg,Refunds,2026-05-04,85\n"
_SHOWN = 200
"""Lines of the repair list that are shown at once."""


@question(needs=Right.TRAINING_LEAD, example={})
def imports(actor: Actor) -> Imports:
    """List what one read in, the newest first; lists of others are theirs, for they may hold any name."""
    rows = access.visible_imports(actor).order_by("-pk")[:_SHOWN]
    return Imports(tuple(_listed(row) for row in rows))


@action(needs=Right.TRAINING_LEAD, example={"name": "records.csv", "content": _LIST})
def stage_records(actor: Actor, name: FileName, content: Content) -> ImportShown:
    """Read a list and look every row up; nothing of it is kept until it is confirmed.

    Parameters
    ----------
    name
        What the file is called.
    content
        A CSV with the columns person or email, course, completed_at, and perhaps score and outcome; or statements of
        xAPI as a document or one in each line.
    """
    try:
        found = reading_records.read(content, _zone(), clock.now())
    except BadInput as error:
        told = ({"field": "content", "message": str(error), "code": "unreadable"},)
        raise Invalid(error.what, error.remedy, told) from error
    rows = recognised(found.rows, _directory(actor))
    digest = hashlib.sha256(content.encode()).hexdigest()
    row = deeds.create(
        RecordImport, name=name, form=found.form, digest=digest, by_id=actor.person, total=len(rows),
        passed_over=found.passed_over, per_cent=found.per_cent, rows=[one.plain() for one in rows],
    )  # fmt: skip
    return _shown(row, rows)


@question(needs=Right.TRAINING_LEAD, example={"listed": 1})
def show_import(actor: Actor, listed: ImportId, first: Number = 1) -> ImportShown:
    """Show what confirming a list would do, and its repair list: row, field, what is wrong, who may be meant.

    Parameters
    ----------
    first
        The line of the repair list to begin with.
    """
    row = access.access_import(actor, listed)
    return _shown(row, _rows(row), first)


@action(needs=Right.TRAINING_LEAD, example={"listed": 1, "version": 1, "row": 2, "person": 7})
def repair_record(actor: Actor, listed: ImportId, version: Version, row: Number, person: OtherId) -> ImportShown:
    """Say whom a row means; every other row with the same name means them too.

    Parameters
    ----------
    row
        The number of the row in the file.
    person
        Who it is, of those whom one leads.
    """
    staged = _staged(actor, listed)
    rows = _rows(staged)
    meant = next((one for one in rows if one.number == row and one.wrong), None)
    if meant is None or not meant.names:
        raise NotFound(f"row {row} is not in the repair list, or names nobody", "choose a row that stands there")
    found = access.led_people(actor).filter(pk=person).first()
    if found is None:
        raise NotFound(f"there is no person {person} whom you lead", "check the number, or ask who leads them")
    said = alike(meant.who)
    mended = [_named(one, found.pk) if alike(one.who) == said and one.person is None else one for one in rows]
    return _shown(deeds.change(staged, version, rows=[one.plain() for one in mended]), mended)


@action(needs=Right.TRAINING_LEAD, example={"listed": 1, "version": 1})
def take_suggestions(actor: Actor, listed: ImportId, version: Version) -> ImportShown:
    """Take every suggestion of the repair list as it stands: somebody looked at them and says that they are right."""
    staged = _staged(actor, listed)
    mended = [_named(one, guess) if (guess := _guess(one)) else one for one in _rows(staged)]
    return _shown(deeds.change(staged, version, rows=[one.plain() for one in mended]), mended)


@action(needs=Right.TRAINING_LEAD, example={"listed": 1, "version": 1})
def confirm_import(actor: Actor, listed: ImportId, version: Version) -> Confirmed:
    """Keep the rows that are right, all at once or none; the others stay in the repair list.

    A row that is kept already is not kept again. Who has such a course open has completed it by a record of it.
    """
    staged = _staged(actor, listed)
    rows = _rows(staged)
    plan = _planned(rows)
    led = set(access.led_people(actor).values_list("pk", flat=True))
    gone = next((one for one in plan.new if one.person not in led), None)
    if gone is not None:
        raise Conflict(f"row {gone.number} means somebody whom you do not lead any more", "read the list in again")
    if not plan.new and not plan.there:
        raise Conflict("no row of this list can be kept as it is", "repair names, or discard it")
    made = keeping.put(staged, plan.new, access.courses_by_title(alike))
    completed = _complete(actor, made)
    left = [one.plain() for one in rows if one.wrong]
    done = {} if left else {"state": RecordImport.CONFIRMED, "closed_at": clock.now()}
    changed = deeds.change(
        staged, version, rows=left, kept=staged.kept + len(made), doubled=staged.doubled + plan.there, **done
    )  # fmt: skip
    return Confirmed(_listed(changed), len(made), plan.there, len(left), completed)


@action(needs=Right.TRAINING_LEAD, example={"listed": 1, "version": 1})
def discard_import(actor: Actor, listed: ImportId, version: Version) -> ImportShown:
    """Close a list: what waits to be repaired is forgotten, what was kept stays."""
    staged = _staged(actor, listed)
    state = RecordImport.CONFIRMED if staged.kept else RecordImport.DISCARDED
    return _shown(deeds.change(staged, version, rows=[], state=state, closed_at=clock.now()), [])


@question(needs=Right.TRAINING_READ, example={})
def records(
    actor: Actor, person: OtherId | None = None, course: OtherId | None = None, cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RecordShown]:  # fmt: skip
    """List what other systems say that people did, the newest first: oneself and the people whom one leads.

    Parameters
    ----------
    person, course
        Only those of this person, or of this course.
    """
    rows = access.visible_records(actor)
    if person is not None:
        rows = rows.filter(person=access.access_person(actor, person))
    if course is not None:
        rows = rows.filter(course=access.access_course(actor, course))
    return paged(rows, actor, f"training-records:{person}:{course}", cursor, limit, _record, newest=True)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Rows that would be kept, and how many are there already or stand twice in the list."""

    new: list[Row]
    there: int


def _planned(rows: Sequence[Row]) -> _Plan:
    right = [(key_of(one.person, one), one) for one in rows if not one.wrong and one.person is not None]
    known = access.known_keys(key for key, _ in right)
    new: dict[str, Row] = {}
    for key, one in right:
        if key not in known:
            new.setdefault(key, one)
    return _Plan(list(new.values()), len(right) - len(new))


def _complete(actor: Actor, made: Sequence[TrainingRecord]) -> int:
    """Complete open assignments of which a record says that they were done since they were assigned."""
    found = _completing([(one.person_id, one.course_id, one.outcome, one.at) for one in made])
    for row, at in found:
        giving.complete(row, None, at)
    for person in sorted({row.person_id for row, _ in found}):
        stepping.settle(actor, person)
    return len(found)


def _completing(said: Sequence[tuple[int, int | None, str, datetime]]) -> list[tuple[Assignment, datetime]]:
    """Open assignments by the first record that completes them."""
    done: dict[tuple[int, int], list[datetime]] = {}
    for person, course, outcome, at in said:
        if course is not None and outcome != "failed":
            done.setdefault((person, course), []).append(at)
    rows = access.open_of_people({person for person, _ in done})
    found = []
    for row in rows:
        since = [at for at in done.get((row.person_id, row.course_id), ()) if at.date() >= row.created_at.date()]
        if since:
            found.append((row, min(since)))
    return found


def _staged(actor: Actor, listed: int) -> RecordImport:
    row = access.access_import(actor, listed)
    if row.state != RecordImport.STAGED:
        raise Conflict(f"training import {row.pk} was {row.state} already", "read the list in again")
    return row


def _rows(row: RecordImport) -> list[Row]:
    return [row_of(one) for one in row.rows]


def _named(row: Row, person: int) -> Row:
    return replace(row, person=person, wrong=tuple(one for one in row.wrong if one.field != "person"))


def _guess(row: Row) -> int | None:
    return next((one.person for one in row.wrong if one.field == "person"), None)


def _directory(actor: Actor) -> Directory:
    """People whom the actor leads, with their addresses, user names and helpdesk users."""
    people = list(access.led_people(actor))
    accounts = access.accounts_of(one.pk for one in people)
    users: dict[int, list[str]] = {}
    for (source, own), person in access.helpdesk_users(one.pk for one in people).items():
        users.setdefault(person, []).append(f"{source}:{own}")
    return Directory(_known(one.pk, one.name, one.email, accounts, users) for one in people)


def _known(person: int, name: str, email: str, accounts: dict[int, Any], users: dict[int, list[str]]) -> Known:
    account = accounts.get(person)
    also = (email, account.email, account.username) if account is not None else (email,)
    return Known(person, name, (*(one for one in also if one), *users.get(person, ())))


def _shown(row: RecordImport, rows: Sequence[Row], first: int = 1) -> ImportShown:
    plan = _planned(rows)
    courses = access.courses_by_title(alike)
    titles = Counter(one.title for one in rows if not one.wrong)
    counted = tuple(CourseCounted(title, n, courses.get(alike(title))) for title, n in sorted(titles.items()))[:_SHOWN]
    completes = len(_completing([
        (one.person or 0, courses.get(alike(one.title)), one.outcome, datetime.fromisoformat(one.at))
        for one in plan.new
    ]))  # fmt: skip
    wrong = [one for one in rows if one.wrong]
    page = wrong[first - 1 : first - 1 + _SHOWN]
    names = access.names_of({each.person for one in page for each in one.wrong if each.person is not None})
    people = len({one.person for one in plan.new})
    repair = tuple(_line(one, names) for one in page)
    return ImportShown(
        _listed(row), len(plan.new), plan.there, completes, people, counted, repair, first, row.passed_over,
        row.per_cent,
    )  # fmt: skip


def _line(row: Row, names: dict[int, str]) -> RepairLine:
    wrong = tuple(
        WrongShown(one.field, one.message, one.person, names.get(one.person or 0, "")) for one in row.wrong
    )  # fmt: skip
    return RepairLine(row.number, row.who, row.title, wrong)


def _listed(row: RecordImport) -> ImportListed:
    wrong = sum(bool(one["wrong"]) for one in row.rows)
    return ImportListed(
        row.pk, row.name, row.form, row.state, row.total, row.kept, row.doubled, wrong, row.created_at, row.version
    )  # fmt: skip


def _record(row: TrainingRecord) -> RecordShown:
    return RecordShown(
        row.pk, row.person_id, row.person.name, row.course_id, row.title, row.outcome, row.at, row.score
    )  # fmt: skip


def _zone() -> ZoneInfo:
    try:
        with reading() as found:
            return found.zone
    except MaitredError:
        return ZoneInfo("UTC")
