"""Jobs and other passages of a profile, in one form for JSON Resume, tables and plain texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from maitred.insight.ranking.profiles.dates import Span, span_of
from maitred.insight.ranking.profiles.degrees import degree_in
from maitred.insight.ranking.profiles.entries import entries_in
from maitred.insight.ranking.profiles.header import City, city_in_header
from maitred.insight.ranking.profiles.protected import without
from maitred.insight.ranking.profiles.shapes import Note
from maitred.insight.ranking.profiles.titles import sureness
from maitred.insight.ranking.profiles.zones import Part, Zone, parts_of

_REGIONS: Final = {
    Zone.SKILLS: -1,
    Zone.OTHER: -1,
    Zone.CERTIFICATES: -2,
    Zone.LANGUAGES: -3,
}
_OPEN: Final = frozenset({Zone.EXPERIENCE, Zone.OTHER})
MOST_JOBS: Final = 80
MOST_ITEMS: Final = 200
LONGEST_PASSAGE: Final = 60_000


JOINT: Final = "\n|\n"
"""Between fields that are read in one go; no term, team or clause reaches over it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that is read in one go, with what must not count blanked: a slice of one field, or several fields joined.

    ``parts`` are the places in ``text`` at which the joined fields begin, with their names.
    """

    field: str
    text: str
    low: int = 0
    high: int = -1
    parts: tuple[tuple[int, str], ...] = ()

    @property
    def end(self) -> int:
        return len(self.text) if self.high < 0 else self.high

    @property
    def said(self) -> str:
        return self.text if self.high < 0 and not self.low else self.text[self.low : self.end]

    def at(self, place: int) -> tuple[str, int]:
        """The field at a place of the text, and where it begins."""
        for begun, name in reversed(self.parts):
            if begun <= place:
                return name, begun
        return self.field, 0


LISTED: Final = -1
OF_CERTIFICATES: Final = -2
OF_LANGUAGES: Final = -3


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a book: of the job of that number, or one of the kinds above."""

    start: int
    end: int
    of: int


@dataclass(frozen=True, slots=True)
class Book:
    """Everything of a profile that terms are looked for in, as one text that is gone through once."""

    text: Passage
    regions: tuple[Region, ...]


