"""Draw tickets for review: at random by strata, or chosen for a reason; look first, then draw the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid, NotFound
from maitred.desks.quality import access, sampling, tickets
from maitred.desks.quality.models import Draw, Edition, Review
from maitred.desks.quality.sampling import Assigned, Candidate, Drawn, Part
from maitred.desks.quality.verbs import needing
from maitred.desks.quality.verbs.scorecards import in_force
from maitred.desks.quality.verbs.shapes import (
    CardId,
    DrawId,
    DrawShown,
    Load,
    Pair,
    PersonId,
    SamplePreview,
    Stratum,
    TeamId,
    TicketGiven,
    Workload,
    WorkloadRow,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right, covers
from maitred.kit.audit import deeds
from maitred.kit.reading import reading
from maitred.kit.reading.opened import Reading
from maitred.kit.verbs import Cursor, Limit, Page, action, question
from maitred.kit.verbs.results import paged
from maitred.kit.verbs.words import LARGEST
from maitred.people import tree
from maitred.people.reach import tickets_scope

Kind = Literal["random", "targeted"]
By = Annotated[tuple[Literal["channel", "group", "person"], ...], Field(max_length=3)]
Size = Annotated[int, Field(ge=1, le=2_000)]
PerPerson = Annotated[int, Field(ge=1, le=200)]
Picked = Annotated[tuple[TicketGiven, ...], Field(max_length=500)]
People = Annotated[tuple[PersonId, ...], Field(max_length=200)]
Channels = Annotated[tuple[Annotated[str, StringConstraints(max_length=40)], ...], Field(max_length=20)]
Seed = Annotated[int, Field(ge=0, le=LARGEST)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
_LONGEST = timedelta(days=400)
_WEEKS = 4
_EXAMPLE = {
    "kind": "random", "scorecard": 1, "from_": "2026-01-01", "to": "2026-01-31", "size": 20, "by": ["channel"],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Wish:
    """What somebody wants drawn."""

    kind: Kind
    scorecard: int
    from_: date
    to: date
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
class _Plan:
    """What a draw comes to: for a preview, or to be kept."""

    wish: _Wish
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


@question(needs=Right.QUALITY_LEAD, example=_EXAMPLE)
def preview_sample(
    actor: Actor,
    kind: Kind,
    scorecard: CardId,
    from_: date,
    to: date,
    size: Size | None = None,
    per_person: PerPerson | None = None,
    by: By = (),
    tickets: Picked = (),
    reason: Why = "",
    reviewers: People = (),
    people: People = (),
    team: TeamId | None = None,
    channel: Channels = (),
    seed: Seed | None = None,
    blind: bool = False,
) -> SamplePreview:
    """Show what a draw would take and who would review what; nothing is kept.

    Parameters
    ----------
    kind
        ``random`` makes scores; ``targeted`` is for a reason and never does.
    from_
        First day on which drawn tickets were solved.
    to
        Last day.
    size
        Tickets in all; or ``per_person``.
    per_person
        Tickets of each person; or ``size``.
    by
        Strata, each of which is drawn from: ``channel``, ``group``, ``person``.
    tickets
        The chosen ones, for a targeted draw.
    reason
        Why these, for a targeted draw.
    reviewers
        Who reviews; those who lead within reach unless given.
    people
        Only tickets about these people.
    team
        Only tickets about people of this team and of those below it.
    channel
        Only these channels.
    seed
        The same seed draws the same again.
    blind
        Reviewers are not told whom a review is about.
    """
    wish = _Wish(
        kind, scorecard, from_, to, size, per_person, by, tickets, reason, reviewers, people, team, channel, seed, blind
    )
    plan = _planned(actor, wish)
    about = Counter(one.drawn.candidate.about for one in plan.assigned)
    return SamplePreview(
        kind, plan.publication, plan.candidates, len(plan.assigned), plan.without_person, plan.already,
        tuple(Stratum(one.name, one.tickets, one.drawn, one.probability) for one in plan.parts), _loads(plan),
        _pairs(plan), len(about), min(about.values(), default=0), max(about.values(), default=0),
        needing.needed(actor, scorecard, len(plan.open_)), plan.seed, _notes(plan, about), plan.fingerprint,
    )  # fmt: skip


@action(needs=Right.QUALITY_LEAD, example=_EXAMPLE)
def draw_sample(
    actor: Actor,
    kind: Kind,
    scorecard: CardId,
    from_: date,
    to: date,
    size: Size | None = None,
    per_person: PerPerson | None = None,
    by: By = (),
    tickets: Picked = (),
    reason: Why = "",
    reviewers: People = (),
    people: People = (),
    team: TeamId | None = None,
    channel: Channels = (),
    seed: Seed | None = None,
    blind: bool = False,
    due_at: AwareDatetime | None = None,
    fingerprint: Fingerprint | None = None,
) -> DrawShown:
    """Draw tickets and give them to reviewers, as ``preview_sample`` shows it.

    Parameters
    ----------
    due_at
        Until when the reviews are wanted.
    fingerprint
        That of the preview; if the draw would come out differently by now, it is refused.
    """
    wish = _Wish(
        kind, scorecard, from_, to, size, per_person, by, tickets, reason, reviewers, people, team, channel, seed, blind
    )
    if due_at is not None and due_at <= clock.now():
        _refuse("due_at", "reviews are wanted by a time that has not passed", "past")
    plan = _planned(actor, wish)
    if fingerprint is not None and fingerprint != plan.fingerprint:
        raise Conflict("the draw would come out differently from its preview by now", "look at it again")
    if not plan.assigned:
        _refuse("size", "there is nothing to draw from in this period", "empty")
    made = deeds.create(
        Draw, kind=kind, edition=plan.edition, publication=plan.publication, from_day=from_, to_day=to,
        stratified_by=list(by), reason=reason, seed=plan.seed, team_id=_team(actor, team), made_by_id=actor.person,
        strata=[[one.name, one.tickets, one.drawn] for one in plan.parts], due_at=due_at, blind=blind,
    )  # fmt: skip
    teams = access.teams_of({one.drawn.candidate.about for one in plan.assigned})
    for one in plan.assigned:
        _give(made, one, teams)
    return _shown(made, [(made.pk, "assigned")] * len(plan.assigned))


@question(needs=Right.QUALITY_LEAD, example={})
def draws(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[DrawShown]:
    """List draws within reach, the newest first, with how far their reviews are."""
    return paged(
        access.visible_draws(actor), actor, "quality.draws", cursor, limit,
        lambda row: _shown(row, access.states_of([row.pk])), newest=True,
    )  # fmt: skip


@question(needs=Right.QUALITY_LEAD, example={"draw": 1})
def show_draw(actor: Actor, draw: DrawId) -> DrawShown:
    """Show one draw: its strata with their chances, and how far its reviews are."""
    row = access.access_draw(actor, draw)
    return _shown(row, access.states_of([row.pk]))


@question(needs=Right.QUALITY_READ, example={})
def workload(actor: Actor) -> Workload:
    """Show how much each reviewer within reach has to do, and how much they did in the last four weeks."""
    within = access.people_within(actor, Right.QUALITY_READ).order_by("name", "pk")
    names = {one.pk: one.name for one in within}
    rows = access.work_of(names.keys(), clock.now() - timedelta(weeks=_WEEKS))
    busy = {one.reviewer_id for one in rows} | {*access.leads(within)}
    return Workload(
        tuple(
            work(person, name, [one for one in rows if one.reviewer_id == person])
            for person, name in names.items()
            if person in busy
        )
    )


def work(person: int, name: str, rows: Sequence[Review]) -> WorkloadRow:
    """One reviewer's work, from their open and lately submitted reviews."""
    now = clock.now()
    states = Counter(one.state for one in rows)
    due = sorted(one.due_at for one in rows if one.due_at is not None and one.state in Review.OPEN)
    overdue = sum(1 for one in due if one < now)
    done = states["submitted"]
    return WorkloadRow(
        person, name, states["assigned"], states["draft"], overdue, done, done / _WEEKS, due[0] if due else None
    )


