"""Planted people as plain résumés: the same careers in three layouts, for tests and for timing how texts are read."""

from __future__ import annotations

from typing import Any, Final

_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def as_text(document: dict[str, Any], layout: int = 0) -> str:
    """A document as a plain résumé.

    Parameters
    ----------
    layout
        0: title and company on the line of the dates; 1: company with dates, title below; 2: title above, dates below.
    """
    basics = document["basics"]
    where = basics["location"]
    lines = [
        basics["name"],
        f"{where['city']}, {where['region']}, {where['countryCode']} | {basics['email']} | {basics['phone']}",
        f"{where['address']}, {where['postalCode']}",
        "",
        "EXPERIENCE",
        "",
    ]
    for job in document["work"]:
        lines += [
            *_job(job, layout),
            *(f"- {one}" for one in (job.get("summary"), *job.get("highlights", ())) if one),
            "",
        ]
    if document.get("education"):
        lines += ["EDUCATION", *(f"{one['studyType']}, {one['institution']}" for one in document["education"]), ""]
    if document.get("skills"):
        lines += ["SKILLS", ", ".join(word for one in document["skills"] for word in one["keywords"]), ""]
    if document.get("languages"):
        lines += ["LANGUAGES", ", ".join(one["language"] for one in document["languages"]), ""]
    if document.get("certificates"):
        lines += ["CERTIFICATIONS", *(one["name"] for one in document["certificates"]), ""]
    if document.get("interests"):
        lines += ["INTERESTS", *(one["name"] for one in document["interests"]), ""]
    return "\n".join(lines)


def _job(job: dict[str, Any], layout: int) -> list[str]:
    dates = f"{_month(job['startDate'])} - {_month(job['endDate']) if job.get('endDate') else 'Present'}"
    if layout == 0:
        return [f"{job['position']}, {job['name']}   {dates}"]
    if layout == 1:
        return [f"{job['name']}   {dates}", job["position"]]
    return [job["position"], f"{job['name']} | {dates}"]


def _month(date: str) -> str:
    year, _, month = date.partition("-")
    return f"{_MONTHS[int(month) - 1]} {year}"
