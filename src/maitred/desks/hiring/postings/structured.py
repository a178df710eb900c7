"""A posting as schema.org JobPosting (JSON-LD) and as an entry of an XML feed: the same values as the page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from maitred.desks.hiring.postings.places import Spot, Where
from maitred.desks.hiring.postings.seen import Seen, seen
from maitred.desks.hiring.postings.shapes import JOB_TYPES, MUST, Posting
from maitred.insight.wages.states import STATES

_CREDENTIALS = {
    "high_school": "high school", "associate": "associate degree", "bachelor": "bachelor degree",
    "master": "postgraduate degree", "doctorate": "postgraduate degree", "certificate": "professional certificate",
}  # fmt: skip


def job_posting(posting: Posting, posted_on: date, identifier: str, description: str, url: str = "") -> dict[str, Any]:
    """The JSON-LD of a posting; what is not said is left out, never made up.

    Parameters
    ----------
    description
        What the page says, as HTML.
    url
        Where it is published, if it is.
    """
    one = seen(posting)
    made: dict[str, Any] = {
        "@context": "https://schema.org/", "@type": "JobPosting", "title": one.title, "description": description,
        "datePosted": posted_on.isoformat(),
    }  # fmt: skip
    if one.closing_date:
        made["validThrough"] = one.closing_date
    if one.job_type:
        made["employmentType"] = JOB_TYPES.get(one.job_type, one.job_type)
    if one.organization:
        made["hiringOrganization"] = {"@type": "Organization", "name": one.organization}
    made |= _places(one.where)
    made |= _salary(one)
    made["identifier"] = {"@type": "PropertyValue", "name": one.organization or "maitred", "value": identifier}
    made["directApply"] = False
    made |= _asked(posting)
    if url:
        made["url"] = url
    return made


def dumped(data: Mapping[str, Any]) -> str:
    """JSON-LD as it may stand in a page: nothing in it can end the element it is in."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028")


def feed(company: str, link: str, jobs: Iterable[tuple[str, str, Mapping[str, Any]]], today: date) -> str:
    """An XML feed of postings that are open on a day: reference, address, JSON-LD of each."""
    rows = "".join(_entry(*one) for one in jobs if _is_open(one[2], today))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<source>\n'
        f"<publisher>{_x(company)}</publisher>\n<publisherurl>{_x(link)}</publisherurl>\n"
        f"<lastBuildDate>{today.isoformat()}</lastBuildDate>\n{rows}</source>\n"
    )


def _is_open(data: Mapping[str, Any], today: date) -> bool:
    ends = data.get("validThrough")
    return not ends or date.fromisoformat(str(ends)[:10]) >= today


def _entry(reference: str, address: str, data: Mapping[str, Any]) -> str:
    pay = data.get("baseSalary") or {}
    inner = pay.get("value", {}) if isinstance(pay, Mapping) else {}
    ends = [str(inner[name]) for name in ("minValue", "maxValue") if name in inner]
    told = f"{pay.get('currency', '')} {' to '.join(ends)} {inner.get('unitText', '')}".strip() if ends else ""
    first = (data.get("jobLocation") or [{}])[0] if isinstance(data.get("jobLocation"), list) else {}
    place = first.get("address", {})
    fields = {
        "title": data.get("title", ""), "date": data.get("datePosted", ""), "referencenumber": reference,
        "url": address, "company": (data.get("hiringOrganization") or {}).get("name", ""),
        "city": place.get("addressLocality", ""), "state": place.get("addressRegion", ""),
        "country": place.get("addressCountry", ""), "jobtype": data.get("employmentType", ""),
        "remotetype": data.get("jobLocationType", ""), "salary": told, "expirationdate": data.get("validThrough", ""),
        "description": data.get("description", ""),
    }  # fmt: skip
    rows = "".join(f"<{name}>{_x(str(value))}</{name}>\n" for name, value in fields.items() if value)
    return f"<job>\n{rows}</job>\n"


def _x(text: str) -> str:
    """Text as XML holds it; characters that XML forbids are left out."""
    return escape("".join(one for one in text if one in "\t\n\r" or ord(one) >= 32))


def _places(where: Where | None) -> dict[str, Any]:
    if where is None:
        return {}
    if where.way == "remote":
        areas = [_area(one) for one in where.spots]
        return {"jobLocationType": "TELECOMMUTE", **({"applicantLocationRequirements": areas} if areas else {})}
    rows = [_site(one) for one in where.spots] or [{"addressLocality": where.text}]
    return {"jobLocation": [{"@type": "Place", "address": {"@type": "PostalAddress", **one}} for one in rows]}


def _site(spot: Spot) -> dict[str, str]:
    named = {"addressLocality": spot.city, "addressRegion": spot.region, "addressCountry": spot.country}
    return {name: value for name, value in named.items() if value}


def _area(spot: Spot) -> dict[str, str]:
    if spot.city:
        return {"@type": "City", "name": ", ".join(one for one in (spot.city, spot.region, spot.country) if one)}
    if spot.region:
        return {"@type": "State", "name": f"{STATES.get(spot.region, spot.region)}, {spot.country}"}
    kind = "AdministrativeArea" if spot.country == "EU" else "Country"
    return {"@type": kind, "name": spot.country}


def _salary(one: Seen) -> dict[str, Any]:
    pay = one.pay
    made: dict[str, Any] = {"jobBenefits": pay.benefits} if pay.benefits else {}
    if not pay.said:
        return made
    value: dict[str, Any] = {"@type": "QuantitativeValue"}
    value |= {name: amount for name, amount in (("minValue", pay.low), ("maxValue", pay.high)) if amount is not None}
    if pay.unit:
        value["unitText"] = pay.unit.upper()
    base: dict[str, Any] = {"@type": "MonetaryAmount", "value": value}
    return {"baseSalary": {**base, **({"currency": pay.currency} if pay.currency else {})}, **made}


def _asked(posting: Posting) -> dict[str, Any]:
    made: dict[str, Any] = {}
    years = posting.value("education", "years_support")
    if years.isdigit() and int(years):
        made["experienceRequirements"] = {
            "@type": "OccupationalExperienceRequirements", "monthsOfExperience": 12 * int(years),
        }  # fmt: skip
    block = posting.block("education")
    degrees = [
        line.tag.removeprefix("degree:") for line in (block.lines if block is not None and block.on else ())
        if line.tag.startswith("degree:") and line.asked == MUST
    ]  # fmt: skip
    if degrees:
        made["educationRequirements"] = {
            "@type": "EducationalOccupationalCredential",
            "credentialCategory": _CREDENTIALS.get(degrees[0], degrees[0]),
        }
        if posting.value("education", "or_equivalent") == "yes" and "experienceRequirements" in made:
            made["experienceInPlaceOfEducation"] = True
    return made
