"""Change the roster: teams and parts, skills with evidence, working time, leave, shared accounts, whose account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid
from maitred.desks.roster import access, assembling, hours, placing, shapes
from maitred.desks.roster.models import Leave, SharedMark, SkillHeld, WorkingTime
from maitred.desks.roster.placing import MoveShown, wrong
from maitred.desks.roster.shapes import (
    AccountId,
    Evidence,
    LeaveId,
    LeaveKind,
    LeaveShown,
    Level,
    Minutes,
    OtherId,
    PersonId,
    PlaceShown,
    Reference,
    SkillId,
    SkillName,
    SkillShown,
    WorkingTimeShown,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Version, action, question
from maitred.people import access as people_access
from maitred.people.models import Person


def _split(given: Any) -> Any:
    """One word, or several with commas between them, where a list is asked for."""
    if isinstance(given, str):
        return given.split(",")
    if not isinstance(given, list):
        return given
    return [one for word in given for one in (word.split(",") if isinstance(word, str) else [word])]


_SPLIT = BeforeValidator(_split)
Parts = Annotated[
    list[Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[1-9]\d{0,14}(=\d{1,3})?$")]],
    Field(min_length=1, max_length=10),
    _SPLIT,
]
People = Annotated[list[Annotated[int, Field(ge=1, le=2**53 - 1)]], Field(min_length=1, max_length=200), _SPLIT]
Zone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


@dataclass(frozen=True, slots=True)
class PlacesShown:
    """Where somebody is now."""

    person: int
    places: tuple[PlaceShown, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """What a move does, person by person."""

    moves: tuple[MoveShown, ...]


@dataclass(frozen=True, slots=True)
class SharedShown:
    """Whether several people use the helpdesk user of this person, and why one thinks so."""

    person: int
    shared: bool
    why: str


@dataclass(frozen=True, slots=True)
class LinkShown:
    """Whose account it is."""

    account: int
    person: int
    version: int


@action(needs=Right.ROSTER_WRITE, example={"person": 1, "name": "Refunds", "level": 3, "evidence": "observed"})
def set_skill(
    actor: Actor, person: PersonId, name: SkillName, level: Level, evidence: Evidence, reference: Reference = "",
    seen_on: date | None = None,
) -> SkillShown:  # fmt: skip
    """Say that somebody has a skill at a level, and what shows it; a newer word ends the older one, both are kept.

    Parameters
    ----------
    name
        Of the skill; one that is on the roster already keeps its spelling.
    level
        1 with help, 2 alone in usual cases, 3 alone in hard cases, 4 teaches it.
    evidence
        What shows it. About oneself that is ``own_word``, about others anything else.
    reference
        Where it can be looked up: a ticket, a review, a certificate.
    seen_on
        The day of the evidence, today unless given.
    """
    row = access.access_human(actor, person, Right.ROSTER_WRITE)
    placing.refuse_gone(row, "person")
    _refuse_evidence(actor, row, evidence)
    today = assembling.today()
    day = seen_on or today
    if day > today:
        what = f"{day} has not come yet; give the day on which it was seen"
        raise Invalid("the evidence lies ahead", "mend the day", (wrong("seen_on", what, "ahead"),))
    spelled = next((one for one in access.skill_names() if one.casefold() == name.casefold()), name)
    for one in access.skills_of([row.pk]).get(row.pk, []):
        if one.name.casefold() == name.casefold():
            deeds.change(one, None, ended_at=clock.now())
    made = deeds.create(
        SkillHeld, person=row, name=spelled, level=level, evidence=evidence, reference=reference, seen_on=day,
        said_by_id=actor.account,
    )  # fmt: skip
    return shapes.skill(made, today)


@action(needs=Right.ROSTER_WRITE, example={"skill": 1, "version": 1})
def drop_skill(actor: Actor, skill: SkillId, version: Version) -> SkillShown:
    """End a skill of somebody; that it was there is kept."""
    row = access.access_skill(actor, skill)
    return shapes.skill(deeds.change(row, version, ended_at=clock.now()), assembling.today())


@action(
    needs=Right.ROSTER_WRITE,
    example={"person": 1, "minutes": [480, 480, 480, 480, 480, 0, 0], "zone": "Europe/Berlin"},
)
def set_working_time(
    actor: Actor, person: PersonId, minutes: Minutes, zone: Zone, valid_from: date | None = None
) -> WorkingTimeShown:
    """Say how long somebody works on each weekday from a day on; what held before ends there and is kept.

    Parameters
    ----------
    minutes
        Seven numbers, Monday first, 0 for a free day.
    zone
        Where they work, such as ``Europe/Berlin``.
    valid_from
        Today unless given.
    """
    row = access.access_human(actor, person, Right.ROSTER_WRITE)
    placing.refuse_gone(row, "person")
    week = list(hours.checked_week(minutes, zone))
    start = valid_from or assembling.today()
    there = next(iter(access.weeks_of([row.pk]).get(row.pk, [])), None)
    if there is not None and start < there.valid_from:
        what = f"working time is known from {there.valid_from} on; give that day or a later one"
        raise Invalid("it begins before what is known", "mend the day", (wrong("valid_from", what, "order"),))
    if there is not None and start == there.valid_from:
        return shapes.working(deeds.change(there, None, minutes=week, zone=zone))
    if there is not None and there.valid_to is None:
        deeds.change(there, None, valid_to=start)
    return shapes.working(deeds.create(WorkingTime, person=row, zone=zone, minutes=week, valid_from=start))


@action(needs=Right.ROSTER_WRITE, example={"person": 1, "first": "2030-07-01", "last": "2030-07-12", "kind": "holiday"})
def add_leave(actor: Actor, person: PersonId, first: date, last: date, kind: LeaveKind = "holiday") -> LeaveShown:
    """Enter days on which somebody is away. Everybody who sees the roster sees that, and not why.

    Parameters
    ----------
    first, last
        Both included.
    kind
        For the person and their lead only.
    """
    row = access.access_human(actor, person, Right.ROSTER_WRITE)
    placing.refuse_gone(row, "person")
    there = access.leaves_of([row.pk]).get(row.pk, [])
    hours.checked_leave(first, last, [hours.Away(one.first, one.last) for one in there])
    return shapes.leave(actor, deeds.create(Leave, person=row, first=first, last=last, kind=kind))


@action(needs=Right.ROSTER_WRITE, example={"leave": 1, "version": 1})
def remove_leave(actor: Actor, leave: LeaveId, version: Version) -> LeaveShown:
    """Take leave back."""
    row = access.access_leave(actor, leave)
    shown = shapes.leave(actor, row)
    deeds.remove(row, version)
    return shown


@action(needs=Right.ROSTER_WRITE, example={"person": 1, "shared": True, "why": "Night shift signs in together"})
def mark_shared(actor: Actor, person: PersonId, shared: bool, why: Why = "") -> SharedShown:
    """Say that several people use this helpdesk user, so that its figures are nobody's own; or that it is no longer so.

    Parameters
    ----------
    why
        What makes one think so; needed for the mark.
    """
    row = access.access_human(actor, person, Right.ROSTER_WRITE)
    there = access.shared([row.pk]).get(row.pk)
    if shared and not why:
        what = "say who shares it or what makes you think so"
        raise Invalid("the mark needs a reason", what, (wrong("why", what, "missing"),))
    if not shared:
        if there is not None:
            deeds.remove(there, None)
        return SharedShown(row.pk, False, "")
    if there is None:
        deeds.create(SharedMark, person=row, why=why)
    else:
        deeds.change(there, None, why=why)
    return SharedShown(row.pk, True, why)


@action(needs=Right.ROSTER_WRITE, example={"person": 1, "teams": ["3=60", "4=40"]})
def place(actor: Actor, person: PersonId, teams: Parts) -> PlacesShown:
    """Put somebody into one team, or into several in parts that come to 100, from now on; earlier teams are kept.

    Parameters
    ----------
    teams
        ``TEAM`` for the whole person, or ``TEAM=PERCENT`` for each of several.
    """
    row = access.access_human(actor, person, Right.ROSTER_WRITE)
    placing.placed(actor, row, placing.parts_of(teams))
    percents = {key: share.percent for key, share in access.shares_of([row.pk]).items()}
    return PlacesShown(row.pk, assembling.places(access.homes([row.pk]).get(row.pk, []), percents))


@question(needs=Right.ROSTER_WRITE, example={"people": [1, 2], "to": 3})
def move_preview(actor: Actor, people: People, to: OtherId) -> Moves:
    """Show what moving people into a team would do, person by person. Nothing is changed.

    Parameters
    ----------
    people
        Numbers of the persons.
    to
        The team they would be in from then on, and in no other.
    """
    return Moves(tuple(placing.previewed(actor, people, to)))


@action(needs=Right.ROSTER_WRITE, example={"people": [1, 2], "to": 3})
def move(actor: Actor, people: People, to: OtherId) -> Moves:
    """Move people into a team from now on: all of them, or none where something stands against one.

    Parameters
    ----------
    people, to
        As in ``roster.move_preview``.
    """
    planned = placing.previewed(actor, people, to)
    errors = tuple(wrong("people", f"{one.name}: {one.problem}", "refused") for one in planned if one.problem)
    if errors:
        raise Invalid("not everybody can be moved, so nobody was", "leave out whom it names", errors)
    for one in planned:
        if one.changes:
            row = access.access_human(actor, one.person, Right.ROSTER_WRITE)
            placing.placed(actor, row, [(to, 100)])
    return Moves(tuple(planned))


@action(needs=Right.MEMBERS_WRITE, fresh=True, example={"account": 3, "person": 4, "version": 1})
def link_account(actor: Actor, account: AccountId, person: OtherId, version: Version) -> LinkShown:
    """Say whose account this is, so that they see their own page; its sessions end.

    Parameters
    ----------
    person
        A human without an account; one person has at most one.
    """
    row = people_access.access_account(actor, account)
    who = people_access.access_person(actor, person, Right.MEMBERS_WRITE)
    if row.pk == actor.account or who.pk == actor.person:
        raise Denied("nobody decides whose account their own is", "ask another administrator")
    placing.refuse_gone(who, "person")
    if who.kind != "human":
        what = f"{who.name} is a bot and signs in nowhere; choose a human"
        raise Invalid("a bot has no account", "choose a human", (wrong("person", what, "bot"),))
    taken = access.account_of(who)
    if taken is not None and taken.pk != row.pk:
        raise Conflict(f"{who.name} has the account {taken.username} already", "unlink or close that one first")
    changed = deeds.change(row, version, person=who)
    from maitred.people.sign_in import end_sessions

    end_sessions(row.pk)
    return LinkShown(changed.pk, who.pk, changed.version)


def _refuse_evidence(actor: Actor, row: Person, evidence: str) -> None:
    """About oneself there is one's own word, about others what one saw."""
    own = row.pk == actor.person
    if own and evidence != "own_word":
        what = "about yourself give own_word; whoever leads you adds what they saw"
        raise Invalid("nobody confirms a skill of their own", what, (wrong("evidence", what, "own"),))
    if not own and evidence == "own_word":
        what = "own_word is for the person; say what you saw: observed, review, quiz or certificate"
        raise Invalid("this is not your own skill", what, (wrong("evidence", what, "other"),))