class _Writer:
    """Joins fields to one text."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._parts: list[tuple[int, str]] = []
        self._regions: list[Region] = []
        self._length = 0

    def add(self, of: int, fields: Iterable[tuple[str, Any]]) -> None:
        start = self._length
        for name, value in fields:
            text = _text(value)
            if text and not text.isspace():
                self._parts.append((self._length, name))
                self._texts.append(text)
                self._length += len(text) + len(JOINT)
        if self._length > start:
            self._regions.append(Region(start, self._length - len(JOINT), of))

    def book(self) -> Book | None:
        if not self._texts:
            return None
        text = without(JOINT.join(self._texts))
        return Book(Passage("", text, parts=tuple(self._parts)), tuple(self._regions))


@dataclass(frozen=True, slots=True)
class Job:
    """One job: its title, the months it covers or why they are unknown, and what is told of it."""

    title: Passage | None
    span: Span | str
    dates: tuple[Passage, ...]
    where: Passage | None = None


@dataclass(slots=True)
class Passages:
    """Everything of one profile that may be read."""

    jobs: list[Job] = field(default_factory=list)
    books: list[Book] = field(default_factory=list)
    education: list[Passage] = field(default_factory=list)
    city: City | None = None
    notes: list[Note] = field(default_factory=list)


def passages_of(profile: Mapping[str, Any], as_of: date) -> Passages:
    """What may be read of a profile; name, contact, schools and clubs are not among it."""
    found, writer = Passages(), _Writer()
    _work(found, writer, profile, as_of)
    _lists(found, writer, profile)
    book = writer.book()
    if book is not None:
        found.books.append(book)
    basics = profile.get("basics")
    location = basics.get("location") if isinstance(basics, Mapping) else None
    if isinstance(location, Mapping):
        told = [_text(location.get(name)) for name in ("city", "region", "countryCode")]
        if told[0]:
            found.city = City(told[0], told[1], told[2], "basics.location.city", 0, len(told[0]))
    text = profile.get("text")
    if isinstance(text, str) and text.strip():
        _plain(found, text[: 4 * LONGEST_PASSAGE], as_of, whole=not ({"work", "basics"} & set(profile)))
    return found


def _work(found: Passages, writer: _Writer, profile: Mapping[str, Any], as_of: date) -> None:
    for place, one in enumerate(_items(profile, "work", found)):
        if not isinstance(one, Mapping):
            found.notes.append(Note(f"work[{place}]", "it is not an object"))
            continue
        at = f"work[{place}]"
        start, end = _text(one.get("startDate")), _text(one.get("endDate"))
        span = span_of(start, end, as_of)
        if isinstance(span, str) and span:
            found.notes.append(Note(at, span))
        elif isinstance(span, Span) and span.note:
            found.notes.append(Note(at, span.note))
        highlights = one.get("highlights")
        lines = highlights[:MOST_ITEMS] if isinstance(highlights, list) else []
        title = _passage(f"{at}.position", one.get("position"))
        writer.add(
            len(found.jobs),
            [
                (f"{at}.position", one.get("position")),
                (f"{at}.name", one.get("name")),
                (f"{at}.summary", one.get("summary")),
                *((f"{at}.highlights[{number}]", line) for number, line in enumerate(lines)),
            ],
        )
        dates = [Passage(f"{at}.{name}", said) for name, said in (("startDate", start), ("endDate", end)) if said]
        where = _passage(f"{at}.location", one.get("location"))
        found.jobs.append(Job(title, span, tuple(dates), where))


def _lists(found: Passages, writer: _Writer, profile: Mapping[str, Any]) -> None:
    writer.add(LISTED, _skills(profile, found))
    writer.add(OF_CERTIFICATES, _named(profile, "certificates", "name", found))
    writer.add(OF_LANGUAGES, _named(profile, "languages", "language", found))
    for place, one in enumerate(_items(profile, "education", found)):
        told = [(part, _text(one.get(part))) for part in ("studyType", "area")] if isinstance(one, Mapping) else []
        found.education += [Passage(f"education[{place}].{part}", text) for part, text in told if text][:1]


def _skills(profile: Mapping[str, Any], found: Passages) -> Iterator[tuple[str, Any]]:
    for place, one in enumerate(_items(profile, "skills", found)):
        if isinstance(one, Mapping):
            yield f"skills[{place}].name", one.get("name")
            keywords = one.get("keywords")
            for number, word in enumerate(keywords[:MOST_ITEMS] if isinstance(keywords, list) else []):
                yield f"skills[{place}].keywords[{number}]", word
        else:
            yield f"skills[{place}]", one


def _named(profile: Mapping[str, Any], name: str, part: str, found: Passages) -> Iterator[tuple[str, Any]]:
    for place, one in enumerate(_items(profile, name, found)):
        yield (f"{name}[{place}].{part}", one.get(part)) if isinstance(one, Mapping) else (f"{name}[{place}]", one)


def _plain(found: Passages, text: str, as_of: date, *, whole: bool) -> None:
    read = without(text)
    parts = parts_of(text)
    if not whole and not any(part.zone not in (Zone.HEADER, Zone.CUT) and part.start == 0 for part in parts):
        headed = any(part.zone not in (Zone.HEADER, Zone.CUT) for part in parts) and len(parts) > 1 and "\n" in text
        if not headed:
            parts = [Part(Zone.OTHER, 0, len(text))]
    regions: list[Region] = []
    for part in parts:
        if part.zone is Zone.EXPERIENCE:
            regions += _entries(found, text, part, as_of)
        elif part.zone is Zone.EDUCATION:
            found.education.append(Passage("text", text, part.start, part.end))
        elif part.zone in _REGIONS:
            regions.append(Region(part.start, part.end, _REGIONS[part.zone]))
    if regions:
        found.books.append(Book(Passage("text", read), tuple(regions)))
    if not any(part.zone is Zone.EDUCATION for part in parts):
        found.education += [one for part in parts if part.zone in _OPEN for one in _degree_lines(text, part)]
    if found.city is None and whole:
        first = next((part.start for part in parts if part.zone not in (Zone.HEADER, Zone.CUT)), len(text))
        found.city = city_in_header(text, first)


def _degree_lines(text: str, part: Part) -> list[Passage]:
    """Lines that begin with a degree, where no heading says where the education stands."""
    position, lines = part.start, []
    for line in text[part.start : part.end].split("\n"):
        degree = degree_in(line) if line.strip() and len(line) < 120 else None
        if degree is not None and not line[: degree.start].strip(" -*•\t"):
            lines.append(Passage("text", text, position, position + len(line)))
        position += len(line) + 1
    return lines


def _entries(found: Passages, text: str, part: Part, as_of: date) -> list[Region]:
    entries = entries_in(text, part.start, part.end, sureness)[:MOST_JOBS]
    regions = [] if entries else [Region(part.start, part.end, LISTED)]
    for one in entries:
        span = span_of(one.dates.began, one.dates.ended, as_of)
        why = span if isinstance(span, str) else span.note
        if why:
            found.notes.append(Note("text", f"{text[one.dates.start : one.dates.end]!r}: {why}"))
        title = None if one.title is None else Passage("text", text, one.title.start, one.title.end)
        regions.append(Region(one.start, one.end, len(found.jobs)))
        found.jobs.append(Job(title, span, (Passage("text", text, one.dates.start, one.dates.end),)))
    return regions


def _items(profile: Mapping[str, Any], name: str, found: Passages) -> Iterator[Any]:
    told = profile.get(name)
    if told is None:
        return
    if not isinstance(told, list):
        found.notes.append(Note(name, "it is not a list"))
        return
    most = MOST_JOBS if name == "work" else MOST_ITEMS
    if len(told) > most:
        found.notes.append(Note(name, f"only the first {most} of {len(told)} are read"))
    yield from told[:most]


def _passage(field: str, value: Any) -> Passage | None:
    text = _text(value)
    return Passage(field, without(text)) if text.strip() else None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value[:LONGEST_PASSAGE]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
