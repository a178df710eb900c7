"""Records on people: decisions (C7), basis (C10), telling those who were found (C11), periods (C12), rights (C13),
special data (C14), decisions in California (C15)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from maitred.desks.hiring.postings import rules
from maitred.desks.hiring.postings.checks.finding import Finding
from maitred.desks.hiring.postings.places import Where

BASES = ("applicant", "talent_pool", "referral", "employee", "licensed", "synthetic")
HIDE_DAY, ERASE_DAY = 25, 30
ANSWER_DAYS = 30
COPIES = ("table", "segments", "snippets", "vault")
CALIFORNIA_DAYS = 1461
_SPECIAL: dict[str, re.Pattern[str]] = {
    "birth": re.compile(r"\b(?:date of birth|d\.?o\.?b\.?|born (?:on|in) \d|birth ?day|geburtsdatum|geboren)\b", re.I),
    "religion": re.compile(r"\b(?:christian|catholic|protestant|muslim|jewish|hindu|buddhist|atheist|religion|church member|konfession)\b", re.I),  # noqa: E501
    "ethnicity": re.compile(r"\b(?:ethnicity|race:|hispanic|latin[oa]|african[- ]american|caucasian|asian[- ]american)\b", re.I),  # noqa: E501
    "health": re.compile(r"\b(?:disabled|disability|diagnos(?:ed|is)|pregnan(?:t|cy)|schwerbehindert\w*|chronic illness)\b", re.I),  # noqa: E501
    "orientation": re.compile(r"\b(?:gay|lesbian|bisexual|transgender|sexual orientation)\b", re.I),
    "family": re.compile(r"\b(?:marital status|married|divorced|single parent|familienstand|ledig|verheiratet)\b", re.I),  # noqa: E501
    "politics": re.compile(r"\b(?:trade union member|union member|party member|gewerkschaftsmitglied)\b", re.I),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Move:
    """A candidate's move: where to, by whom, why."""

    candidate: str
    to: str
    user: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Sourced:
    """A profile and how it came here; ``noticed_on``: when its person was told."""

    key: str
    basis: str
    source: str
    from_person: bool
    added_on: date
    noticed_on: date | None = None
    hidden: bool = False
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A profile with its clock; ``still_in``: copies that hold it."""

    key: str
    basis: str
    where: Where | None
    last_step: date
    opted_in: bool = False
    still_in: tuple[str, ...] = ()
    backups_listed: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """A person's request: export or erase, when it was made and answered, and the receipt."""

    key: str
    kind: str
    asked_on: date
    answered_on: date | None
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on a candidate in a place; ``removed_on``: when its record went away."""

    key: str
    where: Where | None
    decided_on: date
    removed_on: date | None
    pseudonymous: bool


def refusals_are_a_persons(moves: Iterable[Move], today: date) -> list[Finding]:
    """C7: every move to rejected has a user and a reason."""
    found = []
    for one in moves:
        if one.to == "rejected" and one.user is None:
            found.append(Finding("C7", "E", one.candidate, "nobody is named who turned this candidate down"))
        if one.to == "rejected" and not one.reason.strip():
            found.append(Finding("C7", "E", one.candidate, "no reason is written why this candidate was turned down"))
    return found


def basis_is_named(profiles: Iterable[Sourced], today: date) -> list[Finding]:
    """C10: each profile has a lawful basis from the list, and a source."""
    found = []
    for one in profiles:
        if one.basis not in BASES:
            found.append(Finding("C10", "E", one.key, f"{one.basis!r} is no basis: take one of {', '.join(BASES)}"))
        if not one.source.strip():
            found.append(Finding("C10", "E", one.key, "the profile has no source: say where it is from"))
    return found


def clock_of(one: Sourced) -> tuple[date, date] | None:
    """C11: the days on which a profile is hidden and erased while its person is not told; ``None``: no such clock."""
    if one.from_person or one.noticed_on is not None or one.basis in ("synthetic", "employee"):
        return None
    return one.added_on + timedelta(days=HIDE_DAY), one.added_on + timedelta(days=ERASE_DAY)


def people_found_are_told(profiles: Iterable[Sourced], today: date) -> list[Finding]:
    """C11: who did not hand in their data is told within 30 days, or hidden at day 25 and erased at day 30."""
    found = []
    for one in profiles:
        days = clock_of(one)
        if days is None or one.erased:
            continue
        if today >= days[1]:
            said = f"the person was not told by {days[1].isoformat()}: the profile has to be erased"
            found.append(Finding("C11", "E", one.key, said))
        elif today >= days[0] and not one.hidden:
            said = f"the person was not told by {days[0].isoformat()}: the profile has to be hidden from search"
            found.append(Finding("C11", "E", one.key, said))
    return found


def kept_until(one: Kept) -> date | None:
    """C12: the day on which a profile's period ends; ``None`` where its basis has none."""
    period = rules.period(one.basis, one.where)
    return None if period is None else one.last_step + timedelta(days=period.days)


