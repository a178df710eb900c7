"""The rows behind a figure as a table: for the page that hands it out, and for the job that writes a large one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from maitred.desks.service_levels.verbs.figures import Behind
from maitred.kit.access.actor import Actor
from maitred.kit.documents.sections import Facts
from maitred.kit.documents.tabular import Column, Table
from maitred.kit.exports.making import Spec, makes
from maitred.kit.reading import published
from maitred.kit.verbs import run
from maitred.metrics.catalogue import METRICS, Metric
from maitred.people.acting import actor_behind

ROWS = "metrics.rows"
_STEP = 200


def spec(asked: Mapping[str, Any], form: str, title: str, facts: Facts) -> Spec:
    """What the job is told: the question of the rows, and what the file says about itself."""
    words = {
        "asked": dict(asked),
        "title": title,
        "as_of": facts.as_of.isoformat(),
        "zone": facts.zone,
        "filters": [list(pair) for pair in facts.filters],
    }
    return Spec(ROWS, words, form, file_name(METRICS[asked["metric"]]), title)


def file_name(metric: Metric) -> str:
    """What the file is called, without its ending."""
    return f"{metric.id.partition('#')[0]}-rows"


@makes(ROWS)
@contextmanager
def rows(account: int, words: Mapping[str, Any]) -> Iterator[tuple[Table, Facts]]:
    """All rows behind a figure, as the account may see them now."""
    actor, asked = actor_behind(account), words["asked"]
    filters = tuple((name, value) for name, value in words["filters"])
    as_of = datetime.fromisoformat(words["as_of"])
    with published(asked["publication"]):
        facts = Facts(words["title"], as_of, str(asked["publication"]), words["zone"], filters)
        yield table(actor, asked, words["title"]), facts


def table(actor: Actor, asked: Mapping[str, Any], title: str) -> Table:
    """The table of the rows; they are read as they are written."""
    first = some(actor, asked, 0, 1)
    targets = bool(first.rows) and "target_s" in first.rows[0]
    return Table("rows", columns(METRICS[first.metric], title, targets=targets), _every(actor, asked))


def some(actor: Actor, asked: Mapping[str, Any], offset: int, limit: int) -> Behind:
    """Some of the rows with what describes their tickets."""
    found: Behind = run("metrics.tickets", actor, {**asked, "offset": offset, "limit": limit, "described": True})
    return found


def columns(metric: Metric, title: str, *, targets: bool) -> tuple[Column, ...]:
    """The columns; rows of targets tell more."""
    found = (
        Column("source", _("Source"), kind="text"),
        Column("ticket", _("Ticket"), kind="text"),
        Column("subject", _("Subject"), kind="text"),
        Column("status", _("Status"), kind="text"),
        Column("priority", _("Priority"), kind="text"),
        Column("owner", _("Owner"), kind="text"),
        Column("group", _("Group"), kind="text"),
        Column("at", _("When"), "", metric.basis, kind="text"),
        Column("value", title, metric.unit, metric.meaning, kind="whole"),
        Column("running", _("Still running"), kind="flag"),
    )
    more = (
        Column("target", _("Target"), kind="text"),
        Column("allowed_s", _("Allowed"), "seconds", kind="whole"),
        Column("took_s", _("Took"), "seconds", kind="whole"),
        Column("late_s", _("Late by"), "seconds", kind="whole"),
        Column("verdict", _("Verdict"), kind="text"),
        Column("policy", _("Policy"), kind="text"),
    )
    return (*found, *more) if targets else found


def _every(actor: Actor, asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    offset: int | None = 0
    while offset is not None:
        behind = some(actor, asked, offset, _STEP)
        yield from (_line(one) for one in behind.rows)
        offset = behind.next


def _line(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "source": one["source_id"],
        "ticket": one["ticket_id"],
        "subject": one.get("subject"),
        "status": one.get("status"),
        "priority": one.get("priority"),
        "owner": one.get("assignee"),
        "group": one.get("group"),
        "at": one.get("at"),
        "value": one.get("value"),
        "running": bool(one["censored"]),
        "target": one.get("metric"),
        "allowed_s": one.get("target_s"),
        "took_s": one.get("elapsed_s"),
        "late_s": one.get("late_s"),
        "verdict": one.get("verdict"),
        "policy": one.get("policy"),
    }
