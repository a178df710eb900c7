"""Tickets of the random corpora: stories, dull and odd, that wander through every rule of the clocks."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from maitred.metrics.clocks.tests.corpora_schedules import (
    POOL,
    SYNCED,
    UNKNOWN_SCHEDULE,
    Row,
)

AGENTS = range(101, 109)
DOWNGRADED, MISSING_AGENT = 109, 110
BOTS = (901, 902)
CUSTOMERS = range(201, 231)
DELETED_CUSTOMER, MISSING_CUSTOMER, STRANGER, GONE_END_USER, ODD_ROLE = 231, 232, 301, 302, 303
SYSTEMS = (None, -1, 0)
TARGET_FIELDS = (
    "first_reply_time",
    "next_reply_time",
    "periodic_update_time",
    "pausable_update_time",
    "requester_wait_time",
    "agent_work_time",
    "total_resolution_time",
    "group_ownership_time",
)
MINUTES = (1, 30, 60, 60, 240, 480, 480, 1440, 2880)
STATUSES = ("new", "open", "pending", "hold", "solved")
AS_OF = datetime(2025, 6, 15, 12, 0, tzinfo=UTC)
SPECIAL_STARTS = (
    datetime(2024, 3, 8, 21, 30, tzinfo=UTC),
    datetime(2024, 3, 31, 0, 30, tzinfo=UTC),
    datetime(2024, 4, 6, 10, 30, tzinfo=UTC),
    datetime(2024, 7, 3, 20, 0, tzinfo=UTC),
    datetime(2024, 9, 7, 22, 0, tzinfo=UTC),
    datetime(2024, 9, 28, 13, 0, tzinfo=UTC),
    datetime(2024, 10, 5, 11, 0, tzinfo=UTC),
    datetime(2024, 11, 1, 20, 30, tzinfo=UTC),
    datetime(2024, 12, 30, 21, 0, tzinfo=UTC),
    datetime(2025, 3, 9, 9, 15, tzinfo=UTC),
    datetime(2025, 12, 31, 22, 0, tzinfo=UTC),
)


class TicketMaker:
    """Writes the rows of one ticket into the tables while time goes on."""

    def __init__(
        self, rng: random.Random, tables: dict[str, list[Row]], ticket_id: int, comment_ids: list[int]
    ) -> None:
        self.rng, self.tables, self.id, self.comment_ids = rng, tables, ticket_id, comment_ids
        self.created = self.random_start()
        self.now = self.created
        self.requester = rng.choice((*CUSTOMERS, *CUSTOMERS, DELETED_CUSTOMER, MISSING_CUSTOMER))
        self.agent = rng.choice((*AGENTS, *AGENTS, DOWNGRADED, MISSING_AGENT, *BOTS))
        self.values: dict[str, str] = {}
        self.taken: set[tuple[str, datetime]] = set()
        self.minutes = rng.choice(MINUTES)
        self.business = rng.random() < 0.6

    def random_start(self) -> datetime:
        rng = self.rng
        if rng.random() < 0.25:
            return rng.choice(SPECIAL_STARTS) + timedelta(seconds=rng.choice((0, 0, 1, 59, 600)))
        start = datetime(2024, 1, 3, tzinfo=UTC) + timedelta(minutes=rng.randrange(60 * 24 * 700))
        return start + timedelta(seconds=rng.randrange(60) if rng.random() < 0.25 else 0)

    def wait(self) -> None:
        rng = self.rng
        if self.now < AS_OF and rng.random() < 0.01:
            self.now = AS_OF
            return
        step = rng.choice(
            (0, 0, 1, 5, 60, 1800, 3600, 14_400, 28_800, -60, -3600, -86_400, -86_400, -259_200, -2_000_000)
        )
        self.now += timedelta(seconds=step if step >= 0 else rng.randrange(1, -step))

    # rows

    def change(self, field: str, value: str, actor: int | None, at: datetime | None = None) -> None:
        """A field history row; one per field and instant."""
        at = at or self.now
        if (field, at) in self.taken:
            return
        self.taken.add((field, at))
        self.values[field] = value
        self.tables["ticket_field_history"].append(
            {
                "field_name": field,
                "ticket_id": self.id,
                "updated": at,
                "_fivetran_synced": SYNCED,
                "user_id": actor,
                "value": value,
            }
        )

    def comment(self, author: int | None, *, public: bool, at: datetime | None = None) -> None:
        self.tables["ticket_comment"].append(
            {
                "id": self.comment_ids.pop(),
                "_fivetran_synced": SYNCED,
                "body": self.rng.choice(("hello", 'a "quoted", text', "line\nbreak, comma", "", "naïve ✓")),
                "created": at or self.now,
                "public": public,
                "ticket_id": self.id,
                "user_id": author,
                "voice_comment": False,
            }
        )

    def target(self, field: str, at: datetime | None = None) -> None:
        rng = self.rng
        if rng.random() < 0.2:
            self.minutes = rng.choice(MINUTES)
        if rng.random() < 0.15:
            self.business = not self.business
        value = json.dumps({"minutes": self.minutes, "in_business_hours": self.business})
        self.change(field, value, rng.choice((None, None, None, self.agent)), at)

    def schedule(self, schedule_id: int, at: datetime) -> None:
        self.tables["ticket_schedule"].append(
            {"created_at": at, "ticket_id": self.id, "_fivetran_synced": SYNCED, "schedule_id": schedule_id}
        )

    def any_schedule(self) -> int:
        return self.rng.choice((*POOL, UNKNOWN_SCHEDULE))

    def status(self, value: str, actor: int | None) -> None:
        self.change("status", value, actor)

    # the story

    def write(self) -> None:
        """All rows of the ticket."""
        self.open()
        moves = self.moves()
        for _ in range(self.rng.choice((0, 1, 3, 5, 8, 12, 18))):
            self.wait()
            self.rng.choice(moves)()
        self.finish()
        self.ticket_row()

    def open(self) -> None:
        rng = self.rng
        status_rows = rng.random()
        if status_rows < 0.85:
            self.status(rng.choice(("new", "new", "new", "open", "pending", "solved")), self.requester)
        elif status_rows < 0.95:
            self.change("status", rng.choice(("open", "new", "hold")), self.agent, self.now + timedelta(hours=3))
        self.before_creation()
        self.first_fields()
        opening = rng.random()
        if opening < 0.7:
            self.comment(self.requester, public=True)
        elif opening < 0.85:
            self.comment(self.agent, public=True)
        elif opening < 0.92:
            self.comment(self.agent, public=False)
            self.comment(self.agent, public=True)
        elif opening < 0.96:
            self.comment(rng.choice((*BOTS, STRANGER, None)), public=True)
        if rng.random() < 0.3:
            seconds = rng.choice((0, 0, 3, 5, 6, 3600, -10))
            self.schedule(self.any_schedule(), self.created + timedelta(seconds=seconds))
            if rng.random() < 0.3:
                self.schedule(self.any_schedule(), self.created + timedelta(seconds=seconds + rng.choice((1, 2, 600))))

    def before_creation(self) -> None:
        rng = self.rng
        if rng.random() > 0.12:
            return
        for _ in range(rng.randrange(1, 5)):
            at = self.created - timedelta(seconds=rng.randrange(1, 500))
            rng.choice(
                (
                    lambda at=at: self.comment(rng.choice((self.requester, self.agent)), public=True, at=at),
                    lambda at=at: self.comment(self.agent, public=False, at=at),
                    lambda at=at: self.change("status", rng.choice(STATUSES), self.agent, at),
                    lambda at=at: self.change("assignee_id", str(rng.choice(AGENTS)), self.agent, at),
                    lambda at=at: self.change("group_id", str(rng.choice((11, 12, 13))), self.agent, at),
                    lambda at=at: self.change("priority", "high", self.agent, at),
                    lambda at=at: self.target(rng.choice(TARGET_FIELDS), at),
                    lambda at=at: self.schedule(self.any_schedule(), at),
                )
            )()

    def first_fields(self) -> None:
        rng = self.rng
        if rng.random() < 0.9:
            self.change("priority", rng.choice(("low", "normal", "high", "urgent")), self.requester)
        if rng.random() < 0.85:
            self.change("group_id", str(rng.choice((11, 12, 13))), rng.choice((self.requester, None)))
        if rng.random() < 0.9:
            self.change("sla_policy", rng.choice(("Std-BH", "VIP-24x7")), None)
        for field in TARGET_FIELDS:
            if rng.random() < 0.45:
                self.target(field)
        if rng.random() < 0.15:
            self.change("assignee_id", str(self.agent), self.agent)

    def moves(self) -> list[Callable[[], None]]:
        common = [self.customer_writes, self.agent_replies, self.agent_replies, self.assign, self.target_moves]
        rare = [
            self.note,
            self.bot_replies,
            self.stranger_writes,
            self.unassign,
            self.move_group,
            self.new_priority,
            self.new_policy,
            self.any_status,
            self.solve,
            self.close,
            self.burst,
            self.rate,
            self.new_schedule,
            self.new_schedule,
            self.repeat_status,
            self.custom_field,
        ]
        seldom = [self.delete, self.restore, self.restore] * 2 if self.rng.random() < 0.2 else []
        return common * 3 + rare + seldom

    def customer_writes(self) -> None:
        rng = self.rng
        self.comment(rng.choice((self.requester, self.requester, self.requester, *CUSTOMERS[:1])), public=True)
        if rng.random() < 0.6:
            self.status("open", self.requester)
        if rng.random() < 0.6:
            self.target("next_reply_time")

    def agent_replies(self) -> None:
        rng = self.rng
        author = self.agent if rng.random() < 0.8 else rng.choice(AGENTS)
        if rng.random() < 0.1:
            self.schedule(self.any_schedule(), self.now)
        self.comment(author, public=True)
        if rng.random() < 0.6:
            self.status(rng.choice(("open", "pending", "pending", "hold", "solved")), author)
        if rng.random() < 0.4:
            self.change("next_reply_time", "", None)
        if rng.random() < 0.4:
            self.target(rng.choice(("periodic_update_time", "pausable_update_time")))

    def note(self) -> None:
        self.comment(self.rng.choice((self.agent, *AGENTS, MISSING_AGENT)), public=False)

    def bot_replies(self) -> None:
        bot = self.rng.choice(BOTS)
        self.comment(bot, public=self.rng.random() < 0.8)
        if self.rng.random() < 0.3:
            self.status(self.rng.choice(("pending", "solved")), bot)

    def stranger_writes(self) -> None:
        author = self.rng.choice((STRANGER, GONE_END_USER, ODD_ROLE, MISSING_AGENT, DOWNGRADED, *SYSTEMS))
        self.comment(author, public=self.rng.random() < 0.8)

    def assign(self) -> None:
        assignee = self.agent if self.rng.random() < 0.7 else self.rng.choice(AGENTS)
        self.change("assignee_id", str(assignee), assignee)
        if self.rng.random() < 0.5:
            self.status("open", assignee)

    def unassign(self) -> None:
        self.change("assignee_id", "", self.agent)

    def move_group(self) -> None:
        self.change("group_id", self.rng.choice(("11", "12", "13", "13", "")), self.agent)
        if self.rng.random() < 0.3:
            self.target("group_ownership_time")

    def new_priority(self) -> None:
        self.change("priority", self.rng.choice(("low", "normal", "high", "urgent", "")), self.agent)
        for field in TARGET_FIELDS:
            if self.rng.random() < 0.3:
                self.minutes = self.rng.choice(MINUTES)
                self.target(field)

    def new_policy(self) -> None:
        self.change("sla_policy", self.rng.choice(("Std-BH", "VIP-24x7", "Gold, plus", "")), None)
        self.business = not self.business
        for field in TARGET_FIELDS:
            chance = self.rng.random()
            if chance < 0.3:
                self.target(field)
            elif chance < 0.45:
                self.change(field, "", None)

    def target_moves(self) -> None:
        field = self.rng.choice(TARGET_FIELDS)
        if self.rng.random() < 0.35:
            self.change(field, "", self.rng.choice((None, self.agent)))
        else:
            self.target(field)

    def any_status(self) -> None:
        self.status(self.rng.choice(STATUSES), self.rng.choice((self.agent, self.requester, None, BOTS[0])))

    def repeat_status(self) -> None:
        if "status" in self.values:
            self.status(self.values["status"], self.agent)

    def custom_field(self) -> None:
        self.change("custom_77", self.rng.choice(("a", "b")), self.rng.choice((self.agent, self.requester)))

    def solve(self) -> None:
        self.status("solved", self.rng.choice((self.agent, self.agent, None, BOTS[0])))
        if self.rng.random() < 0.3:
            self.comment(self.requester, public=True)

    def close(self) -> None:
        if self.rng.random() < 0.4:
            self.status("closed", None)

    def delete(self) -> None:
        self.status("deleted", self.agent)

    def restore(self) -> None:
        if self.values.get("status") == "deleted":
            self.status("open", self.agent)

    def rate(self) -> None:
        value = self.rng.choice(("offered", "good", "bad", "good_with_comment", "bad_with_comment", "unoffered"))
        self.change("satisfaction_score", value, None if value.endswith("offered") else self.requester)

    def new_schedule(self) -> None:
        self.schedule(self.any_schedule(), self.now)

    def burst(self) -> None:
        """Many things in one second; the comment ids are not in the order of writing."""
        moves = [self.customer_writes, self.agent_replies, self.note, self.assign, self.move_group, self.target_moves]
        moves += [self.solve, self.any_status, self.new_schedule, self.new_priority, self.bot_replies, self.rate]
        for _ in range(self.rng.randrange(2, 6)):
            self.rng.choice(moves)()

    def finish(self) -> None:
        rng = self.rng
        ending = rng.random()
        self.wait()
        if ending < 0.45:
            self.solve()
            if rng.random() < 0.6:
                for value in rng.choice((("offered",), ("offered", "good"), ("good", "bad"), ("bad", "good"))):
                    self.now += timedelta(hours=2)
                    self.change("satisfaction_score", value, None)
            if rng.random() < 0.5:
                self.now += timedelta(days=4)
                self.status("closed", None)
        elif ending < 0.52:
            self.status("closed", None)
        elif ending < 0.58:
            self.status("deleted", self.agent)
        elif ending < 0.66:
            self.exact_reply()
        if rng.random() < 0.06:
            self.tables["ticket_tag"].append(
                {"tag": "closed_by_merge", "ticket_id": self.id, "_fivetran_synced": SYNCED}
            )

    def exact_reply(self) -> None:
        """A turn and an update whose waits equal their calendar targets to the second."""
        self.business = False
        self.status("open", self.requester)
        self.comment(self.requester, public=True)
        self.target("next_reply_time")
        self.now += timedelta(minutes=self.minutes, seconds=self.rng.choice((0, 0, 1, -1)))
        self.comment(self.agent, public=True)

    def ticket_row(self) -> None:
        rng = self.rng
        stale = rng.random() < 0.05
        self.tables["ticket"].append(
            {
                "id": self.id,
                "_fivetran_synced": SYNCED,
                "assignee_id": int(self.values["assignee_id"]) if self.values.get("assignee_id") else None,
                "created_at": self.created,
                "description": "what, is\nthis?",
                "group_id": int(self.values["group_id"]) if self.values.get("group_id") else None,
                "organization_id": rng.choice((21, 22, None)),
                "priority": self.values.get("priority", "normal") or None,
                "requester_id": self.requester,
                "status": "open" if stale else self.values.get("status", rng.choice(("new", "open", "solved"))),
                "subject": f"subject {self.id}",
                "submitter_id": self.requester,
                "type": "question",
                "updated_at": self.now,
                "via_channel": rng.choice(("email", "web", "chat")),
            }
        )
        self.tables["ticket_tag"].append({"tag": "billing", "ticket_id": self.id, "_fivetran_synced": SYNCED})
