"""Offers: an amount beside the published range, approved by somebody else, answered by the candidate; then a hire."""

from __future__ import annotations

from datetime import date
from typing import Any

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, MaitredError
from maitred.desks.hiring.models import Hire, Offer
from maitred.desks.hiring.offering import bands, showing
from maitred.desks.hiring.offering.shapes import HireRamp, OfferShown, OfferState, Ramps
from maitred.desks.hiring.pipeline import access, stepping
from maitred.desks.hiring.shapes import CandidateId, Line, Money, OfferId, OtherId, Sentence
from maitred.desks.hiring.verbs.needs import misfit
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question, run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.results import paged
from maitred.kit.verbs.running import authorise

_EXAMPLE: dict[str, Any] = {"candidate": 1, "amount": 76000, "start": "2030-02-01"}


@question(needs=Right.HIRING_READ, example={})
def offers(
    actor: Actor, state: OfferState | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[OfferShown]:  # fmt: skip
    """List offers, the newest first.

    Parameters
    ----------
    state
        Only those in this state.
    """
    rows = access.visible_offers(actor)
    rows = rows.filter(state=state) if state is not None else rows
    return paged(rows, actor, f"offers:{state}", cursor, limit, lambda row: showing.offer(actor, row), newest=True)


@question(needs=Right.HIRING_READ, example={"offer": 1})
def show_offer(actor: Actor, offer: OfferId) -> OfferShown:
    """Show an offer: the amount beside the published range and the survey's band, who approved, what was answered."""
    return showing.offer(actor, access.access_offer(actor, offer))


@action(needs=Right.HIRING_WRITE, example=_EXAMPLE)
def draft_offer(
    actor: Actor, candidate: CandidateId, amount: Money, start: date, outside_why: Line = ""
) -> OfferShown:  # fmt: skip
    """Write an offer to a candidate; it waits until somebody else approves it.

    Parameters
    ----------
    amount
        In the currency and unit of the requisition.
    start
        The first day of work.
    outside_why
        Why it lies outside of the published range, where it does.
    """
    row = access.access_candidate(actor, candidate)
    person = stepping.refuse_near(actor, row)
    if row.stage not in ("interview", "offer"):
        raise Conflict(f"{row.code} was not interviewed ({row.stage})", "interview them first")
    if not any(one.state == "debriefed" for one in access.visible_interviews(actor).filter(candidate=row)):
        raise Conflict(f"no interview of {row.code} was debriefed", "let the panel talk first")
    asked = row.requisition
    _refuse_outside(amount, asked.pay_min, asked.pay_max, outside_why)
    made = deeds.create(
        Offer, candidate=row, amount=amount, currency=asked.currency, pay_unit=asked.pay_unit, start=start,
        range_min=asked.pay_min, range_max=asked.pay_max, outside_why=outside_why, author_id=person,
        band=bands.beside(asked.role, asked.site, amount, asked.currency, asked.pay_unit),
    )  # fmt: skip
    if row.stage == "interview":
        stepping.step(actor, row, None, "offer", "offer_drafted")
    return showing.offer(actor, made)


@action(needs=Right.HIRING_WRITE, example={"offer": 1, "version": 1, "amount": 78000})
def change_offer(
    actor: Actor, offer: OfferId, version: Version, amount: Money | None = None, start: date | None = None,
    outside_why: Line | None = None,
) -> OfferShown:  # fmt: skip
    """Change an offer that was not made yet; it waits for approval again. What is left out stays."""
    row = _at(actor, offer, ("waiting", "sent_back", "approved"))
    person = stepping.refuse_near(actor, row.candidate)
    sum_, why = amount or row.amount, row.outside_why if outside_why is None else outside_why
    _refuse_outside(sum_, row.range_min, row.range_max, why)
    asked = row.candidate.requisition
    band = bands.beside(asked.role, asked.site, sum_, row.currency, row.pay_unit)
    again = {"state": Offer.WAITING, "approver_id": None, "approved_at": None, "author_id": person}
    values = {"amount": sum_, "start": start or row.start, "outside_why": why, "band": band}
    return showing.offer(actor, deeds.change(row, version, **values, **again))


@action(needs=Right.HIRING_WRITE, example={"offer": 1, "version": 1})
def approve_offer(actor: Actor, offer: OfferId, version: Version) -> OfferShown:
    """Approve an offer that somebody else wrote; nothing is sent by it."""
    row, person = _others(actor, offer)
    by = {"approver_id": person, "approved_at": clock.now()}
    return showing.offer(actor, deeds.change(row, version, state=Offer.APPROVED, **by))


@action(needs=Right.HIRING_WRITE, example={"offer": 1, "version": 1, "reason": "above what the team earns"})
def send_back_offer(actor: Actor, offer: OfferId, version: Version, reason: Sentence) -> OfferShown:
    """Send an offer back to whoever wrote it, and say why."""
    row, _person = _others(actor, offer)
    return showing.offer(actor, deeds.change(row, version, state=Offer.SENT_BACK, words=reason))


@action(needs=Right.HIRING_WRITE, example={"offer": 1, "version": 2})
def make_offer(actor: Actor, offer: OfferId, version: Version) -> OfferShown:
    """Record that an approved offer was made to the candidate."""
    row = _at(actor, offer, ("approved",))
    stepping.refuse_near(actor, row.candidate)
    return showing.offer(actor, deeds.change(row, version, state=Offer.MADE, made_at=clock.now()))


@action(needs=Right.HIRING_WRITE, example={"offer": 1, "version": 3, "accepted": True})
def answer_offer(actor: Actor, offer: OfferId, version: Version, accepted: bool, words: Line = "") -> OfferShown:
    """Record what the candidate answered; whoever declined stays at this stage until somebody decides what comes next.

    Parameters
    ----------
    words
        What they said, where they did.
    """
    row = _at(actor, offer, ("made",))
    state = Offer.ACCEPTED if accepted else Offer.DECLINED
    return showing.offer(actor, deeds.change(row, version, state=state, answered_at=clock.now(), words=words))


@action(needs=Right.HIRING_WRITE, example={"offer": 1, "version": 3, "reason": "the post is gone"})
def withdraw_offer(actor: Actor, offer: OfferId, version: Version, reason: Sentence) -> OfferShown:
    """Take an offer back, and say why."""
    row = _at(actor, offer, ("waiting", "sent_back", "approved", "made", "accepted"))
    stepping.refuse_near(actor, row.candidate)
    if access.hire_of(row) is not None:
        raise Conflict(f"{row.candidate.code} is hired", "what comes after belongs to the roster")
    return showing.offer(actor, deeds.change(row, version, state=Offer.WITHDRAWN, words=reason))


@action(needs=Right.HIRING_WRITE, example={"offer": 1, "version": 4, "person": 7, "started_on": "2030-02-01"})
def hire(
    actor: Actor, offer: OfferId, version: Version, person: OtherId, started_on: date, path: OtherId | None = None
) -> OfferShown:
    """Say which person of the house somebody became who accepted; and put them on a path of Training.

    Parameters
    ----------
    person
        Somebody who is in the house already: the link is made by you, never guessed from a name.
    path
        The path that they begin on their first day, where there is one for them.
    """
    row = _at(actor, offer, ("accepted",))
    by = stepping.refuse_near(actor, row.candidate)
    found = access.access_colleague(actor, person)
    if found.pk == by:
        raise Denied("nobody hires themselves", "let somebody else do it")
    if access.hire_of(row) is not None:
        raise Conflict(f"{row.candidate.code} is hired already", "nothing is left to do")
    deeds.change(row, version, words=row.words)
    enrolment = _enrolled(actor, path, found.pk, started_on) if path is not None else None
    deeds.create(Hire, offer=row, person=found, started_on=started_on, enrolment=enrolment, by_id=by)
    stepping.step(actor, row.candidate, None, "hired", "accepted")
    return showing.offer(actor, access.access_offer(actor, row.pk))


@question(needs=Right.HIRING_READ, example={})
def hire_ramp(actor: Actor) -> Ramps:
    """Show how long people who were hired needed until they work like their team, beside what requisitions assumed."""
    rows = list(access.visible_hires(actor))
    assumed = [row.offer.candidate.requisition.ramp_weeks for row in rows]
    mean = sum(assumed) / len(assumed) if assumed else None
    if "training.ramp" not in register():
        return Ramps(mean, len(rows), (), "nothing measures how people who start become proficient")
    try:
        found = run("training.ramp", actor, {})
    except MaitredError as error:
        return Ramps(mean, len(rows), (), error.what)
    cohorts = tuple(HireRamp(one.name, one.n, one.needed, one.median, one.low, one.high) for one in found.cohorts)
    return Ramps(mean, len(rows), cohorts, "" if cohorts else "nobody started whose work is long enough to be judged")


def _enrolled(actor: Actor, path: int, person: int, start: date) -> int:
    """Put somebody on a path through the door of Training, inside the same deed."""
    verb = register().get("training.enrol")
    if verb is None:
        raise misfit("path", "there is no Training here: leave the path out")
    authorise(verb, actor)
    return int(verb.function(actor, path, person, start).id)


def _refuse_outside(amount: int, low: int, high: int, why: str) -> None:
    if not low <= amount <= high and not why:
        raise misfit("outside_why", f"the range that was published is {low:,} to {high:,}: say why this lies outside")


def _at(actor: Actor, offer: int, states: tuple[str, ...]) -> Offer:
    row = access.access_offer(actor, offer)
    if row.state not in states:
        raise Conflict(f"this offer is {row.state.replace('_', ' ')}", "read it again and decide")
    return row


def _others(actor: Actor, offer: int) -> tuple[Offer, int]:
    row = _at(actor, offer, ("waiting",))
    person = stepping.refuse_near(actor, row.candidate)
    if row.author_id == person:
        raise Denied("you wrote this offer, so somebody else approves it", "ask another holder of the grant")
    return row, person
