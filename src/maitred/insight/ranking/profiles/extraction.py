"""One profile as search sees it: features, and for each the slice of the source that it was read from.

A dictionary and dates, nothing else: no model, no name, no guess. The same profile gives the same features on any
machine, and so does the same profile with another name, pronoun, street, year of birth, college or club.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from maitred.insight.ranking import places
from maitred.insight.ranking.columns import BITS_OF_A_COLUMN, FEATURE_NAMES, UNKNOWN, Features
from maitred.insight.ranking.profiles.dates import LARGEST, Span, months_of
from maitred.insight.ranking.profiles.degrees import degrees_between
from maitred.insight.ranking.profiles.jobs import Job, Passage, Passages, passages_of
from maitred.insight.ranking.profiles.leading import leads_by_title, team_in
from maitred.insight.ranking.profiles.read_shapes import last_modified
from maitred.insight.ranking.profiles.shapes import Evidence, Extracted, Note
from maitred.insight.ranking.profiles.titles import is_support, role_of
from maitred.insight.ranking.vocabulary import CERTIFICATES, EVERY_TERM, LANGUAGES, Found, find_terms

FROM_THE_VAULT: Final = frozenset({"key", "tie", "basis", "hide_after"})
READ_FEATURES: Final = tuple(name for name in FEATURE_NAMES if name not in FROM_THE_VAULT)
"""The features that are read of a document, in the order of the columns."""
MOST_EVIDENCE: Final = 400
_IN_JOBS: Final = frozenset({"tool", "skill"})

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
    day, notes = _day(profile, as_of)
    passages = passages_of(profile, day)
    evidence: list[Evidence] = []
    values: dict[str, int] = {}
    roles = [None if job.title is None else role_of(job.title.said) for job in passages.jobs]
    bits = _Bits()
    leads = [_read_job(job, role, values, bits, evidence) for job, role in zip(passages.jobs, roles, strict=True)]
    _months(passages.jobs, roles, leads, day, values, evidence)
    _role(passages.jobs, roles, values, evidence)
    _listed(passages, bits, evidence)
    _education(passages, values, evidence)
    _place(passages, values, evidence)
    columns = profile.get("meta", {}).get("columns") if isinstance(profile.get("meta"), Mapping) else None
    if isinstance(columns, Mapping):
        evidence = [_renamed(one, columns) for one in evidence]
    features = replace(Features(key=0, tie=0), **values, **bits.columns())  # type: ignore[arg-type]
    return Extracted(
        features,
        digest(features),
        tuple(evidence[:MOST_EVIDENCE]),
        (*notes, *passages.notes),
        any(isinstance(job.span, Span) and not job.span.exact for job in passages.jobs),
    )


def digest(features: Features) -> str:
    """SHA-256 of what was read, as canonical JSON."""
    packed = json.dumps([getattr(features, name) for name in READ_FEATURES], separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()


def _day(profile: Mapping[str, Any], as_of: date) -> tuple[date, list[Note]]:
    told = last_modified(dict(profile)) if "meta" in profile else None
    if told is None:
        return as_of, []
    if told.year < 1980 or told > as_of:
        return as_of, [Note("meta.lastModified", f"{told} is no day before {as_of}: open jobs count to that day")]
    return told, []


class _Bits:
    """Sets of terms as bits of their columns."""

    def __init__(self) -> None:
        self._held: dict[str, int] = {}

    def add(self, found: Found, *, dated: bool) -> None:
        kind, bit = found.term.kind, found.term.bit
        how = "dated" if dated else "listed"
        if kind == "tool":
            name = f"tools_{how}"
        elif kind == "skill":
            name, bit = f"skills_{how}_{bit // BITS_OF_A_COLUMN}", bit % BITS_OF_A_COLUMN
        else:
            name = {"certification": "certs", "language": "languages", "industry": "industries"}[kind]
        self._held[name] = self._held.get(name, 0) | (1 << bit)

    def columns(self) -> dict[str, int]:
        return self._held


def _read_job(job: Job, role: Any, values: dict[str, int], bits: _Bits, evidence: list[Evidence]) -> bool:
    """Read the terms, the team and whether it is remote in one job; returns whether it leads people."""
    dated = isinstance(job.span, Span)
    title = "" if job.title is None else job.title.said
    leads = bool(title) and leads_by_title(
        "" if role is None else role.role.id, 0 if role is None else role.role.level, title
    )
    passage = job.told
    if passage is not None:
        for found in _terms(passage):
            kind = found.term.kind
            if kind == "industry" or (kind in _IN_JOBS and not passage.at(found.start)[0].endswith("].name")):
                bits.add(found, dated=dated)
                evidence.append(_evidence(passage, found.start, found.end, _about(found), dated))
        said = passage.said
        team = team_in(said)
        if team is not None:
            leads = True
            values["team_size"] = max(values.get("team_size", UNKNOWN), min(team.size, LARGEST))
            evidence.append(_evidence(passage, passage.low + team.start, passage.low + team.end, "team_size", dated))
        _remote(passage, said, _REMOTE, values, evidence)
    if job.where is not None:
        _remote(job.where, job.where.text, _REMOTE_PLACE, values, evidence)
    return leads


def _remote(
    passage: Passage, said: str, pattern: re.Pattern[str], values: dict[str, int], evidence: list[Evidence]
) -> None:
    plain = said.lower()
    if not any(hint in plain for hint in _REMOTE_HINTS):
        return
    found = pattern.search(said)
    if found is None:
        return
    no = bool(found.groupdict().get("no"))
    if not no or "remote_ok" not in values:
        values["remote_ok"] = 0 if no else 1
    evidence.append(_evidence(passage, passage.low + found.start(), passage.low + found.end(), "remote"))


def _months(
    jobs: list[Job], roles: list[Any], leads: list[bool], day: date, values: dict[str, int], evidence: list[Evidence]
) -> None:
    spans = [job.span if isinstance(job.span, Span) else None for job in jobs]
    support = [
        role is not None and job.title is not None and is_support(role, job.title.said)
        for job, role in zip(jobs, roles, strict=True)
    ]
    known = [span for span in spans if span is not None]
    values["months_total"] = months_of(known) if known else UNKNOWN
    values["months_support"] = _counted(spans, support, any(job.title is not None for job in jobs))
    values["months_lead"] = _counted(spans, leads, any(job.title is not None for job in jobs))
    ends = [span.after for span, yes in zip(spans, support, strict=True) if yes and span is not None]
    if ends:
        values["months_since_support"] = min(max(0, day.year * 12 + day.month - max(ends)), LARGEST)
    for job, is_one, leading in zip(jobs, support, leads, strict=True):
        for about, yes in (("years", is_one), ("lead", leading)):
            if yes:
                evidence += [_evidence(one, one.low, one.end, about, isinstance(job.span, Span)) for one in job.dates]


def _counted(spans: list[Span | None], which: list[bool], titled: bool) -> int:
    """Months of the jobs that count; unknown where none of them has dates, or where no job has any title."""
    chosen = [span for span, yes in zip(spans, which, strict=True) if yes]
    known = [span for span in chosen if span is not None]
    if known:
        return months_of(known)
    if chosen or not titled or not any(span is not None for span in spans):
        return UNKNOWN
    return 0


def _role(jobs: list[Job], roles: list[Any], values: dict[str, int], evidence: list[Evidence]) -> None:
    """The latest job in customer support, else the latest one whose title is known."""
    latest: tuple[Any, ...] | None = None
    for order, (job, role) in enumerate(zip(jobs, roles, strict=True)):
        if role is None or job.title is None:
            continue
        span = job.span if isinstance(job.span, Span) else None
        title = job.title.said
        rank = (
            is_support(role, title),
            span is not None,
            0 if span is None else span.after,
            0 if span is None else span.first,
            role.role.level,
            -order,
        )
        if latest is None or rank > latest[0]:
            latest = (rank, role, job.title, span is not None)
    if latest is None:
        return
    _, role, title_passage, dated = latest
    values["role"], values["role_p"] = role.role.number, role.sureness
    evidence.append(_evidence(title_passage, title_passage.low, title_passage.end, "role", dated))


def _listed(passages: Passages, bits: _Bits, evidence: list[Evidence]) -> None:
    for passage in passages.listed:
        for found in _terms(passage):
            if found.term.kind != "language":
                bits.add(found, dated=False)
                evidence.append(_evidence(passage, found.start, found.end, _about(found)))
    for vocabulary, among in ((CERTIFICATES, passages.certificates), (LANGUAGES, passages.languages)):
        for passage in among:
            for found in _terms(passage, vocabulary):
                bits.add(found, dated=False)
                evidence.append(_evidence(passage, found.start, found.end, _about(found)))


def _education(passages: Passages, values: dict[str, int], evidence: list[Evidence]) -> None:
    best: tuple[int, Passage, int, int] | None = None
    for passage in passages.education:
        for degree in degrees_between(passage.text, passage.low, passage.end):
            if best is None or degree.rank > best[0]:
                best = (degree.rank, passage, degree.start, degree.end)
    if best is not None:
        values["education"] = best[0]
        evidence.append(_evidence(best[1], best[2], best[3], "education"))


def _place(passages: Passages, values: dict[str, int], evidence: list[Evidence]) -> None:
    city = passages.city
    if city is not None:
        row = places.city_row(city.city, city.region, city.country)
        if row >= 0:
            values["city"] = row
            evidence.append(Evidence(city.field, city.start, city.end, city.city, "place"))
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
    row = places.city_row(name.strip(), region, country) if rest else UNKNOWN
    if row < 0 and rest:
        row = places.city_row(name.strip(), "", region)
    if row >= 0:
        values["city"] = row
        begun = len(name) - len(name.lstrip())
        evidence.append(_evidence(job.where, begun, begun + len(name.strip()), "place"))


def _terms(passage: Passage, vocabulary: Any = EVERY_TERM) -> Iterator[Found]:
    said = passage.said
    hits = find_terms(said, vocabulary)
    denied = [one.end() for one in _NEGATION.finditer(said)] if hits else []
    for found in hits:
        near = [end for end in denied if end <= found.start <= end + _REACH]
        if not any(_CLAUSE.isdisjoint(said[end : found.start]) for end in near):
            yield Found(found.term, passage.low + found.start, passage.low + found.end)


def _about(found: Found) -> str:
    return f"{found.term.kind}:{found.term.id}"


def _evidence(passage: Passage, start: int, end: int, about: str, dated: bool = False) -> Evidence:
    name, begun = passage.at(start) if passage.parts else (passage.field, 0)
    return Evidence(name, start - begun, end - begun, passage.text[start:end], about, dated)


def _renamed(one: Evidence, columns: Mapping[str, str]) -> Evidence:
    name = columns.get(one.field)
    return one if name is None else Evidence(name, one.start, one.end, one.text, one.about, one.dated)
