"""Reads a posting out of a file, whether we wrote it or somebody else: JSON-LD, a page, Markdown, plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from maitred.base.errors import BadInput
from maitred.desks.hiring.postings import places
from maitred.desks.hiring.postings.checks.structured import pay_of
from maitred.desks.hiring.postings.filling import amount, taken
from maitred.desks.hiring.postings.outline import PLUS_WORDS
from maitred.desks.hiring.postings.seen import Pay, Seen
from maitred.desks.hiring.postings.shapes import JOB_TYPES

LARGEST = 2_000_000
_HEADINGS: tuple[tuple[str, str], ...] = (
    ("about", r"about (?:the|this) (?:role|job|position)|job summary|summary|overview|über die stelle"),
    ("responsibilities", r"(?:key |your |main )?(?:responsibilities|duties|tasks)|what you(?:'|’)?(?:ll| will) do|aufgaben"),  # noqa: E501
    ("education", r"education(?: and experience)?|experience|education & experience"),
    ("qualifications", r"(?:qualifications?|skills?|requirements?)(?:(?: and|,| &) (?:skills?|qualifications?|requirements?))*|who you are|what you bring|profil"),  # noqa: E501
    ("salary", r"salary(?: and benefits| range)?|compensation(?: and benefits)?|pay|benefits|gehalt"),
    ("apply", r"how to apply|apply|application(?: process)?|contact|bewerbung"),
    ("legal", r"legal|equal (?:employment )?opportunity.*|privacy.*|data protection.*"),
)  # fmt: skip
_LABELS: dict[str, str] = {
    "title": r"job title|title|position", "organization": r"organi[sz]ation|company|employer",
    "location": r"location|place|site|work location|where|ort", "job_type": r"job type|employment type|type|contract",
    "reports_to": r"reports to", "pay": r"pay|salary(?: range)?|compensation|pay range|wage|base salary|gehalt",
    "bonus": r"bonus", "benefits": r"benefits|perks", "source": r"source",
    "email": r"e-?mail(?: address)?", "link": r"link|apply at|apply online|url|website", "phone": r"phone|telephone|tel\.?|call",  # noqa: E501
    "closing_date": r"apply by|closing date|application deadline|deadline|applications close|valid through",
    "documents": r"please send|documents", "accessibility": r"accessibility",
}  # fmt: skip
_LABEL = {name: re.compile(rf"(?:{pattern})", re.IGNORECASE) for name, pattern in _LABELS.items()}
_HEADING = {name: re.compile(rf"(?:{pattern})[:.]?", re.IGNORECASE) for name, pattern in _HEADINGS}
_FACT = re.compile(r"([A-Za-zÄÖÜäöü][\w .'’/&-]{1,30}?)\s*:\s+(.+)")
_MONEY = r"(?:(?P<{0}c>US\$|USD|EUR|GBP|CAD|CHF|AUD|[$€£])\s?)?(?P<{0}>\d{{1,3}}(?:[,.]\d{{3}})+(?:\.\d\d)?|\d+(?:\.\d+)?)\s?(?P<{0}k>[kK]\b)?"  # noqa: E501
_RANGE = re.compile(
    _MONEY.format("a")
    + r"\s*(?:-|–|—|to|and|bis|until)\s*"
    + _MONEY.format("b")
    + r"(?:\s?(?P<t>USD|EUR|GBP|CAD|CHF|AUD|€))?"
)
_SINGLE = re.compile(_MONEY.format("a") + r"(?:\s?(?P<t>USD|EUR|GBP|CAD|CHF|AUD|€))?")
_UNIT = re.compile(
    r"(?:per|a|an|/|each|pro)\s*(year|annum|yr|hour|hr|month|week|day|jahr|monat|stunde)\b|\b(annually|annual|yearly|hourly|monthly|weekly|daily)\b",
    re.I,
)
_UNITS = {"annum": "year", "yr": "year", "hr": "hour", "annually": "year", "annual": "year", "yearly": "year",
          "hourly": "hour", "monthly": "month", "weekly": "week", "daily": "day", "jahr": "year", "monat": "month",
          "stunde": "hour"}  # fmt: skip
_SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP"}
_MAIL = re.compile(r"[^@\s<>\[\]()]+@[^@\s<>\[\]();,]+\.[A-Za-z]{2,}")
_HIDDEN_MAIL = re.compile(r"\[\s*e-?mail\s*protected\s*\]", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>()\[\]]+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PHONE = re.compile(r"\+?\(?\d[\d\s().\-/]{6,}\d")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a document: heading, bullet or text."""

    kind: str
    text: str


