"""What is asked and done about proposals: list them, look at one, approve it, decline it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from django.db.models import QuerySet
from pydantic import Field

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, MaitredError, NotFresh
from maitred.kit.access.actor import Actor, Kind
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.proposals.access import access_proposal, visible_proposals
from maitred.kit.proposals.models import Proposal, State
from maitred.kit.verbs import Cursor, Limit, Names, Page, Version, action, question
from maitred.kit.verbs.registry import Verb, register
from maitred.kit.verbs.results import paged, plain
from maitred.kit.verbs.running import authorise, validated
from maitred.kit.verbs.words import LARGEST

ProposalId = Annotated[int, Names("proposal"), Field(ge=1, le=LARGEST)]
Comment = Annotated[str, Field(max_length=400)]


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A proposal as its owner sees it; ``arguments`` are what the action will be called with."""

    id: int
    verb: str
    summary: str
    arguments: Mapping[str, Any]
    state: State
    proposed_by: str
    proposed: datetime
    expires: datetime
    answered_by: str
    answered: datetime | None
    outcome: str
    version: int


@dataclass(frozen=True, slots=True)
class Approved:
    """An approved proposal and what its action answered; no answer where it failed."""

    proposal: ProposalShown
    answer: Any


@question(needs=Right.PROPOSALS_ANSWER, example={"state": "waiting"}, own=True)
def list(actor: Actor, state: State | None = None, cursor: Cursor = None, limit: Limit = 50) -> Page[ProposalShown]:
    """List what assistants proposed in your name.

    Parameters
    ----------
    state
        Only those that stand there.
    """
    rows = visible_proposals(actor)
    if state is not None:
        rows = _standing(rows, state)
    return paged(rows, actor, f"proposals.list:{state or ''}", cursor, limit, shown)


@question(needs=Right.PROPOSALS_ANSWER, example={"proposal": 1}, own=True)
def show(actor: Actor, proposal: ProposalId) -> ProposalShown:
    """Show one proposal with the arguments of its action."""
    return shown(access_proposal(actor, proposal))


@action(needs=Right.PROPOSALS_ANSWER, example={"proposal": 1, "version": 1})
def approve(actor: Actor, proposal: ProposalId, version: Version) -> Approved:
    """Approve a proposal: its action runs now, with your rights, in the same transaction.

    An action that turns out to be impossible is kept as failed with the reason. One whose object changed since is
    refused, and the proposal goes on waiting.
    """
    row = _answerable(actor, proposal)
    verb = _proposed(row)
    authorise(verb, actor)
    values = validated(verb, row.arguments)
    doing = deeds.current()
    doing.verb = f"proposals.approve:{verb.id}"
    doing.actor = _for(actor, row.proposed_by)
    deeds.change(row, version, state=State.APPROVED, answered_by=actor.name, answered_at=clock.now())
    answer, outcome = _tried(verb, doing, values)
    if outcome:
        deeds.change(row, None, state=State.FAILED, outcome=outcome[:400])
    return Approved(shown(row), answer)


@action(needs=Right.PROPOSALS_ANSWER, example={"proposal": 1, "version": 1, "comment": "Not this week"})
def decline(actor: Actor, proposal: ProposalId, version: Version, comment: Comment = "") -> ProposalShown:
    """Decline a proposal; its action never runs.

    Parameters
    ----------
    comment
        Why; whoever proposed it can read it.
    """
    row = _answerable(actor, proposal)
    now = clock.now()
    deeds.change(row, version, state=State.DECLINED, answered_by=actor.name, answered_at=now, outcome=comment)
    return shown(row)


def shown(row: Proposal) -> ProposalShown:
    """A proposal as its owner sees it."""
    verb = register().get(row.verb)
    return ProposalShown(
        row.pk, row.verb, verb.summary if verb else "", row.arguments, standing(row), row.proposed_by, row.created_at,
        row.expires_at, row.answered_by, row.answered_at, row.outcome, row.version,
    )  # fmt: skip


def standing(row: Proposal) -> State:
    """Where it stands at this moment: a week is over before somebody writes it down."""
    if row.state == State.WAITING and row.expires_at <= clock.now():
        return State.EXPIRED
    return State(row.state)


def _standing(rows: QuerySet[Proposal], state: State) -> QuerySet[Proposal]:
    now = clock.now()
    if state is State.WAITING:
        return rows.filter(state=state, expires_at__gt=now)
    if state is State.EXPIRED:
        return rows.filter(state=state) | rows.filter(state=State.WAITING, expires_at__lte=now)
    return rows.filter(state=state)


def _answerable(actor: Actor, proposal: int) -> Proposal:
    """A proposal that this actor may answer now.

    Raises
    ------
    Denied
        A token, a worker, or the operator for somebody else: only the person in whose name it is answers.
    Conflict
        It was answered already, or its week is over.
    """
    row = access_proposal(actor, proposal)
    in_person = actor.kind is Kind.ACCOUNT or (actor.kind is Kind.OPERATOR and row.account_id is None)
    if not in_person:
        raise Denied("a proposal is answered by the person in whose name it is", "sign in to the console")
    now = standing(row)
    if now is not State.WAITING:
        raise Conflict(f"proposal {row.pk} is {now.value}", "propose the action again if it is still wanted")
    return row


def _proposed(row: Proposal) -> Verb:
    found = register().get(row.verb)
    if found is None:
        raise Conflict(f"there is no action {row.verb} any more", "decline the proposal")
    return found


def _for(actor: Actor, proposed_by: str) -> Actor:
    """The actor on behalf of whoever proposed; a request's actor may be a lazy stand-in, which ``replace`` refuses."""
    return Actor(**{**{one.name: getattr(actor, one.name) for one in fields(Actor)}, "on_behalf_of": proposed_by})


def _tried(verb: Verb, doing: deeds.Deed, values: Mapping[str, Any]) -> tuple[Any, str]:
    """The action's answer, or why it cannot be done; in the latter case nothing of it is left."""
    done = len(doing.changes)
    try:
        with transaction.atomic():
            return plain(verb.function(doing.actor, **values)), ""
    except (Conflict, Denied, NotFresh):
        raise
    except MaitredError as error:
        del doing.changes[done:]
        return None, str(error)