def _planned(actor: Actor, wish: _Wish) -> _Plan:
    _team(actor, wish.team)
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
    return _Plan(wish, edition, publication, seed, len(fresh), without, len(known), parts, assigned, open_)


def _drawn(wish: _Wish, candidates: list[Candidate], seed: int) -> tuple[list[Drawn], list[Part]]:
    if wish.kind == "targeted":
        return [Drawn(one, "", 0, 0.0) for one in candidates], []
    if not candidates:
        return [], []
    return sampling.draw(candidates, wish.by, seed, size=wish.size, per_person=wish.per_person)


def _random(actor: Actor, wish: _Wish, found: Reading) -> tuple[list[Candidate], int]:
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
    seen = tickets.solved_in(found.ask, tickets_scope(actor), found.zone, wish.from_, wish.to, persons)
    rows = [one for one in seen.candidates if not wish.channel or one.channel in wish.channel]
    return rows, seen.without_person


def _targeted(actor: Actor, wish: _Wish, found: Reading) -> tuple[list[Candidate], int]:
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


def _refuse_misfit(wish: _Wish) -> None:
    if wish.to < wish.from_:
        _refuse("to", f"the period ends on {wish.to}, before it begins on {wish.from_}", "order")
    if wish.to - wish.from_ > _LONGEST:
        _refuse("to", f"a period has at most {_LONGEST.days} days", "long")
    if wish.kind == "targeted":
        if not wish.tickets:
            _refuse("tickets", "a targeted draw names its tickets", "missing")
        if not wish.reason:
            _refuse("reason", "a targeted draw says why these tickets", "missing")
        if wish.size is not None or wish.per_person is not None or wish.by:
            _refuse("size", "a targeted draw takes the tickets that it names, all of them", "misfit")
        return
    if wish.tickets or wish.reason:
        _refuse("tickets", "a random draw names no tickets and has no reason: chance chooses", "misfit")
    if (wish.size is None) is (wish.per_person is None):
        _refuse("size", "say how many tickets in all, or how many of each person", "misfit")


