"""From a finding to the rows behind it: the address of the drill, its tickets, and what the browser's marks say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse

from maitred.base import clock
from maitred.desks.today.sight import external
from maitred.desks.today.verbs.shapes import FindingShown

CUTS = frozenset(
    {"group", "assignee", "account", "type", "brand", "form", "source", "sla_metric", "policy", "clock", "channel",
     "priority"}
)  # fmt: skip
"""What the rows of a figure can be cut by in an address."""


@dataclass(frozen=True, slots=True)
class TicketLink:
    """One ticket behind a finding."""

    number: str
    url: str


def where(one: FindingShown) -> Mapping[str, Any]:
    """The filters of the finding's evidence."""
    found: Mapping[str, Any] = (one.evidence.get("query") or {}).get("where") or {}
    return found


def can_be_cut(one: FindingShown) -> bool:
    """Whether the figure's own rows can be narrowed to the finding's subject; volume may be that of everybody."""
    cuts = set(where(one))
    return bool(cuts or one.family == "volume") and cuts <= CUTS


def drill(one: FindingShown, as_of: datetime, zone: ZoneInfo, publication: int) -> str:
    """Where the rows behind a finding are listed: the figure's own rows where those are exactly them, else its page."""
    page = f"{reverse('today_finding', args=[one.id])}#tickets"
    query = one.evidence.get("query") or {}
    if not query or not one.evidence.get("same_rows"):
        return page
    try:
        path = reverse("drill", args=[str(query.get("metric") or one.metric).partition("#")[0]])
    except NoReverseMatch:
        return page
    first, last = _days(one, as_of, zone)
    words = [(name, ",".join(value) if isinstance(value, (list, tuple)) else str(value))
             for name, value in where(one).items()]  # fmt: skip
    words += [("period", f"{first}..{last}"), ("pub", str(publication))]
    return f"{path}?{urlencode(words, quote_via=quote, safe=',.:@')}"


def rows_of(one: FindingShown, first: str, last: str, publication: int) -> str:
    """Where the rows of some of its days are listed; empty where no filter names its subject."""
    query = {**one.evidence["query"], "from": first, "to": last}
    narrowed = replace(one, evidence={**one.evidence, "query": query, "same_rows": True})
    link = drill(narrowed, clock.now(), ZoneInfo("UTC"), publication)
    return "" if "#" in link else link


def asked(one: FindingShown) -> list[str]:
    """The filters as the verbs of figures take them."""
    found = []
    for name, value in where(one).items():
        found += [f"{name}={each}" for each in (value if isinstance(value, (list, tuple)) else (value,))]
    return found


def tickets(one: FindingShown, sources: list[str], most: int = 200) -> list[TicketLink]:
    """The most telling tickets, each with its page."""
    source, _own = external(one.subject)
    named = source if source in sources or not sources else sources[0]
    found = []
    for number in [str(each) for each in one.evidence.get("tickets") or ()][:most]:
        try:
            found.append(TicketLink(number, reverse("ticket", args=[named, number])))
        except NoReverseMatch:
            found.append(TicketLink(number, ""))
    return found


def marks(one: FindingShown, link: str) -> dict[str, str]:
    """The attributes by which a finding is recognised in a page."""
    count = one.evidence.get("count")
    if not (one.evidence.get("query") or one.evidence.get("tickets")):
        return {"data-task": one.id}
    found = {
        "data-finding": one.id, "data-detector": one.detector,
        "data-subject": f"{one.subject.get('type')}:{one.subject.get('id')}", "data-metric": one.metric,
        "data-n": str(one.n if count is None else count), "data-drill": link,
    }  # fmt: skip
    if one.person is not None:
        found["data-person"] = f"person:{one.person}"
    return found


def _days(one: FindingShown, as_of: datetime, zone: ZoneInfo) -> tuple[str, str]:
    query = one.evidence.get("query") or {}
    today = as_of.astimezone(zone).date()
    first = str(query.get("from") or one.since)[:10]
    last = str(query.get("to") or today)[:10]
    return (first, last) if date.fromisoformat(first) <= date.fromisoformat(last) else (last, last)
