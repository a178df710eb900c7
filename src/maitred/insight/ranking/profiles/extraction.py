"""One profile as search sees it: features, and for each the slice of the source that it was read from.

A dictionary and dates, nothing else: no model, no name, no guess. The same profile gives the same features on any
machine, and so does the same profile with another name, pronoun, street, year of birth, college or club.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from maitred.insight.ranking.columns import BITS_OF_A_COLUMN, FEATURE_NAMES, UNKNOWN, Features
from maitred.insight.ranking.profiles.dates import LARGEST, Span, months_of
from maitred.insight.ranking.profiles.degrees import degrees_between
from maitred.insight.ranking.profiles.header import city_row
from maitred.insight.ranking.profiles.jobs import (
    LISTED,
    OF_CERTIFICATES,
    OF_LANGUAGES,
    Book,
    Job,
    Passage,
    Passages,
    Region,
    passages_of,
)
from maitred.insight.ranking.profiles.leading import leads_by_title, lines_with_counts, team_in
from maitred.insight.ranking.profiles.read_shapes import last_modified
from maitred.insight.ranking.profiles.shapes import Evidence, Extracted, Note
from maitred.insight.ranking.profiles.titles import is_support, role_of
from maitred.insight.ranking.vocabulary import CERTIFICATES, INDUSTRIES, LANGUAGES, SKILLS, TOOLS, Found, find_terms

FROM_THE_VAULT: Final = frozenset({"key", "tie", "basis", "hide_after"})
READ_FEATURES: Final = tuple(name for name in FEATURE_NAMES if name not in FROM_THE_VAULT)
"""The features that are read of a document, in the order of the columns."""
MOST_EVIDENCE: Final = 400
_WORK_TERMS: Final = TOOLS + SKILLS + INDUSTRIES
_COLUMN: Final = {"certification": "certs", "language": "languages"}
_SKILLS: Final = {
    dated: tuple(f"skills_{'dated' if dated else 'listed'}_{part}" for part in range(4)) for dated in (True, False)
}
_LOOKED_FOR: Final = {LISTED: CERTIFICATES, OF_CERTIFICATES: CERTIFICATES, OF_LANGUAGES: LANGUAGES}
"""In which kinds of regions certificates and languages are looked for."""

_NEGATION: Final = re.compile(r"(?i)\b(?:no|not|without|never|lack(?:s|ing)?|kein\w*|ohne|sans|sin|sem)\b")
_CLAUSE: Final = frozenset(".;,\n")
_REACH: Final = 30
"""So many letters after a negation a term still belongs to it, in the same clause."""
_REMOTE: Final = re.compile(
    r"(?i)\b(?P<no>(?:no|not|never)\s+(?:\w+\s+){0,3}remote(?:ly)?|on-?site only|office[- ]based only|no home "
    r"office)\b|"
    r"\b(?:fully remote|100\s?% remote|remote(?:ly)? (?:work|position|role|job|only|ok|preferred|first)|open to remote|"
    r"work(?:s|ed|ing)? (?:fully )?(?:remotely|from home)|home ?office|home-based|télétravail|teletrabajo|"
    r"trabajo remoto)\b"
)
_REMOTE_HINTS: Final = ("remot", "home", "télétravail", "teletrabajo", "anywhere", "on-site", "onsite", "office")
_REMOTE_PLACE: Final = re.compile(r"(?i)\b(?:remote|home ?office|work from home|anywhere)\b")


def extract(profile: Mapping[str, Any], *, as_of: date) -> Extracted:
    """Features and evidence of a profile.

    Parameters
    ----------
    as_of
        The day to which a job that goes on counts, where the profile does not say when it was changed last.
    """
    return _extracted(profile, as_of, _Collected())


def extract_features(profile: Mapping[str, Any], *, as_of: date) -> Extracted:
    """The same without evidence, for an import: reasons are read again for the few profiles of a page."""
    return _extracted(profile, as_of, _Uncollected())


def _extracted(profile: Mapping[str, Any], as_of: date, evidence: _Collected) -> Extracted:
    day, notes = _day(profile, as_of)
    passages = passages_of(profile, day)
    jobs = passages.jobs
    titles = ["" if job.title is None else job.title.said for job in jobs]
    roles = [role_of(title) if title else None for title in titles]
    values: dict[str, int] = {}
    bits: dict[str, int] = {}
    leads = [
        bool(title)
        and leads_by_title("" if role is None else role.role.id, 0 if role is None else role.role.level, title)
        for title, role in zip(titles, roles, strict=True)
    ]
    for book in passages.books:
        _terms(book, jobs, bits, evidence)
        _teams(book, jobs, leads, values, evidence)
        _remote(book.text, book.regions, _REMOTE, values, evidence)
    for job in jobs:
        if job.where is not None:
            _remote(job.where, (Region(0, len(job.where.text), 0),), _REMOTE_PLACE, values, evidence)
    support = [role is not None and is_support(role, title) for role, title in zip(roles, titles, strict=True)]
    _months(jobs, support, leads, day, values, evidence)
    _role(jobs, roles, support, values, evidence)
    _education(passages, values, evidence)
    _place(passages, values, evidence)
    features = replace(Features(key=0, tie=0), **values, **bits)  # type: ignore[arg-type]
    columns = profile.get("meta", {}).get("columns") if isinstance(profile.get("meta"), Mapping) else None
    return Extracted(
        features,
        digest(features),
        evidence.told(columns if isinstance(columns, Mapping) else {}),
        (*notes, *passages.notes),
        any(isinstance(job.span, Span) and not job.span.exact for job in jobs),
    )


class _Collected:
    """Evidence as it is found."""

    def __init__(self) -> None:
        self._found: list[Evidence] = []

    def add(self, passage: Passage, start: int, end: int, about: str, dated: bool = False) -> None:
        name, begun = passage.at(start) if passage.parts else (passage.field, 0)
        self._found.append(Evidence(name, start - begun, end - begun, passage.text[start:end], about, dated))

    def told(self, columns: Mapping[str, str]) -> tuple[Evidence, ...]:
        """What was found, by the names of the source's columns where it was a table."""
        found = self._found[:MOST_EVIDENCE]
        return (
            tuple(replace(one, field=columns.get(one.field, one.field)) for one in found) if columns else tuple(found)
        )


