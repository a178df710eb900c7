"""Our values beside the vendor's own: each difference in exactly one class, in a fixed order of rules.

Vendors store minutes; a difference of up to a minute is equality. ``unexplained`` is what no rule accounts for and an
alarm above one in a hundred.

``role_changed`` is known as far back as publications are kept: somebody who wrote on the ticket or has it has another
role in one of them than in this one. ``schedule_edited`` needs an edit of working hours while the ticket was unsolved.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.base.errors import NotFound
from maitred.metrics import reading
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace

MINUTE = 60
ZENDESK = {
    "frt": ("reply_time_in_minutes", "frt"),
    "first_resolution": ("first_resolution_time_in_minutes", "first_resolution"),
    "full_resolution": ("full_resolution_time_in_minutes", "full_resolution"),
    "pending_time": ("agent_wait_time_in_minutes", "pending_time"),
    "rwt": ("requester_wait_time_in_minutes", "rwt"),
    "hold_time": ("on_hold_time_in_minutes", "hold_time"),
}
FRESHDESK = {"frt": ("first_responded_at", "frt"), "full_resolution": ("resolved_at", "full_resolution")}
SALESFORCE = {"full_resolution": ("ClosedDate", "full_resolution")}


@dataclass(frozen=True, slots=True)
class Pair:
    """One value of ours and the vendor's, in seconds, with what may explain a difference."""

    ticket_id: str
    metric: str
    clock: str
    ours: int | None
    ours_last: int | None
    ours_any: int | None
    vendor: int | None
    facts: dict[str, Any]
    targets_revised: bool
    late: bool
    schedule_edited: bool
    role_changed: bool


Rule = Callable[[Pair], bool]


def _near(a: int | None, b: int | None, tolerance: int = MINUTE) -> bool:
    return a is not None and b is not None and abs(a - b) <= tolerance


RULES: tuple[tuple[str, Rule], ...] = (
    ("equal", lambda p: _near(p.ours, p.vendor) or (p.ours is None and p.vendor is None)),
    ("schedule_mode", lambda p: p.clock == "business" and _near(p.ours_last, p.vendor)),
    ("rounding", lambda p: _near(p.ours, p.vendor, 2 * MINUTE + 7)),
    ("target_revised", lambda p: p.targets_revised),
    ("agent_created", lambda p: p.metric == "frt" and p.ours is None and p.facts["public_agent_replies"] > 0),
    ("bot_reply", lambda p: p.metric == "frt" and _near(p.ours_any, p.vendor)),
    ("reopened", lambda p: p.metric in ("full_resolution", "first_resolution") and p.facts["reopens_transitions"] > 0),
    ("merged_or_deleted", lambda p: p.facts["exclusion"] in ("merged", "deleted")),
    ("late_data", lambda p: p.late),
    ("role_changed", lambda p: p.role_changed),
    ("schedule_edited", lambda p: p.clock == "business" and p.schedule_edited),
    ("vendor_null", lambda p: p.vendor is None),
    ("ours_null", lambda p: p.ours is None),
    ("unexplained", lambda p: True),
)
"""Classes in the order in which they are tried."""


def classify(pair: Pair) -> str:
    """The one class of a pair."""
    return next(name for name, rule in RULES if rule(pair))


def reconcile(workspace: Workspace, publication: Publication, source: str) -> dict[str, Any]:
    """Compare a source with the values that its vendor computed.

    Returns
    -------
    dict
        ``source, publication, compared, match_rate, unexplained, alarm, classes[{metric, class, tickets, example}]``;
        ``match_rate`` is the share of pairs that are equal within a minute, null where nothing can be compared.
    """
    if source not in publication.sources:
        raise NotFound(
            f"source {source} is not published", f"known: {', '.join(sorted(publication.sources)) or 'none'}"
        )
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for pair in _pairs(workspace, publication, source):
        key = (f"{pair.metric}.{pair.clock}", classify(pair))
        counts[key] += 1
        examples.setdefault(key, f"{pair.ticket_id}: ours {_shown(pair.ours)}, vendor {_shown(pair.vendor)}")
    compared = sum(counts.values())
    equal = sum(n for (_, name), n in counts.items() if name == "equal")
    unexplained = sum(n for (_, name), n in counts.items() if name == "unexplained")
    return {
        "source": source,
        "publication": publication.number,
        "compared": compared,
        "match_rate": equal / compared if compared else None,
        "unexplained": unexplained / compared if compared else None,
        "alarm": bool(compared) and unexplained > 0.01 * compared,
        "classes": [
            {"metric": metric, "class": name, "tickets": n, "example": examples[metric, name]}
            for (metric, name), n in sorted(counts.items())
        ],
    }


def _shown(seconds: int | None) -> str:
    return "none" if seconds is None else f"{seconds} s"


_FACTS = (
    "ticket_id",
    "created_at",
    "status",
    "exclusion",
    "is_open",
    "last_solved_at",
    "last_assignee_id",
    "public_agent_replies",
    "reopens_transitions",
    *(f"{name}_{mode}" for name in (*ZENDESK, "frt_any") for mode in ("calendar", "business_all", "business_last")),
)


