"""A generated ticket log in the form of Fivetran's Zendesk tables: a year of a team with groups, schedules and
targets.

Vectorised, deterministic by seed: a ticket is created in or out of hours, routed, assigned, answered, perhaps parked
and taken up again, solved, rated, perhaps reopened, closed. All people and texts are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

START = int(datetime(2025, 1, 6, tzinfo=UTC).timestamp())
AS_OF = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp())
_WEEK = 7 * 86_400
_OFFICE_HOURS = range(8, 20)
_FRESH = 1_200
GROUPS = {11: "Billing", 12: "Orders", 13: "Technical", 14: "Account"}
FIRST_AGENT = 1001
PRIORITIES = np.array(["low", "normal", "high", "urgent"])
TARGETS = {"low": (480, 960), "normal": (240, 720), "high": (60, 240), "urgent": (30, 120)}
CHANNELS = np.array(["email", "web", "chat", "api"])
TOPICS = (
    "the invoice",
    "my parcel",
    "the login",
    "a refund",
    "the app",
    "an address change",
    "the discount",
    "my plan",
)
_SCHEDULES = (
    (1, "Head office", "Eastern Time (US & Canada)", 9, 17, range(1, 6)),
    (2, "Evening desk", "London", 8, 20, range(1, 7)),
)
_HOLIDAYS = (
    (1, "Independence Day", (7, 4), 1),
    (1, "Christmas", (12, 25), 1),
    (2, "Christmas", (12, 25), 2),
    (2, "New Year", (1, 1), 1),
)


@dataclass(frozen=True, slots=True)
class Written:
    """What was generated."""

    tickets: int
    comments: int
    history: int


def write_log(
    folder: Path, tickets: int, seed: int = 1, *, texts: bool = True, until: datetime | None = None
) -> Written:
    """Write the tables of a generated log as CSV files into a folder.

    Parameters
    ----------
    tickets
        How many; about 4 comments and 11 field changes each.
    texts
        Whether comments carry a sentence (else one word, for measuring clocks alone).
    until
        The instant at which the log was taken, to the second: the 52 weeks before it, nothing after it, and in office
        hours (UTC) a ticket of the last hour. The same ``seed`` and ``until`` write the same bytes. Without it the log
        always ends on 2026-01-05.
    """
    as_of = AS_OF if until is None else int(until.timestamp())
    folder.mkdir(parents=True, exist_ok=True)
    dice = np.random.default_rng(seed)
    agents = max(24, min(400, tickets // 2500))
    customers = max(20, tickets // 3)
    _write(folder, "user", _users(agents, customers))
    _write(folder, "group", {"id": list(GROUPS), "name": list(GROUPS.values())})
    organizations = max(4, customers // 25)
    _write(
        folder,
        "organization",
        {
            "id": [50_000 + k for k in range(organizations)],
            "name": [f"Customer {k + 1} Ltd" for k in range(organizations)],
        },
    )
    _schedules(folder, as_of)
    story = _story(dice, tickets, agents, customers, organizations, as_of)
    _write(folder, "ticket", story.tickets)
    _write(folder, "ticket_schedule", story.schedules)
    _write(folder, "ticket_tag", {"ticket_id": story.tickets["id"], "tag": np.array(TOPICS)[story.topic]})
    comments = _comments(story, dice, texts)
    _write(folder, "ticket_comment", comments)
    history = _history(story)
    _write(folder, "ticket_field_history", history)
    return Written(tickets, len(comments["id"]), len(history["ticket_id"]))


def _users(agents: int, customers: int) -> dict[str, Any]:
    ids = [*(FIRST_AGENT + k for k in range(agents)), *(100_000 + k for k in range(customers))]
    return {
        "id": ids,
        "name": [*(f"Agent {k + 1}" for k in range(agents)), *(f"Customer {k + 1}" for k in range(customers))],
        "role": ["agent"] * agents + ["end-user"] * customers,
        "active": ["TRUE"] * len(ids),
    }


def _schedules(folder: Path, as_of: int) -> None:
    before = datetime.fromtimestamp(as_of - 52 * _WEEK, UTC).year - 1
    rows: dict[str, list[Any]] = {
        "id": [],
        "name": [],
        "time_zone": [],
        "start_time": [],
        "end_time": [],
        "created_at": [],
    }
    for number, name, zone, opens, closes, days in _SCHEDULES:
        for day in days:
            for key, value in zip(
                rows,
                (
                    number,
                    name,
                    zone,
                    day * 1440 + opens * 60,
                    day * 1440 + closes * 60,
                    f"{before}-01-0{number} 00:00:00",
                ),
                strict=True,
            ):
                rows[key].append(value)
    _write(folder, "schedule", rows)
    begins = [_last_time(as_of, month, day) for _, _, (month, day), _ in _HOLIDAYS]
    _write(
        folder,
        "schedule_holiday",
        {
            "id": [place + 1 for place in range(len(_HOLIDAYS))],
            "schedule_id": [number for number, _, _, _ in _HOLIDAYS],
            "name": [name for _, name, _, _ in _HOLIDAYS],
            "start_date": [first.isoformat() for first in begins],
            "end_date": [
                (first + timedelta(days=long - 1)).isoformat()
                for first, (_, _, _, long) in zip(begins, _HOLIDAYS, strict=True)
            ],
        },
    )


def _last_time(as_of: int, month: int, day: int) -> date:
    """The latest such day that is not after the log's end."""
    end = datetime.fromtimestamp(as_of, UTC).date()
    return date(end.year if (month, day) <= (end.month, end.day) else end.year - 1, month, day)


