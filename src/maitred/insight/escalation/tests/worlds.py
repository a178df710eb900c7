"""Simulated organisations whose escalations have a known chance (``floor.escalating``), for tests and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from maitred.floor import escalating
from maitred.floor.escalating import Lived, Played, Temper
from maitred.floor.world import World
from maitred.insight.detectors.tests.worlds import evidence_of
from maitred.insight.escalation.learning import MORNING_S
from maitred.insight.evidence.tables import CUSTOMER, NEVER, Evidence, Ints
from maitred.insight.open_tickets import Open

HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class Hidden:
    """The evidence, when tickets were escalated, and what the floor knows: chances by morning."""

    evidence: Evidence
    temper: Temper
    mornings: Ints
    lives: tuple[Lived, ...]
    played: Played

    def knows(self, ticket: Ints, at: Ints) -> np.ndarray:
        """The chance of each look until the next morning: what the best of all forecasts would say."""
        found = np.zeros(len(ticket))
        for place, morning in enumerate(self.mornings.tolist()):
            mine = at == morning
            if mine.any():
                there = dict(zip(self.lives[place].ticket.tolist(), self.played.day_chances[place].tolist(),
                                 strict=True))  # fmt: skip
                found[mine] = [there.get(int(one), 0.0) for one in ticket[mine]]
        return found


def hidden_world(seed: int, days: int = 320, size: str = "small") -> Hidden:
    """A world without problems planted, and a temper of its customers drawn by the seed."""
    evidence = evidence_of(replace(World.demo(size, seed, days=days), plants=()))
    mornings = evidence.days.starts[1:] + MORNING_S
    mornings = mornings[mornings < evidence.as_of]
    lives = tuple(_lived(evidence, mornings))
    temper = escalating.hidden(seed)
    played = escalating.play(temper, mornings, lives, len(evidence.tickets), len(evidence.accounts.names), seed, NEVER)
    return Hidden(evidence, temper, mornings, lives, played)


def _lived(evidence: Evidence, mornings: Ints) -> list[Lived]:
    """What customers lived through, counted ticket by ticket: slow, plain, and none of the product's own counting."""
    events = _by_ticket(evidence)
    tickets = Open(evidence)
    found = []
    for at in mornings.tolist():
        there = tickets.running(at)
        rows = [events(int(one), at) for one in there]
        columns = np.array(rows, np.float64).reshape(len(there), 6)
        found.append(Lived(there.astype(np.int64), evidence.tickets.account[there].astype(np.int64), *columns.T))
    return found


def _by_ticket(evidence: Evidence):  # type: ignore[no-untyped-def]
    count = len(evidence.tickets)
    said: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    answers: list[list[int]] = [[] for _ in range(count)]
    back: list[list[int]] = [[] for _ in range(count)]
    late: list[list[int]] = [[] for _ in range(count)]
    turns: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    m = evidence.messages
    for ticket, kind, public, at, tone in zip(m.ticket, m.kind, m.public, m.sent_at, m.tone, strict=True):
        if kind == CUSTOMER:
            said[ticket].append((int(at), int(tone)))
        elif public:
            answers[ticket].append(int(at))
    for ticket, at in zip(evidence.solves.ticket, evidence.solves.reopened_at, strict=True):
        if at < NEVER:
            back[ticket].append(int(at))
    t = evidence.targets
    for ticket, due, end in zip(t.ticket, t.due_at, t.ended_at, strict=True):
        if due < min(end, evidence.as_of):
            late[ticket].append(int(due))
    u = evidence.turns
    for ticket, opened, end in zip(u.ticket, u.opened_at, np.minimum(u.ended_at, u.answered_at), strict=True):
        turns[ticket].append((int(opened), int(end)))

    def lived(ticket: int, at: int) -> tuple[float, ...]:
        own = [one for one in said[ticket] if one[0] < at]
        answered = max((one for one in answers[ticket] if one < at), default=0)
        waiting = max(((at - one) / HOUR for one, end in turns[ticket] if one < at <= end), default=0.0)
        first, last = (own[0][1], own[-1][1]) if own else (0, 0)
        return (waiting, sum(one[0] > answered for one in own), sum(one < at for one in back[ticket]),
                sum(one < at for one in late[ticket]), last, first - last)  # fmt: skip

    return lived
