"""Tables as files: exactly what a page shows, and the rows behind a figure, with their definitions."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from maitred.desks.service_levels import exports
from maitred.desks.service_levels.pages import drill as drilled
from maitred.desks.service_levels.pages import figures, keeping, wording
from maitred.desks.service_levels.pages.opening import Opened, chosen, page
from maitred.desks.service_levels.pages.speed import ask
from maitred.kit.documents import tabular
from maitred.kit.documents.sections import Facts
from maitred.kit.documents.tabular import Column, Table
from maitred.kit.exports.making import AT_ONCE, at_once
from maitred.kit.pages.frame import compare_words, period_words
from maitred.metrics.catalogue import METRICS, resolve


@page("metrics.tickets", drilled.OWN, hidden=True, posts=True)
def rows(opened: Opened, metric: str, form: str) -> HttpResponse:
    """The rows behind a figure, all pages of them."""
    declared = figures.known_metric(metric, opened.own.get("v", ""))
    if declared is None or form not in tabular.FORMS:
        raise Http404
    asked = drilled.question(opened, declared)
    asked |= {name: opened.own[name] for name in ("part", "sort") if opened.own.get(name)}
    title = figures.title(declared)
    total = exports.some(opened.actor, asked, 0, 1).total
    if total > AT_ONCE:
        return keeping.large(opened, exports.spec(asked, form, title, facts(opened, title)), total)
    table = exports.table(opened.actor, asked, title)
    return answered(opened, table, form, exports.file_name(declared), title)


@page("metrics.show", ("clock", "by"))
def shown(opened: Opened, name: str, form: str) -> HttpResponse:
    """A table of a page, as it is shown."""
    if name not in _TABLES or form not in tabular.FORMS:
        raise Http404
    return answered(opened, _TABLES[name](opened), form, f"service-levels-{name}", _("Speed & SLA"))


def answered(opened: Opened, table: Table, form: str, name: str, title: str) -> HttpResponse:
    """A table as a download; what leaves the house is in the audit log."""
    body = at_once(opened.actor, table, form, name, facts(opened, title))
    answer = HttpResponse(body, content_type=tabular.FORMS[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def facts(opened: Opened, title: str) -> Facts:
    """What a file says about itself."""
    chosen_filters = [(_("Period"), period_words(opened.filters)), (_("Compared with"), compare_words(opened.filters))]
    chosen_filters += [
        (
            wording.dimension(name),
            ", ".join(
                text for value, text in opened.known.choices.get(name, ()) if value in getattr(opened.filters, name)
            ),
        )
        for name in ("team", "channel", "priority")
        if getattr(opened.filters, name)
    ]
    chosen_filters.append((_("Hours"), opened.filters.hours))
    kept = tuple((name, value) for name, value in chosen_filters if value)
    return Facts(title, opened.known.as_of, str(opened.publication), opened.known.zone.key, kept)


def _cut(opened: Opened) -> Table:
    clock = chosen(opened, "clock", ("frt", "nrt", "full_resolution", "first_resolution", "rwt"), "frt")
    by = opened.own.get("by", "group")
    metric = resolve(figures.timed(clock, opened.filters))
    by = by if by in metric.dimensions else "group"
    found = [ask(opened, metric.id, by=[by], statistic=one) for one in ("median", "p90")]
    rows_ = sorted(
        (
            {"label": figures.label_of(one, by), **_figure(one, "median"), **_figure(tail, "p90")}
            for one, tail in zip(found[0].rows, found[1].rows, strict=True)
        ),
        key=lambda one: str(one["label"]).casefold(),
    )
    columns = (
        Column("label", wording.dimension(by), kind="text"),
        *_columns("median", metric.unit, metric.meaning),
        *_columns("p90", metric.unit, metric.meaning),
    )
    return Table("data", columns, rows_)


def _attained(opened: Opened) -> Table:
    metric = METRICS["sla.attainment#1"]
    by = opened.own.get("by", "group")
    by = by if by in metric.dimensions else "group"
    found = ask(opened, metric.id, by=[by])
    rows_ = sorted(
        ({"label": figures.label_of(one, by), **_figure(one, "met")} for one in found.rows),
        key=lambda one: str(one["label"]).casefold(),
    )
    return Table(
        "data", (Column("label", wording.dimension(by), kind="text"), *_columns("met", "share", metric.meaning)), rows_
    )


def _caused(opened: Opened) -> Table:
    found = opened.ask("service_levels.breach_causes", **opened.words())
    rows_ = [
        {
            "cause": wording.cause(one.cause),
            "count": one.count,
            "low": one.low,
            "high": one.high,
            "share": one.share,
            "mostly": one.mostly,
        }
        for one in found.causes
    ]
    columns = (
        Column("cause", _("Time spent"), kind="text"),
        Column("count", _("Breaches"), "targets", kind="number"),
        Column("low", _("low"), kind="number"),
        Column("high", _("high"), kind="number"),
        Column("share", _("Share"), "share", kind="number"),
        Column("mostly", _("Mostly this"), kind="whole"),
    )
    return Table("data", columns, rows_)


def _aged(opened: Opened) -> Table:
    by = chosen(opened, "by", ("group", "priority", "channel", "assignee", "account"), "group")
    found = opened.ask("service_levels.backlog_ages", **opened.words(by=by))
    rows_ = [
        {
            "label": one.name or one.value,
            "open": one.n,
            **dict(zip(found.bands, one.ages, strict=True)),
        }
        for one in sorted(found.rows, key=lambda one: (one.name or one.value or "").casefold())
    ]
    columns = (
        Column("label", wording.dimension(by), kind="text"),
        Column("open", _("Open"), "tickets", kind="whole"),
        *(Column(band, band, "tickets", kind="whole") for band in found.bands),
    )
    return Table("data", columns, rows_)


def _stated(opened: Opened) -> Table:
    found = opened.ask("service_levels.time_by_state", **opened.words())
    rows_ = [
        {"state": wording.state(one.state), "share": one.share, "hours": one.hours, "median": one.median}
        for one in found.total.states
    ]
    columns = (
        Column("state", _("State"), kind="text"),
        Column("share", _("Share of all time"), "share", kind="number"),
        Column("hours", _("Hours"), "hours", kind="number"),
        Column("median", _("Median per ticket"), "seconds", kind="number"),
    )
    return Table("data", columns, rows_)


_TABLES = {"cut": _cut, "attainment": _attained, "causes": _caused, "ages": _aged, "states": _stated}


def _figure(row: Any, name: str) -> dict[str, Any]:
    return {
        name: row.value,
        f"{name}_low": row.low,
        f"{name}_high": row.high,
        f"{name}_n": row.n,
        f"{name}_verdict": row.verdict,
        f"{name}_difference": row.difference,
        f"{name}_change": row.difference_verdict or None,
    }


def _columns(name: str, unit: str, meaning: str) -> tuple[Column, ...]:
    return (
        Column(name, name, unit, meaning, kind="number"),
        Column(f"{name}_low", _("low"), unit, kind="number"),
        Column(f"{name}_high", _("high"), unit, kind="number"),
        Column(f"{name}_n", "n", kind="whole"),
        Column(f"{name}_verdict", _("verdict"), kind="text"),
        Column(f"{name}_difference", _("difference"), unit, kind="number"),
        Column(f"{name}_change", _("change"), kind="text"),
    )
