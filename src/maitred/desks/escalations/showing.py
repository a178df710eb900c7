"""Cases as the verbs answer them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from maitred.base import clock
from maitred.desks.escalations import access, calling, tickets
from maitred.desks.escalations.models import Alert, Case, CasePromise, Invite, Message, Step
from maitred.desks.escalations.models.cases import STEPS
from maitred.desks.escalations.shapes import (
    CaseListed,
    CaseShown,
    Context,
    Foreseen,
    InviteShown,
    MessageShown,
    PromiseShown,
    StepShown,
    TicketOfCase,
    Who,
)
from maitred.kit.access.actor import Actor, Role
from maitred.kit.access.rights import Right
from maitred.people.models import Person


def who(one: Person | None) -> Who | None:
    """A person of ours, if there is one."""
    return None if one is None else Who(one.pk, one.name)


def listed(rows: Iterable[Case]) -> tuple[CaseListed, ...]:
    """Cases in a list, with their next promise and number of tickets, looked up at once."""
    those = list(rows)
    keys = [one.pk for one in those]
    now = clock.now()
    count = Counter(access.tickets_of(keys).values_list("case", flat=True))
    due: dict[int, list[datetime]] = defaultdict(list)
    for one in access.promises_of(keys):
        if one.commitment.state == "open":
            due[one.case_id].append(one.commitment.due_at)
    return tuple(_listed(one, count[one.pk], due[one.pk], now) for one in those)


def _listed(row: Case, count: int, due: Sequence[datetime], now: datetime) -> CaseListed:
    left = int((row.acknowledge_by - now).total_seconds()) if row.state == Case.DECLARED else None
    return CaseListed(
        row.pk, row.title, row.kind, row.declared_by, row.severity, row.state, row.customer, who(row.owner), row.asked,
        row.created_at, row.acknowledge_by, left, row.acknowledged_at, min(due, default=None),
        sum(one <= now for one in due), count, row.resolved_at, row.cause, row.outcome, row.complaint, row.version,
    )  # fmt: skip


def one_listed(row: Case) -> CaseListed:
    """A case by itself."""
    return listed([row])[0]


def foreseen(row: Alert) -> Foreseen:
    """An alert."""
    return Foreseen(
        row.pk, row.source_id, row.ticket_id, row.rule, row.probability, row.harm, tuple(row.reasons), row.at,
        row.state, row.until, row.version,
    )  # fmt: skip


def case(actor: Actor, row: Case) -> CaseShown:
    """A case with everything but its timeline."""
    now = clock.now()
    held = list(access.tickets_of([row.pk]))
    stands = tickets.standing(actor, [(one.source_id, one.ticket_id) for one in held])
    shown, assignees = [], []
    for one in held:
        there, why, found = stands[one.source_id, one.ticket_id]
        gone = "gone" if one.gone_at is not None and there != "yes" else there
        shown.append(TicketOfCase(
            one.pk, one.source_id, one.ticket_id, gone, why or one.gone_why, found.subject if found else None,
            found.status if found else None, found.priority if found else None, found.assignee_name if found else None,
        ))  # fmt: skip
        if found is not None and found.assignee:
            assignees.append((one.source_id, found.assignee, found.assignee_name))
    ours = access.identities([row.owner_id]) if row.owner_id else {}
    known = {name for source, own, name in assignees if (source, own) in ours}
    review = access.post_mortem_of(row)
    writes = access.visible_cases(actor, Right.ESCALATIONS_WRITE).filter(pk=row.pk).exists()
    return CaseShown(
        one_listed(row), row.what, who(row.deputy), who(row.raised_by), row.protected, tuple(shown),
        tuple(promise(one, now) for one in access.promises_of([row.pk])), steps(access.steps_of([row.pk])),
        tuple(invite(actor, one) for one in access.invited(row)),
        tuple(message(one, now) for one in access.messages_of(row)), _context(actor, row),
        calling.owners(row, [name for _, _, name in assignees], known) if row.state != Case.RESOLVED else (),
        row.owner_id in calling.away() if row.owner_id and row.state != Case.RESOLVED else False, row.resolution,
        row.issue_url, row.issue_title, review.pk if review is not None else None, writes,
        access.visible_cases(actor, Right.ESCALATIONS_LEAD).filter(pk=row.pk).exists(),
    )  # fmt: skip


def promise(one: CasePromise, now: datetime) -> PromiseShown:
    """A promise to the customer."""
    row = one.commitment
    late = (row.closed_at or now) > row.due_at
    return PromiseShown(
        row.pk, Who(row.person_id, row.person.name), row.what, row.due_at, row.state, late, row.proof, row.version
    )


def steps(rows: Iterable[Step]) -> tuple[StepShown, ...]:
    """The guide, in its order, with what was done."""
    done = {one.step: one for one in rows}
    return tuple(
        StepShown(name, done[name].created_at, done[name].note, _named(done[name]))
        if name in done else StepShown(name, None, "", "")
        for name in STEPS
    )  # fmt: skip


def _named(row: Step) -> str:
    return row.by.name if row.by is not None else ""


def invite(actor: Actor, row: Invite) -> InviteShown:
    """An invitation."""
    return InviteShown(
        row.pk, Who(row.person_id, row.person.name), row.question, row.state, row.person_id == actor.person, row.version
    )


def message(row: Message, now: datetime) -> MessageShown:
    """A word of the communication plan."""
    late = row.state == Message.PLANNED and row.due_at <= now
    return MessageShown(row.pk, row.audience, row.text, row.due_at, row.state, row.told_at, late, row.version)


def _context(actor: Actor, row: Case) -> Context:
    """What is known of the customer; what they are worth is for those who lead."""
    known = tickets.account(row.source_id, row.account_id)
    rich = actor.operator or bool({Role.LEAD, Role.MANAGER} & actor.roles)
    earlier = listed(access.earlier_cases(actor, row)[:5])
    if known is None:
        return Context(row.customer, None, None, None, None, None, earlier)
    return Context(
        known.name or row.customer, known.plan, known.revenue if rich else None, known.currency if rich else None,
        known.renewal, known.tickets, earlier,
    )  # fmt: skip
