"""Record a decision and judge it on its day; a quarter's records are the manager's strategy paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.access.whose import for_person
from maitred.kit.audit import deeds
from maitred.kit.decisions.access import access_decision, visible_decisions
from maitred.kit.decisions.models import Decision
from maitred.kit.verbs import Cursor, Limit, Names, Page, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.kit.verbs.words import LARGEST
from maitred.metrics.catalogue import resolve

DecisionId = Annotated[int, Names("decision"), Field(ge=1, le=LARGEST)]
SomeoneId = Annotated[int, Field(ge=1, le=LARGEST)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Verdict = Literal["improved", "no_change", "worse", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """A decision with what was seen and, later, what came of it."""

    id: int
    person: int
    team: int | None
    desk: str
    question: str
    chosen: str
    alternatives: tuple[str, ...]
    publication: int | None
    finding: str
    metrics: tuple[str, ...]
    review_on: date
    verdict: str
    verdict_note: str
    judged: datetime | None
    version: int


@question(needs=Right.DECISIONS_READ, example={})
def list_decisions(
    actor: Actor, waiting: bool = False, cursor: Cursor = None, limit: Limit = 50
) -> Page[DecisionShown]:
    """List decisions.

    Parameters
    ----------
    waiting
        Only those whose review date has come and that have no verdict.
    """
    rows = visible_decisions(actor)
    if waiting:
        rows = rows.filter(verdict="", review_on__lte=clock.now().date())
    return paged(rows, actor, f"decisions:{waiting}", cursor, limit, _shown)


@question(needs=Right.DECISIONS_READ, example={"decision": 1})
def show_decision(actor: Actor, decision: DecisionId) -> DecisionShown:
    """Show one decision."""
    return _shown(access_decision(actor, decision))


@action(
    needs=Right.DECISIONS_WRITE,
    example={
        "question": "First reply rose in Technical; staff the afternoon or change the route?",
        "chosen": "two people move from Orders for four weeks",
        "alternatives": ["change the route", "wait"],
        "metrics": ["frt.business_all"],
        "review_on": "2030-02-01",
    },
)
def record_decision(
    actor: Actor,
    question: Sentence,
    chosen: Sentence,
    review_on: date,
    alternatives: Annotated[list[Sentence], Field(max_length=10)] = [],  # noqa: B006  (copied by validation)
    metrics: Annotated[list[Name], Field(max_length=20)] = [],  # noqa: B006
    publication: Annotated[int, Field(ge=1, le=LARGEST)] | None = None,
    finding: Name = "",
    person: SomeoneId | None = None,
) -> DecisionShown:
    """Record what was seen, what was chosen, and when it will be judged.

    Parameters
    ----------
    metrics
        Metrics that were looked at; kept with their versions.
    publication, finding
        What the page showed.
    review_on
        The day on which then and now are compared.
    person
        Who decided; oneself unless given.
    """
    owner, team = for_person(actor, Right.DECISIONS_WRITE, person)
    if review_on <= clock.now().date():
        what = "the review is on a later day"
        raise Invalid(what, "choose one", ({"field": "review_on", "message": what, "code": "past"},))
    return _shown(
        deeds.create(
            Decision,
            person_id=owner,
            team_id=team,
            question=question,
            chosen=chosen,
            alternatives=list(alternatives),
            metrics=[resolve(one).id for one in metrics],
            publication=publication,
            finding=finding,
            review_on=review_on,
        )
    )


@action(
    needs=Right.DECISIONS_WRITE,
    example={"decision": 1, "verdict": "cannot_tell", "note": "too few tickets since", "version": 1},
)
def judge(actor: Actor, decision: DecisionId, verdict: Verdict, note: Sentence, version: Version) -> DecisionShown:
    """Say what came of a decision; "cannot tell" is an answer."""
    row = access_decision(actor, decision, Right.DECISIONS_WRITE)
    if row.verdict:
        raise Conflict(f"decision {row.pk} was judged already: {row.verdict}", "take the verdict back first")
    changed = deeds.change(row, version, verdict=verdict, verdict_note=note, judged_at=clock.now())
    return _shown(changed)


@action(needs=Right.DECISIONS_WRITE, example={"decision": 1, "version": 2})
def take_back_verdict(actor: Actor, decision: DecisionId, version: Version) -> DecisionShown:
    """Undo a verdict; the audit log keeps it."""
    row = access_decision(actor, decision, Right.DECISIONS_WRITE)
    return _shown(deeds.change(row, version, verdict="", verdict_note="", judged_at=None))


def _shown(row: Decision) -> DecisionShown:
    return DecisionShown(
        row.pk, row.person_id, row.team_id, row.desk, row.question, row.chosen, tuple(row.alternatives),
        row.publication, row.finding, tuple(row.metrics), row.review_on, row.verdict, row.verdict_note, row.judged_at,
        row.version,
    )  # fmt: skip
