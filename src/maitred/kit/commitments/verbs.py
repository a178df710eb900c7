"""Promise, keep, renegotiate, break: what escalations, coaching, voice, improvement and compliance have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.access.whose import for_person
from maitred.kit.audit import deeds
from maitred.kit.commitments.access import access_commitment, visible_commitments
from maitred.kit.commitments.models import Commitment
from maitred.kit.verbs import Cursor, Limit, Names, Page, ShortText, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.kit.verbs.words import LARGEST

CommitmentId = Annotated[int, Names("commitment"), Field(ge=1, le=LARGEST)]
SomeoneId = Annotated[int, Field(ge=1, le=LARGEST)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Maybe = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
State = Literal["open", "kept", "broken", "withdrawn"]


@dataclass(frozen=True, slots=True)
class CommitmentShown:
    """A promise; ``earlier`` are the dates it was renegotiated from."""

    id: int
    person: int
    team: int | None
    desk: str
    to_kind: str
    to_whom: str
    what: str
    due: datetime
    earlier: tuple[str, ...]
    source: str
    ticket: str
    state: str
    late: bool
    closed: datetime | None
    proof: str
    version: int


@question(needs=Right.COMMITMENTS_READ, example={"state": "open"})
def list_commitments(
    actor: Actor, state: State | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[CommitmentShown]:
    """List promises: one's own and those of the teams one leads.

    Parameters
    ----------
    state
        Only those in this state.
    """
    rows = visible_commitments(actor)
    if state is not None:
        rows = rows.filter(state=state)
    return paged(rows, actor, f"commitments:{state}", cursor, limit, _shown)


@question(needs=Right.COMMITMENTS_WRITE, example={"commitment": 1})
def show_commitment(actor: Actor, commitment: CommitmentId) -> CommitmentShown:
    """Show one promise."""
    return _shown(access_commitment(actor, commitment))


@action(
    needs=Right.COMMITMENTS_WRITE,
    example={
        "to_kind": "customer",
        "to_whom": "Northwind",
        "what": "send the corrected invoice",
        "due": "2030-01-10T16:00:00Z",
    },
)
def promise(
    actor: Actor,
    to_kind: Literal["customer", "colleague", "product", "executive", "authority"],
    to_whom: ShortText,
    what: Sentence,
    due: AwareDatetime,
    person: SomeoneId | None = None,
    source: Maybe = "",
    ticket: Maybe = "",
) -> CommitmentShown:
    """Record a promise: who promised what to whom until when. It stands on their own list until it is closed.

    Parameters
    ----------
    to_kind, to_whom
        Whom it was promised to, and their name.
    what
        What was promised, in one sentence.
    due
        Until when, with its zone.
    person
        Who promised; oneself unless given, else somebody of the teams one leads.
    source, ticket
        The ticket it belongs to, if there is one.
    """
    owner, team = for_person(actor, Right.COMMITMENTS_WRITE, person)
    _refuse_past(due)
    return _shown(
        deeds.create(
            Commitment,
            person_id=owner,
            team_id=team,
            to_kind=to_kind,
            to_whom=to_whom,
            what=what,
            due_at=due,
            source_id=source,
            ticket_id=ticket,
        )
    )


@action(needs=Right.COMMITMENTS_WRITE, example={"commitment": 1, "proof": "invoice 8812 was sent", "version": 1})
def keep(actor: Actor, commitment: CommitmentId, proof: Sentence, version: Version) -> CommitmentShown:
    """Say that a promise was kept, and what shows it."""
    return _closed(actor, commitment, version, "kept", proof)


@action(needs=Right.COMMITMENTS_WRITE, example={"commitment": 1, "proof": "the fix was not ready", "version": 1})
def break_promise(actor: Actor, commitment: CommitmentId, proof: Sentence, version: Version) -> CommitmentShown:
    """Say that a promise was broken, and why."""
    return _closed(actor, commitment, version, "broken", proof)


@action(needs=Right.COMMITMENTS_WRITE, example={"commitment": 1, "proof": "entered twice", "version": 1})
def withdraw(actor: Actor, commitment: CommitmentId, proof: Sentence, version: Version) -> CommitmentShown:
    """Take a promise out of the record's count, and say why; it stays readable."""
    return _closed(actor, commitment, version, "withdrawn", proof)


@action(needs=Right.COMMITMENTS_WRITE, example={"commitment": 1, "due": "2030-01-12T16:00:00Z", "version": 1})
def renegotiate(actor: Actor, commitment: CommitmentId, due: AwareDatetime, version: Version) -> CommitmentShown:
    """Agree on another date; the earlier one stays in the record."""
    row = _open(actor, commitment)
    _refuse_past(due)
    earlier = [*row.earlier, clock.iso(row.due_at)]
    return _shown(deeds.change(row, version, due_at=due, earlier=earlier))


@action(needs=Right.COMMITMENTS_WRITE, example={"commitment": 1, "version": 2})
def reopen(actor: Actor, commitment: CommitmentId, version: Version) -> CommitmentShown:
    """Undo a closing: the promise is open again."""
    row = access_commitment(actor, commitment)
    if row.state == "open":
        raise Conflict(f"commitment {row.pk} is open", "nothing is left to do")
    return _shown(deeds.change(row, version, state="open", closed_at=None, proof=""))


def _closed(actor: Actor, commitment: int, version: int, state: str, proof: str) -> CommitmentShown:
    row = _open(actor, commitment)
    return _shown(deeds.change(row, version, state=state, closed_at=clock.now(), proof=proof))


def _open(actor: Actor, commitment: int) -> Commitment:
    row = access_commitment(actor, commitment)
    if row.state != "open":
        raise Conflict(f"commitment {row.pk} is {row.state} already", "reopen it first")
    return row


def _refuse_past(due: datetime) -> None:
    if due <= clock.now():
        what = "a promise is for a time that has not passed"
        raise Invalid(what, "give a later instant", ({"field": "due", "message": what, "code": "past"},))


def _shown(row: Commitment) -> CommitmentShown:
    end = row.closed_at or clock.now()
    return CommitmentShown(
        row.pk, row.person_id, row.team_id, row.desk, row.to_kind, row.to_whom, row.what, row.due_at,
        tuple(row.earlier), row.source_id, row.ticket_id, row.state, end > row.due_at, row.closed_at, row.proof,
        row.version,
    )  # fmt: skip
