"""The JSON-LD of a posting: what has to be in it (C23), and that it says what the page says (C24)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from maitred.desks.hiring.postings.checks.finding import Finding
from maitred.desks.hiring.postings.filling import amount
from maitred.desks.hiring.postings.seen import Seen
from maitred.desks.hiring.postings.shapes import JOB_TYPES

NEEDED = ("title", "description", "datePosted", "hiringOrganization")
WANTED = ("baseSalary", "validThrough", "employmentType", "identifier", "directApply")


def structure_is_there(one: Seen, today: date) -> list[Finding]:
    """C23: the required properties; a site, or remote work with its eligible areas."""
    data = one.structured
    if data is None:
        return []
    found = []
    if data.get("@type") not in ("JobPosting", ["JobPosting"]):
        found.append(Finding("C23", "E", "@type", "the JSON-LD is no JobPosting"))
    found += [Finding("C23", "E", name, f"{name} is missing") for name in NEEDED if not _filled(data, name)]
    if data.get("jobLocationType") == "TELECOMMUTE":
        if not data.get("applicantLocationRequirements"):
            said = "remote work has to say who may apply: applicantLocationRequirements is missing, name areas"
            found.append(Finding("C23", "E", "applicantLocationRequirements", said))
    elif data.get("jobLocationType"):
        found.append(Finding("C23", "E", "jobLocationType", "jobLocationType can be TELECOMMUTE alone"))
    elif not _placed(data.get("jobLocation")):
        found.append(Finding("C23", "E", "jobLocation", "jobLocation is missing: say where the job is done"))
    found += [
        Finding("C23", "W", name, f"{name} is missing") for name in WANTED if data.get(name) in (None, "", {}, [])
    ]
    return [*found, *_days(data)]


def structure_equals_page(one: Seen, today: date) -> list[Finding]:
    """C24: the same values as on the visible page; a posting whose last day is past is gone."""
    data = one.structured
    found: list[Finding] = []
    ends = _day(data.get("validThrough")) if data is not None else None
    last = ends or _day(one.closing_date)
    if last is not None and last < today:
        said = f"the last day, {last.isoformat()}, is past: the page answers 410 and leaves the feed"
        found.append(Finding("C24", "E", "validThrough" if data is not None else "closing_date", said))
    if data is None:
        return found
    if one.form == "json":
        return [*found, *_described(one)]
    return [*found, *(_differs(name, there, said) for name, there, said in _pairs(one, data) if there != said)]


def _pairs(one: Seen, data: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Property, its value in the JSON-LD, its value on the page."""
    yield "title", _words(data.get("title")), _words(one.title)
    company = data.get("hiringOrganization")
    yield (
        "hiringOrganization",
        _words(company.get("name") if isinstance(company, Mapping) else company),
        _words(one.organization),
    )
    pay = pay_of(data)
    yield "baseSalary.minValue", pay[0], one.pay.low
    yield "baseSalary.maxValue", pay[1], one.pay.high
    yield "baseSalary.currency", pay[2], one.pay.currency if one.pay.said else ""
    yield "baseSalary.unitText", pay[3], one.pay.unit.upper() if one.pay.said else ""
    yield "employmentType", _words(data.get("employmentType")), _words(JOB_TYPES.get(one.job_type, one.job_type))
    yield "validThrough", _day(data.get("validThrough")), _day(one.closing_date)
    if one.where is not None:
        yield "jobLocationType", data.get("jobLocationType") or "", "TELECOMMUTE" if one.where.way == "remote" else ""
        if one.where.way != "remote":
            yield (
                "jobLocation",
                _cities(data.get("jobLocation")),
                sorted({each.city or each.region or each.country for each in one.where.spots}),
            )


def _described(one: Seen) -> list[Finding]:
    """Where the JSON-LD comes alone, its description is what a reader sees."""
    said = one.shown_pay
    if said is None:
        return []
    pairs = {
        "baseSalary.minValue": (one.pay.low, said.low), "baseSalary.maxValue": (one.pay.high, said.high),
        "baseSalary.currency": (one.pay.currency, said.currency or one.pay.currency),
        "baseSalary.unitText": (one.pay.unit, said.unit or one.pay.unit),
    }  # fmt: skip
    return [_differs(name, there, told) for name, (there, told) in pairs.items() if there != told]


def _differs(name: str, there: Any, said: Any) -> Finding:
    return Finding("C24", "E", name, f"the JSON-LD says {_shown(there)}, the page says {_shown(said)}")


def _shown(value: Any) -> str:
    if value in (None, "", []):
        return "nothing"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _filled(data: Mapping[str, Any], name: str) -> bool:
    value = data.get(name)
    if name == "hiringOrganization" and isinstance(value, Mapping):
        return bool(str(value.get("name") or "").strip())
    return bool(str(value or "").strip())


def _placed(place: Any) -> bool:
    rows = place if isinstance(place, list) else [place]
    return any(
        isinstance(one, Mapping) and isinstance(one.get("address"), (Mapping, str)) and one["address"] for one in rows
    )


def _cities(place: Any) -> list[str]:
    rows = place if isinstance(place, list) else [place]
    found = set()
    for one in rows:
        address = one.get("address") if isinstance(one, Mapping) else None
        if isinstance(address, Mapping):
            names = ("addressLocality", "addressRegion", "addressCountry")
            found.add(next((str(address[name]) for name in names if address.get(name)), ""))
    return sorted(found)


def pay_of(data: Mapping[str, Any]) -> tuple[float | None, float | None, str, str]:
    """Lowest, highest, currency and unit of the JSON-LD's pay."""
    base = data.get("baseSalary")
    if not isinstance(base, Mapping):
        return None, None, "", ""
    value = base.get("value")
    inner = value if isinstance(value, Mapping) else {"value": value}
    single = inner.get("value")
    low, high = (_number(inner.get(name, single)) for name in ("minValue", "maxValue"))
    return low, high, str(base.get("currency") or ""), str(inner.get("unitText") or "")


def _number(value: Any) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    return amount(value) if isinstance(value, str) else None


def _days(data: Mapping[str, Any]) -> list[Finding]:
    return [
        Finding("C23", "E" if name == "datePosted" else "W", name, f"{name} is no day: write it as YYYY-MM-DD")
        for name in ("datePosted", "validThrough") if data.get(name) and _day(data.get(name)) is None
    ]  # fmt: skip


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value or "")[:10])
    except ValueError:
        return None


def _words(value: Any) -> str:
    return " ".join(str(value or "").split())
