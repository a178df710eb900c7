"""One's own list: what is due of oneself, from every record that knows a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from maitred.base import clock
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.commitments.access import own_commitments
from maitred.kit.decisions.access import due_decisions
from maitred.kit.interventions.access import running
from maitred.kit.verbs import question


@dataclass(frozen=True, slots=True)
class Line:
    """One thing on the list: its kind and id, what it says, when it is due and whether that has passed."""

    kind: str
    id: int
    what: str
    due: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class OwnList:
    """Everything that waits on oneself, the next due first; what has no date comes last."""

    lines: tuple[Line, ...]


@question(needs=Right.OWN_SETTINGS, own=True, example={})
def own_list(actor: Actor) -> OwnList:
    """List what waits on oneself: promises, decisions to judge, changes that still run."""
    if actor.person is None:
        return OwnList(())
    now = clock.now()
    lines = [*_promises(actor.person, now), *_decisions(actor.person, now), *_changes(actor.person)]
    return OwnList(tuple(sorted(lines, key=lambda line: (line.due is None, line.due or now, line.kind, line.id))))


def _promises(person: int, now: datetime) -> list[Line]:
    rows = own_commitments(person)[:200]
    return [Line("commitment", row.pk, row.what, row.due_at, row.due_at < now) for row in rows]


def _decisions(person: int, now: datetime) -> list[Line]:
    rows = due_decisions(person, now.date())[:200]
    return [
        Line("decision", row.pk, row.question, datetime.combine(row.review_on, time(), tzinfo=UTC), True)
        for row in rows
    ]


def _changes(person: int) -> list[Line]:
    return [Line("intervention", row.pk, row.what, None, False) for row in running(person)[:200]]