def _refuse(field: str, message: str, code: str) -> None:
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
            _refuse("reviewers", f"{known[one].name} has no account that may review", "account")
    return sorted({*wanted})


def _team(actor: Actor, team: int | None) -> int | None:
    """The team a draw belongs to: the one named, else the one that the actor leads (the highest)."""
    if team is not None:
        if team not in access.team_names([team]) or not covers(actor, Right.QUALITY_LEAD, teams=frozenset({team})):
            raise NotFound(f"there is no team {team} that you may draw for", "choose a team that you lead")
        return team
    led = tree.places_of(actor.person).led if actor.person is not None else frozenset()
    return min(led, default=None)


def _seed(wish: _Wish, publication: int) -> int:
    """A seed from what is asked for and the day, so that nobody picks the one that suits."""
    words = json.dumps([wish.scorecard, str(wish.from_), str(wish.to), publication, str(clock.now().date())])
    return int.from_bytes(blake2b(words.encode(), digest_size=6).digest())


def _give(made: Draw, one: Assigned, teams: dict[int, int]) -> None:
    drawn = one.drawn
    random = made.kind == Draw.RANDOM
    deeds.create(
        Review, kind=made.kind, edition=made.edition, draw=made, source_id=drawn.candidate.source,
        ticket_id=drawn.candidate.ticket, about_id=drawn.candidate.about, team_id=teams.get(drawn.candidate.about),
        reviewer_id=one.reviewer, stratum=drawn.stratum, size=drawn.size if random else None,
        probability=drawn.probability if random else None, blind=made.blind, due_at=made.due_at,
    )  # fmt: skip


def _loads(plan: _Plan) -> tuple[Load, ...]:
    names = access.people_named(plan.open_)
    new = Counter(one.reviewer for one in plan.assigned)
    found = [Load(one, names[one].name, plan.open_[one], new[one]) for one in plan.open_]
    return tuple(sorted(found, key=lambda one: (one.name, one.person)))


def _pairs(plan: _Plan) -> tuple[Pair, ...]:
    if plan.wish.blind:
        return ()
    met = Counter((one.reviewer, one.drawn.candidate.about) for one in plan.assigned)
    return tuple(Pair(reviewer, about, count) for (reviewer, about), count in sorted(met.items()))


def _notes(plan: _Plan, about: Counter[int]) -> tuple[str, ...]:
    found = []
    met = {(one.reviewer, one.drawn.candidate.about) for one in plan.assigned}
    if len(plan.open_) == 1 and plan.assigned:
        found.append("one reviewer alone: their severity cannot be told from the quality of the work")
    elif len(met) < len(about) * len(plan.open_) and plan.assigned:
        found.append("not every reviewer sees everybody: take more tickets of each, or fewer reviewers")
    if plan.wish.kind == "targeted":
        found.append("targeted reviews are feedback; they are never part of a score")
    if plan.without_person:
        found.append(f"{plan.without_person} tickets are left out: nobody within reach is linked to who answered them")
    return tuple(found)


def _shown(row: Draw, states: Sequence[tuple[int, str]]) -> DrawShown:
    strata = tuple(Stratum(name, size, drawn, drawn / size) for name, size, drawn in row.strata)
    return DrawShown(
        row.pk, row.kind, row.edition.scorecard_id, row.edition.scorecard.name, row.edition.number, row.from_day,
        row.to_day, row.publication, tuple(row.stratified_by), strata, row.reason, row.seed, row.blind, row.due_at,
        row.created_at, row.made_by_id, dict(Counter(state for _, state in states)), row.version,
    )  # fmt: skip
