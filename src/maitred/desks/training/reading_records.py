"""Lists of what people did elsewhere: a CSV, or statements of the Experience API (xAPI), read into rows.

A row that cannot be used keeps its number, the field and what is wrong with it; the others are read all the same. Of
xAPI the verbs completed, passed and failed count; other verbs are passed over and counted, voided statements are gone.
Scores are shares from 0 to 1: a CSV with any score above 1 is read as per cent as a whole.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from maitred.base.errors import BadInput

MOST_ROWS = 20_000
LONGEST = 254
FIELDS: dict[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "mail", "email address"),
    "person": ("person", "name", "learner", "employee", "user", "full name", "username"),
    "course": ("course", "course title", "title", "activity", "training", "module"),
    "at": ("completed_at", "completed at", "completed", "completion date", "completed on", "date", "finished"),
    "score": ("score", "score_percent", "result", "grade"),
    "outcome": ("outcome", "status", "success"),
}
"""What the columns of a CSV may be called, without regard to case."""
OUTCOMES = {
    "completed": "completed", "complete": "completed", "done": "completed", "finished": "completed",
    "passed": "passed", "pass": "passed", "yes": "passed", "true": "passed",
    "failed": "failed", "fail": "failed", "no": "failed", "false": "failed",
}  # fmt: skip
VERBS = ("completed", "passed", "failed")
_AHEAD = timedelta(days=1)

Form = Literal["csv", "xapi"]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a field of a row; ``person`` is whom it may mean."""

    field: str
    message: str
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``who`` is what it says for people, ``names`` are what it may be looked up by; ``at`` is ISO 8601."""

    number: int
    who: str
    names: tuple[str, ...]
    title: str
    outcome: str
    at: str
    score: float | None = None
    person: int | None = None
    wrong: tuple[Wrong, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Listed:
    """What was read; ``passed_over`` counts statements with other verbs and voided ones."""

    form: Form
    rows: tuple[Row, ...]
    passed_over: int = 0
    per_cent: bool = False


def row_of(kept: Mapping[str, Any]) -> Row:
    """A row from its JSON form."""
    wrong = tuple(Wrong(**one) for one in kept.get("wrong", ()))
    return Row(**{**kept, "names": tuple(kept["names"]), "wrong": wrong})


def read(content: str, zone: ZoneInfo, now: datetime) -> Listed:
    """Rows of a list, whichever of the two forms it has.

    Parameters
    ----------
    content
        The whole list as text.
    zone
        The zone of days and times that name none.
    now
        What lies after it did not happen yet.

    Raises
    ------
    BadInput
        It is neither form, lacks a column, or is too long.
    """
    text = content.lstrip("\ufeff").strip()
    if not text:
        raise BadInput("the list is empty", "choose a file with rows")
    return _xapi(text, zone, now) if text[0] in "[{" else _csv(text, zone, now)


def key_of(person: int, row: Row) -> str:
    """A digest of what a row says of a person: the same row again has the same one."""
    said = json.dumps([person, alike(row.title), row.outcome, row.at], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def alike(text: str) -> str:
    """A name or title as it is compared."""
    return " ".join(text.casefold().split())


@dataclass(slots=True)
class _Said:
    """A row while it is read."""

    number: int
    wrong: list[Wrong] = field(default_factory=list)

    def need(self, name: str, text: str, message: str) -> str:
        if not text:
            self.wrong.append(Wrong(name, message))
        elif len(text) > LONGEST:
            self.wrong.append(Wrong(name, f"longer than {LONGEST} characters"))
        return text[:LONGEST]

    def moment(self, text: str, zone: ZoneInfo, now: datetime) -> str:
        if not text:
            self.wrong.append(Wrong("completed_at", "no day of completion"))
            return ""
        found = _instant(text, zone)
        if found is None:
            self.wrong.append(Wrong("completed_at", f"{text[:40]} is no day: write it as 2026-05-31"))
            return ""
        if found > now + _AHEAD:
            self.wrong.append(Wrong("completed_at", f"{text[:40]} has not come yet"))
            return ""
        return found.isoformat()


def _csv(text: str, zone: ZoneInfo, now: datetime) -> Listed:
    lines = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    try:
        head = [alike(one) for one in next(lines)]
        places = {name: _place(head, known) for name, known in FIELDS.items()}
        _refuse_missing(places)
        cells = [(lines.line_num, one) for one in lines if any(each.strip() for each in one)]
    except csv.Error as error:
        raise BadInput(f"the list cannot be read as CSV: {error}", "save it as CSV with quoted texts") from error
    _refuse_length(len(cells))
    rows, said = [], []
    for number, one in cells:
        given = {name: one[place].strip() if place is not None and place < len(one) else ""
                 for name, place in places.items()}  # fmt: skip
        row, score = _csv_row(number, given, zone, now)
        rows.append(row)
        said.append(score)
    per_cent = any(score is not None and score > 1 for score in said)
    whole = 100.0 if per_cent else 1.0
    return Listed("csv", tuple(_scored(row, score, whole) for row, score in zip(rows, said, strict=True)), 0, per_cent)


def _csv_row(number: int, given: Mapping[str, str], zone: ZoneInfo, now: datetime) -> tuple[Row, float | None]:
    said = _Said(number)
    who = said.need("person", given["email"] or given["person"], "names nobody")
    title = said.need("course", given["course"], "names no course")
    at = said.moment(given["at"], zone, now)
    outcome = OUTCOMES.get(alike(given["outcome"]) or "completed", "")
    if not outcome:
        said.wrong.append(Wrong("outcome", f"{given['outcome'][:40]} is none of completed, passed, failed"))
    score, fits = _number(given["score"])
    if not fits:
        said.wrong.append(Wrong("score", f"{given['score'][:40]} is no number"))
    names = tuple(alike(one) for one in (given["email"], given["person"]) if one)
    return Row(number, who, names, title, outcome, at, None, None, tuple(said.wrong)), score


def _scored(row: Row, score: float | None, whole: float) -> Row:
    if score is None:
        return row
    if not 0 <= score <= whole:
        return replace(row, wrong=(*row.wrong, Wrong("score", f"{score:g} is not between 0 and {whole:g}")))
    return replace(row, score=round(score / whole, 6))


def _xapi(text: str, zone: ZoneInfo, now: datetime) -> Listed:
    statements = list(_statements(text))
    _refuse_length(len(statements))
    voided = {
        _text(one, "object", "id") for _, one in statements if isinstance(one, dict) and _verb(one) == "voided"
    }  # fmt: skip
    rows, over = [], 0
    for number, one in statements:
        if not isinstance(one, dict):
            rows.append(Row(number, "", (), "", "", "", wrong=(Wrong("statement", "is no statement of xAPI"),)))
        elif _verb(one) not in VERBS or (one.get("id") and one["id"] in voided):
            over += 1
        else:
            rows.append(_statement(number, one, zone, now))
    return Listed("xapi", tuple(rows), over)


def _statements(text: str) -> Iterator[tuple[int, Any]]:
    """Statements with their number: of a document its place, of JSON Lines the line."""
    try:
        whole = json.loads(text)
    except RecursionError as error:
        raise BadInput("the list is nested too deeply", "send statements of xAPI") from error
    except ValueError:
        yield from _lines(text)
        return
    inner = whole.get("statements") if isinstance(whole, dict) else None
    found = inner if isinstance(inner, list) else whole if isinstance(whole, list) else [whole]
    yield from enumerate(found, start=1)


def _lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError):
            yield number, None


def _statement(number: int, one: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> Row:
    said = _Said(number)
    names = tuple(dict.fromkeys(_actor(one)))
    who = said.need("person", next((name for name in names if name), ""), "names nobody")
    title = said.need("course", _title(one), "names no course")
    at = said.moment(_text(one, "timestamp") or _text(one, "stored"), zone, now)
    score = _inner(one, "result", "score", "scaled")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float) or not -1 <= score <= 1):
        said.wrong.append(Wrong("score", "the scaled score is not between -1 and 1"))
        score = None
    return Row(number, who, names, title, _verb(one), at, None if score is None else float(score), None,
               tuple(said.wrong))  # fmt: skip


def _actor(one: Mapping[str, Any]) -> Iterator[str]:
    """What an actor may be looked up by: mail address, its SHA-1 as xAPI has it, account, name."""
    mail = _text(one, "actor", "mbox")
    for text in (
        mail.removeprefix("mailto:"), _text(one, "actor", "account", "name"), _text(one, "actor", "name"),
        _text(one, "actor", "mbox_sha1sum"),
    ):  # fmt: skip
        if text:
            yield alike(text)


def _title(one: Mapping[str, Any]) -> str:
    names = _inner(one, "object", "definition", "name")
    if isinstance(names, dict):
        found = names.get("en") or names.get("en-US") or names.get("en-GB") or next(iter(names.values()), "")
        if isinstance(found, str) and found.strip():
            return found.strip()
    return _text(one, "object", "id")


def _verb(one: Mapping[str, Any]) -> str:
    return _text(one, "verb", "id").rstrip("/").rpartition("/")[2].rpartition("#")[2].lower()


def _inner(one: Any, *path: str) -> Any:
    for name in path:
        one = one.get(name) if isinstance(one, dict) else None
    return one


def _text(one: Any, *path: str) -> str:
    found = _inner(one, *path)
    return found.strip() if isinstance(found, str) else ""


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    """An instant; of a day alone its last minute, so that nothing was done before it was given out that morning."""
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(23, 59), zone).astimezone(UTC)
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _number(text: str) -> tuple[float | None, bool]:
    if not text:
        return None, True
    try:
        found = float(text.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        return None, False
    return (found, True) if abs(found) < 1e9 else (None, False)


def _delimiter(text: str) -> str:
    head = text.splitlines()[0]
    return max(",;\t", key=head.count)


def _place(head: list[str], known: Iterable[str]) -> int | None:
    return next((head.index(one) for one in known if one in head), None)


def _refuse_missing(places: Mapping[str, int | None]) -> None:
    missing = [name for name in ("course", "at") if places[name] is None]
    if places["person"] is None and places["email"] is None:
        missing.insert(0, "person")
    if missing:
        told = "; ".join(", ".join(FIELDS[one][:3]) for one in missing)
        raise BadInput(f"the list has no column for {', '.join(missing)}", f"name one so: {told}")


def _refuse_length(count: int) -> None:
    if count > MOST_ROWS:
        raise BadInput(f"the list has {count} rows, and {MOST_ROWS} are taken at once", "send it in parts")
    if not count:
        raise BadInput("the list has no rows", "choose a file with rows")
