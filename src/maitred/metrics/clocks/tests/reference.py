"""The slow, obvious reference for both clock exports: written from the specification, no code shared with the engine.

``reference_exports(folder)`` reads a Fivetran-Zendesk folder and gives the rows of ``export tickets`` and
``export sla`` as text cells. It walks local dates and event lists in plain Python; speed does not matter here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from maitred.metrics.clocks.tests.reference_input import Change, read_corpus
from maitred.metrics.clocks.tests.reference_sla import (
    Instance,
    breach_of,
    instances_of,
    pieces_of,
    verdict,
)
from maitred.metrics.clocks.tests.reference_story import (
    DONE,
    MODES,
    UNSOLVED,
    Step,
    Story,
    without_repeats,
)
from maitred.metrics.clocks.tests.reference_time import seconds_in

Cells = dict[str, str]

SPANS = ("frt", "frt_any", "time_to_assign", "frt_assign", "first_resolution", "full_resolution")
STATUS_TIMES = {
    "new_time": ("new",),
    "open_time": ("open",),
    "pending_time": ("pending",),
    "hold_time": ("hold",),
    "awt": ("new", "open"),
    "rwt": ("new", "open", "hold"),
    "unsolved_time": UNSOLVED,
}
TICKET_HEADER = [
    *[
        "ticket_id",
        "created_at",
        "status",
        "priority",
        "exclusion",
        "is_open",
        "first_reply_at",
        "first_assigned_at",
        "first_solved_at",
    ],
    *["last_solved_at", "first_reply_agent_id", "first_assignee_id", "last_assignee_id", "solver_id", "handled_by"],
    *(f"{name}.{mode}" for name in (*SPANS, *STATUS_TIMES) for mode in MODES),
    "nrt_n",
    *(f"{name}.{mode}" for name in ("nrt_sum", "nrt_max") for mode in MODES),
    *["waiting_reply", "waiting_since", "public_agent_replies", "bot_replies", "agent_comments", "internal_notes"],
    *[
        "customer_messages",
        "unknown_comments",
        "touches",
        "assignees",
        "reassignments",
        "groups",
        "group_changes",
        "solves",
    ],
    *[
        "reopens.solves",
        "reopens.transitions",
        "one_touch",
        "two_touch",
        "multi_touch",
        "csat.offered",
        "csat.first",
        "csat.last",
    ],
    *["csat.good_to_bad", "csat.bad_to_good", "csat.agent_at_rating", "csat.agent_at_solve", "csat.agent_last_reply"],
]
SLA_HEADER = [
    *[
        "ticket_id",
        "metric",
        "instance",
        "policy",
        "priority",
        "clock",
        "target_first_s",
        "target_s",
        "revisions",
        "applied_at",
        "revised_at",
    ],
    *["started_at", "ended_at", "end_reason", "elapsed_all_s", "elapsed_last_s", "breach_at_all", "breach_at_last"],
    *["verdict_all", "verdict_last", "exclusion"],
]


def reference_exports(folder: Path) -> tuple[list[Cells], list[Cells]]:
    """The rows of ``tickets`` and ``sla`` that the product must export for a folder."""
    corpus = read_corpus(folder)
    stories = [Story(ticket, corpus) for ticket in corpus.tickets]
    return [ticket_row(story) for story in stories], [row for story in stories for row in sla_rows(story)]


def text(value: int | str | bool | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def stamp(at: int | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def exclusion(story: Story) -> str:
    if story.status == "deleted":
        return "deleted"
    if "closed_by_merge" in story.ticket.tags:
        return "merged"
    return "spam" if story.status == "spam" else ""


def ticket_row(story: Story) -> Cells:
    """One row of the tickets export."""
    cells: Cells = {}
    cells |= identity(story)
    cells |= spans(story)
    cells |= {
        f"{name}.{mode}": text(story.time_in(statuses, mode))
        for name, statuses in STATUS_TIMES.items()
        for mode in MODES
    }
    cells |= turns(story)
    cells |= counts(story)
    cells |= ratings(story)
    return {column: cells[column] for column in TICKET_HEADER}


def assignments(story: Story) -> list[Step]:
    return [step for step in story.steps_of("assignee_id") if step.value]


def identity(story: Story) -> Cells:
    reply, solves, assigned = story.first_reply(), story.solves(), assignments(story)
    solver = solves[-1].actor if solves else None
    writers = {story.kind(comment.author) for comment in story.public}
    handlers = [name for name, kind in (("human", "agent"), ("bot", "bot")) if kind in writers]
    return {
        "ticket_id": text(story.ticket.id),
        "created_at": stamp(story.created),
        "status": story.status,
        "priority": story.priority_at(story.as_of),
        "exclusion": exclusion(story),
        "is_open": text(story.status in UNSOLVED),
        "first_reply_at": stamp(reply.at if reply else None),
        "first_assigned_at": stamp(assigned[0].at if assigned else None),
        "first_solved_at": stamp(solves[0].at if solves else None),
        "last_solved_at": stamp(solves[-1].at if solves else None),
        "first_reply_agent_id": text(reply.author if reply else None),
        "first_assignee_id": assigned[0].value if assigned else "",
        "last_assignee_id": story.value_at("assignee_id", story.as_of),
        "solver_id": text(solver if story.kind(solver) == "agent" else None),
        "handled_by": "mixed" if len(handlers) == 2 else handlers[0] if handlers else "none",
    }


def spans(story: Story) -> Cells:
    reply, any_reply = story.first_reply(), story.first_reply(("agent", "bot"))
    solves, assigned = story.solves(), assignments(story)
    by_assignee = [
        comment.at
        for comment in story.public
        if assigned and str(comment.author) == assigned[0].value and comment.at >= assigned[0].at
    ]
    ends: dict[str, tuple[int | None, int | None]] = {
        "frt": (story.created, reply.at if reply else None),
        "frt_any": (story.created, any_reply.at if any_reply else None),
        "time_to_assign": (story.created, assigned[0].at if assigned else None),
        "frt_assign": (assigned[0].at, by_assignee[0]) if by_assignee else (None, None),
        "first_resolution": (story.created, solves[0].at if solves else None),
        "full_resolution": (story.created, solves[-1].at if solves and story.status in DONE else None),
    }
    return {
        f"{name}.{mode}": text(story.span(start, end, mode)) for name, (start, end) in ends.items() for mode in MODES
    }


def turns(story: Story) -> Cells:
    answered = [turn for turn in story.turns if turn.kind == "next"]
    waiting = story.open_turn
    cells = {"nrt_n": text(len(answered))}
    for mode in MODES:
        waits = [story.span(turn.opened, turn.answered, mode) for turn in answered]
        known = [wait for wait in waits if wait is not None]
        cells[f"nrt_sum.{mode}"] = text(sum(known) if known else None)
        cells[f"nrt_max.{mode}"] = text(max(known) if known else None)
    cells["waiting_reply"] = text(waiting is not None)
    cells["waiting_since"] = stamp(waiting.opened if waiting else None)
    return cells


def touches(story: Story) -> set[tuple[int | None, int]]:
    """(human agent, instant) over comments and over field changes that change something."""
    found = {(comment.author, comment.at) for comment in story.ticket.comments}
    for name in {change.field for change in story.ticket.changes}:
        rows = story.changes_of(name)
        value = "new" if name == "status" and rows[0].at > story.created else ""
        for change in rows:
            if comparable(change) != value:
                found.add((change.actor, change.at))
            value = comparable(change)
    return {(actor, at) for actor, at in found if story.kind(actor) == "agent"}


def comparable(change: Change) -> str:
    return change.value.lower() if change.field == "status" else change.value


def counts(story: Story) -> Cells:
    comments, public = story.ticket.comments, story.public
    assigned, groups = assignments(story), [step for step in story.steps_of("group_id") if step.value]
    solves, done = len(story.solves()), story.status in DONE
    replies = sum(story.kind(comment.author) == "agent" for comment in public)
    pairs = zip(story.statuses, story.statuses[1:], strict=False)
    reopened = sum(a.value == "solved" and b.value in ("new", "open") for a, b in pairs)
    return {
        "public_agent_replies": text(replies),
        "bot_replies": text(sum(story.kind(comment.author) == "bot" for comment in public)),
        "agent_comments": text(sum(story.kind(comment.author) == "agent" for comment in comments)),
        "internal_notes": text(len(comments) - len(public)),
        "customer_messages": text(sum(story.kind(comment.author) == "customer" for comment in public)),
        "unknown_comments": text(sum(story.kind(comment.author) == "unknown" for comment in comments)),
        "touches": text(len(touches(story))),
        "assignees": text(len({step.value for step in assigned})),
        "reassignments": text(max(0, len(without_repeats(assigned)) - 1)),
        "groups": text(len({step.value for step in groups})),
        "group_changes": text(max(0, len(without_repeats(groups)) - 1)),
        "solves": text(solves),
        "reopens.solves": text(max(0, solves - 1)),
        "reopens.transitions": text(reopened),
        "one_touch": text(done and replies == 1 and not reopened),
        "two_touch": text(done and replies == 2),
        "multi_touch": text(done and replies > 2),
    }


def rating(value: str) -> str:
    for word in ("good", "bad"):
        if value.lower().startswith(word):
            return word
    return ""


def ratings(story: Story) -> Cells:
    rows = story.changes_of("satisfaction_score")
    rated = [row for row in rows if rating(row.value)]
    first, last = (rating(rated[0].value), rating(rated[-1].value)) if rated else ("", "")
    cells = {
        "csat.offered": text(bool(rated) or any(row.value.lower() == "offered" for row in rows)),
        "csat.first": first,
        "csat.last": last,
        "csat.good_to_bad": text(first == "good" and last == "bad"),
        "csat.bad_to_good": text(first == "bad" and last == "good"),
    }
    return cells | attribution(story, rated[-1].at if rated else None)


def attribution(story: Story, at: int | None) -> Cells:
    """Whose rating it is, by three rules, at the last rating instant."""
    if at is None:
        return {"csat.agent_at_rating": "", "csat.agent_at_solve": "", "csat.agent_last_reply": ""}
    solves = [step.at for step in story.solves() if step.at <= at]
    replies = [one.author for one in story.public if one.at <= at and story.kind(one.author) == "agent"]
    return {
        "csat.agent_at_rating": story.value_at("assignee_id", at),
        "csat.agent_at_solve": story.value_at("assignee_id", solves[-1]) if solves else "",
        "csat.agent_last_reply": text(replies[-1]) if replies else "",
    }


def sla_rows(story: Story) -> list[Cells]:
    """The rows of the SLA export of one ticket, in order."""
    rows: list[Cells] = []
    for instance in instances_of(story):
        number = sum(row["metric"] == instance.metric for row in rows) + 1
        rows.append(sla_row(story, instance, number))
    return rows


def sla_row(story: Story, instance: Instance, number: int) -> Cells:
    last = instance.revisions[-1]
    cannot_tell = last.business and not story.has_schedule
    cells: Cells = {
        "ticket_id": text(story.ticket.id),
        "metric": instance.metric,
        "instance": text(number),
        "policy": story.value_at("sla_policy", last.at),
        "priority": story.priority_at(last.at),
        "clock": "business" if last.business else "calendar",
        "target_first_s": text(instance.revisions[0].seconds),
        "target_s": text(last.seconds),
        "revisions": text(len(instance.revisions) - 1),
        "applied_at": stamp(instance.revisions[0].at),
        "revised_at": stamp(last.at),
        "started_at": stamp(instance.started),
        "ended_at": stamp(instance.ended),
        "end_reason": instance.reason,
        "exclusion": exclusion(story),
    }
    for short, mode in (("all", "business_all"), ("last", "business_last")):
        breach = None if cannot_tell else breach_of(story, instance, mode)
        elapsed = None if cannot_tell else seconds_in(pieces_of(story, instance, mode if last.business else "calendar"))
        cells[f"elapsed_{short}_s"] = text(elapsed)
        cells[f"breach_at_{short}"] = stamp(breach)
        cells[f"verdict_{short}"] = "cannot_tell" if cannot_tell else verdict(instance, breach is not None)
    return {column: cells[column] for column in SLA_HEADER}