@dataclass(slots=True)
class _Story:
    """Instants of each ticket (0 = did not happen) and who did what; all arrays have one entry per ticket."""

    tickets: dict[str, Any]
    schedules: dict[str, Any]
    topic: Any
    requester: Any
    agent: Any
    second: Any
    group: Any
    priority: Any
    created: Any
    assigned: Any
    replied: Any
    answered: Any
    parked: Any
    solved: Any
    rated: Any
    rating: Any
    reopened: Any
    solved_again: Any
    closed: Any


def group_of(agent: int) -> int:
    """The group that an agent's tickets come from."""
    return min(GROUPS) + (agent - FIRST_AGENT) % len(GROUPS)


def _of_group(dice: Any, group: Any, agents: int) -> Any:
    """An agent of each ticket's group."""
    count = len(GROUPS)
    first = group - min(GROUPS)
    members = (agents - first + count - 1) // count
    return FIRST_AGENT + first + count * np.floor(dice.random(len(group)) * members).astype(np.int64)


def _story(dice: Any, n: int, agents: int, customers: int, organizations: int, as_of: int) -> _Story:
    created = np.sort(_year_before(as_of, _arrivals(dice, n)))
    _freshen(created, as_of)
    requester = 100_000 + dice.integers(0, customers, n)
    group = 11 + dice.choice(4, n, p=[0.3, 0.3, 0.25, 0.15])
    agent = _of_group(dice, group, agents)
    second = _of_group(dice, group, agents)
    priority = dice.choice(4, n, p=[0.25, 0.5, 0.2, 0.05])
    pace = np.array([1.6, 1.0, 0.6, 0.3])[priority]
    assigned = created + 30 + (dice.exponential(2400, n) * pace).astype(np.int64)
    replied = assigned + 60 + (dice.lognormal(8.3, 1.1, n) * pace).astype(np.int64)
    replied[dice.random(n) < 0.04] = 0
    answered = np.where(
        (dice.random(n) < 0.6) & (replied > 0), replied + 120 + dice.exponential(20_000, n).astype(np.int64), 0
    )
    solve_base = np.where(answered > 0, answered, np.where(replied > 0, replied, assigned))
    solved = np.where(dice.random(n) < 0.97, solve_base + 60 + dice.lognormal(8.6, 1.2, n).astype(np.int64), 0)
    rated = np.where(
        (dice.random(n) < 0.25) & (solved > 0), solved + 600 + dice.exponential(40_000, n).astype(np.int64), 0
    )
    rating = dice.random(n) < 0.86
    reopened = np.where(
        (dice.random(n) < 0.07) & (solved > 0), solved + 900 + dice.exponential(90_000, n).astype(np.int64), 0
    )
    solved_again = np.where(reopened > 0, reopened + 600 + dice.lognormal(8.9, 1.0, n).astype(np.int64), 0)
    last = np.maximum(solved, solved_again)
    closed = np.where(solved > 0, last + 4 * 86_400, 0)
    parked = np.where((answered > 0) | (dice.random(n) < 0.3), replied, 0)
    for moment in (assigned, replied, answered, parked, solved, rated, reopened, solved_again, closed):
        moment[moment > as_of] = 0
    solved_again[reopened == 0] = 0
    closed[(reopened > 0) & (solved_again == 0)] = 0
    status = np.full(n, "new", dtype=object)
    status[assigned > 0] = "open"
    status[parked > 0] = "pending"
    status[(answered > 0)] = "open"
    status[solved > 0] = "solved"
    status[(reopened > 0) & (solved_again == 0)] = "open"
    status[closed > 0] = "closed"
    ids = np.arange(1, n + 1) + 10_000
    tickets = {
        "id": ids,
        "created_at": _texts(created),
        "updated_at": _texts(np.maximum.reduce([created, assigned, replied, answered, solved, solved_again, closed])),
        "status": status,
        "priority": PRIORITIES[priority],
        "requester_id": requester,
        "submitter_id": requester,
        "assignee_id": np.where(assigned > 0, agent, 0).astype(object),
        "group_id": group,
        "organization_id": 50_000 + (requester % organizations),
        "via_channel": CHANNELS[dice.choice(4, n, p=[0.5, 0.3, 0.15, 0.05])],
        "type": np.full(n, "question", dtype=object),
        "subject": np.array([f"Question about {topic}" for topic in TOPICS], dtype=object)[
            dice.integers(0, len(TOPICS), n)
        ],
        "_fivetran_synced": np.full(n, _text(as_of), dtype=object),
    }
    tickets["assignee_id"][assigned == 0] = None
    evening = group == 14
    schedules = {
        "ticket_id": ids[evening],
        "created_at": _texts(created[evening]),
        "schedule_id": np.full(int(evening.sum()), 2),
    }
    return _Story(
        tickets,
        schedules,
        dice.integers(0, len(TOPICS), n),
        requester,
        agent,
        second,
        group,
        priority,
        created,
        assigned,
        replied,
        answered,
        parked,
        solved,
        rated,
        rating,
        reopened,
        solved_again,
        closed,
    )