def periods_are_kept(profiles: Iterable[Kept], today: date) -> list[Finding]:
    """C12: after its period a profile is in no table, segment or snippet, and listed for the backups."""
    found = []
    for one in profiles:
        if one.basis == "talent_pool" and not one.opted_in:
            found.append(Finding("C12", "E", one.key, "nobody opted in to the talent pool: ask, or erase it"))
        ends = kept_until(one)
        if ends is None:
            found.append(Finding("C12", "E", one.key, f"there is no period for the basis {one.basis!r}"))
        elif today > ends and one.still_in:
            said = f"the period ended on {ends.isoformat()}; it is still in {', '.join(one.still_in)}"
            found.append(Finding("C12", "E", one.key, said))
        elif today > ends and not one.backups_listed:
            found.append(Finding("C12", "E", one.key, "it is erased, but not listed for the backups that hold it"))
    return found


def requests_are_answered(asked: Iterable[Asked], today: date) -> list[Finding]:
    """C13: export and erasure are answered, with a receipt."""
    found = []
    for one in asked:
        if one.kind not in ("export", "erase"):
            found.append(Finding("C13", "E", one.key, f"{one.kind!r} is no request that can be answered"))
        elif one.answered_on is None and (today - one.asked_on).days > ANSWER_DAYS:
            found.append(Finding("C13", "E", one.key, f"the {one.kind} of {one.asked_on.isoformat()} is not answered"))
        elif one.answered_on is not None and not one.receipt:
            found.append(Finding("C13", "E", one.key, f"the {one.kind} was answered without a receipt"))
    return found


def special_data_is_zoned_off(key: str, extracted: Mapping[str, str], today: date, columns: Collection[str] = ()) -> list[Finding]:  # noqa: E501  # fmt: skip
    """C14: what is extracted from, and the columns that search has, hold no protected attribute.

    ``extracted``: field → text that extraction reads, after zones were cut.
    """
    found = [
        Finding("C14", "E", f"{key}.{field}", f"“{hit[0]}” is about {name}: the zone has to be cut before extraction")
        for field, text in extracted.items() for name, pattern in _SPECIAL.items() for hit in pattern.finditer(text)
    ]  # fmt: skip
    banned = re.compile(
        r"\b(?:sex|gender|race|ethnic|age|birth|religion|disab|marital|pregnan|nationality|orientation)\w*", re.I
    )
    found += [
        Finding("C14", "E", name, f"the column {name} holds a protected attribute: it belongs to the vault")
        for name in columns if banned.search(name.replace("_", " "))
    ]  # fmt: skip
    return found


def decisions_are_kept(rows: Iterable[Decided], today: date) -> list[Finding]:
    """C15: in California records of decisions are kept for four years, under pseudonyms."""
    found = []
    for one in rows:
        if one.where is None or not rules.holding("C15", one.decided_on, one.where):
            continue
        if one.removed_on is not None and (one.removed_on - one.decided_on).days < CALIFORNIA_DAYS:
            said = f"the record of {one.decided_on.isoformat()} went away on {one.removed_on.isoformat()}, before four years"  # noqa: E501
            found.append(Finding("C15", "W", one.key, said))
        elif not one.pseudonymous:
            found.append(Finding("C15", "W", one.key, "the record names its candidate: keep it under a pseudonym"))
    return found
