"""Figures of the register with interval and n: how often, how many upheld, how long until decided, which causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from maitred.base import clock
from maitred.base.errors import Invalid, MaitredError
from maitred.desks.compliance import access
from maitred.desks.compliance.complaint_shapes import CauseRow, Causes, ComplaintFigures, FigureShown
from maitred.desks.compliance.models import Complaint
from maitred.desks.compliance.models.complaints import CAUSES
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.verbs import question

NEEDED = 5
"""Complaints that stand behind every figure, whoever reads it."""
SPAN = timedelta(days=365)


@question(needs=Right.COMPLIANCE_COUNTS, example={})
def complaint_figures(actor: Actor, first: date | None = None, last: date | None = None) -> ComplaintFigures:
    """Tell complaints per thousand tickets, the share upheld and the days to a decision, each with interval and n.

    Parameters
    ----------
    first, last
        Days of receipt, both included; the year up to now unless given.
    """
    since, until = _span(first, last)
    rows = _rows(actor, since, until)
    judged = [1.0 if row.decision != "rejected" else 0.0 for row in rows if row.decision]
    days = [(row.decided_at - row.case.received_at).total_seconds() / 86_400 for row in rows if row.decided_at]
    open_ = sum(row.state != "closed" for row in rows)
    hidden = len(rows) < NEEDED
    figures = (_rate(actor, len(rows), since, until), _figure("complaints.upheld_share", "share", judged),
               _figure("complaint.time_to_decision", "days", days))  # fmt: skip
    return ComplaintFigures(since, until, figures, 0 if hidden else open_, 0 if hidden else len(rows) - open_)


@question(needs=Right.COMPLIANCE_COUNTS, example={})
def complaint_causes(actor: Actor, first: date | None = None, last: date | None = None) -> Causes:
    """Tell complaints by root cause and by month of receipt, with the share upheld of those decided.

    Causes are of processes and products; no person stands in it. Nothing is told of fewer than five complaints.
    """
    since, until = _span(first, last)
    rows = _rows(actor, since, until)
    if len(rows) < NEEDED:
        return Causes(since, until, 0, NEEDED, (), (), f"fewer than {NEEDED} complaints")
    caused = [row for row in rows if row.root_cause]
    counted = Counter(row.root_cause for row in caused)
    causes = [_row(name, [row for row in caused if row.root_cause == name], len(caused))
              for name in sorted(CAUSES, key=lambda one: -counted[one]) if counted[name]]  # fmt: skip
    months = sorted({f"{row.case.received_at:%Y-%m}" for row in rows})
    by_month = [_row(name, [row for row in rows if f"{row.case.received_at:%Y-%m}" == name], None) for name in months]
    return Causes(since, until, len(rows), NEEDED, tuple(causes), tuple(by_month), "")


def _rows(actor: Actor, since: datetime, until: datetime) -> list[Complaint]:
    rows = access.visible_complaints(actor, Right.COMPLIANCE_COUNTS).exclude(ending="merged")
    return list(rows.filter(case__received_at__gte=since, case__received_at__lt=until).order_by("pk"))


def _span(first: date | None, last: date | None) -> tuple[datetime, datetime]:
    now = clock.now()
    until = datetime.combine(last + timedelta(days=1), time(), UTC) if last else now + timedelta(seconds=1)
    since = datetime.combine(first, time(), UTC) if first else until - SPAN
    if since >= until:
        raise Invalid("the first day is after the last", "mend one of them")
    return since, until


def _rate(actor: Actor, count: int, since: datetime, until: datetime) -> FigureShown:
    """Complaints per thousand tickets that were created in the span, as far as they are published."""
    name, unit = "complaints.rate", "per thousand tickets"
    tickets = _tickets(actor, since, until)
    if tickets is None:
        return FigureShown(name, unit, None, None, None, 0, NEEDED, "no tickets are published")
    if count < NEEDED or tickets < NEEDED:
        return FigureShown(name, unit, None, None, None, tickets, NEEDED, f"fewer than {NEEDED} complaints")
    from maitred.metrics.intervals import wilson

    found = wilson(min(count, tickets), tickets)
    low, high = found.low, found.high
    return FigureShown(name, unit, 1_000 * count / tickets, None if low is None else 1_000 * low,
                       None if high is None else 1_000 * high, tickets, NEEDED, "")  # fmt: skip


def _tickets(actor: Actor, since: datetime, until: datetime) -> int | None:
    from maitred.kit.reading import reading
    from maitred.people.reach import figures_scope

    try:
        with reading(None) as found:
            days = since.date().isoformat(), (until - timedelta(seconds=1)).date().isoformat()
            rows = found.ask.show("arrivals", None, *days, (), {}, None, found.zone.key,
                                  scope=figures_scope(actor)).rows  # fmt: skip
            return int(rows[0].value or 0) if rows else 0
    except MaitredError:
        return None


def _figure(name: str, unit: str, values: Sequence[float]) -> FigureShown:
    if len(values) < NEEDED:
        return FigureShown(name, unit, None, None, None, len(values), NEEDED, f"fewer than {NEEDED} were decided")
    import numpy as np

    from maitred.insight import interval

    held = np.array(values)
    value, found = interval.share(held) if unit == "share" else interval.quantile(held, None, 0.5)
    return FigureShown(name, unit, value, found.low, found.high, len(values), NEEDED, "")


def _row(name: str, rows: Sequence[Complaint], whole: int | None) -> CauseRow:
    judged = [row for row in rows if row.decision]
    upheld = sum(row.decision != "rejected" for row in judged)
    share = low = high = None
    if whole:
        from maitred.metrics.intervals import wilson

        found = wilson(len(rows), whole)
        share, low, high = len(rows) / whole, found.low, found.high
    return CauseRow(name, len(rows), share, low, high, upheld, len(judged))