class _Uncollected(_Collected):
    """For those who do not ask for evidence."""

    def add(self, passage: Passage, start: int, end: int, about: str, dated: bool = False) -> None:
        return None


def digest(features: Features) -> str:
    """SHA-256 of what was read, as canonical JSON."""
    packed = ",".join([str(getattr(features, name)) for name in READ_FEATURES])
    return hashlib.sha256(f"[{packed}]".encode()).hexdigest()


def _day(profile: Mapping[str, Any], as_of: date) -> tuple[date, list[Note]]:
    told = last_modified(dict(profile)) if "meta" in profile else None
    if told is None:
        return as_of, []
    if told.year < 1980 or told > as_of:
        return as_of, [Note("meta.lastModified", f"{told} is no day before {as_of}: open jobs count to that day")]
    return told, []


def _terms(book: Book, jobs: list[Job], bits: dict[str, int], evidence: _Collected) -> None:
    """The terms of every region: in jobs tools, skills and industries; certificates and languages where they stand."""
    text = book.text.text
    hits = find_terms(text, _WORK_TERMS)
    denied = [one.end() for one in _NEGATION.finditer(text)] if hits else []
    regions, at = book.regions, 0
    for found in hits:
        while at < len(regions) and regions[at].end <= found.start:
            at += 1
        if at == len(regions):
            break
        region = regions[at]
        if found.start < region.start or (denied and _is_denied(text, found.start, denied)):
            continue
        if region.of >= LISTED:
            _take(book, found, region.of, jobs, bits, evidence)
    for region in regions:
        vocabulary = _LOOKED_FOR.get(region.of)
        for found in find_terms(text[region.start : region.end], vocabulary) if vocabulary else ():
            start, end = region.start + found.start, region.start + found.end
            if not (denied and _is_denied(text, start, denied)):
                _set(bits, _COLUMN[found.term.kind], found.term.bit)
                evidence.add(book.text, start, end, f"{found.term.kind}:{found.term.id}")


