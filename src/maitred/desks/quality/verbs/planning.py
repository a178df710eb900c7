"""What a draw comes to before anything is kept: who is wanted, what there is, what is taken, who reviews it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from typing import Literal

from maitred.base import clock
from maitred.base.errors import Invalid, NotFound
from maitred.desks.quality import access, sampling, tickets
from maitred.desks.quality.models import Edition
from maitred.desks.quality.sampling import Assigned, Candidate, Drawn, Part
from maitred.desks.quality.verbs.scorecards import in_force
from maitred.desks.quality.verbs.shapes import TicketGiven
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right, covers
from maitred.kit.reading import reading
from maitred.kit.reading.opened import Reading
from maitred.people import tree
from maitred.people.reach import tickets_scope

Kind = Literal["random", "targeted"]
_LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants drawn."""

    kind: Kind
    scorecard: int
    first_day: date
    last_day: date
    size: int | None
    per_person: int | None
    by: tuple[str, ...]
    tickets: tuple[TicketGiven, ...]
    reason: str
    reviewers: tuple[int, ...]
    people: tuple[int, ...]
    team: int | None
    channel: tuple[str, ...]
    seed: int | None
    blind: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a draw comes to: for a preview, or to be kept."""

    wish: Wish
    edition: Edition
    publication: int
    seed: int
    candidates: int
    without_person: int
    already: int
    parts: list[Part]
    assigned: list[Assigned]
    open_: dict[int, int]

    @property
    def fingerprint(self) -> str:
        rows = [(*one.drawn.candidate.key, one.drawn.candidate.about, one.reviewer) for one in self.assigned]
        text = json.dumps([self.edition.pk, self.publication, sorted(rows)], ensure_ascii=False)
        return blake2b(text.encode(), digest_size=16).hexdigest()


def planned(actor: Actor, wish: Wish) -> Plan:
    team_of(actor, wish.team)
    _refuse_misfit(wish)
    edition = in_force(actor, wish.scorecard)
    reviewers = _reviewers(actor, wish.reviewers)
    open_ = access.open_by_reviewer(reviewers)
    with reading(None) as found:
        publication = found.publication.number
        seed = wish.seed if wish.seed is not None else _seed(wish, publication)
        candidates, without = (_random if wish.kind == "random" else _targeted)(actor, wish, found)
    known = access.reviewed_tickets([one.key for one in candidates]) if wish.kind == "random" else set()
    fresh = [one for one in candidates if one.key not in known]
    drawn, parts = _drawn(wish, fresh, seed)
    assigned = sampling.assign(drawn, reviewers, seed, open_)
    return Plan(wish, edition, publication, seed, len(fresh), without, len(known), parts, assigned, open_)


def _drawn(wish: Wish, candidates: list[Candidate], seed: int) -> tuple[list[Drawn], list[Part]]:
    if wish.kind == "targeted":
        return [Drawn(one, "", 0, 0.0) for one in candidates], []
    if not candidates:
        return [], []
    return sampling.draw(candidates, wish.by, seed, size=wish.size, per_person=wish.per_person)


def _random(actor: Actor, wish: Wish, found: Reading) -> tuple[list[Candidate], int]:
    """Tickets solved in the period, within reach, about people within reach."""
    from maitred.kit.reading.opened import Reading

    assert isinstance(found, Reading)
    people = access.people_within(actor)
    if wish.people:
        people = people.filter(pk__in=access.refuse_unknown(actor, wish.people, "people"))
    if wish.team is not None:
        below = tree.below(frozenset({wish.team}))
        people = people.filter(pk__in=tree.people_in(below).values("person"))
    persons = access.persons_behind(people)
    seen = tickets.solved_in(found.ask, tickets_scope(actor), found.zone, wish.first_day, wish.last_day, persons)
    rows = [one for one in seen.candidates if not wish.channel or one.channel in wish.channel]
    return rows, seen.without_person


def _targeted(actor: Actor, wish: Wish, found: Reading) -> tuple[list[Candidate], int]:
    """The chosen tickets, each of which has to be within reach and about somebody within reach."""
    from maitred.kit.reading.opened import Reading

    assert isinstance(found, Reading)
    keys = {(one.source, one.ticket) for one in wish.tickets}
    persons = access.persons_behind(access.people_within(actor))
    seen = tickets.named(found.ask, tickets_scope(actor), keys, persons)
    for source, ticket in sorted(keys - {*seen}):
        raise NotFound(f"there is no ticket {ticket} of {source} that you may have reviewed", "check the number")
    rows = [one for _, one in sorted(seen.items()) if one is not None]
    return rows, len(seen) - len(rows)


def _refuse_misfit(wish: Wish) -> None:
    if wish.last_day < wish.first_day:
        refuse("last_day", f"the period ends on {wish.last_day}, before it begins on {wish.first_day}", "order")
    if wish.last_day - wish.first_day > _LONGEST:
        refuse("last_day", f"a period has at most {_LONGEST.days} days", "long")
    if wish.kind == "targeted":
        if not wish.tickets:
            refuse("tickets", "a targeted draw names its tickets", "missing")
        if not wish.reason:
            refuse("reason", "a targeted draw says why these tickets", "missing")
        if wish.size is not None or wish.per_person is not None or wish.by:
            refuse("size", "a targeted draw takes the tickets that it names, all of them", "misfit")
        return
    if wish.tickets or wish.reason:
        refuse("tickets", "a random draw names no tickets and has no reason: chance chooses", "misfit")
    if (wish.size is None) is (wish.per_person is None):
        refuse("size", "say how many tickets in all, or how many of each person", "misfit")


def refuse(field: str, message: str, code: str) -> None:
    raise Invalid(message, "mend it", ({"field": field, "message": message, "code": code},))


def _reviewers(actor: Actor, wanted: Sequence[int]) -> list[int]:
    """Who reviews: those named, else who leads within reach, and oneself."""
    if not wanted:
        own = [actor.person] if actor.person is not None else []
        found = sorted({*access.leads(access.people_within(actor)), *own})
        return sorted(access.may_review(found))
    known = access.refuse_unknown(actor, wanted, "reviewers")
    able = access.may_review(known)
    for one in wanted:
        if one not in able:
            refuse("reviewers", f"{known[one].name} has no account that may review", "account")
    return sorted({*wanted})


def team_of(actor: Actor, team: int | None) -> int | None:
    """The team a draw belongs to: the one named, else the one that the actor leads (the highest)."""
    if team is not None:
        if team not in access.team_names([team]) or not covers(actor, Right.QUALITY_LEAD, teams=frozenset({team})):
            raise NotFound(f"there is no team {team} that you may draw for", "choose a team that you lead")
        return team
    led = tree.places_of(actor.person).led if actor.person is not None else frozenset()
    return min(led, default=None)


def _seed(wish: Wish, publication: int) -> int:
    """A seed from what is asked for and the day, so that nobody picks the one that suits."""
    words = json.dumps([wish.scorecard, str(wish.first_day), str(wish.last_day), publication, str(clock.now().date())])
    return int.from_bytes(blake2b(words.encode(), digest_size=6).digest())