def read_file(path: Path) -> Seen:
    """A posting out of a file, by its suffix: ``.json``, ``.html``, ``.md``; anything else is plain text.

    Raises
    ------
    BadInput
        It cannot be read, is too large, or is no text.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(f"{path.name} is larger than {LARGEST:,} bytes", "give the posting alone")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path.name} is no text in UTF-8", "give posting.md, page.html, jobposting.json or text"
        ) from error
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror}", "give the path of a file") from error
    return read(text, path.suffix.casefold(), path.name)


def read(text: str, suffix: str, name: str = "the text") -> Seen:
    """A posting out of text of a kind.

    Examples
    --------
    >>> read("Support Lead\\n\\nLocation: Denver, CO\\nPay: $60,000 - $80,000 a year", ".txt").pay.high
    80000.0
    """
    if suffix == ".json":
        return _from_json(text, name)
    if suffix in (".html", ".htm"):
        reader = _Reader()
        reader.feed(text)
        reader.close()
        found = gathered(reader.rows, "html")
        return replace(found, structured=_structured(reader.data))
    if suffix in (".md", ".markdown"):
        return gathered(_markdown_rows(text), "md")
    return gathered(_plain_rows(text), "text")


def gathered(rows: Iterable[Row], form: str) -> Seen:
    """What rows say: facts by their labels, everything else as words by section."""
    kept = list(rows)
    title, facts, words, musts = "", {}, [], []
    section = "head"
    for row in kept:
        if row.kind == "h1" and not title:
            title = row.text
            words.append(("head", row.text))
            continue
        if row.kind in ("h", "h1"):
            section = _key(row.text)
            continue
        fact = _fact(row.text)
        if fact is not None and fact[0] not in facts:
            facts[fact[0]] = fact[1]
        words.append((section, row.text))
        if (
            row.kind == "li"
            and section in ("qualifications", "education")
            and PLUS_WORDS not in row.text
            and fact is None
        ):
            musts.append(row.text)
    title = title or facts.get("title", "") or next((row.text for row in kept if row.kind == "p"), "")
    pay = _read_pay(facts.get("pay", ""), one_line=True) or _pay_in([text for _where, text in words]) or Pay()
    return Seen(
        title, facts.get("organization", ""), facts.get("location", ""), _job_type(facts.get("job_type", "")),
        replace(pay, benefits=facts.get("benefits", "") or _benefits(words)), tuple(words), tuple(musts),
        _reach(facts, words), _closing(facts.get("closing_date", "")), "", None, form,
    )  # fmt: skip


def read_pay(text: str) -> Pay | None:
    """The pay that a line offers; ``None`` where it offers none."""
    return _read_pay(text, one_line=True)


def _key(heading: str) -> str:
    bare = heading.strip().rstrip(":")
    return next((name for name, pattern in _HEADING.items() if pattern.fullmatch(bare)), bare.casefold()[:40] or "text")


def _fact(text: str) -> tuple[str, str] | None:
    found = _FACT.fullmatch(text.strip())
    if found is None:
        return None
    label = found[1].strip()
    name = next((name for name, pattern in _LABEL.items() if pattern.fullmatch(label)), None)
    return None if name is None else (name, found[2].strip())


def _read_pay(text: str, one_line: bool = False) -> Pay | None:
    """A range or an amount; a bare number counts only where the line is about pay."""
    if not text:
        return None
    unit = _UNIT.search(text)
    per = (unit[1] or unit[2]).casefold() if unit else ""
    per = _UNITS.get(per, per)
    span = next((hit for hit in _RANGE.finditer(text) if one_line or hit["ac"] or hit["bc"] or hit["t"]), None)
    if span is not None:
        currency = _currency(span["ac"] or span["bc"] or span["t"])
        thousand = span["bk"] or span["ak"]
        return Pay(_number(span["a"], span["ak"] or thousand), _number(span["b"], thousand), currency, per)
    one = next((hit for hit in _SINGLE.finditer(text) if hit["ac"] or hit["t"] or (one_line and per)), None)
    if one is None:
        return None
    value, currency = _number(one["a"], one["ak"]), _currency(one["ac"] or one["t"])
    if re.search(r"\b(?:up to|at most|bis)\b", text, re.IGNORECASE):
        return Pay(None, value, currency, per)
    if re.search(r"\b(?:from|at least|starting|ab)\b", text, re.IGNORECASE):
        return Pay(value, None, currency, per)
    return Pay(value, value, currency, per)


def _pay_in(lines: Iterable[str]) -> Pay | None:
    """The first line that speaks of pay and names an amount with its currency."""
    about = re.compile(
        r"\b(?:salary|pay|compensation|wage|per (?:year|hour|annum)|annually|a year|an hour|gehalt)\b", re.I
    )
    return next((found for line in lines if about.search(line) for found in [_read_pay(line)] if found), None)


def _number(text: str, thousand: str | None) -> float | None:
    found = amount(text)
    return found * 1_000 if found is not None and thousand and found < 1_000 else found


def _currency(sign: str | None) -> str:
    return _SIGNS.get(sign or "", sign or "")


def _job_type(text: str) -> str:
    try:
        return taken("job_type", text) if text else ""
    except Exception:  # noqa: BLE001  (what somebody else calls it stays as it is)
        return text


def _closing(text: str) -> str:
    found = re.search(r"\d{4}-\d\d-\d\d", text)
    return found[0] if found else text


def _benefits(words: Iterable[tuple[str, str]]) -> str:
    """A line on benefits where no label names one."""
    named = re.compile(
        r"\b(?:health|dental|vision|insurance|401\(?k\)?|paid (?:time off|leave|vacation)|pto|benefits)\b", re.I
    )
    return next((text for where, text in words if where == "salary" and named.search(text)), "")


def _reach(facts: Mapping[str, str], words: Iterable[tuple[str, str]]) -> dict[str, str]:
    found = {name: facts[name] for name in ("email", "link", "phone") if facts.get(name)}
    text = "\n".join(text for _where, text in words)
    for name, pattern in (("email", _MAIL), ("link", _LINK)):
        hit = pattern.search(text)
        if hit and name not in found:
            found[name] = hit[0].rstrip(".,;")
    hidden = _HIDDEN_MAIL.search(text)
    if hidden and "email" not in found:
        found["email"] = hidden[0]
    if "phone" not in found:
        numbers = (_PHONE.search(_DAY.sub(" ", text)) for where, text in words if where == "apply")
        number = next((one[0] for one in numbers if one), "")
        if number:
            found["phone"] = number
    return found


def _markdown_rows(text: str) -> Iterator[Row]:
    for line in text.splitlines():
        bare = line.strip()
        heading = re.fullmatch(r"(#{1,6})\s+(.*)", bare)
        if heading:
            yield Row("h1" if len(heading[1]) == 1 else "h", _bare(heading[2]))
        elif re.match(r"(?:[-*+]|\d+[.)])\s+", bare):
            yield Row("li", _bare(re.sub(r"^(?:[-*+]|\d+[.)])\s+", "", bare)))
        elif bare and not re.fullmatch(r"[-=*_]{3,}", bare):
            yield Row("quote" if bare.startswith(">") else "p", _bare(bare.lstrip("> ")))


def _bare(text: str) -> str:
    """Markdown without its marks."""
    plain = re.sub(r"(?<!\\)(\*\*|__)", "", text)
    return re.sub(r"\\([\\`*_\[\]<>#|~&.)(+=-])", r"\1", plain).strip()


def _plain_rows(text: str) -> Iterator[Row]:
    lines = text.splitlines()
    first = True
    held: list[str] = []
    bullet = False
    for place, line in enumerate(lines):
        bare = line.strip()
        under = lines[place + 1].strip() if place + 1 < len(lines) else ""
        if re.fullmatch(r"={3,}|-{3,}", bare):
            continue
        heading = bool(bare) and (re.fullmatch(r"={3,}|-{3,}", under) or _is_heading(bare))
        starts = bool(re.match(r"[-*•–]\s+", bare))
        if held and (not bare or heading or starts or _fact(bare) or (not bullet and _fact(held[0]))):
            yield Row("li" if bullet else "p", " ".join(held))
            held, bullet = [], False
        if heading:
            yield Row("h1" if first else "h", bare)
        elif bare:
            held.append(re.sub(r"^[-*•–]\s+", "", bare))
            bullet = bullet or starts
        first = first and not bare
    if held:
        yield Row("li" if bullet else "p", " ".join(held))


def _is_heading(text: str) -> bool:
    return any(pattern.fullmatch(text.strip()) for pattern in _HEADING.values())


class _Reader(HTMLParser):
    """Rows of a page and its JSON-LD; scripts, styles and the footer's sources are no words of the posting."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[Row] = []
        self.data = ""
        self._kind = "p"
        self._text: list[str] = []
        self._skip = ""
        self._label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "head", "title"):
            kind = dict(attrs).get("type") or ""
            self._skip = "data" if tag == "script" and kind == "application/ld+json" else self._skip or tag
            if tag == "head":
                self._skip = ""
            return
        if tag in ("h1", "h2", "h3", "h4", "li", "p", "div", "dt", "dd", "tr", "br", "section"):
            self._flush()
            self._kind = {"h1": "h1", "h2": "h", "h3": "h", "h4": "h", "li": "li", "dt": "dt"}.get(tag, "p")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "title"):
            self._skip = ""
        elif tag in ("h1", "h2", "h3", "h4", "li", "p", "div", "dt", "dd", "tr"):
            self._flush()
            self._kind = "p"

    def handle_data(self, data: str) -> None:
        if self._skip == "data":
            self.data += data
        elif not self._skip:
            self._text.append(data)

    def close(self) -> None:
        super().close()
        self._flush()

    def _flush(self) -> None:
        text = " ".join("".join(self._text).split())
        self._text = []
        if not text:
            return
        if self._kind == "dt":
            self._label = text
            return
        self.rows.append(Row(self._kind, f"{self._label}: {text}" if self._label else text))
        self._label = ""