def _pairs(workspace: Workspace, publication: Publication, source: str) -> Iterator[Pair]:
    mine = pc.field("source_id") == source
    as_of = datetime.fromisoformat(publication.sources[source]["as_of"])
    edits = workspace.store.scan(
        "schedule_versions", publication.tables.get("schedule_versions"), ["changed_at"], where=mine
    )["changed_at"].to_pylist()
    people = changed_roles(workspace, publication, source)
    for low, high in reading.key_slices(workspace, publication, source):
        facts = reading.facts(workspace, publication, "ticket_facts", _FACTS, source, low=low, high=high)
        revised = reading.facts(workspace, publication, "sla_facts", ["revisions"], source, low=low, high=high)
        changed = set(revised.filter(pc.greater(revised["revisions"], 0))["ticket_key"].to_pylist())
        tickets = workspace.store.scan(
            "tickets",
            publication.tables["tickets"],
            ["ticket_key", "vendor_values", "updated_at"],
            low=low,
            high=high,
            where=mine & pc.field("vendor_values").is_valid(),
        )
        affected = written_by(workspace, publication, source, people, low, high)
        by_key = {row["ticket_key"]: row for row in facts.to_pylist()}
        for ticket in tickets.to_pylist():
            fact = by_key.get(ticket["ticket_key"])
            if fact is None:
                continue
            values = json.loads(ticket["vendor_values"])
            late = ticket["updated_at"] > as_of
            end = as_of if fact["is_open"] or fact["last_solved_at"] is None else fact["last_solved_at"]
            edited = any(fact["created_at"] < at <= end for at in edits)
            role_changed = ticket["ticket_key"] in affected or fact["last_assignee_id"] in people
            for metric, clock, vendor in vendor_values(publication.sources[source]["kind"], values, fact):
                mode = "calendar" if clock == "calendar" else "business_all"
                last = "calendar" if clock == "calendar" else "business_last"
                yield Pair(
                    fact["ticket_id"],
                    metric,
                    clock,
                    fact[f"{metric}_{mode}"],
                    fact[f"{metric}_{last}"],
                    fact[f"frt_any_{mode}"],
                    vendor,
                    fact,
                    ticket["ticket_key"] in changed,
                    late,
                    edited,
                    role_changed,
                )


def changed_roles(workspace: Workspace, publication: Publication, source: str) -> set[str]:
    """People whose role or activity differs between this publication and an earlier one that is still kept."""
    mine = pc.field("source_id") == source
    columns = ["external_id", "role", "active"]
    versions = set()
    for number, _, _ in workspace.ledger.publications():
        earlier = workspace.publication(number) if number < publication.number else None
        if earlier is not None and source in earlier.sources:
            versions.add(earlier.tables["users"])
    now = _roles(workspace.store.scan("users", publication.tables["users"], columns, where=mine))
    changed: set[str] = set()
    for version in sorted(versions - {publication.tables["users"]}):
        then = _roles(workspace.store.scan("users", version, columns, where=mine))
        changed.update(person for person, role in then.items() if now.get(person, role) != role)
    return changed


def _roles(users: pa.Table) -> dict[str, tuple[str, bool]]:
    return {row["external_id"]: (row["role"], row["active"]) for row in users.to_pylist()}


def written_by(
    workspace: Workspace, publication: Publication, source: str, people: set[str], low: int, high: int
) -> set[int]:
    """Keys of the tickets on which one of some people wrote."""
    if not people:
        return set()
    wrote = pc.field("author_id").isin(pa.array(sorted(people), pa.string()))
    rows = workspace.store.scan(
        "messages",
        publication.tables.get("messages"),
        ["ticket_key"],
        low=low,
        high=high,
        where=(pc.field("source_id") == source) & wrote,
    )
    return set(rows["ticket_key"].to_pylist())


def vendor_values(kind: str, values: dict[str, Any], fact: dict[str, Any]) -> Iterator[tuple[str, str, int | None]]:
    """The vendor's values as ``(metric, clock, seconds)``."""
    if kind == "zendesk":
        for metric, (name, _) in ZENDESK.items():
            pair = values.get(name)
            if isinstance(pair, dict):
                for clock in ("calendar", "business"):
                    minutes = pair.get(clock)
                    yield metric, clock, None if minutes is None else int(minutes) * MINUTE
        return
    if kind == "freshdesk":
        values = values.get("stats") or {}
    for metric, (name, _) in (FRESHDESK if kind == "freshdesk" else SALESFORCE).items():
        if name in values:
            yield metric, "calendar", _since(fact["created_at"], values[name])


def _since(created: datetime, moment: str | None) -> int | None:
    if not moment:
        return None
    try:
        return int((datetime.fromisoformat(moment.replace("Z", "+00:00")) - created).total_seconds())
    except (ValueError, TypeError):
        return None