def _arrivals(dice: Any, n: int) -> Any:
    """Seconds after the start: a year with weekly and daily rhythm."""
    weeks = dice.integers(0, 52, n)
    days = dice.choice(7, n, p=[0.19, 0.18, 0.17, 0.16, 0.15, 0.08, 0.07])
    hours = np.clip(dice.normal(14.5, 3.4, n), 0, 23.99)
    return (weeks * 7 + days) * 86_400 + (hours * 3600).astype(np.int64)


def _year_before(as_of: int, arrivals: Any) -> Any:
    """Arrivals shifted by whole weeks, so that weekdays keep their rhythm; what would lie ahead is a year older."""
    weeks = -((AS_OF - as_of) // _WEEK)
    created = START + weeks * _WEEK + arrivals
    return np.where(created > as_of, created - 52 * _WEEK, created)


def _freshen(created: Any, as_of: int) -> None:
    """In office hours the newest ticket came within the last hour."""
    end = datetime.fromtimestamp(as_of, UTC)
    if end.weekday() < 5 and end.hour in _OFFICE_HOURS:
        created[-1] = max(created[-1], as_of - _FRESH)


_SENTENCES = (
    "Hello, I have a question about {topic}. Could you have a look?",
    "Thank you for writing to us. I have checked {topic} and will come back to you by tomorrow.",
    "Any news? I am still waiting for an answer about {topic}.",
    "We have settled {topic} for you. Please let us know if anything is still open.",
    "It is not solved yet, {topic} still looks the same to me.",
    "You are right, and I am sorry. It is corrected now.",
)


def _comments(story: _Story, dice: Any, texts: bool) -> dict[str, Any]:
    steps = (
        (story.created, story.requester, 0, True),
        (story.assigned, story.agent, None, False),
        (story.replied, story.agent, 1, True),
        (story.answered, story.requester, 2, True),
        (np.where(story.replied > 0, story.solved, 0), story.agent, 3, True),
        (story.reopened, story.requester, 4, True),
        (story.solved_again, story.second, 5, True),
    )
    ids = story.tickets["id"]
    topics = np.array(TOPICS, dtype=object)[story.topic]
    parts: dict[str, list[Any]] = {"ticket_id": [], "user_id": [], "created": [], "public": [], "body": []}
    noted = dice.random(len(ids)) < 0.2
    for moment, who, sentence, public in steps:
        happened = moment > 0 if sentence is not None else (moment > 0) & noted
        parts["ticket_id"].append(ids[happened])
        parts["user_id"].append(who[happened])
        parts["created"].append(moment[happened])
        parts["public"].append(np.full(int(happened.sum()), "TRUE" if public else "FALSE", dtype=object))
        body: Any = np.full(int(happened.sum()), "text", dtype=object)
        if texts:
            words = _SENTENCES[sentence] if sentence is not None else "Asked the back office about {topic}."
            table = {topic: words.format(topic=topic) for topic in TOPICS}
            body = np.array([table[topic] for topic in topics[happened]], dtype=object)
        parts["body"].append(body)
    columns = {name: np.concatenate(values) for name, values in parts.items()}
    order = np.lexsort((columns["created"], columns["ticket_id"]))
    columns = {name: values[order] for name, values in columns.items()}
    return {"id": np.arange(1, len(order) + 1), **columns, "created": _texts(columns["created"])}


def _history(story: _Story) -> dict[str, Any]:
    n = len(story.created)
    names = np.array([f'{{"minutes":{{}},"in_business_hours":{b}}}' for b in ("true", "false")], dtype=object)
    first = np.array([names[0].replace("{}", str(TARGETS[p][0])) for p in PRIORITIES], dtype=object)
    following = np.array([names[0].replace("{}", str(TARGETS[p][1])) for p in PRIORITIES], dtype=object)

    def word(text: str) -> Any:
        return np.full(n, text, dtype=object)

    steps = (
        ("status", story.created, word("new"), story.requester),
        ("priority", story.created, PRIORITIES[story.priority].astype(object), story.requester),
        ("group_id", story.created, story.group.astype(str).astype(object), story.requester),
        ("sla_policy", story.created, word("Standard"), story.requester),
        ("first_reply_time", story.created, first[story.priority], story.requester),
        ("next_reply_time", story.created, following[story.priority], story.requester),
        ("assignee_id", story.assigned, story.agent.astype(str).astype(object), story.agent),
        ("status", story.assigned, word("open"), story.agent),
        ("status", story.parked, word("pending"), story.agent),
        ("status", np.where(story.parked > 0, story.answered, 0), word("open"), story.requester),
        ("status", story.solved, word("solved"), story.agent),
        ("satisfaction_score", story.rated, np.where(story.rating, "good", "bad").astype(object), story.requester),
        ("status", story.reopened, word("open"), story.requester),
        ("assignee_id", story.solved_again, story.second.astype(str).astype(object), story.second),
        ("status", story.solved_again, word("solved"), story.second),
        ("status", story.closed, word("closed"), np.full(n, -1)),
    )
    ids = story.tickets["id"]
    parts: dict[str, list[Any]] = {"ticket_id": [], "field_name": [], "updated": [], "value": [], "user_id": []}
    for name, moment, value, who in steps:
        happened = moment > 0
        parts["ticket_id"].append(ids[happened])
        parts["field_name"].append(np.full(int(happened.sum()), name, dtype=object))
        parts["updated"].append(moment[happened])
        parts["value"].append(value[happened])
        parts["user_id"].append(who[happened])
    columns = {name: np.concatenate(values) for name, values in parts.items()}
    order = np.lexsort((columns["updated"], columns["ticket_id"]))
    columns = {name: values[order] for name, values in columns.items()}
    return {**columns, "updated": _texts(columns["updated"])}


def _texts(seconds: Any) -> Any:
    return pa.array(seconds, pa.int64()).cast(pa.timestamp("s")).cast(pa.string())


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _write(folder: Path, name: str, columns: dict[str, Any]) -> None:
    csv.write_csv(pa.table(columns), folder / f"{name}.csv", csv.WriteOptions(quoting_style="needed"))