def _structured(text: str) -> Mapping[str, Any]:
    """The JSON-LD of a page; an empty one where there is none or it cannot be read, so that checks name what lacks."""
    try:
        found = json.loads(text) if text.strip() else {}
    except ValueError:
        return {}
    return _job(found)


def _job(found: Any) -> Mapping[str, Any]:
    rows = found if isinstance(found, list) else found.get("@graph", [found]) if isinstance(found, Mapping) else []
    return next((one for one in rows if isinstance(one, Mapping) and one.get("@type") in ("JobPosting", ["JobPosting"])),  # noqa: E501
                found if isinstance(found, Mapping) else {})  # fmt: skip


def _from_json(text: str, name: str) -> Seen:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BadInput(f"{name} is no JSON: {error}", "give jobposting.json as it was written") from error
    if not isinstance(found, (Mapping, list)):
        raise BadInput(f"{name} holds no JobPosting", "give an object with @type JobPosting")
    data = _job(found)
    reader = _Reader()
    reader.feed(str(data.get("description") or ""))
    reader.close()
    shown = gathered(reader.rows, "json")
    low, high, currency, unit = pay_of(data)
    company = data.get("hiringOrganization")
    benefits = data.get("jobBenefits") or shown.pay.benefits
    return replace(
        shown,
        title=str(data.get("title") or ""),
        organization=str(company.get("name") or "") if isinstance(company, Mapping) else str(company or ""),
        location=_location(data),
        job_type=_type_name(str(data.get("employmentType") or "")),
        pay=Pay(low, high, currency, unit.casefold(), str(benefits or "")),
        shown_pay=shown.pay if shown.pay.said else None,
        closing_date=str(data.get("validThrough") or "")[:10],
        structured=data,
    )


