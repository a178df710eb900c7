"""Draw tickets for review: at random by strata, or chosen for a reason; look first, then draw the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from maitred.base import clock
from maitred.base.errors import Conflict
from maitred.desks.quality import access, telling
from maitred.desks.quality.models import Draw, Review
from maitred.desks.quality.sampling import Assigned
from maitred.desks.quality.verbs import needing
from maitred.desks.quality.verbs.planning import Kind, Plan, Wish, planned, refuse, team_of
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
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, Page, action, question
from maitred.kit.verbs.results import paged
from maitred.kit.verbs.words import LARGEST

By = Annotated[tuple[Literal["channel", "group", "person"], ...], Field(max_length=3)]
Size = Annotated[int, Field(ge=1, le=2_000)]
PerPerson = Annotated[int, Field(ge=1, le=200)]
Picked = Annotated[tuple[TicketGiven, ...], Field(max_length=500)]
People = Annotated[tuple[PersonId, ...], Field(max_length=200)]
Channels = Annotated[tuple[Annotated[str, StringConstraints(max_length=40)], ...], Field(max_length=20)]
Seed = Annotated[int, Field(ge=0, le=LARGEST)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
_WEEKS = 4
_EXAMPLE = {
    "kind": "random", "scorecard": 1, "first_day": "2026-01-01", "last_day": "2026-01-31", "size": 20,
    "by": ["channel"],
}  # fmt: skip


@question(needs=Right.QUALITY_LEAD, example=_EXAMPLE)
def preview_sample(
    actor: Actor,
    kind: Kind,
    scorecard: CardId,
    first_day: date,
    last_day: date,
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
    first_day
        First day on which drawn tickets were solved.
    last_day
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
    wish = Wish(
        kind, scorecard, first_day, last_day, size, per_person, by, tickets, reason, reviewers, people, team, channel,
        seed, blind,
    )  # fmt: skip
    plan = planned(actor, wish)
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
    first_day: date,
    last_day: date,
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
    wish = Wish(
        kind, scorecard, first_day, last_day, size, per_person, by, tickets, reason, reviewers, people, team, channel,
        seed, blind,
    )  # fmt: skip
    if due_at is not None and due_at <= clock.now():
        refuse("due_at", "reviews are wanted by a time that has not passed", "past")
    plan = planned(actor, wish)
    if fingerprint is not None and fingerprint != plan.fingerprint:
        raise Conflict("the draw would come out differently from its preview by now", "look at it again")
    if not plan.assigned:
        refuse("size", "there is nothing to draw from in this period", "empty")
    made = deeds.create(
        Draw, kind=kind, edition=plan.edition, publication=plan.publication, from_day=first_day, to_day=last_day,
        stratified_by=list(by), reason=reason, seed=plan.seed, team_id=team_of(actor, team), made_by_id=actor.person,
        strata=[[one.name, one.tickets, one.drawn] for one in plan.parts], due_at=due_at, blind=blind,
    )  # fmt: skip
    teams = access.teams_of({one.drawn.candidate.about for one in plan.assigned})
    for one in plan.assigned:
        _give(made, one, teams)
    telling.given(Counter(one.reviewer for one in plan.assigned))
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


def _give(made: Draw, one: Assigned, teams: dict[int, int]) -> None:
    drawn = one.drawn
    random = made.kind == Draw.RANDOM
    deeds.create(
        Review, kind=made.kind, edition=made.edition, draw=made, source_id=drawn.candidate.source,
        ticket_id=drawn.candidate.ticket, about_id=drawn.candidate.about, team_id=teams.get(drawn.candidate.about),
        reviewer_id=one.reviewer, stratum=drawn.stratum, size=drawn.size if random else None,
        probability=drawn.probability if random else None, blind=made.blind, due_at=made.due_at,
    )  # fmt: skip


def _loads(plan: Plan) -> tuple[Load, ...]:
    names = access.people_named(plan.open_)
    new = Counter(one.reviewer for one in plan.assigned)
    found = [Load(one, names[one].name, plan.open_[one], new[one]) for one in plan.open_]
    return tuple(sorted(found, key=lambda one: (one.name, one.person)))


def _pairs(plan: Plan) -> tuple[Pair, ...]:
    if plan.wish.blind:
        return ()
    met = Counter((one.reviewer, one.drawn.candidate.about) for one in plan.assigned)
    return tuple(Pair(reviewer, about, count) for (reviewer, about), count in sorted(met.items()))


def _notes(plan: Plan, about: Counter[int]) -> tuple[str, ...]:
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
