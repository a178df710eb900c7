"""Work on a case: promises to the customer, the guide, who helps, who is told what, changes at the helpdesk."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AwareDatetime

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid, NotFound
from maitred.desks.escalations import access, calling, showing
from maitred.desks.escalations.joining import timeline as joined
from maitred.desks.escalations.models import Case, CasePromise, Invite, Message, Step, Template
from maitred.desks.escalations.models.cases import STEPS
from maitred.desks.escalations.shapes import (
    Audience,
    CaseId,
    CaseShown,
    InviteId,
    Line,
    MaybeLine,
    MaybeWords,
    MessageId,
    Ops,
    OtherId,
    StepName,
    TemplateId,
    Timeline,
    Words,
    WritingPlanned,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.commitments.models import Commitment
from maitred.kit.verbs import Version, action, question, run
from maitred.kit.verbs.registry import register
from maitred.metrics.intervals import wilson

FEWEST = 10
"""Closed cases with and without a step from which a share is told."""


@dataclass(frozen=True, slots=True)
class StepAndOutcome:
    """Of closed cases with and without a step, the share in which the customer was satisfied or accepted it.

    Shares and intervals (95 %, Wilson) are null under ten cases. It is an association, and no promise.
    """

    step: str
    done: int
    done_share: float | None
    done_low: float | None
    done_high: float | None
    left_out: int
    left_out_share: float | None
    left_out_low: float | None
    left_out_high: float | None


@dataclass(frozen=True, slots=True)
class Guides:
    """The steps of the conflict guide with what came of cases, and the templates."""

    steps: tuple[StepAndOutcome, ...]
    closed: int
    templates: tuple[TemplateShown, ...]


@dataclass(frozen=True, slots=True)
class TemplateShown:
    """Words for one audience."""

    id: int
    name: str
    audience: str
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with the names of a case in it."""

    audience: str
    text: str


@question(needs=Right.ESCALATIONS_READ, example={"case": 1})
def timeline(actor: Actor, case: CaseId) -> Timeline:
    """Show what happened, from the helpdesk and from here, in order. Reading it is audited."""
    return joined(actor, access.access_case(actor, case))


@action(
    needs=Right.ESCALATIONS_WRITE,
    example={"case": 1, "what": "send the corrected invoice", "due": "2030-01-10T16:00:00Z"},
)
def promise(actor: Actor, case: CaseId, what: Line, due: AwareDatetime, person: OtherId | None = None) -> CaseShown:
    """Promise the customer something until an instant that has not passed; it stands on its owner's list, and they are
    reminded.

    Keeping, breaking and another date are the verbs of ``commitments``.

    Parameters
    ----------
    person
        Who promises; the owner unless given.
    """
    row = _open(actor, case)
    if due <= clock.now():
        raise Invalid(
            "a promise is for a time that has not passed", "give a later instant",
            ({"field": "due", "message": "a promise is for a time that has not passed", "code": "past"},),
        )  # fmt: skip
    owner = access.access_colleague(actor, person).pk if person is not None else (row.owner_id or actor.person)
    if owner is None:
        raise calling.misfit("person", "nobody owns this case yet: take it over first")
    held = access.tickets_of([row.pk]).first()
    made = deeds.create(
        Commitment, person_id=owner, team_id=access.team_of(owner), desk="escalations", to_kind="customer",
        to_whom=row.customer or "the customer", what=what, due_at=due, source_id=held.source_id if held else "",
        ticket_id=held.ticket_id if held else "",
    )  # fmt: skip
    deeds.create(CasePromise, case=row, commitment=made)
    return showing.case(actor, row)


@action(needs=Right.ESCALATIONS_WRITE, example={"case": 1, "step": "acknowledge", "note": "called at nine"})
def do_step(actor: Actor, case: CaseId, step: StepName, note: MaybeLine = "") -> CaseShown:
    """Say that a step of the conflict guide was done: acknowledge, own, next step, time."""
    row = _open(actor, case)
    if any(one.step == step for one in access.steps_of([row.pk])):
        raise Conflict(f"{step} was done already", "nothing is left to do")
    deeds.create(Step, case=row, step=step, note=note, by_id=actor.person)
    return showing.case(actor, row)


