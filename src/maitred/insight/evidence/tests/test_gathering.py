"""A small Zendesk export, imported for real, is told as evidence: each field is checked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from maitred.insight.evidence.opening import evidence_of_workspace
from maitred.insight.evidence.tables import AGENT, BOT, CUSTOMER, NEVER, STATUSES, Evidence
from maitred.metrics.pipeline import import_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.sync.kinds import KINDS
from maitred.sync.workspace import create

MONDAY = datetime(2025, 3, 3, tzinfo=UTC)
BERLIN = timedelta(hours=1)
ANN, BOB, ROBOT, EVE, CUSTOMER_1, CUSTOMER_2 = 11, 12, 13, 14, 21, 22
CARD = "4111 1111 1111 1111"


def at(day: int, hour: float) -> str:
    """An instant of the first week by its day and hour in Berlin."""
    return (MONDAY + timedelta(days=day, hours=hour) - BERLIN).strftime("%Y-%m-%dT%H:%M:%SZ")


def second(day: int, hour: float) -> int:
    """The same as seconds UTC."""
    return int((MONDAY + timedelta(days=day, hours=hour) - BERLIN).timestamp())


class Export:
    """Lines of the files of an export; audits are numbered as they are written."""

    def __init__(self) -> None:
        self.number = 1000
        self.lines: dict[str, list[dict[str, Any]]] = {}

    def add(self, stream: str, **record: Any) -> None:
        self.lines.setdefault(stream, []).append(record)

    def audit(self, ticket: int, when: str, by: int, *children: dict[str, Any], via: str = "Mail") -> None:
        self.number += 100
        numbered = [{"id": self.number + place, **child} for place, child in enumerate(children, start=1)]
        self.add(
            "ticket_events",
            id=self.number,
            ticket_id=ticket,
            created_at=when,
            updater_id=by,
            via=via,
            event_type="Audit",
            child_events=numbered,
        )

    def write(self, folder: Path) -> None:
        folder.mkdir()
        for stream, records in self.lines.items():
            (folder / f"{stream}.jsonl").write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in records))


def create_event(**fields: Any) -> list[dict[str, Any]]:
    return [{"event_type": "Create", name: value} for name, value in fields.items()]


def change(name: str, old: Any, new: Any) -> dict[str, Any]:
    return {"event_type": "Change", name: new, "previous_value": old}


def comment(author: int, body: str, public: bool = True) -> dict[str, Any]:
    return {"event_type": "Comment", "author_id": author, "body": body, "public": public}


def export() -> Export:
    files = Export()
    early = "2024-01-01T00:00:00Z"
    for number, name, more in (
        (ANN, "Ann", {"user_fields": {"training": "Calm", "training_completed": "2025-03-06"}}),
        (BOB, "Bob", {"user_fields": {"is_bot": False}}),
        (ROBOT, "Robot", {"tags": ["bot"]}),
        (EVE, "Eve", {"suspended": True, "updated_at": at(2, 9)}),
    ):
        files.add("users", **{"id": number, "name": name, "role": "agent", "created_at": early, **more})
    for number, locale in ((CUSTOMER_1, "en-GB"), (CUSTOMER_2, "de")):
        files.add(
            "users",
            id=number,
            name=f"Customer {number}",
            role="end-user",
            created_at=early,
            locale=locale,
            organization_id=31,
        )
    files.add(
        "organizations",
        id=31,
        name="Acme",
        created_at=early,
        organization_fields={"arr": 50000, "plan": "gold", "renewal_date": "2025-04-01"},
    )
    for number, name in ((41, "Billing"), (42, "Technical")):
        files.add("groups", id=number, name=name, created_at=early)
    files.add("group_memberships", id=1, user_id=ANN, group_id=41, default=True, created_at=early)
    files.add(
        "schedules",
        id=51,
        name="Office",
        time_zone="Europe/Berlin",
        created_at=early,
        intervals=[{"start_time": day * 1440 + 540, "end_time": day * 1440 + 1020} for day in range(1, 6)],
        holidays=[{"id": 1, "name": "Off", "start_date": "2025-03-07", "end_date": "2025-03-07"}],
    )
    _refund(files)
    _robot(files)
    _silent(files)
    files.add("ticket_fields", id=61, title="Contact reason", type="tagger", created_at=early)
    return files


def _ticket(files: Export, number: int, requester: int, when: str, **more: Any) -> None:
    told = {"status": "open", "group_id": 41, "subject": "Help", "via": {"channel": "email"}, "updated_at": at(4, 20)}
    files.add("tickets", **{"id": number, "requester_id": requester, "created_at": when, **told, **more})


def _refund(files: Export) -> None:
    """Card number on Monday, reply, solved on Tuesday, back two hours later, solved on Wednesday, rated badly."""
    _ticket(files, 1, CUSTOMER_1, at(0, 10), organization_id=31, status="solved", assignee_id=ANN, tags=["vip"])
    files.audit(
        *(1, at(0, 10), CUSTOMER_1),
        *create_event(status="new", group_id=41, priority="high", tags=["vip"]),
        comment(CUSTOMER_1, f"Hello,\n\nThe refund of invoice 77 is missing. My card is {CARD}.\n\nThanks\nCleo"),
    )
    files.audit(
        *(1, at(0, 16), ANN),
        comment(ANN, "Hi Cleo,\n\nPlease send me the card number and the CVV. You will have it by Thursday."),
        {"event_type": "AgentMacroReference", "macro_id": 71, "macro_title": "Refund: card"},
        change("status", "new", "pending"),
        change("assignee_id", None, ANN),
        change("tags", ["vip"], ["topic_refund", "vip"]),
    )
    files.audit(1, at(1, 10), ANN, change("status", "pending", "solved"))
    files.audit(
        *(1, at(1, 12), CUSTOMER_1),
        comment(CUSTOMER_1, "This is unacceptable. We will not renew our contract.\n\nOn Monday Ann wrote:\n> a card"),
        change("status", "solved", "open"),
    )
    files.audit(1, at(2, 10), ANN, comment(ANN, "It is done."), change("status", "open", "solved"))
    files.audit(1, at(3, 11), CUSTOMER_1, change("satisfaction_score", "offered", "bad"))
    files.add(
        "satisfaction_ratings",
        id=1,
        ticket_id=1,
        requester_id=CUSTOMER_1,
        assignee_id=ANN,
        group_id=41,
        score="bad",
        created_at=at(3, 9),
        updated_at=at(3, 11),
    )


def _robot(files: Export) -> None:
    """Answered and solved by the bot within a minute."""
    _ticket(files, 2, CUSTOMER_2, at(0, 11), status="solved", group_id=42)
    files.audit(
        *(2, at(0, 11), CUSTOMER_2),
        *create_event(status="new", group_id=42),
        comment(CUSTOMER_2, "Mein Passwort funktioniert nicht."),
    )
    files.audit(2, at(0, 11.01), ROBOT, comment(ROBOT, "Siehe Hilfe."), change("status", "new", "solved"))


def _silent(files: Export) -> None:
    """Moves to another group, is spam from Thursday on; nobody answers."""
    _ticket(files, 3, CUSTOMER_2, at(1, 9), status="deleted", group_id=42)
    files.audit(
        *(3, at(1, 9), CUSTOMER_2),
        *create_event(status="new", group_id=41),
        comment(CUSTOMER_2, "Nobody answers. This is the third time that I write."),
    )
    files.audit(3, at(1, 15), BOB, change("group_id", 41, 42))
    files.audit(3, at(3, 9), BOB, change("status", "new", "deleted"))


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    base = tmp_path_factory.mktemp("export")
    export().write(base / "files")
    create(base / "workspace")
    workspace = open_workspace(base / "workspace")
    try:
        import_and_publish(workspace, KINDS["zendesk"](), base / "files", name="desk", as_of=at(4, 20))
        publication = workspace.publication()
        assert publication is not None
        yield evidence_of_workspace(workspace, publication, "desk")
    finally:
        workspace.close()


def test_tickets_are_as_they_were_at_creation(evidence: Evidence) -> None:
    tickets = evidence.tickets
    assert tickets.external.tolist() == ["1", "2", "3"]
    assert tickets.created.tolist() == [second(0, 10), second(0, 11), second(1, 9)]
    assert [evidence.groups.names[place] for place in tickets.group] == ["Billing", "Technical", "Billing"]
    assert tickets.priority.tolist() == [2, -1, -1]
    assert tickets.account.tolist() == [0, 0, 0]
    assert tickets.non_english.tolist() == [False, True, True]
    assert tickets.excluded_at.tolist() == [NEVER, NEVER, second(3, 9)]


def test_the_first_reply_is_a_persons_in_business_time(evidence: Evidence) -> None:
    tickets = evidence.tickets
    assert tickets.first_reply_at.tolist() == [second(0, 16), NEVER, NEVER]
    assert tickets.first_reply_s.tolist() == [6 * 3600, -1, -1]
    assert _name(evidence, tickets.first_reply_agent[0]) == "Ann"


def test_each_solve_has_its_own_beginning_and_return(evidence: Evidence) -> None:
    solves = evidence.solves
    assert solves.ticket.tolist() == [1, 0, 0]
    assert [_name(evidence, agent) for agent in solves.agent] == ["Robot", "Ann", "Ann"]
    assert solves.started_at.tolist() == [second(0, 11), second(0, 10), second(1, 12)]
    assert solves.seconds.tolist() == [36, 8 * 3600, 6 * 3600]
    assert solves.calendar_s.tolist() == [36, 24 * 3600, 22 * 3600]
    assert solves.reopened_at.tolist() == [NEVER, second(1, 12), NEVER]


def test_turns_end_with_an_answer_or_without_one(evidence: Evidence) -> None:
    turns = evidence.turns
    assert turns.ticket.tolist() == [0, 1, 2, 0]
    assert turns.first.tolist() == [True, True, True, False]
    assert turns.answered_at.tolist() == [second(0, 16), NEVER, NEVER, second(2, 10)]
    assert turns.ended_at.tolist() == [second(0, 16), second(0, 11.01), second(3, 9), second(2, 10)]
    assert [evidence.groups.names[place] for place in turns.group] == ["Billing", "Technical", "Technical", "Billing"]
    assert turns.seconds.tolist() == [6 * 3600, -1, -1, 6 * 3600]


def test_statuses_and_groups_are_stretches(evidence: Evidence) -> None:
    mine = evidence.statuses.ticket == 0
    words = [STATUSES[value] for value in evidence.statuses.value[mine]]
    assert words == ["new", "pending", "solved", "open", "solved"]
    assert evidence.statuses.to_at[mine].tolist() == [
        *(second(0, 16), second(1, 10), second(1, 12), second(2, 10)),
        NEVER,
    ]
    moved = evidence.groups_of.ticket == 2
    assert evidence.groups_of.from_at[moved].tolist() == [second(1, 9), second(1, 15)]
    assert [_name(evidence, by) for by in evidence.groups_of.by[moved]] == ["Customer 22", "Bob"]


def test_texts_tell_card_numbers_leaving_tone_and_promises(evidence: Evidence) -> None:
    messages = evidence.messages
    mine = messages.ticket == 0
    assert messages.card[mine].tolist() == [True, False, False, False]
    assert messages.asks_card[mine].tolist() == [False, True, False, False]
    assert messages.leaving[mine].tolist() == [False, False, True, False]
    assert messages.tone[mine].tolist() == [0, 0, -2, 0]
    assert messages.tone[messages.ticket == 2].tolist() == [-1]
    assert messages.promise_at[mine].tolist() == [NEVER, second(3, 24) - 1, NEVER, NEVER]
    assert messages.kind.tolist() == [CUSTOMER, CUSTOMER, BOT, AGENT, CUSTOMER, CUSTOMER, AGENT]


def test_a_rating_is_that_of_who_solved_last(evidence: Evidence) -> None:
    assert evidence.ratings.rated_at.tolist() == [second(3, 11)]
    assert evidence.ratings.good.tolist() == [False]
    assert _name(evidence, evidence.ratings.agent[0]) == "Ann"
    assert evidence.offers.offered_at.tolist() == [second(3, 9)]


def test_macros_tags_topics_and_words(evidence: Evidence) -> None:
    assert (evidence.macros.ticket.tolist(), evidence.macros.used_at.tolist()) == ([0], [second(0, 16)])
    assert evidence.macro_names.names == ("Refund: card",)
    assert evidence.tags.names == ("vip",)
    assert evidence.topic_names == ("refund",)
    assert evidence.topics.tolist() == [0, -1, -1]
    assert evidence.topics_known_at.tolist() == [second(0, 16), NEVER, NEVER]
    first = evidence.words.codes[: evidence.words.starts[1]]
    assert sorted(evidence.words.names[code] for code in first) == ["card", "invoice", "missing", "refund"]


def test_people_accounts_and_hours(evidence: Evidence) -> None:
    people = evidence.people
    by_name = {name: place for place, name in enumerate(people.names.names)}
    assert [people.bot[by_name[name]] for name in ("Ann", "Bob", "Robot")] == [False, False, True]
    assert people.training[by_name["Ann"]] == "Calm"
    assert people.trained_at[by_name["Ann"]] == second(3, 0)
    assert people.suspended_at[by_name["Eve"]] == second(2, 9)
    assert evidence.accounts.revenue.tolist() == [50000.0]
    assert evidence.schedules.holidays == (frozenset({date(2025, 3, 7)}),)
    assert evidence.days.zone == "Europe/Berlin"
    assert evidence.days.off.tolist() == [False, False, False, False, True]
    assert evidence.newest == second(3, 11)


def _name(evidence: Evidence, place: int) -> str:
    return evidence.people.names.names[place]
