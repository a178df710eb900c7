"""One ticket's story for the slow reference: actors, statuses, schedules in force, turns, replies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from maitred.metrics.clocks.tests.reference_input import Change, Comment, Corpus, Ticket
from maitred.metrics.clocks.tests.reference_time import (
    FOREVER,
    Piece,
    Schedule,
    seconds_in,
)

MODES = ("calendar", "business_all", "business_last")
UNSOLVED = ("new", "open", "pending", "hold")
DONE = ("solved", "closed")
GONE = ("deleted", "spam")


@dataclass(frozen=True, slots=True)
class Step:
    """A value that holds from an instant on, and who set it."""

    at: int
    value: str
    actor: int | None


@dataclass(slots=True)
class Turn:
    opened: int
    kind: str
    answered: int | None = None


class Story:
    """Everything that both exports ask about one ticket."""

    def __init__(self, ticket: Ticket, corpus: Corpus) -> None:
        self.ticket = ticket
        self.corpus = corpus
        self.created = ticket.created
        self.as_of = corpus.as_of
        self._kinds: dict[int, str] = {}
        self.statuses = self._statuses()
        self.in_force = self._schedules_in_force()
        self.has_schedule = any(schedule is not None for _, schedule in self.in_force)
        self.opening = self._opening()
        self.turns, self.open_turn = self._turns()

    # actors

    def kind(self, actor: int | None) -> str:
        """customer, agent, bot, system or unknown."""
        if actor is None or actor <= 0:
            return "system"
        if actor not in self._kinds:
            self._kinds[actor] = self._kind(actor)
        return self._kinds[actor]

    def _kind(self, actor: int) -> str:
        if actor in self.corpus.bots:
            return "bot"
        user = self.corpus.users.get(actor)
        if user is not None and user.role in ("agent", "admin"):
            return "agent"
        if user is not None and user.active and user.role == "end-user":
            return "customer"
        if actor == self.ticket.requester:
            return "customer"
        assigned = {change.value for change in self.ticket.changes if change.field == "assignee_id"}
        noted = {comment.author for comment in self.ticket.comments if not comment.public}
        if str(actor) in assigned or actor == self.ticket.assignee or actor in noted:
            return "agent"
        return "unknown"

    # values over time

    def changes_of(self, name: str) -> list[Change]:
        return [change for change in self.ticket.changes if change.field == name]

    def steps_of(self, name: str) -> list[Step]:
        """The values of a field, one step per instant that changed it (the last row of an instant counts)."""
        return without_repeats(last_of_each_instant(self.changes_of(name)))

    def value_at(self, name: str, at: int) -> str:
        """The value of a field after the changes of an instant."""
        value = ""
        for step in self.steps_of(name):
            if step.at <= at:
                value = step.value
        return value

    def _statuses(self) -> list[Step]:
        rows = last_of_each_instant(
            [Change(one.at, one.field, one.value.lower(), one.actor) for one in self.changes_of("status")]
        )
        if not rows:
            rows = [Step(self.created, self.ticket.status, None)]
        elif rows[0].at > self.created:
            rows.insert(0, Step(self.created, "new", None))
        return without_repeats(rows)

    def priority_at(self, at: int) -> str:
        if not self.changes_of("priority"):
            return self.ticket.priority
        return self.value_at("priority", at)

    @property
    def status(self) -> str:
        return self.statuses[-1].value

    def status_intervals(self) -> list[tuple[int, int, str]]:
        """(from, to, status); the last one runs to the as-of instant."""
        ends = [step.at for step in self.statuses[1:]] + [self.as_of]
        return [(step.at, end, step.value) for step, end in zip(self.statuses, ends, strict=True)]

    def solves(self) -> list[Step]:
        """Entries into solved; for a ticket never solved but closed its first closing."""
        solved = [step for step in self.statuses if step.value == "solved"]
        return solved or [step for step in self.statuses if step.value == "closed"][:1]

    # schedules

    def _schedules_in_force(self) -> list[tuple[int, Schedule | None]]:
        known = [(at, one) for at, one in self.ticket.schedule_changes if one in self.corpus.schedules]
        in_force: list[tuple[int, Schedule | None]] = [(self.created, self.corpus.default)]
        for position, (at, schedule_id) in enumerate(known):
            schedule = self.corpus.schedules[schedule_id]
            if position == 0 and at <= self.created + 5:
                in_force = [(self.created, schedule)]
            else:
                in_force.append((at, schedule))
        return in_force

    def schedule_at(self, at: int) -> Schedule | None:
        current = self.in_force[0][1]
        for since, schedule in self.in_force:
            if since <= at:
                current = schedule
        return current

    def pieces(self, start: int, end: int, mode: str) -> list[Piece]:
        """One span cut into the stretches that each clock mode measures."""
        if mode == "calendar":
            return [Piece(start, end, None)]
        if mode == "business_last":
            schedule = self.schedule_at(end)
            return [Piece(start, end, schedule, closed=schedule is None)]
        ends = [since for since, _ in self.in_force[1:]] + [FOREVER]
        return [
            Piece(max(start, since), min(end, until), schedule, closed=schedule is None)
            for (since, schedule), until in zip(self.in_force, ends, strict=True)
        ]

    def span(self, start: int | None, end: int | None, mode: str) -> int | None:
        """Seconds of a span; None when an end is missing or no schedule can measure it."""
        if start is None or end is None or (mode != "calendar" and not self.has_schedule):
            return None
        return seconds_in(self.pieces(start, end, mode))

    def time_in(self, statuses: Iterable[str], mode: str) -> int | None:
        """Seconds in some statuses; every status interval is a span of its own."""
        if mode != "calendar" and not self.has_schedule:
            return None
        wanted = set(statuses)
        spans = [(start, end) for start, end, status in self.status_intervals() if status in wanted]
        return sum(seconds_in(self.pieces(start, end, mode)) for start, end in spans)

    # messages

    @property
    def public(self) -> list[Comment]:
        return [comment for comment in self.ticket.comments if comment.public]

    def _opening(self) -> Comment | None:
        """The public comment by an agent or bot that opens the ticket, when no note precedes it."""
        if not self.public or not self.ticket.comments[0].public:
            return None
        return self.public[0] if self.kind(self.public[0].author) in ("agent", "bot") else None

    def first_reply(self, kinds: Iterable[str] = ("agent",)) -> Comment | None:
        for comment in self.public:
            if comment is not self.opening and self.kind(comment.author) in set(kinds):
                return comment
        return None

    def _turns(self) -> tuple[list[Turn], Turn | None]:
        """All answered turns, and the one still open at as-of."""
        answered: list[Turn] = []
        turn: Turn | None = None
        agent_has_written = False
        for at in sorted({one.at for one in self.ticket.comments} | {step.at for step in self.statuses}):
            for comment in [one for one in self.public if one.at == at]:
                author = self.kind(comment.author)
                if author == "customer" and turn is None:
                    turn = Turn(at, "next" if agent_has_written else "first")
                if author == "agent":
                    agent_has_written = True
                    if turn is not None:
                        turn.answered = at
                        answered.append(turn)
                        turn = None
            if self.status_at(at) in DONE + GONE:
                turn = None
        return answered, turn

    def status_at(self, at: int) -> str:
        """The status after the changes of an instant."""
        return [step.value for step in self.statuses if step.at <= at][-1]


def last_of_each_instant(changes: list[Change]) -> list[Step]:
    steps: list[Step] = []
    for change in changes:
        if steps and steps[-1].at == change.at:
            steps.pop()
        steps.append(Step(change.at, change.value, change.actor))
    return steps


def without_repeats(steps: list[Step]) -> list[Step]:
    kept: list[Step] = []
    for step in steps:
        if not kept or kept[-1].value != step.value:
            kept.append(step)
    return kept
