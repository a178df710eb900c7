"""What quality reads of tickets: which could be reviewed, what was said on one, and whether it is still there.

Whom a ticket is about: who wrote its first public reply, else its last assignee; the person behind that helpdesk user.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import exp

from maitred.desks.quality.access import day_after
from maitred.desks.quality.sampling import Candidate
from maitred.metrics import ticket_records, views
from maitred.metrics.asking import Asker
from maitred.metrics.explaining import GROUP_COLUMNS, PEOPLE_COLUMNS, may_see
from maitred.metrics.scope import Scope

_FACTS = tuple(
    dict.fromkeys(("source_id", "ticket_id", "channel", "exclusion", "last_solved_at", *GROUP_COLUMNS, *PEOPLE_COLUMNS))
)
_KEYS_AT_ONCE = 2_000
GONE = {
    "deleted": "the ticket was deleted",
    "merged": "the ticket was merged into another",
    "spam": "the ticket was marked as spam",
}


@dataclass(frozen=True, slots=True)
class Found:
    """Tickets that could be reviewed, and how many are left out because nobody is known behind them."""

    candidates: list[Candidate]
    without_person: int


def solved_in(
    ask: Asker, scope: Scope, zone: ZoneInfo, from_day: date, to_day: date, persons: Mapping[tuple[str, str], int]
) -> Found:
    """Tickets solved in a period (last solve; both days included) within a scope, about one of some persons.

    Parameters
    ----------
    persons
        Person by helpdesk user. Tickets of other helpdesk users are counted, not returned.
    """
    low, high = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (from_day, day_after(to_day)))
    solved = exp.column("last_solved_at", quoted=True)
    rows = _facts(ask, exp.column("exclusion", quoted=True).is_(exp.null()), solved >= _at(low), solved < _at(high))
    seen = [row for row in rows if may_see(scope, row)]
    found = [one for row in seen if (one := candidate(row, persons)) is not None]
    return Found(found, len(seen) - len(found))


def named(
    ask: Asker, scope: Scope, keys: Collection[tuple[str, str]], persons: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], Candidate | None]:
    """Tickets within a scope by source and id; ``None`` for one behind which nobody is known."""
    rows = [row for row in _of(ask, keys) if row["exclusion"] is None and may_see(scope, row)]
    return {(row["source_id"], row["ticket_id"]): candidate(row, persons) for row in rows}


def candidate(row: Mapping[str, Any], persons: Mapping[tuple[str, str], int]) -> Candidate | None:
    """A ticket with whom it is about; ``None`` where nobody is known behind the helpdesk user."""
    source = row["source_id"]
    who = row["first_reply_agent_id"] or row["last_assignee_id"]
    person = persons.get((source, who or ""))
    if person is None:
        return None
    return Candidate(source, row["ticket_id"], person, row["channel"] or "", row["group_last"] or "")


def gone(ask: Asker, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Why some tickets can no longer be reviewed, by source and id; those that can are left out.

    A source that this publication does not hold says nothing about its tickets.
    """
    known = {key for key in keys if key[0] in ask.publication.sources}
    there = {(row["source_id"], row["ticket_id"]): row["exclusion"] for row in _of(ask, known)}
    found = {key: GONE.get(there.get(key, "missing") or "", "") for key in known}
    missing = {key: "the helpdesk does not know this ticket any more" for key in known if key not in there}
    return {key: why for key, why in {**found, **missing}.items() if why}


def messages(ask: Asker, source: str, ticket: str) -> dict[str, str]:
    """The words of a ticket's messages by id, for looking up quotes."""
    rows = ticket_records.messages(ask, source, ticket)
    return {str(row["external_id"]): row.get("body_text") or "" for row in rows if row.get("external_id")}


def _at(moment: datetime) -> exp.Expression:
    return exp.cast(exp.Literal.string(moment.isoformat()), "TIMESTAMPTZ")


def _of(ask: Asker, keys: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
    wanted, found = sorted({ticket for _, ticket in keys}), []
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        some = [exp.Literal.string(one) for one in wanted[start : start + _KEYS_AT_ONCE]]
        found += _facts(ask, exp.column("ticket_id", quoted=True).isin(*some))
    asked = {*keys}
    return [row for row in found if (row["source_id"], row["ticket_id"]) in asked]


def _facts(ask: Asker, *conditions: exp.Expression) -> list[dict[str, Any]]:
    views.prepare(ask.engine, "current_ticket_facts")
    columns = [exp.column(name, quoted=True) for name in _FACTS]
    query = exp.select(*columns).from_("current_ticket_facts").where(*conditions)
    rows: list[dict[str, Any]] = ask.engine.query(query).to_pylist()
    return rows
