"""Gathers the evidence of one source from its canonical tables and facts, column by column and as of one instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.keys import ticket_keys
from maitred.canon.tables import SLA_METRICS
from maitred.insight.evidence import history, outcomes, reference
from maitred.insight.evidence.calendar import clock_of, days_of
from maitred.insight.evidence.changes import solves_of
from maitred.insight.evidence.cutting import first_groups, first_policies, newest_of, rows
from maitred.insight.evidence.outcomes import Courses
from maitred.insight.evidence.reading import (
    FactScan,
    Found,
    Scan,
    encoded,
    finder,
    flat,
    positions,
    read,
    seconds,
    truths,
    whole,
)
from maitred.insight.evidence.reference import Everybody
from maitred.insight.evidence.reviewed import reviews_of
from maitred.insight.evidence.tables import (
    CHANNELS,
    PRIORITIES,
    Codes,
    Evidence,
    Flags,
    Ints,
    Messages,
    Names,
    Tickets,
    Words,
)
from maitred.insight.evidence.texts import look, own_text, words_of

SLICE = 50_000
"""Tickets whose messages are read at a time: bounds the memory that texts take."""
OPENING = 3600
"""A message that comes later than so many seconds after the creation does not open the ticket."""
AHEAD = 400 * 86_400
"""How far beyond as-of due instants are laid out."""


def gather(scan: Scan, facts: FactScan, source: str, as_of: datetime, *, bots: Sequence[str] = ()) -> Evidence:
    """The evidence of one source.

    Parameters
    ----------
    scan
        Reads canonical tables of the source.
    facts
        Reads its facts, computed at ``as_of``.
    source
        The source's name; ids of things are ``source:external id``.
    as_of
        Until when the data speak; later rows are left out.
    bots
        Ids of users that are bots, besides those that say so themselves.

    Returns
    -------
    Evidence
        ``as_of`` and every instant in seconds UTC.

    Examples
    --------
    >>> from datetime import UTC
    >>> from maitred.insight.evidence.reading import from_tables, no_facts
    >>> len(gather(from_tables({}), no_facts, "desk", datetime(2025, 1, 6, tzinfo=UTC)).tickets)
    0
    """
    until = int(as_of.timestamp())
    schedules = reference.schedules_of(scan, source)
    zone = reference.zone_of(schedules)
    everybody = reference.everybody_of(scan, source, bots, zone)
    groups = reference.groups_of(scan, source)
    head = _head(scan, facts, until)
    found, created = finder(head.keys), head.created
    logs = history.logs_of(scan, found, everybody.ids, history.FIELDS, until)
    schedules = replace(
        schedules,
        of_ticket=outcomes.schedules_of_tickets(
            scan, found, schedules.names.external, schedules.default, created, until
        ),
    )
    first_at = int(created[0]) if len(created) else until
    requester = positions(head.rows["requester_id"], everybody.ids)
    courses = Courses(
        created=created,
        requester=requester,
        statuses=history.statuses_of(logs["status"], created, head.rows["status"]),
        groups_of=history.values_of(
            logs["group"], created, head.rows["group_id"], pa.array(groups.external, pa.string())
        ),
        assignees=history.values_of(logs["assignee"], created, head.rows["assignee_id"], everybody.ids),
        clock=clock_of(schedules, first_at, until + AHEAD),
        as_of=until,
    )
    messages, words, length = _messages(scan, found, everybody, head, requester, until, zone)
    solves = solves_of(
        courses.statuses, courses.assignees, courses.groups_of, created, everybody.at_work, courses.clock
    )
    policies = reference.policies_of(scan, source, _named_policies(facts))
    targets = outcomes.targets_of(facts, found, policies, courses)
    ratings, offers = outcomes.ratings_of(scan, found, logs["satisfaction"], solves, courses)
    reviews, review_items = reviews_of(scan, found, everybody.ids, until)
    accounts = reference.accounts_of(scan, source, zone)
    macros, macro_names = history.macros_of(scan, logs["macro"], source)
    topics, topic_names, known_at = history.topics_of(scan, found, logs["tags"], created, head.rows, until)
    excluded = history.excluded_of(scan, logs, found, head.facts, found.of(head.facts["ticket_key"]))
    evidence = Evidence(
        source=source,
        as_of=until,
        newest=0,
        days=days_of(zone, first_at, until, schedules),
        tickets=_tickets(head, everybody, groups, accounts.names, requester, excluded, length, targets, courses),
        solves=solves,
        turns=outcomes.turns_of(facts, found, everybody.ids, groups, messages, courses),
        statuses=courses.statuses,
        groups_of=courses.groups_of,
        assignees=courses.assignees,
        ratings=ratings,
        offers=offers,
        messages=messages,
        macros=macros,
        targets=targets,
        target_names=SLA_METRICS,
        tags=history.tags_of(logs["tags"], created, head.rows["tags"]),
        words=words,
        topics=topics,
        topic_names=topic_names,
        topics_known_at=known_at,
        people=everybody.people,
        members=reference.members_of(scan, everybody.ids, groups),
        groups=groups,
        policies=policies,
        macro_names=macro_names,
        accounts=accounts,
        schedules=schedules,
        reviews=reviews,
        review_items=review_items,
    )
    return replace(evidence, newest=newest_of(evidence))


@dataclass(frozen=True, slots=True)
class _Head:
    """Tickets in the order of their creation: canonical rows and facts, row by row the same ticket."""

    keys: Ints
    created: Ints
    rows: pa.Table
    facts: pa.Table


def _head(scan: Scan, facts: FactScan, until: int) -> _Head:
    listed = read(
        scan,
        "tickets",
        (
            *("ticket_key", "external_id", "created_at", "subject", "status", "channel", "priority", "requester_id"),
            *("organization_id", "group_id", "assignee_id", "tags", "custom"),
        ),
    )
    told = facts(
        "ticket_facts",
        (
            *("ticket_key", "exclusion", "excluded_at", "first_reply_at", "first_reply_agent_id"),
            *("group_at_first_reply", "priority_at_created", "frt_calendar", "frt_business_all"),
        ),
    )
    keys, created = whole(listed["ticket_key"]), seconds(listed["created_at"])
    places = finder(whole(told["ticket_key"])).of(keys)
    order = np.lexsort((keys, created))
    order = order[(created[order] <= until) & (places[order] >= 0)]
    return _Head(
        keys[order],
        created[order],
        listed.take(pa.array(order)).combine_chunks(),
        told.take(pa.array(places[order])).combine_chunks(),
    )


def _tickets(
    head: _Head,
    everybody: Everybody,
    groups: Names,
    accounts: Names,
    requester: Codes,
    excluded: Ints,
    length: Ints,
    targets: Any,
    courses: Courses,
) -> Tickets:
    told, listed = head.facts, head.rows
    calendar, business = whole(told["frt_calendar"]), whole(told["frt_business_all"])
    account = positions(listed["organization_id"], accounts.external)
    home = positions(everybody.account_ids, accounts.external)
    inside = np.maximum(requester, 0)
    known = requester >= 0
    if len(home):
        account = np.where((account < 0) & known, home[inside], account).astype(np.int32)
    first = positions(told["priority_at_created"], PRIORITIES)
    return Tickets(
        external=np.array(listed["external_id"].to_pylist(), dtype=object),
        created=head.created,
        channel=positions(listed["channel"], CHANNELS),
        priority=first,
        requester=requester,
        account=account,
        group=first_groups(courses.groups_of, len(head.keys)),
        policy=first_policies(targets, len(head.keys)),
        excluded_at=excluded,
        first_reply_at=seconds(told["first_reply_at"]),
        first_reply_s=np.where(business < 0, calendar, business),
        first_reply_calendar_s=calendar,
        first_reply_agent=positions(told["first_reply_agent_id"], everybody.ids),
        first_reply_group=positions(told["group_at_first_reply"], groups.external),
        length=length,
        non_english=(known & everybody.foreign[inside]) if len(home) else np.zeros(len(head.keys), dtype=np.bool_),
    )


def _messages(
    scan: Scan, found: Found, everybody: Everybody, head: _Head, requester: Codes, until: int, zone: str
) -> tuple[Messages, Words, Ints]:
    """Messages with what their texts hold, words of the tickets, and the length of their opening messages."""
    parts: list[Messages] = []
    orders: list[Ints] = []
    openings = _Openings(len(head.keys))
    for low, high in _key_ranges(found.keys):
        within = (pc.field("ticket_key") >= low) & (pc.field("ticket_key") <= high)
        told = read(
            scan,
            "messages",
            ("ticket_key", "external_id", "author_id", "author_type", "is_public", "sent_at", "body_text"),
            within,
        )
        ticket, sent = found.of(told["ticket_key"]), seconds(told["sent_at"])
        tie = ticket_keys(flat(told["external_id"])).to_numpy(zero_copy_only=False).astype(np.int64)
        order = np.lexsort((tie, sent, ticket))
        order = order[(ticket[order] >= 0) & (sent[order] <= until)]
        told, ticket, sent, tie = told.take(pa.array(order)).combine_chunks(), ticket[order], sent[order], tie[order]
        author = positions(told["author_id"], everybody.ids)
        mine = _own(told, head, ticket, author, requester)
        kind = outcomes.kinds_of(told, author, everybody.people.staff, everybody.people.bot, mine)
        public = truths(told["is_public"])
        seen = look(told["body_text"], kind, public, sent, zone)
        parts.append(
            Messages(
                *(ticket, author, kind, public, sent, seen.length, seen.card, seen.asks_card),
                *(seen.leaving, seen.tone, seen.promise_at),
            )
        )
        orders.append(tie)
        openings.add(told, ticket, sent, head.created)
    whole_table = _together(parts)
    tie = np.concatenate(orders) if orders else np.empty(0, dtype=np.int64)
    order = np.lexsort((tie, whole_table.ticket, whole_table.sent_at))
    bodies, length = openings.told()
    return rows(whole_table, order), words_of(head.rows["subject"], bodies), length


class _Openings:
    """The opening message of each ticket, gathered slice by slice."""

    def __init__(self, tickets: int) -> None:
        self.tickets = tickets
        self.owners: list[Ints] = []
        self.texts: list[pa.Array] = []

    def add(self, told: pa.Table, ticket: Ints, sent: Ints, created: Ints) -> None:
        """Messages in order of ticket and time."""
        first = np.ones(len(ticket), dtype=np.bool_)
        first[1:] = ticket[1:] != ticket[:-1]
        first &= sent <= created[ticket] + OPENING if len(ticket) else first
        self.owners.append(ticket[first])
        self.texts.append(own_text(flat(told["body_text"]).filter(pa.array(first))))

    def told(self) -> tuple[pa.Array, Ints]:
        """Texts by ticket (null where there is none) and their lengths."""
        owner = np.concatenate(self.owners) if self.owners else np.empty(0, dtype=np.int64)
        texts = (
            pa.concat_arrays([one.cast(pa.string()) for one in self.texts]) if self.texts else pa.array([], pa.string())
        )
        place = np.full(self.tickets, -1, dtype=np.int64)
        place[owner] = np.arange(len(owner))
        bodies = texts.take(pa.array(place, mask=place < 0))
        return bodies, whole(pc.utf8_length(bodies), 0)


def _own(told: pa.Table, head: _Head, ticket: Ints, author: Codes, requester: Codes) -> Flags:
    """Whether the author is the ticket's requester, also one whom the list of users does not know."""
    known = (author >= 0) & (author == requester[ticket]) if len(ticket) else np.zeros(0, dtype=np.bool_)
    asked = flat(head.rows["requester_id"]).take(pa.array(ticket))
    same: Flags = truths(pc.equal(flat(told["author_id"]).cast(pa.string()), asked.cast(pa.string())))
    return known | same


def _together(parts: list[Messages]) -> Messages:
    if not parts:
        none = np.empty(0, dtype=np.int64)
        codes, flags = none.astype(np.int32), none.astype(np.bool_)
        return Messages(none, codes, codes, flags, none, none, flags, flags, flags, codes, none)
    names = Messages.__dataclass_fields__
    return Messages(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _key_ranges(keys: Ints) -> list[tuple[int, int]]:
    """Ranges of ticket keys of ``SLICE`` tickets that together hold all."""
    parts = [keys[start : start + SLICE] for start in range(0, len(keys), SLICE)]
    return [(int(part[0]), int(part[-1])) for part in parts]


def _named_policies(facts: FactScan) -> list[str]:
    names, _ = encoded(facts("sla_facts", ("policy",))["policy"])
    return [one for one in names.to_pylist() if one]