def _take(book: Book, found: Found, of: int, jobs: list[Job], bits: dict[str, int], evidence: _Collected) -> None:
    kind, bit = found.term.kind, found.term.bit
    dated = of >= 0 and isinstance(jobs[of].span, Span)
    if kind == "industry":
        name = "industries"
    elif of >= 0 and book.text.parts and book.text.at(found.start)[0].endswith("].name"):
        return
    elif kind == "tool":
        name = "tools_dated" if dated else "tools_listed"
    else:
        name = _SKILLS[dated][bit // BITS_OF_A_COLUMN]
        bit %= BITS_OF_A_COLUMN
    _set(bits, name, bit)
    evidence.add(book.text, found.start, found.end, f"{kind}:{found.term.id}", dated)


def _set(bits: dict[str, int], name: str, bit: int) -> None:
    bits[name] = bits.get(name, 0) | (1 << bit)


def _is_denied(text: str, start: int, denied: list[int]) -> bool:
    """Whether a negation stands shortly before, in the same clause."""
    near = [end for end in denied if end <= start <= end + _REACH]
    return any(_CLAUSE.isdisjoint(text[end:start]) for end in near)


def _teams(book: Book, jobs: list[Job], leads: list[bool], values: dict[str, int], evidence: _Collected) -> None:
    text = book.text.text
    for region in book.regions:
        if region.of < 0:
            continue
        for low, high in lines_with_counts(text, region.start, region.end):
            team = team_in(text[low:high])
            if team is not None:
                leads[region.of] = True
                values["team_size"] = max(values.get("team_size", UNKNOWN), min(team.size, LARGEST))
                dated = isinstance(jobs[region.of].span, Span)
                evidence.add(book.text, low + team.start, low + team.end, "team_size", dated)


def _remote(
    passage: Passage,
    regions: tuple[Region, ...],
    pattern: re.Pattern[str],
    values: dict[str, int],
    evidence: _Collected,
) -> None:
    plain = passage.text.lower()
    if not any(hint in plain for hint in _REMOTE_HINTS):
        return
    for region in regions:
        found = pattern.search(passage.text, region.start, region.end) if region.of >= 0 else None
        if found is not None:
            no = bool(found.groupdict().get("no"))
            if not no or "remote_ok" not in values:
                values["remote_ok"] = 0 if no else 1
            evidence.add(passage, found.start(), found.end(), "remote")


def _months(
    jobs: list[Job],
    support: list[bool],
    leads: list[bool],
    day: date,
    values: dict[str, int],
    evidence: _Collected,
) -> None:
    spans = [job.span if isinstance(job.span, Span) else None for job in jobs]
    known = [span for span in spans if span is not None]
    titled = any(job.title is not None for job in jobs)
    values["months_total"] = months_of(known) if known else UNKNOWN
    values["months_support"] = _counted(spans, support, titled)
    values["months_lead"] = _counted(spans, leads, titled)
    ends = [span.after for span, yes in zip(spans, support, strict=True) if yes and span is not None]
    if ends:
        values["months_since_support"] = min(max(0, day.year * 12 + day.month - max(ends)), LARGEST)
    for job, is_one, leading in zip(jobs, support, leads, strict=True):
        for about, yes in (("years", is_one), ("lead", leading)):
            if yes:
                for one in job.dates:
                    evidence.add(one, one.low, one.end, about, isinstance(job.span, Span))


def _counted(spans: list[Span | None], which: list[bool], titled: bool) -> int:
    """Months of the jobs that count; unknown where none of them has dates, or where no job has any title."""
    chosen = [span for span, yes in zip(spans, which, strict=True) if yes]
    known = [span for span in chosen if span is not None]
    if known:
        return months_of(known)
    if chosen or not titled or not any(span is not None for span in spans):
        return UNKNOWN
    return 0


def _role(jobs: list[Job], roles: list[Any], support: list[bool], values: dict[str, int], evidence: _Collected) -> None:
    """The latest job in customer support, else the latest one whose title is known."""
    latest: tuple[Any, ...] | None = None
    for order, (job, role) in enumerate(zip(jobs, roles, strict=True)):
        if role is None or job.title is None:
            continue
        span = job.span if isinstance(job.span, Span) else None
        after, first = (0, 0) if span is None else (span.after, span.first)
        rank = (support[order], span is not None, after, first, role.role.level, -order)
        if latest is None or rank > latest[0]:
            latest = (rank, role, job.title, span is not None)
    if latest is None:
        return
    _, role, title, dated = latest
    values["role"], values["role_p"] = role.role.number, role.sureness
    evidence.add(title, title.low, title.end, "role", dated)


def _education(passages: Passages, values: dict[str, int], evidence: _Collected) -> None:
    best: tuple[int, Passage, int, int] | None = None
    for passage in passages.education:
        for degree in degrees_between(passage.text, passage.low, passage.end):
            if best is None or degree.rank > best[0]:
                best = (degree.rank, passage, degree.start, degree.end)
    if best is not None:
        values["education"] = best[0]
        evidence.add(best[1], best[2], best[3], "education")


def _place(passages: Passages, values: dict[str, int], evidence: _Collected) -> None:
    city = passages.city
    if city is not None:
        row = city_row(city.city, city.region, city.country)
        if row >= 0:
            values["city"] = row
            text = city.city if city.field != "text" else str(city.source)
            evidence.add(Passage(city.field, text), city.start, city.end, "place")
        return
    job = max(
        (job for job in passages.jobs if job.where is not None and isinstance(job.span, Span)),
        key=lambda job: (job.span.after, job.span.first) if isinstance(job.span, Span) else (0, 0),
        default=None,
    )
    if job is None or job.where is None:
        return
    name, _, rest = job.where.text.partition(",")
    region, _, country = (part.strip() for part in rest.partition(","))
    row = city_row(name.strip(), region, country) if rest else UNKNOWN
    if row < 0 and rest:
        row = city_row(name.strip(), "", region)
    if row >= 0:
        values["city"] = row
        begun = len(name) - len(name.lstrip())
        evidence.add(job.where, begun, begun + len(name.strip()), "place")
