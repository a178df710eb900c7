"""What is asked and done about what goes out: what waits, what nobody can tell, stop it, send it again, let it be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from maitred.base import clock
from maitred.base.errors import Conflict
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.outbox import contents
from maitred.kit.outbox.access import access_effect, counted, visible_effects
from maitred.kit.outbox.models import Effect
from maitred.kit.verbs import Cursor, Limit, LongText, Names, Page, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.kit.verbs.words import LARGEST

State = Literal["waiting", "sending", "sent", "failed", "unknown", "cancelled"]
EffectId = Annotated[int, Field(ge=1, le=LARGEST, description="The effect."), Names("effect")]
GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True)
class EffectShown:
    """Something that goes out; the recipient is masked for everybody, the content is not shown."""

    id: int
    kind: str
    recipient: str
    state: State
    not_before: datetime
    attempts: int
    last_error: str
    sent_at: datetime | None
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is in each state."""

    waiting: int
    sending: int
    sent: int
    failed: int
    unknown: int
    cancelled: int


@question(needs=Right.OPERATION_READ, example={})
def count(actor: Actor) -> Counts:
    """Count what goes out by its state; neither recipients nor contents are told."""
    return Counts(**counted())


@action(needs=Right.OPERATION_WRITE, example={"effect": 1, "version": 1})
def cancel(actor: Actor, effect: EffectId, version: Version) -> EffectShown:
    """Cancel what still waits to be sent."""
    row = _in_state(actor, effect, Effect.WAITING)
    return _shown(deeds.change(row, version, state=Effect.CANCELLED))


@action(
    needs=Right.OPERATION_WRITE, example={"effect": 1, "version": 3, "reason": "the recipient says that nothing came"}
)
def resend(actor: Actor, effect: EffectId, version: Version, reason: LongText) -> EffectShown:
    """Send again what failed, or what nobody can tell whether it was sent.

    An effect in state ``unknown`` may have arrived: whoever sends it again decides that twice is better than never.
    """
    row = _in_state(actor, effect, Effect.FAILED, Effect.UNKNOWN)
    again = {"state": Effect.WAITING, "not_before": clock.now(), "attempts": 0}
    return _shown(deeds.change(row, version, **again))


@action(needs=Right.OPERATION_WRITE, example={"effect": 1, "version": 3, "reason": "it was told by telephone"})
def give_up(actor: Actor, effect: EffectId, version: Version, reason: LongText) -> EffectShown:
    """Let be what nobody can tell whether it was sent; it counts as failed."""
    row = _in_state(actor, effect, Effect.UNKNOWN)
    return _shown(deeds.change(row, version, state=Effect.FAILED, last_error=GIVEN_UP))


@question(needs=Right.CONFIGURATION_READ, example={"state": "unknown"})
def list(actor: Actor, state: State | None = None, cursor: Cursor = None, limit: Limit = 50) -> Page[EffectShown]:
    """List what goes out, the oldest first, with masked recipients.

    Parameters
    ----------
    state
        Only effects in this state; all when left out.
    """
    rows = visible_effects(actor)
    found = rows if state is None else rows.filter(state=state)
    return paged(found, actor, f"outbox:{state}", cursor, limit, _shown)


def _in_state(actor: Actor, effect: int, *states: str) -> Effect:
    row = access_effect(actor, effect)
    if row.state not in states:
        raise Conflict(f"effect {effect} is {row.state}, not {' or '.join(states)}", "read it again and decide")
    return row


def _shown(row: Effect) -> EffectShown:
    return EffectShown(
        id=row.pk,
        kind=row.kind,
        recipient=contents.recipient(row),
        state=row.state,  # type: ignore[arg-type]
        not_before=row.not_before,
        attempts=row.attempts,
        last_error=row.last_error,
        sent_at=row.sent_at,
        created_at=row.created_at,
        version=row.version,
    )