@action(needs=Right.ESCALATIONS_WRITE, example={"case": 1, "step": "acknowledge"})
def undo_step(actor: Actor, case: CaseId, step: StepName) -> CaseShown:
    """Take back that a step was done."""
    row = _open(actor, case)
    done = next((one for one in access.steps_of([row.pk]) if one.step == step), None)
    if done is None:
        raise Conflict(f"{step} is not done", "nothing is left to do")
    deeds.remove(done, None)
    return showing.case(actor, row)


@question(needs=Right.ESCALATIONS_READ, example={})
def guides(actor: Actor) -> Guides:
    """Show the conflict guide with what came of closed cases with and without each step, and the templates."""
    closed = list(access.visible_cases(actor).filter(state=Case.RESOLVED).exclude(outcome="unknown"))
    good = {one.pk for one in closed if one.outcome in ("satisfied", "accepted")}
    done: dict[str, set[int]] = {name: set() for name in STEPS}
    for one in access.steps_of([row.pk for row in closed]):
        done[one.step].add(one.case_id)
    every = {one.pk for one in closed}
    rows = tuple(
        StepAndOutcome(name, *_share(done[name], good), *_share(every - done[name], good)) for name in STEPS
    )  # fmt: skip
    return Guides(rows, len(closed), tuple(_template(one) for one in access.templates(actor)))


@action(
    needs=Right.ESCALATIONS_LEAD,
    example={"name": "First word", "audience": "customer", "text": "Dear {customer}, {owner} looks after this now."},
)
def add_template(actor: Actor, name: Line, audience: Audience, text: Words) -> TemplateShown:
    """Write a template; ``{customer}``, ``{owner}``, ``{ticket}`` and ``{promise}`` are filled in from the case."""
    return _template(deeds.create(Template, name=name[:120], audience=audience, text=text))


@action(needs=Right.ESCALATIONS_LEAD, example={"template": 1, "version": 1})
def retire_template(actor: Actor, template: TemplateId, version: Version) -> TemplateShown:
    """Take a template out of use; what was planned with it stays."""
    return _template(deeds.change(access.access_template(actor, template), version, retired_at=clock.now()))


@question(needs=Right.ESCALATIONS_READ, example={"case": 1, "template": 1})
def fill_template(actor: Actor, case: CaseId, template: OtherId) -> Filled:
    """Fill a template with what is known of a case, to be read before it is used."""
    row = access.access_case(actor, case)
    return filled(row, access.access_template(actor, template))


def filled(row: Case, template: Template) -> Filled:
    """The words of a template for a case."""
    held = access.tickets_of([row.pk]).first()
    next_one = next((one for one in access.promises_of([row.pk]) if one.commitment.state == "open"), None)
    told = {
        "{customer}": row.customer, "{owner}": row.owner.name if row.owner else "",
        "{ticket}": held.ticket_id if held else "", "{promise}": next_one.commitment.what if next_one else "",
    }  # fmt: skip
    text = template.text
    for word, value in told.items():
        text = text.replace(word, value)
    return Filled(template.audience, text)


@action(
    needs=Right.ESCALATIONS_WRITE,
    example={"case": 1, "audience": "executive", "text": "Two sentences", "due": "2030-01-10T16:00:00Z"},
)
def plan_message(
    actor: Actor, case: CaseId, audience: Audience, due: AwareDatetime, text: MaybeWords = "",
    template: OtherId | None = None,
) -> CaseShown:  # fmt: skip
    """Plan whom to tell what until when. Nothing is sent from here: whoever tells them says so afterwards.

    Parameters
    ----------
    text, template
        The words, or a template that is filled in.
    """
    row = _open(actor, case)
    if due <= clock.now():
        raise calling.misfit("due", "a word is planned for a time that has not passed")
    words = filled(row, access.access_template(actor, template)).text if template is not None and not text else text
    if not words:
        raise calling.misfit("text", "write what to tell, or choose a template")
    deeds.create(Message, case=row, audience=audience, text=words[:4_000], due_at=due, by_id=actor.person)
    return showing.case(actor, row)


@action(needs=Right.ESCALATIONS_WRITE, example={"message": 1, "version": 1})
def mark_told(actor: Actor, message: MessageId, version: Version) -> CaseShown:
    """Say that a planned word was said."""
    row = _planned(actor, message)
    deeds.change(row, version, state=Message.TOLD, told_at=clock.now(), by_id=actor.person)
    calling.note(actor, row.case, "told", f"{row.audience}: {row.text}")
    return showing.case(actor, access.access_case(actor, row.case_id))


