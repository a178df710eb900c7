"""What people are told of an automated tool: another process (C4), opt-out (C16), that there is one at all (C17)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from maitred.desks.hiring.postings import rules
from maitred.desks.hiring.postings.checks.finding import Finding
from maitred.desks.hiring.postings.places import Where
from maitred.desks.hiring.postings.seen import Seen

BUSINESS_DAYS = 10
_TOOL = re.compile(
    r"\b(?:automated|artificial intelligence|\bAI\b|algorithm\w*|software that (?:sorts|ranks|scores)|"
    r"software (?:to|which) (?:sort|rank|score)\w*|automatisiert\w*|künstliche intelligenz|\bKI\b)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:opt[ -]?out|another process|alternative (?:process|selection)|other process|without (?:the|any) (?:tool|software)"  # noqa: E501
    r"|object to (?:this|its|the) use|widersprechen|anderes verfahren)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that was given: when, which qualities it names, and how to ask for another process."""

    given_on: date
    qualities: tuple[str, ...]
    other_process: str


def notice_was_given(where: Where | None, first_use: date, notice: Notice | None, today: date) -> list[Finding]:
    """C4: ten business days before the first ranked use, with the qualities assessed and how to ask for another way."""
    if not (where is not None and rules.holding("C4", today, where)):
        return []
    if notice is None:
        return [Finding("C4", "E", "notice", "no notice was given: ranking may begin ten business days after one")]
    found = []
    days = business_days(notice.given_on, first_use)
    if days < BUSINESS_DAYS:
        said = f"the notice is {days} business days before the first use, {first_use.isoformat()}; {BUSINESS_DAYS} are asked"  # noqa: E501
        found.append(Finding("C4", "E", "notice.given_on", said))
    if not any(one.strip() for one in notice.qualities):
        found.append(Finding("C4", "E", "notice.qualities", "the notice names no quality that is assessed"))
    if not notice.other_process.strip():
        found.append(
            Finding("C4", "E", "notice.other_process", "the notice does not say how to ask for another process")
        )
    return found


def opt_out_is_shown(one: Seen, today: date) -> list[Finding]:
    """C16: where it is in force, the posting names the tool before it is used, and the way around it."""
    if one.where is None or not rules.holding("C16", today, one.where):
        return []
    return opt_out_is_told(_TOOL.search(one.text) is not None, _OTHER.search(one.text) is not None)


def opt_out_is_told(named: bool, way_around: bool) -> list[Finding]:
    """C16 on plain facts: whether a notice names the tool, and whether it offers a way around."""
    found = []
    if not named:
        found.append(
            Finding("C16", "E", "legal", "the notice before use is missing: say that software sorts applications")
        )
    if not way_around:
        found.append(
            Finding("C16", "E", "legal", "the way around the tool is missing: say how to ask for another process")
        )
    return found


def tool_is_named(one: Seen, today: date) -> list[Finding]:
    """C17: where it is in force, the posting says that an automated tool is used."""
    if one.where is None or not rules.holding("C17", today, one.where) or _TOOL.search(one.text):
        return []
    return [Finding("C17", "E", "legal", "the notice that an automated tool is used is missing: switch it on again")]


def business_days(start: date, end: date) -> int:
    """Working days between two days, the first not counted, the last counted; federal holidays are none.

    Examples
    --------
    >>> business_days(date(2026, 11, 23), date(2026, 11, 30))
    4
    """
    import holidays

    closed = holidays.country_holidays("US", years=range(start.year, end.year + 1))
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(day.weekday() < 5 and day not in closed for day in days)
