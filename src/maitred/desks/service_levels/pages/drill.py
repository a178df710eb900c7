"""The rows behind a figure: the figure again, its parts, and fifty of its tickets at a time. Their count is its n."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from maitred.base.errors import Denied
from maitred.desks.service_levels.pages import figures, keeping
from maitred.desks.service_levels.pages.bodies import answered
from maitred.desks.service_levels.pages.opening import Opened, bad, page, page_number
from maitred.desks.service_levels.pages.ticket import EXPLAINED
from maitred.desks.service_levels.pages.wording import dimension as dimension_words
from maitred.desks.service_levels.verbs.figures import Behind, Figures
from maitred.kit.pages import words
from maitred.metrics.catalogue import Metric
from maitred.metrics.listing import parts_of

ROWS = 50
ORDERS = ("at", "-at", "value", "-value")
PART_WORDS = {
    "met": "met",
    "missed": "missed",
    "yes": "with it",
    "no": "without it",
    "ended": "ended",
    "running": "still running",
}
_ALL_DIMENSIONS = (
    "group",
    "assignee",
    "account",
    "type",
    "brand",
    "form",
    "source",
    "sla_metric",
    "policy",
    "clock",
    "team_group",
)
OWN = ("statistic", "part", "sort", "v", *_ALL_DIMENSIONS)


@dataclass(frozen=True, slots=True)
class Rows:
    """Where a page of rows stands among all of them."""

    told: str
    start: int
    total: int
    previous: str
    next: str


@page("metrics.show", (*OWN, "page"), hidden=True, keeps=answered)
def drill(opened: Opened, metric: str) -> HttpResponse:
    """One figure and its rows."""
    declared = figures.known_metric(metric, opened.own.get("v", ""))
    if declared is None:
        raise Http404
    asked = question(opened, declared)
    shown = figure(opened, declared, asked)
    row = shown.rows[0]
    part = opened.own.get("part")
    view = figures.view(opened, shown, row, cell=cell_of(opened))
    context: dict[str, Any] = {
        "metric": declared,
        "figure": view,
        "statistic": _(str(figures.STATISTICS.get(row.statistic, ""))),
        "title": _title(declared, view, shown.rows[0]),
        "nav_name": _("Rows behind a figure"),
        "narrowed": narrowed(opened),
        "definition": opened.filters.link(reverse("metric_page", args=[declared.id.partition("#")[0]])),
        "back": opened.filters.link(reverse("service_levels")),
        "keep": keeping.of(opened, {**asked, "statistic": opened.own.get("statistic"), "compare": _compared(opened)}),
        **_rows(opened, declared, asked, shown, part),
    }
    return opened.page("service_levels/drill.html", "drill", context)


def _title(metric: Metric, view: Any, row: Any) -> str:
    """The figure as a heading; a part of it is put there by ``_rows``."""
    statistic = str(figures.STATISTICS.get(row.statistic, ""))
    name = f"{figures.title(metric)}, {statistic}" if statistic else figures.title(metric)
    return f"{name}: {view.value}"


def question(opened: Opened, metric: Metric) -> dict[str, Any]:
    """The words of the question that the address asks.

    Raises
    ------
    BadFilter
        A dimension, statistic, part or order is none of this metric.
    """
    own = opened.own
    given = opened.words(metric=metric.id)
    for name in _ALL_DIMENSIONS:
        if name in own:
            if name not in metric.dimensions:
                raise bad(opened, name, _("this metric is not cut by it"))
            if name == "group":  # one group of the chosen teams, which the address has narrowed to already
                _within(opened, given, own[name])
            given["where"] += [f"{name}={one}" for one in own[name].split(",") if one]
    if own.get("statistic") and own["statistic"] not in metric.statistics:
        raise bad(opened, "statistic", _("use %(known)s") % {"known": ", ".join(metric.statistics)})
    if own.get("part") and own["part"] not in parts_of(metric):
        raise bad(opened, "part", _("use %(known)s") % {"known": ", ".join(parts_of(metric)) or "–"})
    if own.get("sort") and own["sort"] not in ORDERS:
        raise bad(opened, "sort", _("use %(known)s") % {"known": ", ".join(ORDERS)})
    return given


def figure(opened: Opened, metric: Metric, asked: dict[str, Any]) -> Figures:
    """The figure that the address names, with its comparison where it has one."""
    more = (
        {"statistic": opened.own["statistic"]}
        if opened.own.get("statistic") in ("median", "p90", "p95", "mean")
        else {}
    )
    found: Figures = opened.ask("metrics.show", **asked, **more, compare=_compared(opened))
    return found


def _compared(opened: Opened) -> str | None:
    return None if opened.filters.compare == "none" else opened.filters.compare


def cell_of(opened: Opened) -> dict[str, str | None]:
    """What the address narrows the figure to beside the filters of the frame."""
    return {name: opened.own[name] for name in _ALL_DIMENSIONS if name in opened.own}


def narrowed(opened: Opened) -> list[tuple[str, str]]:
    """The same in words: dimension and value, by the names that the helpdesk has for them."""
    found = []
    for name, value in cell_of(opened).items():
        names = opened.found.ask.labels(name, (value or "").split(","))
        told = ", ".join(names.get(one, one).replace("_", " ") for one in (value or "").split(","))
        found.append((dimension_words(name), told))
    return found


def listed(opened: Opened, asked: dict[str, Any], offset: int, limit: int = ROWS) -> Behind:
    """Some of the rows."""
    more = {name: opened.own[name] for name in ("part", "sort") if opened.own.get(name)}
    found: Behind = opened.ask("metrics.tickets", **asked, offset=offset, limit=limit, described=True, **more)
    return found


def _rows(opened: Opened, metric: Metric, asked: dict[str, Any], shown: Figures, part: str | None) -> dict[str, Any]:
    """The part that is looked at, all parts, and the page of rows; no rows where only counts are shown."""
    number = page_number(opened)
    row = shown.rows[0]
    try:
        behind = listed(opened, asked, (number - 1) * ROWS)
    except Denied as error:
        main = figures.view(opened, shown, row, cell=cell_of(opened)).marks
        return {"main": main, "denied": error, "parts": [], "rows": None, "table": []}
    if number > 1 and not behind.rows:
        raise bad(opened, "page", _("the rows end before it"))
    parts = _parts(opened, metric, shown, part)
    more: dict[str, Any] = {}
    if part:
        view = next(one for one in parts if one["name"] == part)["figure"]
        main = dict(view.marks)
        told = {"part": view.label, "count": view.value, "n": words.count(row.n), "what": figures.title(metric)}
        more["title"] = _("%(what)s: %(count)s of %(n)s %(part)s") % told
    else:
        main = figures.view(opened, shown, row, cell=cell_of(opened)).marks
    return more | {
        "main": main,
        "parts": parts,
        "part": part,
        "rows": _place(opened, metric, number, len(behind.rows), behind.total),
        "table": [_line(opened, metric, one) for one in behind.rows],
        "bulk": keeping.bulk(opened, asked, behind.total),
        "targets": bool(behind.rows) and "target_s" in behind.rows[0],
        "timed": metric.unit == "seconds",
        "exports": [
            (form, opened.filters.link(_path(metric, form), **opened.own)) for form in ("csv", "xlsx", "parquet")
        ],
        "orders": _orders(opened, metric),
    }


def _parts(opened: Opened, metric: Metric, shown: Figures, chosen: str | None) -> list[dict[str, Any]]:
    """All, and each part, as figures of their own."""
    found = []
    for name in parts_of(metric):
        view = figures.part(
            opened, shown.metric, _(PART_WORDS[name]), name, _count(opened, metric, name), **_carried(opened)
        )
        found.append({"name": name, "label": _(PART_WORDS[name]), "figure": view, "here": name == chosen})
    return found


def _count(opened: Opened, metric: Metric, part: str) -> int:
    given = question(opened, metric)
    behind: Behind = opened.ask("metrics.tickets", **given, part=part, offset=0, limit=0)
    return behind.total


def _carried(opened: Opened) -> dict[str, str]:
    return {name: opened.own[name] for name in ("statistic", "v", *_ALL_DIMENSIONS) if name in opened.own}


def _place(opened: Opened, metric: Metric, number: int, shown: int, total: int) -> Rows:
    def link(one: int) -> str:
        return opened.filters.link(_path(metric), **{**opened.own, "page": None if one == 1 else str(one)})

    start = (number - 1) * ROWS
    told = _("%(first)s–%(last)s of %(total)s rows") % {
        "first": words.count(start + 1 if shown else 0),
        "last": words.count(start + shown),
        "total": words.count(total),
    }
    return Rows(
        told,
        start + 1 if shown else 0,
        total,
        link(number - 1) if number > 1 else "",
        link(number + 1) if start + shown < total else "",
    )


def _path(metric: Metric, form: str = "") -> str:
    name = metric.id.partition("#")[0]
    return reverse("drill_export", args=[name, form]) if form else reverse("drill", args=[name])


def _orders(opened: Opened, metric: Metric) -> list[tuple[str, str, bool]]:
    told = {
        "": _("by ticket"),
        "-at": _("newest first"),
        "at": _("oldest first"),
        "-value": _("longest first"),
        "value": _("shortest first"),
    }
    kept = told if metric.unit == "seconds" else {name: one for name, one in told.items() if "value" not in name}
    return [(name, label, name == opened.own.get("sort", "")) for name, label in kept.items()]


def _line(opened: Opened, metric: Metric, row: dict[str, Any]) -> dict[str, Any]:
    """One row in words."""
    source, ticket = row["source_id"], row["ticket_id"]
    instance = "".join(f":{row['at' if name == 'assignee_id' else name]}" for name in metric.row)
    if metric.name == "net_flow":  # a ticket that came and was solved counts once each way
        instance += ":in" if row["value"] > 0 else ":out"
    at = datetime.fromisoformat(row["at"]) if row.get("at") else None
    return {
        "mark": f"ticket:{source}:{ticket}{instance}",
        "href": opened.filters.link(reverse("ticket", args=[source, ticket]), **_ledger(opened, metric, row))
        if row.get("open")
        else "",
        "ticket": ticket,
        "value_of_row": f"{source}:{ticket}",
        "subject": row.get("subject") or "",
        "assignee": row.get("assignee") or "",
        "group": row.get("group") or "",
        "status": row.get("status") or "",
        "target_name": (row.get("metric") or "").replace("_", " "),
        "at": words.moment(at, opened.known.zone) if at else "",
        "at_iso": row.get("at"),
        "value": row.get("value"),
        "took": words.duration(row["value"], exact=True) if row.get("value") is not None else "",
        "running": row.get("censored"),
        "target": words.duration(row["target_s"]) if row.get("target_s") is not None else "",
        "elapsed": words.duration(row["elapsed_s"], exact=True) if row.get("elapsed_s") is not None else "",
        "late": words.duration(row["late_s"], exact=True) if row.get("late_s") else "",
        "verdict": row.get("verdict") or "",
    }


def _ledger(opened: Opened, metric: Metric, row: dict[str, Any]) -> dict[str, str]:
    """Which ledger of the ticket explains the row: its target's, or the clock's that the figure is made of."""
    if row.get("metric"):
        return {"clock": f"sla.{row['metric']}"}
    if metric.name not in EXPLAINED or not metric.clock:
        return {}
    usual = "business_all" if opened.filters.hours == "business" else "calendar"
    clock = {"clock": metric.name} if metric.name != "frt" else {}
    return clock | ({"mode": metric.clock} if metric.clock != usual else {})


def _within(opened: Opened, given: dict[str, Any], groups: str) -> None:
    """A group of the address replaces the groups of the chosen teams, where it is one of them."""
    allowed = [one.partition("=")[2] for one in given["where"] if one.startswith("group=")]
    wanted = groups.split(",")
    if allowed and not all(any(one in (name, name.partition(":")[2]) for name in allowed) for one in wanted):
        raise bad(opened, "group", _("it is not part of the chosen team"))
    given["where"] = [one for one in given["where"] if not one.startswith("group=")]
