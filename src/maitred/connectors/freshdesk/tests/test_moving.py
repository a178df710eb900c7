"""Whatever happens to an account while it is read, and wherever the reading is broken off, it comes to the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maitred.connectors.freshdesk import paging, tickets
from maitred.connectors.freshdesk.double import Freshdesk
from maitred.connectors.freshdesk.tests.asked import Pages, Reading, asking, ids, told
from maitred.connectors.live import Cursor

STREAMS = ("contacts", "tickets", "conversations", "satisfaction_ratings")
LATE_S = 299
"""How far behind a stamp may come: less than the overlap of two runs."""


@dataclass
class Moving:
    """An account that is changed between the pages of its reading; ``draw`` decides what happens."""

    desk: Freshdesk
    reading: Reading
    draw: Any
    pages: Pages = field(default_factory=list)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def read(self, changes: float, ends: float) -> None:
        """One run over all streams, each of which may end after any page."""
        for name in STREAMS:
            self.reading.waiting = self.waiting
            for page in self.reading.pages(name, self.cursors.get(name)):
                self.pages.append((name, page))
                self.cursors[name] = page.cursor
                if name == "tickets":
                    self.waiting += sorted({str(one) for one in ids([page])} - set(self.waiting))
                while self.draw.random() < changes:
                    self.change()
                if self.draw.random() < ends:
                    break
            self.waiting = self.reading.waiting if name == "conversations" else self.waiting

    def change(self) -> None:
        """Something happens, and sometimes time passes before."""
        self.desk.clock.advance(self.draw.choice((0, 0, 1, 30, 120)))
        desk, draw = self.desk.desk, self.draw
        ticket = draw.choice(list(desk.tickets.values()))
        kind = draw.choice(("edit", "reply", "turn", "merge", "rate", "contact", "create", "many", "late"))
        if kind == "edit":
            values = {
                "priority": draw.randint(1, 4),
                "status": draw.choice((2, 3, 4, 5, 6, 9)),
                "tags": [kind] * draw.randint(0, 1),
            }
            self.told(op="edit", ticket=ticket.number, values=values)
        elif kind == "reply":
            self.told(op="reply", ticket=ticket.number, by=draw.choice(("agent", "customer", "note")), text=self.word())
        elif kind == "turn":
            back = {"deleted": "undelete", "spam": "unspam"}.get(ticket.state)
            self.told(op=back or draw.choice(("delete", "spam")), ticket=ticket.number)
        elif kind == "merge":
            self.told(op=kind, ticket=ticket.number, into=draw.choice(list(desk.tickets)))
        elif kind == "rate" and ticket.number not in desk.ratings:
            self.told(op=kind, ticket=ticket.number, score=draw.choice((103, 100, -103)))
        elif kind == "contact":
            state = draw.choice(("verified", "verified", "deleted", "blocked"))
            self.told(op=kind, contact=draw.choice(list(desk.contacts)), name=self.word(), state=state)
        elif kind == "create":
            self.told(op=kind)
        elif kind == "many":
            several = [number for number in desk.tickets if draw.random() < 0.6]
            self.told(op="mass_update", tickets=several, values={"type": self.word()})
        elif kind == "late" and ticket.updated < self.desk.clock.epoch() - LATE_S:
            values = {"subject": self.word()}
            self.told(op="late_edit", ticket=ticket.number, values=values, behind_s=draw.randint(1, LATE_S))

    def told(self, **change: Any) -> None:
        self.desk.mutate(change)

    def word(self) -> str:
        return f"Word {self.draw.randint(0, 10**9)}"


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draw=st.randoms(use_true_random=True), seed=st.integers(0, 10**6))
def test_whatever_happens_between_pages_is_read_in_the_end(
    monkeypatch: pytest.MonkeyPatch, draw: Any, seed: int
) -> None:
    monkeypatch.setattr(paging, "PAGE", 5)
    monkeypatch.setattr(tickets, "PAGE", 5)
    plenty = 1_000_000
    with Freshdesk(24, seed, per_minute=plenty, lists_per_minute=plenty) as desk, asking(desk) as reading:
        moving = Moving(desk, reading, draw)
        for _ in range(draw.randint(1, 3)):
            moving.read(draw.choice((0.1, 0.4, 0.6)), draw.choice((0.0, 0.1, 0.3)))
            desk.clock.advance(draw.choice((0, 1, 900)))
        desk.clock.advance(60)
        for _ in range(2):  # what a run was broken off at is ended, and then all is quiet
            moving.read(changes=0, ends=0)
        assert told(moving.pages) == desk.truth()
        assert not [page.gap for _, page in moving.pages if page.gap]
