"""Offers and hires as their readers get them."""

from __future__ import annotations

from maitred.desks.hiring.models import Hire, Offer
from maitred.desks.hiring.offering.shapes import BandShown, HireShown, OfferShown, Percentile
from maitred.desks.hiring.pipeline import access
from maitred.kit.access.actor import Actor


def offer(actor: Actor, row: Offer) -> OfferShown:
    """An offer with its range, band and hire."""
    made = access.hire_of(row)
    asked = row.candidate.requisition
    return OfferShown(
        id=row.pk, candidate=row.candidate_id, code=row.candidate.code, requisition=asked.pk, title=asked.title,
        amount=row.amount, currency=row.currency, pay_unit=row.pay_unit, start=row.start, range_min=row.range_min,
        range_max=row.range_max, outside=not row.range_min <= row.amount <= row.range_max,
        outside_why=row.outside_why, band=_band(row), state=row.state, author=row.author.name,
        mine=row.author_id == actor.person, approver=row.approver.name if row.approver else "",
        approved_at=row.approved_at, made_at=row.made_at, answered_at=row.answered_at, words=row.words,
        hire=hire(made) if made is not None else None, version=row.version,
    )  # fmt: skip


def hire(row: Hire) -> HireShown:
    """A hire."""
    return HireShown(row.offer_id, row.person_id, row.person.name, row.started_on, row.enrolment)


def _band(row: Offer) -> BandShown | None:
    if not row.band:
        return None
    percentiles = tuple(Percentile(share, wage) for share, wage in row.band["percentiles"])
    return BandShown(
        row.band["soc"], row.band["area"], row.band["release"], row.band["source"], row.band["sentence"], percentiles
    )
