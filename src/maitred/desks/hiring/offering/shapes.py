"""What the verbs of offers and hires take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

OfferState = Literal["waiting", "sent_back", "approved", "made", "accepted", "declined", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Percentile:
    """An annual wage of the survey at a percentile; empty where it was suppressed."""

    percentile: int
    wage: int | None


@dataclass(frozen=True, slots=True)
class BandShown:
    """What the survey of wages shows for the occupation and area, and where the offer lies in it."""

    soc: str
    area: str
    release: str
    source: str
    sentence: str
    percentiles: tuple[Percentile, ...]


@dataclass(frozen=True, slots=True)
class HireShown:
    """The person of the house that somebody became, and the path they are on."""

    offer: int
    person: int
    name: str
    started_on: date
    enrolment: int | None


@dataclass(frozen=True, slots=True)
class OfferShown:
    """An offer beside the range that was published; outside of it, ``outside_why`` says why.

    ``band`` is empty where no survey is bundled. ``mine``: the reader wrote it, so that somebody else approves.
    """

    id: int
    candidate: int
    code: str
    requisition: int
    title: str
    amount: int
    currency: str
    pay_unit: str
    start: date
    range_min: int
    range_max: int
    outside: bool
    outside_why: str
    band: BandShown | None
    state: str
    author: str
    mine: bool
    approver: str
    approved_at: datetime | None
    made_at: datetime | None
    answered_at: datetime | None
    words: str
    hire: HireShown | None
    version: int


@dataclass(frozen=True, slots=True)
class HireRamp:
    """Weeks until half of those hired work like their team, beside what requisitions assumed.

    ``median`` is empty with fewer than ``needed`` people, or where it is not reached; ``n`` people are behind it.
    """

    cohort: str
    n: int
    needed: int | None
    median: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Ramps:
    """How long people needed until they work like their team, per half-year of their start, and what was assumed."""

    assumed_weeks: float | None
    hires: int
    cohorts: tuple[HireRamp, ...]
    reason: str
