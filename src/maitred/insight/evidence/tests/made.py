"""Evidence from a few hand-made rows: what a test of a detector says it saw, everything else empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, get_type_hints

import numpy as np

from maitred.insight.evidence import tables
from maitred.insight.evidence.calendar import days_of
from maitred.insight.evidence.cutting import newest_of
from maitred.insight.evidence.tables import (
    NEVER,
    Accounts,
    Evidence,
    Macros,
    Messages,
    Names,
    Offers,
    People,
    Ratings,
    Reviews,
    Schedules,
    Solves,
    Spans,
    Targets,
    Tickets,
    Turns,
    Words,
)

Rows = Sequence[Mapping[str, Any]] | Mapping[str, Any]
"""Rows as mappings of field to value, or whole columns (arrays or single values) by field; fields may be left out."""

MONDAY = 1736121600
"""Monday 6 January 2025, 00:00 UTC: the default first day."""
HOUR = 3600
DAY = 24 * HOUR
OFFICE = tuple((day * 1440 + 540, day * 1440 + 1020) for day in range(5))
"""Monday to Friday, 9 to 17."""


def made(
    *,
    tickets: Rows = (),
    solves: Rows = (),
    turns: Rows = (),
    statuses: Rows = (),
    groups_of: Rows = (),
    assignees: Rows = (),
    ratings: Rows = (),
    offers: Rows = (),
    messages: Rows = (),
    macros: Rows = (),
    targets: Rows = (),
    members: Rows = (),
    people: Rows = (),
    accounts: Rows = (),
    groups: Sequence[str] = ("Billing", "Technical"),
    policies: Sequence[str] = ("Standard",),
    macro_names: Sequence[str] = (),
    target_names: Sequence[str] = ("first_reply", "next_reply", "total_resolution"),
    tags: Sequence[Sequence[str]] = (),
    words: Sequence[Sequence[str]] = (),
    topics: Sequence[str | None] = (),
    zone: str = "UTC",
    office: Sequence[tuple[int, int]] | None = OFFICE,
    holidays: Sequence[Any] = (),
    schedules: Schedules | None = None,
    of_ticket: Rows = (),
    first_at: int | None = None,
    as_of: int | None = None,
    source: str = "zendesk",
    reviews: Rows = (),
    review_items: Sequence[str] = (),
) -> Evidence:
    """Evidence of hand-made rows.

    Rows of any table but ``tickets`` and ``people`` may come in any order. Left out: instants are ``NEVER``, codes and
    durations -1, flags false. ``people`` rows may hold ``name``, ``staff`` (default true), ``bot``, ``created_at``
    (default 0), ``suspended_at``, ``training``, ``trained_at``; ``accounts`` rows ``name``, ``revenue``, ``renewal``.
    As many people, accounts and macros exist as positions are named. ``tags``, ``words`` and ``topics`` go by ticket.
    ``first_at`` is by default the first ticket (else ``MONDAY``), ``as_of`` the second after the last known instant.

    Examples
    --------
    >>> evidence = made(tickets=[{"created": MONDAY + 9 * HOUR, "group": 0}], as_of=MONDAY + 3 * DAY)
    >>> len(evidence.days), evidence.groups.names[evidence.tickets.group[0]], evidence.tickets.first_reply_s.tolist()
    (4, 'Billing', [-1])
    """
    found: dict[str, Any] = {
        "tickets": _table(Tickets, tickets, "created"),
        "solves": _table(Solves, solves, "solved_at"),
        "turns": _turns(turns),
        "statuses": _table(Spans, statuses, "from_at"),
        "groups_of": _table(Spans, groups_of, "from_at"),
        "assignees": _table(Spans, assignees, "from_at"),
        "ratings": _table(Ratings, ratings, "rated_at"),
        "offers": _table(Offers, offers, "offered_at"),
        "reviews": _table(Reviews, reviews, "submitted_at"),
        "messages": _table(Messages, messages, "sent_at"),
        "macros": _table(Macros, macros, "used_at"),
        "targets": _table(Targets, targets, "started_at"),
        "members": _table(Spans, members, "from_at"),
    }
    count = len(found["tickets"])
    everybody = _people(people, _people_named(found), source)
    hours = schedules or _schedules(office, zone, holidays, source)
    hours = replace(hours, of_ticket=_table(Spans, of_ticket, "from_at"))
    first = first_at if first_at is not None else int(found["tickets"].created[0]) if count else MONDAY
    until = as_of if as_of is not None else _last(found, first) + 1
    codes, topic_names = _topics(topics, count)
    evidence = Evidence(
        source=source,
        as_of=until,
        newest=0,
        days=days_of(zone, first, until, hours),
        **found,
        target_names=tuple(target_names),
        tags=_words(tags, count),
        words=_words(words, count),
        topics=codes,
        topic_names=topic_names,
        topics_known_at=np.where(codes >= 0, found["tickets"].created, NEVER),
        people=everybody,
        groups=_names("group", source, groups),
        policies=_names("policy", source, policies),
        macro_names=_names(
            "macro", source, [*macro_names, *_numbered("Macro", len(macro_names), found["macros"].macro)]
        ),
        accounts=_accounts(accounts, found["tickets"].account, source),
        schedules=hours,
        review_items=tuple(review_items),
    )
    return replace(evidence, newest=newest_of(evidence))


def _turns(rows: Rows) -> Turns:
    """Turns end with their answer where nothing else is said."""
    turns: Turns = _table(Turns, rows, "opened_at")
    return replace(turns, ended_at=np.minimum(turns.ended_at, turns.answered_at))


_DTYPES = {"Ints": np.int64, "Codes": np.int32, "Flags": np.bool_, "Floats": np.float64}


def _table(kind: type[Any], rows: Rows, by: str) -> Any:
    names = [column.name for column in fields(kind)]
    given = _columns(rows)
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise ValueError(f"{kind.__name__} has no {', '.join(unknown)}")
    count = max((len(value) for value in given.values()), default=0)
    columns = {name: _column(kind, name, given.get(name), count) for name in names}
    order = np.argsort(columns[by], kind="stable")
    if kind is Tickets and not np.array_equal(order, np.arange(count)):
        raise ValueError("tickets must be given in order of creation: other rows name them by position")
    return kind(**{name: value[order] for name, value in columns.items()})


def _columns(rows: Rows) -> dict[str, np.ndarray[Any, Any]]:
    if isinstance(rows, Mapping):
        longest = max((np.size(value) for value in rows.values()), default=0)
        return {name: np.broadcast_to(np.asarray(value), (longest,)) for name, value in rows.items()}
    names = {name for row in rows for name in row}
    missing = {name: [row.get(name) for row in rows] for name in names}
    return {name: np.array(values, dtype=object) for name, values in missing.items()}


def _column(kind: type[Any], name: str, given: Any, count: int) -> np.ndarray[Any, Any]:
    if kind is Tickets and name == "external":
        values = [str(number + 1) for number in range(count)] if given is None else [str(value) for value in given]
        return np.array(values, dtype=object)
    dtype = _dtype(kind, name)
    default: int | bool = False if dtype is np.bool_ else NEVER if name.endswith("_at") else -1
    if name in ("length", "tone"):
        default = 0
    if name == "kind":
        default = tables.CUSTOMER
    if name == "public":
        default = True
    if given is None:
        return np.full(count, default, dtype=dtype)
    if given.dtype == object:
        return np.array([default if value is None else value for value in given], dtype=dtype)
    return np.asarray(given).astype(dtype)


def _dtype(kind: type[Any], name: str) -> Any:
    hint = get_type_hints(kind)[name]
    return next(dtype for alias, dtype in _DTYPES.items() if getattr(tables, alias) == hint)


def _people_named(found: Mapping[str, Any]) -> int:
    columns = (
        *(found["tickets"].requester, found["tickets"].first_reply_agent, found["solves"].agent, found["turns"].agent),
        *(found["assignees"].value, found["ratings"].agent, found["messages"].author, found["macros"].agent),
        found["reviews"].person,
        *(found["members"].ticket, found["statuses"].by, found["groups_of"].by, found["assignees"].by),
    )
    return max(int(column.max(initial=-1)) for column in columns) + 1


def _people(rows: Rows, named: int, source: str) -> People:
    given = _columns(rows)
    listed = max((len(value) for value in given.values()), default=0)
    count = max(named, listed)

    def column(name: str, default: Any) -> list[Any]:
        values = list(given.get(name, ())) or [None] * listed
        return [default if value is None else value for value in values] + [default] * (count - listed)

    names = [str(name) if name else f"Person {position}" for position, name in enumerate(column("name", ""))]
    created = np.array(column("created_at", 0), dtype=np.int64)
    if np.any(np.diff(created) < 0):
        raise ValueError("people must be given in order of creation")
    return People(
        names=_names("person", source, names),
        staff=np.array(column("staff", True), dtype=np.bool_),
        bot=np.array(column("bot", False), dtype=np.bool_),
        suspended_at=np.array(column("suspended_at", NEVER), dtype=np.int64),
        created_at=created,
        training=tuple(str(course) for course in column("training", "")),
        trained_at=np.array(column("trained_at", NEVER), dtype=np.int64),
    )


def _accounts(rows: Rows, of_tickets: np.ndarray[Any, Any], source: str) -> Accounts:
    given = _columns(rows)
    listed = max((len(value) for value in given.values()), default=0)
    count = max(listed, int(of_tickets.max(initial=-1)) + 1)

    def column(name: str, default: Any) -> list[Any]:
        values = list(given.get(name, ())) or [None] * listed
        return [default if value is None else value for value in values] + [default] * (count - listed)

    names = [str(name) if name else f"Account {position}" for position, name in enumerate(column("name", ""))]
    return Accounts(
        _names("account", source, names),
        np.array(column("revenue", np.nan), dtype=np.float64),
        np.array(column("renewal", NEVER), dtype=np.int64),
    )


def _schedules(office: Sequence[tuple[int, int]] | None, zone: str, holidays: Sequence[Any], source: str) -> Schedules:
    of_ticket = _table(Spans, (), "from_at")
    if office is None:
        return Schedules(Names((), (), ()), (), (), (), -1, of_ticket)
    names = _names("schedule", source, ["Office"])
    return Schedules(names, (zone,), (tuple(office),), (frozenset(holidays),), 0, of_ticket)


def _names(kind: str, source: str, names: Sequence[str]) -> Names:
    base = {"group": 100, "person": 1000, "policy": 10, "macro": 500, "account": 7000, "schedule": 1}[kind]
    external = tuple(str(base + position) for position in range(len(names)))
    return Names(tuple(f"{source}:{one}" for one in external), external, tuple(names))


def _numbered(word: str, start: int, used: np.ndarray[Any, Any]) -> list[str]:
    return [f"{word} {position}" for position in range(start, int(used.max(initial=-1)) + 1)]


def _words(by_ticket: Sequence[Sequence[str]], count: int) -> Words:
    names: dict[str, int] = {}
    starts, codes = [0], list[int]()
    for position in range(count):
        mine = by_ticket[position] if position < len(by_ticket) else ()
        codes += sorted({names.setdefault(word, len(names)) for word in sorted(set(mine))})
        starts.append(len(codes))
    return Words(np.array(starts, dtype=np.int64), np.array(codes, dtype=np.int32), tuple(names))


def _topics(topics: Sequence[str | None], count: int) -> tuple[Any, tuple[str, ...]]:
    names: dict[str, int] = {}
    given = [*topics, *[None] * (count - len(topics))]
    codes = [-1 if topic is None else names.setdefault(topic, len(names)) for topic in given]
    return np.array(codes, dtype=np.int32), tuple(names)


def _last(found: Mapping[str, Any], first: int) -> int:
    latest = first
    for table in found.values():
        for column in fields(table):
            if column.name in ("created", "from_at", "to_at") or column.name.endswith("_at"):
                values = getattr(table, column.name)
                known = values[values < NEVER]
                if column.name not in ("due_at", "promise_at"):
                    latest = max(latest, int(known.max(initial=latest)))
    return latest
