"""Practice on masked tickets: a lead picks one, the learner writes the next reply, a reviewer scores it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.urls import reverse

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.training import access, giving, practising, showing
from maitred.desks.training.models import Practice
from maitred.desks.training.practice_shapes import (
    Comment,
    ItemAnswers,
    ItemAsked,
    PracticeListed,
    PracticePreview,
    PracticeShown,
    Reply,
    Source,
    Ticket,
    Turn,
)
from maitred.desks.training.practising import Said
from maitred.desks.training.shapes import OtherId, PracticeId, Title
from maitred.kit.access import fields
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right, require
from maitred.kit.audit import deeds
from maitred.kit.reading import published
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question, run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.results import paged, plain
from maitred.metrics import ticket_records
from maitred.metrics.explaining import visible_ticket
from maitred.people.reach import tickets_scope

_GIVEN: dict[str, Any] = {
    "person": 7, "source": "demo", "ticket": "10042", "scorecard": 1, "title": "A refund that came late",
}  # fmt: skip


@question(needs=Right.TRAINING_READ, example={})
def practices(
    actor: Actor, person: OtherId | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[PracticeListed]:
    """List practice, the newest first: one's own, and that of the people whom one leads.

    Parameters
    ----------
    person
        Only that of this person.
    """
    rows = access.visible_practices(actor)
    if person is not None:
        rows = rows.filter(person=access.access_person(actor, person))
    led = showing.led_among(actor, list(rows.values_list("person", flat=True).distinct()))
    return paged(rows, actor, f"practices:{person}", cursor, limit, lambda row: _listed(actor, row, led), newest=True)


@question(needs=Right.TRAINING_READ, example={"practice": 1})
def show_practice(actor: Actor, practice: PracticeId) -> PracticeShown:
    """Show a practice: the masked conversation, the reply, and how it was scored."""
    return _shown(actor, access.access_practice(actor, practice))


@question(needs=Right.TRAINING_LEAD, example={"source": "demo", "ticket": "10042"})
def preview_practice(actor: Actor, source: Source, ticket: Ticket) -> PracticePreview:
    """Show a ticket as a learner would see it: masked, until the first reply. Reading it is audited.

    Names that stand nowhere in the ticket's records are not known and not masked: read the text before giving it.
    """
    turns = _turns(actor, source, ticket)
    with deeds.deed(actor, "training.preview_practice"):
        deeds.note("read", "ticket", f"{source}:{ticket}", messages=len(turns))
    return PracticePreview(source, ticket, tuple(Turn(one.side, one.text) for one in turns))


@action(needs=Right.TRAINING_LEAD, example=_GIVEN)
def set_practice(
    actor: Actor, person: OtherId, source: Source, ticket: Ticket, scorecard: OtherId, title: Title
) -> PracticeShown:
    """Give somebody a masked ticket to practise on; it is scored on a published scorecard of quality.

    Parameters
    ----------
    person
        Whom, of those whom one leads.
    source, ticket
        As seen in ``training.preview_practice``.
    scorecard
        The scorecard; its version in force is kept with the practice.
    title
        What the learner sees instead of the ticket's subject.
    """
    found = access.led_people(actor).filter(pk=person).first()
    if found is None:
        raise NotFound(f"there is no person {person} whom you lead", "check the number, or ask who leads them")
    card = _card(actor, scorecard)
    turns = _turns(actor, source, ticket)
    deeds.note("read", "ticket", f"{source}:{ticket}", messages=len(turns))
    row = deeds.create(
        Practice, person=found, team_id=access.teams_of((found.pk,)).get(found.pk), by_id=actor.person, title=title,
        source_id=source, ticket_id=ticket, turns=[asdict(one) for one in turns], card=card,
    )  # fmt: skip
    giving.tell((found.pk,), "You have something to practise on", reverse("training_practice_one", args=[row.pk]))
    return _shown(actor, access.access_practice(actor, row.pk))


@action(needs=Right.TRAINING_WRITE, example={"practice": 1, "version": 1, "reply": "I am sorry that it took so long."})
def answer_practice(actor: Actor, practice: PracticeId, version: Version, reply: Reply) -> PracticeShown:
    """Write the next reply; it can be changed until somebody scores it."""
    row = access.access_practice(actor, practice, Right.TRAINING_WRITE)
    if actor.person is None or row.person_id != actor.person:
        raise Denied(f"practice {row.pk} is {row.person.name}'s", "whoever has it writes the reply")
    if row.state == Practice.SCORED:
        raise Conflict(f"practice {row.pk} is scored", "ask for another one")
    return _shown(actor, deeds.change(row, version, state=Practice.ANSWERED, reply=reply, answered_at=clock.now()))


@action(needs=Right.TRAINING_LEAD, example={"practice": 1, "version": 2, "answers": {"solved": "yes"}})
def score_practice(
    actor: Actor, practice: PracticeId, version: Version, answers: ItemAnswers, comment: Comment = ""
) -> PracticeShown:
    """Score a reply on its scorecard; the person is told and reads it."""
    row = _led(actor, practice)
    if row.state != Practice.ANSWERED:
        raise Conflict(f"practice {row.pk} is {row.state}", "it is scored once, after the reply is written")
    items = [one for one in row.card["items"] if one.get("source", "human") == "human"]
    _refuse_misfits(items, answers)
    changed = deeds.change(
        row, version, state=Practice.SCORED, answers=dict(answers), score=practising.score(items, answers),
        comment=comment, scored_by_id=actor.person, scored_at=clock.now(),
    )  # fmt: skip
    link = reverse("training_practice_one", args=[row.pk])
    giving.tell((row.person_id,), "What you practised was looked at: read what was said", link)
    return _shown(actor, access.access_practice(actor, changed.pk))


@action(needs=Right.TRAINING_LEAD, example={"practice": 1, "version": 3})
def reopen_practice(actor: Actor, practice: PracticeId, version: Version) -> PracticeShown:
    """Undo a score: the reply can be scored again."""
    row = _led(actor, practice)
    if row.state != Practice.SCORED:
        raise Conflict(f"practice {row.pk} is {row.state}", "nothing is left to do")
    changed = deeds.change(
        row, version, state=Practice.ANSWERED, answers={}, score=None, comment="", scored_by_id=None, scored_at=None
    )
    return _shown(actor, access.access_practice(actor, changed.pk))


def _led(actor: Actor, practice: int) -> Practice:
    row = access.access_practice(actor, practice, Right.TRAINING_LEAD)
    if not showing.led_among(actor, (row.person_id,)):
        raise Denied(f"who leads {row.person.name} scores this", "nobody scores their own")
    return row


def _card(actor: Actor, scorecard: int) -> dict[str, Any]:
    """The version in force of a scorecard, as quality shows it."""
    if "quality.show_scorecard" not in register():
        raise Conflict("there are no scorecards in this installation", "practice needs the desk of quality")
    number = next(
        (one.published for one in run("quality.scorecards", actor, {}).scorecards if one.id == scorecard), None
    )
    if number is None:
        raise NotFound(f"there is no published scorecard {scorecard} that you may see", "choose another one")
    found = run("quality.show_scorecard", actor, {"scorecard": scorecard, "number": number})
    return {"scorecard": scorecard, "name": found.name, "number": found.number, "items": plain(found.items)}


def _turns(actor: Actor, source: str, ticket: str) -> list[Said]:
    require(actor, Right.TICKETS_READ)
    scope = tickets_scope(actor)
    with published(None) as ask:
        if source not in ask.publication.sources or not visible_ticket(ask.engine, scope, source, ticket):
            raise NotFound(f"there is no ticket {ticket} that you may see", "check the number, or ask who may see it")
        head = ticket_records.head(ask, source, ticket) or {}
        rows = [one for one in ticket_records.messages(ask, source, ticket) if one.get("is_public")]
        writers = [one.get("author_id") for one in rows]
        names = ticket_records.people(ask, [*writers, head.get("requester_id"), head.get("assignee_id")])
        kinds = ticket_records.kinds(ask, source, [*writers, head.get("requester_id")])
    said = [
        Said(_side(one, kinds), str(fields.shown(actor, "message.body", one.get("body_text")) or "")) for one in rows
    ]
    words = {name: "[customer]" if _is_customer(own, head, kinds) else "[colleague]" for own, name in names.items()}
    turns = practising.masked(practising.until_reply(said), words)
    if not any(one.side == "customer" for one in turns):
        raise Conflict(f"no customer wrote before the first reply on ticket {ticket}", "choose another ticket")
    return turns


def _side(row: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    told = row.get("author_type")
    kind = told if told not in (None, "unknown") else kinds.get(row.get("author_id") or "", "")
    return "customer" if kind == "customer" else "team"


def _is_customer(own: str, head: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    return own == head.get("requester_id") or kinds.get(own) == "customer"


def _refuse_misfits(items: list[dict[str, Any]], answers: Mapping[str, Any]) -> None:
    known = {one["key"] for one in items}
    wrong = [(one["key"], told) for one in items if (told := practising.problem_of(one, answers.get(one["key"])))]
    wrong += [(key, "there is no such item") for key in answers if key not in known]
    if wrong:
        errors = tuple({"field": f"answers.{key}", "message": told, "code": "misfit"} for key, told in wrong)
        raise Invalid(f"the score does not fit: {wrong[0][1]}", "mend it", errors)


def _listed(actor: Actor, row: Practice, led: frozenset[int]) -> PracticeListed:
    return PracticeListed(
        row.pk, row.title, row.person_id, row.person.name, row.person_id == actor.person, row.state, row.score,
        row.created_at, row.person_id in led, row.version,
    )  # fmt: skip


def _shown(actor: Actor, row: Practice) -> PracticeShown:
    led = showing.led_among(actor, (row.person_id,))
    items = tuple(
        ItemAsked(one["key"], one["title"], one["kind"], one.get("description", ""), one.get("minimum", 0.0),
                  one.get("maximum", 1.0), bool(one.get("allows_na")), row.answers.get(one["key"]))
        for one in row.card.get("items", ()) if one.get("source", "human") == "human"
    )  # fmt: skip
    place = (row.source_id, row.ticket_id) if led else ("", "")
    turns = tuple(Turn(**one) for one in row.turns)
    return PracticeShown(
        _listed(actor, row, led), turns, row.reply, row.card.get("name", ""), row.card.get("number", 0), items,
        row.comment, row.scored_by.name if row.scored_by else "", *place,
    )  # fmt: skip
