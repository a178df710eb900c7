"""SLA target instances of one ticket for the slow reference: walk the instants, start, revise and end each clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from maitred.metrics.clocks.tests.reference_input import target
from maitred.metrics.clocks.tests.reference_story import DONE, GONE, UNSOLVED, Story
from maitred.metrics.clocks.tests.reference_time import (
    FOREVER,
    Piece,
    reached_at,
    seconds_in,
)

FIELD_OF = {
    "first_reply": "first_reply_time",
    "next_reply": "next_reply_time",
    "periodic_update": "periodic_update_time",
    "pausable_update": "pausable_update_time",
    "requester_wait": "requester_wait_time",
    "agent_work": "agent_work_time",
    "total_resolution": "total_resolution_time",
    "group_ownership": "group_ownership_time",
}
RUNS_IN = {
    "pausable_update": ("new", "open", "hold"),
    "requester_wait": ("new", "open", "hold"),
    "agent_work": ("new", "open"),
    "total_resolution": UNSOLVED,
    "group_ownership": ("new", "open"),
}
CUMULATIVE = ("requester_wait", "agent_work", "total_resolution")
UPDATES = ("periodic_update", "pausable_update")
ENDED_BY_SOLVE = ("first_reply", "next_reply", *UPDATES, "group_ownership")


@dataclass(frozen=True, slots=True)
class Revision:
    at: int
    seconds: int
    business: bool


@dataclass(slots=True)
class Instance:
    metric: str
    started: int
    revisions: list[Revision]
    ended: int | None = None
    reason: str = "open"

    @property
    def value(self) -> tuple[int, bool]:
        return self.revisions[-1].seconds, self.revisions[-1].business


@dataclass(slots=True)
class Walk:
    """The clocks that run, the targets in force and the instances so far."""

    story: Story
    running_since: dict[str, int] = field(default_factory=dict)
    targets: dict[str, tuple[int, bool]] = field(default_factory=dict)
    live: dict[str, Instance] = field(default_factory=dict)
    ended: list[Instance] = field(default_factory=list)
    status: str = ""
    group: str = ""
    done_since: int | None = None
    first_reply_over: bool = False
    turn_open: bool = False
    agent_has_written: bool = False

    def stop(self, metric: str, at: int, reason: str) -> None:
        self.running_since.pop(metric, None)
        self.end_instance(metric, at, reason)

    def end_instance(self, metric: str, at: int, reason: str) -> None:
        instance = self.live.pop(metric, None)
        if instance is not None:
            instance.ended, instance.reason = at, reason
            self.ended.append(instance)

    def at_instant(self, at: int) -> None:
        agent_wrote = self.comments(at)
        self.statuses(at, agent_wrote)
        self.groups(at)
        self.set_targets(at)
        self.open_instances(at)

    def comments(self, at: int) -> bool:
        """Step (b); says whether a human agent wrote publicly."""
        story, wrote = self.story, False
        reply = story.first_reply()
        for comment in [one for one in story.public if one.at == at]:
            author = story.kind(comment.author)
            if author == "customer" and not self.turn_open:
                self.turn_open = True
                if self.agent_has_written:
                    self.running_since["next_reply"] = at
            if author == "agent":
                wrote = self.agent_has_written = True
                self.turn_open = False
                for metric in ("next_reply", *UPDATES):
                    self.stop(metric, at, "reply")
                if comment is reply:
                    self.first_reply_over = True
                    self.stop("first_reply", at, "reply")
        return wrote

    def statuses(self, at: int, agent_wrote: bool) -> None:
        """The status part of step (c), and what follows from the status that the instant leaves behind."""
        before, self.status = self.status, self.story.status_at(at)
        if self.status in DONE:
            self.turn_open = False
            self.first_reply_over = True
            for metric in ENDED_BY_SOLVE:
                self.stop(metric, at, "solved")
            if before not in DONE:
                self.done_since = at
            for metric in CUMULATIVE:
                self.running_since.pop(metric, None)
        elif self.status in GONE:
            self.turn_open = False
            self.done_since = None
            for metric in FIELD_OF:
                self.stop(metric, at, "deleted")
        else:
            self.done_since = None
            if not self.first_reply_over:
                self.running_since["first_reply"] = self.story.created
            for metric in CUMULATIVE:
                self.running_since[metric] = self.story.created
            if agent_wrote:
                for metric in UPDATES:
                    self.running_since[metric] = at
            if before in DONE + GONE and self.group:
                self.running_since["group_ownership"] = at

    def groups(self, at: int) -> None:
        before, self.group = self.group, self.story.value_at("group_id", at)
        if self.group == before:
            return
        self.stop("group_ownership", at, "reassigned")
        if self.group and self.status not in DONE + GONE:
            self.running_since["group_ownership"] = at

    def set_targets(self, at: int) -> None:
        """Step (d): target rows of the instant."""
        for metric, name in FIELD_OF.items():
            rows = [change for change in self.story.changes_of(name) if change.at == at]
            if not rows:
                continue
            value = target(rows[-1].value)
            if value is None and rows[-1].value:
                continue
            if value is None:
                self.targets.pop(metric, None)
            else:
                self.targets[metric] = value
            if metric in CUMULATIVE and self.status in DONE:
                continue
            if value is None:
                self.end_instance(metric, at, "cancelled")
            elif metric in self.live and self.live[metric].value != value:
                self.live[metric].revisions.append(Revision(at, *value))

    def open_instances(self, at: int) -> None:
        for metric, since in self.running_since.items():
            if metric in self.targets and metric not in self.live:
                self.live[metric] = Instance(metric, since, [Revision(at, *self.targets[metric])])

    def finish(self) -> list[Instance]:
        for metric in CUMULATIVE:
            if self.done_since is not None:
                self.end_instance(metric, self.done_since, "solved")
        return self.ended + list(self.live.values())


def instances_of(story: Story) -> list[Instance]:
    """Every target instance of a ticket, sorted by metric, start and application."""
    walk = Walk(story)
    ticket = story.ticket
    instants = {story.created} | {one.at for one in ticket.comments} | {one.at for one in ticket.changes}
    for at in sorted(instants):
        walk.at_instant(at)
    return sorted(walk.finish(), key=lambda one: (one.metric, one.started, one.revisions[0].at))


def pieces_of(story: Story, instance: Instance, mode: str) -> list[Piece]:
    """The stretches that count for an instance in one mode."""
    end = story.as_of if instance.ended is None else instance.ended
    if instance.metric not in RUNS_IN:
        return story.pieces(instance.started, end, mode)
    pieces = []
    for start, stop, status in story.status_intervals():
        a, b = max(start, instance.started), min(stop, end)
        if status in RUNS_IN[instance.metric] and a < b:
            pieces += story.pieces(a, b, mode)
    return pieces


def breach_of(story: Story, instance: Instance, mode: str) -> int | None:
    """When the first revision that was exceeded while in force was reached; None without a breach."""
    end = story.as_of if instance.ended is None else instance.ended
    ends = [one.at for one in instance.revisions[1:]] + [FOREVER]
    for revision, until in zip(instance.revisions, ends, strict=True):
        if revision.business and not story.has_schedule:
            continue
        pieces = pieces_of(story, instance, mode if revision.business else "calendar")
        if seconds_in(pieces, min(until, end)) > revision.seconds:
            return max(revision.at, reached_at(pieces, instance.started, revision.seconds))
    return None


def verdict(instance: Instance, breached: bool) -> str:
    if instance.reason == "open":
        return "overdue" if breached else "running"
    if breached:
        return "breached"
    return "cancelled" if instance.reason in ("cancelled", "deleted") else "met"
