"""Who is in which team from now on: parts of a person, moves of several people, and what stands against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maitred.base import clock
from maitred.base.errors import Denied, Invalid, MaitredError
from maitred.desks.roster import access
from maitred.desks.roster.hours import checked_shares
from maitred.desks.roster.models import WHOLE, Share
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.people.models import Membership, Person


@dataclass(frozen=True, slots=True)
class MoveShown:
    """What a move would do for one person; ``problem`` says why it cannot be done, where it cannot."""

    person: int
    name: str
    before: tuple[int, ...]
    after: int
    changes: bool
    problem: str


def parts_of(words: Sequence[str]) -> list[tuple[int, int]]:
    """Team and per cent out of words such as ``3=60``; a team alone is the whole person.

    >>> parts_of(["3=60", "4=40"]), parts_of(["7"])
    ([(3, 60), (4, 40)], [(7, 100)])
    """
    found = []
    for word in words:
        team, _, percent = word.partition("=")
        found.append((int(team), int(percent) if percent else WHOLE))
    return found


def placed(actor: Actor, row: Person, parts: Sequence[tuple[int, int]]) -> None:
    """Put somebody into teams from now on, and out of all others; what they lead stays.

    Raises
    ------
    Invalid
        The parts do not add up to 100, or they lead one of the teams, or they have left.
    Denied
        It is oneself.
    NotFound
        One of the teams, of before or after, is not the actor's to fill.
    """
    checked_shares(parts)
    refuse(actor, row, "teams")
    there = access.open_memberships(row)
    led = {one.team_id: one for one in there if one.leads}
    members = {one.team_id: one for one in there if not one.leads}
    access.refuse_outside(actor, [*members, *(team for team, _ in parts)])
    for team, _ in parts:
        if team in led:
            what = f"{row.name} leads {led[team].team.name} and is in it by that; name another team"
            raise Invalid("the team is theirs to lead", "name another", (wrong("teams", what, "leads"),))
    known = {one.membership_id: one for one in access.shares_of([row.pk]).values()}
    now = clock.now()
    wanted = dict(parts)
    for team, one in members.items():
        if team not in wanted:
            deeds.change(one, None, valid_to=now)
            _share(row, one, None, known)
    for team, percent in parts:
        one = members.get(team) or deeds.create(Membership, person=row, team_id=team, leads=False, valid_from=now)
        _share(row, one, percent if percent != WHOLE else None, known)


def previewed(actor: Actor, people: Sequence[int], team: int) -> list[MoveShown]:
    """What moving people into a team would do, person by person; nothing is changed."""
    access.access_team(actor, team, Right.ROSTER_WRITE)
    found = []
    for key in dict.fromkeys(people):
        row = access.access_human(actor, key, Right.ROSTER_WRITE)
        there = access.open_memberships(row)
        before = tuple(one.team_id for one in there if not one.leads)
        problem = ""
        try:
            refuse(actor, row, "people")
            access.refuse_outside(actor, before)
            if any(one.leads and one.team_id == team for one in there):
                problem = f"{row.name} leads that team and is in it by that"
        except MaitredError as error:
            problem = error.what
        found.append(MoveShown(row.pk, row.name, before, team, before != (team,), problem))
    return found


def refuse(actor: Actor, row: Person, field: str) -> None:
    """Nobody decides this about themselves, nor about somebody who has left.

    Raises
    ------
    Denied, Invalid
    """
    if row.pk == actor.person:
        raise Denied("nobody places themselves", "ask whoever leads your team")
    refuse_gone(row, field)


def refuse_gone(row: Person, field: str) -> None:
    """Nothing is planned for somebody who has left.

    Raises
    ------
    Invalid
    """
    if row.left_on is not None and row.left_on <= clock.now().date():
        what = f"{row.name} left on {row.left_on}; the page stays as it was"
        raise Invalid("this person has left", "choose somebody who is here", (wrong(field, what, "left"),))


def wrong(field: str, message: str, code: str) -> dict[str, str]:
    """One error of a field."""
    return {"field": field, "message": message, "code": code}


def _share(row: Person, membership: Membership, percent: int | None, known: dict[int, Share]) -> None:
    there = known.get(membership.pk)
    if percent is None:
        if there is not None and membership.valid_to is None:
            deeds.remove(there, None)
    elif there is None:
        deeds.create(Share, person=row, membership=membership, percent=percent)
    elif there.percent != percent:
        deeds.change(there, None, percent=percent)