def _type_name(kind: str) -> str:
    return next((name for name, code in JOB_TYPES.items() if code == kind), kind)


def _location(data: Mapping[str, Any]) -> str:
    """The place of the JSON-LD as a person would write it."""
    if data.get("jobLocationType") == "TELECOMMUTE":
        rows = data.get("applicantLocationRequirements") or []
        names = [
            str(one.get("name") or "")
            for one in (rows if isinstance(rows, list) else [rows])
            if isinstance(one, Mapping)
        ]
        return f"Remote ({' or '.join(names)})" if names else "Remote"
    rows = data.get("jobLocation") or []
    told = []
    for one in rows if isinstance(rows, list) else [rows]:
        address = one.get("address") if isinstance(one, Mapping) else None
        if isinstance(address, str):
            told.append(address)
        elif isinstance(address, Mapping):
            told.append(_address(address))
    return " or ".join(one for one in told if one)


def _address(address: Mapping[str, Any]) -> str:
    """An address in a line; a country by its name, since two letters may be those of a state."""
    names = ("addressLocality", "addressRegion", "addressCountry")
    parts = {name: str(address[name]) for name in names if isinstance(address.get(name), str) and address[name]}
    if "addressCountry" in parts:
        parts["addressCountry"] = places.country_name(parts["addressCountry"])
    return ", ".join(parts.values())
