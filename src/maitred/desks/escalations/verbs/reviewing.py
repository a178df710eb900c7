"""After a case: a review that blames nobody, what is changed because of it, and the list of a month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints

from maitred.base import clock
from maitred.base.errors import Conflict
from maitred.desks.escalations import access, calling, showing
from maitred.desks.escalations.models import Action, Case, PostMortem
from maitred.desks.escalations.shapes import CaseId, CaseListed, Line, MaybeWords, OtherId, PostMortemId, Who, Words
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.commitments.models import Commitment
from maitred.kit.interventions.models import Registered
from maitred.kit.verbs import Version, action, question
from maitred.metrics.intervals import wilson

MOST = 200
FEWEST = 10
Month = Annotated[str, StringConstraints(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")]
ChangeKind = Literal["", "macro", "routing", "policy", "staffing", "shipped_fix", "playbook", "bot_scope", "other"]


@dataclass(frozen=True, slots=True)
class ActionShown:
    """What is changed: whose it is until when, and the registered change, if it is one."""

    id: int
    what: str
    person: Who
    due: datetime
    state: str
    late: bool
    commitment: int
    commitment_version: int
    intervention: int | None


@dataclass(frozen=True, slots=True)
class PostMortemShown:
    """A review with its case."""

    id: int
    case: CaseListed
    happened: str
    why: str
    learned: str
    state: str
    by: str
    finished_at: datetime | None
    actions: tuple[ActionShown, ...]
    can_lead: bool
    version: int


@dataclass(frozen=True, slots=True)
class Cause:
    """How often a cause stood behind cases of a month."""

    cause: str
    n: int


@dataclass(frozen=True, slots=True)
class InMonth:
    """A case resolved in the month, and its review, if there is one."""

    case: CaseListed
    post_mortem: int | None
    state: str


@dataclass(frozen=True, slots=True)
class MonthShown:
    """What was resolved in a month: causes, the share of promises kept with its interval (null under ten), reviews."""

    month: str
    cases: tuple[InMonth, ...]
    causes: tuple[Cause, ...]
    promises: int
    kept: int
    kept_share: float | None
    kept_low: float | None
    kept_high: float | None
    actions_open: int
    more: int


@question(needs=Right.ESCALATIONS_READ, example={"month": "2026-11"})
def month(actor: Actor, month: Month = "") -> MonthShown:
    """Show a month's resolved cases with their reviews, causes, and the share of promises that were kept.

    Parameters
    ----------
    month
        Such as ``2026-11``; this month unless given.
    """
    first, last = _ends(month or clock.now().strftime("%Y-%m"))
    every = access.visible_cases(actor).filter(
        state=Case.RESOLVED, resolved_at__date__gte=first, resolved_at__date__lte=last
    )
    rows = list(every.order_by("resolved_at", "pk")[:MOST])
    reviews = {one.case_id: one for one in access.visible_post_mortems(actor).filter(case__in=[r.pk for r in rows])}
    made = [one.commitment for one in access.promises_of(every.values_list("pk", flat=True))]
    ended = [one for one in made if one.state in ("kept", "broken")]
    kept = sum(one.state == "kept" and one.closed_at is not None and one.closed_at <= one.due_at for one in ended)
    enough = len(ended) >= FEWEST
    interval = wilson(kept, len(ended)) if enough else None
    open_actions = sum(each.commitment.state == "open" for one in reviews.values() for each in access.actions_of(one))
    listed = showing.listed(rows)
    return MonthShown(
        first.strftime("%Y-%m"),
        tuple(InMonth(one, reviews[one.id].pk if one.id in reviews else None,
                      reviews[one.id].state if one.id in reviews else "") for one in listed),
        tuple(Cause(name, n) for name, n in sorted(Counter(one.cause for one in rows).items())),
        len(ended), kept, kept / len(ended) if enough else None, interval.low if interval else None,
        interval.high if interval else None, open_actions, max(0, every.count() - MOST),
    )  # fmt: skip


@question(needs=Right.ESCALATIONS_READ, example={"post_mortem": 1})
def show_post_mortem(actor: Actor, post_mortem: PostMortemId) -> PostMortemShown:
    """Show a review with what is changed because of it."""
    return _shown(actor, access.access_post_mortem(actor, post_mortem))


@action(
    needs=Right.ESCALATIONS_WRITE,
    example={"case": 1, "happened": "Three invoices were wrong", "why": "The old address stayed in the form"},
)
def write_post_mortem(
    actor: Actor, case: CaseId, happened: Words, why: Words, learned: MaybeWords = ""
) -> PostMortemShown:
    """Write the review of a resolved case: what happened, why, what is learned. It names causes, not the guilty."""
    row = access.access_case(actor, case, Right.ESCALATIONS_WRITE)
    if row.state != Case.RESOLVED:
        raise Conflict(f"escalation {row.pk} is open", "close it with its cause first")
    if access.post_mortem_of(row) is not None:
        raise Conflict(f"escalation {row.pk} has a review", "change that one")
    made = deeds.create(PostMortem, case=row, by_id=actor.person, happened=happened, why=why, learned=learned)
    return _shown(actor, access.access_post_mortem(actor, made.pk))


@action(needs=Right.ESCALATIONS_WRITE, example={"post_mortem": 1, "version": 1, "happened": "…", "why": "…"})
def change_post_mortem(
    actor: Actor, post_mortem: PostMortemId, version: Version, happened: Words, why: Words, learned: MaybeWords = ""
) -> PostMortemShown:
    """Write a review anew, until it is finished."""
    row = _draft(actor, post_mortem)
    deeds.change(row, version, happened=happened, why=why, learned=learned)
    return _shown(actor, access.access_post_mortem(actor, row.pk))


@action(
    needs=Right.ESCALATIONS_WRITE,
    example={"post_mortem": 1, "what": "check the address in the form", "due": "2030-02-01T16:00:00Z", "person": 7},
)
def add_action(
    actor: Actor, post_mortem: PostMortemId, what: Line, due: AwareDatetime, person: OtherId, kind: ChangeKind = ""
) -> PostMortemShown:
    """Say what is changed because of it, who does it until when: it stands on their list of promises.

    Parameters
    ----------
    kind
        What kind of change it is; then it is registered as one, so that its effect can be judged and charts show it.
    """
    row = access.access_post_mortem(actor, post_mortem, Right.ESCALATIONS_WRITE)
    if due <= clock.now():
        raise calling.misfit("due", "an action is for a time that has not passed")
    who = access.access_colleague(actor, person)
    team = access.team_of(who.pk)
    promise = deeds.create(
        Commitment, person=who, team_id=team, desk="escalations", to_kind="colleague", to_whom="the team",
        what=what, due_at=due,
    )  # fmt: skip
    change = None
    if kind:
        change = deeds.create(
            Registered, person=who, team_id=team, desk="escalations", kind=kind, what=what,
            units=[f"team:{row.case.team_id}"] if row.case.team_id else [f"person:{who.pk}"], start=due,
            selected_on="other",
        )  # fmt: skip
    deeds.create(Action, post_mortem=row, what=what, commitment=promise, intervention=change)
    calling.tell((who.pk,), "An action after an escalation is yours", row.case_id)
    return _shown(actor, row)


@action(needs=Right.ESCALATIONS_LEAD, example={"post_mortem": 1, "version": 1})
def finish_post_mortem(actor: Actor, post_mortem: PostMortemId, version: Version) -> PostMortemShown:
    """Finish a review: it stays as it is; its actions go on."""
    row = _draft(actor, post_mortem, Right.ESCALATIONS_LEAD)
    deeds.change(row, version, state=PostMortem.FINISHED, finished_at=clock.now())
    return _shown(actor, access.access_post_mortem(actor, row.pk))


@action(needs=Right.ESCALATIONS_LEAD, example={"post_mortem": 1, "version": 2})
def reopen_post_mortem(actor: Actor, post_mortem: PostMortemId, version: Version) -> PostMortemShown:
    """Undo the finish of a review."""
    row = access.access_post_mortem(actor, post_mortem, Right.ESCALATIONS_LEAD)
    if row.state != PostMortem.FINISHED:
        raise Conflict("this review is a draft", "nothing is left to do")
    deeds.change(row, version, state=PostMortem.DRAFT, finished_at=None)
    return _shown(actor, access.access_post_mortem(actor, row.pk))


def _draft(actor: Actor, post_mortem: int, right: Right = Right.ESCALATIONS_WRITE) -> PostMortem:
    row = access.access_post_mortem(actor, post_mortem, right)
    if row.state == PostMortem.FINISHED:
        raise Conflict("this review is finished", "undo that first")
    return row


def _ends(month: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _shown(actor: Actor, row: PostMortem) -> PostMortemShown:
    now = clock.now()
    rows = []
    for one in access.actions_of(row):
        made = one.commitment
        rows.append(ActionShown(
            one.pk, one.what, Who(made.person_id, made.person.name), made.due_at, made.state,
            (made.closed_at or now) > made.due_at, made.pk, made.version, one.intervention_id,
        ))  # fmt: skip
    leads = access.visible_post_mortems(actor, Right.ESCALATIONS_LEAD).filter(pk=row.pk).exists()
    return PostMortemShown(
        row.pk, showing.one_listed(row.case), row.happened, row.why, row.learned, row.state,
        row.by.name if row.by else "", row.finished_at, tuple(rows), leads, row.version,
    )  # fmt: skip