@action(needs=Right.ESCALATIONS_WRITE, example={"message": 1, "version": 1})
def drop_message(actor: Actor, message: MessageId, version: Version) -> CaseShown:
    """Take a planned word off the plan."""
    row = _planned(actor, message)
    deeds.change(row, version, state=Message.DROPPED)
    return showing.case(actor, access.access_case(actor, row.case_id))


@action(needs=Right.ESCALATIONS_WRITE, example={"case": 1, "person": 7, "question": "Is the export fixed in 4.2?"})
def invite(actor: Actor, case: CaseId, person: OtherId, question: Line) -> CaseShown:
    """Ask somebody to help, with one question; they see the case from then on, and join or say no."""
    row = _open(actor, case)
    asked = access.access_colleague(actor, person)
    if access.invited(row).filter(person=asked).exists() or asked.pk in (row.owner_id, row.deputy_id):
        raise Conflict(f"{asked.name} is with this case already", "ask somebody else")
    deeds.create(Invite, case=row, person=asked, by_id=actor.person, question=question)
    calling.note(actor, row, "swarm", f"{asked.name}: {question}")
    calling.tell((asked.pk,), "Somebody asks for your help with an escalation", row.pk)
    return showing.case(actor, row)


@action(needs=Right.ESCALATIONS_WRITE, example={"invite": 1, "version": 1, "join": True})
def answer_invite(actor: Actor, invite: InviteId, version: Version, join: bool, note: MaybeLine = "") -> CaseShown:
    """Join, or say no; whoever asked is told."""
    row = access.case_of_invite(actor, invite)
    deeds.change(row, version, state=Invite.JOINED if join else Invite.DECLINED)
    said = "joins" if join else "cannot help"
    calling.note(actor, row.case, "swarm", f"{row.person.name} {said}" + (f": {note}" if note else ""))
    calling.tell((row.by_id,), f"A colleague {said} with an escalation", row.case_id)
    return showing.case(actor, access.access_case(actor, row.case_id))


@question(
    needs=Right.WRITE_BACK, example={"case": 1, "ops": ["priority=high", "note=Escalated"], "reason": "taken over"}
)
def preview_writing(actor: Actor, case: CaseId, ops: Ops, reason: Line) -> WritingPlanned:
    """Show what setting priority, assignee or a note on the case's tickets would do at the helpdesk; kept as a plan
    that has to be approved there.

    Parameters
    ----------
    ops
        As ``helpdesks.preview`` takes them: ``priority=high``, ``assignee=ID``, ``note=TEXT``.
    """
    row = access.access_case(actor, case, Right.ESCALATIONS_WRITE)
    if "helpdesks.preview" not in register():
        raise Conflict("no helpdesk can be changed from this installation", "change the ticket at the helpdesk")
    bad = [one for one in ops if one.split("=", 1)[0].strip() not in ("priority", "assignee", "note", "status")]
    if bad:
        raise calling.misfit("ops", "an escalation changes priority, assignee, status or adds a note")
    there = [one for one in access.tickets_of([row.pk]) if one.gone_at is None and one.source_id == row.source_id]
    if not there:
        raise NotFound("this case has no ticket at the helpdesk any more", "add one")
    given = {"connection": row.source_id, "tickets": [one.ticket_id for one in there], "ops": list(ops),
             "reason": reason[:120]}  # fmt: skip
    made = run("helpdesks.preview", actor, given)
    return WritingPlanned(made.plan, made.slug, made.ready)


def _planned(actor: Actor, message: int) -> Message:
    row = access.access_message(actor, message)
    if row.state != Message.PLANNED:
        raise Conflict(f"this was {row.state} already", "nothing is left to do")
    return row


def _open(actor: Actor, case: int) -> Case:
    row = access.access_case(actor, case, Right.ESCALATIONS_WRITE)
    if row.state == Case.RESOLVED:
        raise Conflict(f"escalation {row.pk} is closed", "open it again first")
    return row


def _share(rows: set[int], good: set[int]) -> tuple[int, float | None, float | None, float | None]:
    n = len(rows)
    if n < FEWEST:
        return n, None, None, None
    hits = len(rows & good)
    ends = wilson(hits, n)
    return n, hits / n, ends.low, ends.high


def _template(row: Template) -> TemplateShown:
    return TemplateShown(row.pk, row.name, row.audience, row.text, row.version)
