"""The other tabs: targets, why they were missed, backlog, where time goes, another policy, the helpdesk's figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.base.errors import MaitredError
from maitred.desks.service_levels.pages import charts, tabs, wording
from maitred.desks.service_levels.pages.bodies import answered
from maitred.desks.service_levels.pages.figures import drill, label_of, sentence, timed, view
from maitred.desks.service_levels.pages.opening import Opened, bad, chosen, page, page_number
from maitred.desks.service_levels.pages.speed import ask, exports, tile
from maitred.kit.pages import words
from maitred.metrics.catalogue import METRICS, resolve

CUTS = ("sla_metric", "group", "priority", "channel", "policy", "assignee", "account")
EXAMPLE = """# minutes; business or calendar hours
[targets]
first_reply = {urgent = 15, high = 30, others = 60, clock = "business"}
next_reply = {urgent = 60, others = 240, clock = "business"}
"""
ROWS = 50


@page("metrics.show", ("by",), keeps=answered)
def attainment(opened: Opened) -> HttpResponse:
    """Share of targets met, by kind of target and by a dimension."""
    by = chosen(opened, "by", CUTS, "group")
    whole = ask(opened, "sla.attainment")
    row = whole.rows[0]
    metric = METRICS[whole.metric]
    context: dict[str, Any] = {
        "title": sentence(row, metric),
        "nav_name": _("Speed & SLA"),
        "tabs": tabs.of(opened, "attainment"),
        "tiles": [
            tile(opened, "sla.attainment", None, _("Targets met")),
            tile(opened, "sla.breaches", None, _("Breaches")),
        ],
        "attained": charts.figure(opened, "attainment", by=by),
        "kinds": _cut(opened, "sla_metric"),
        "table": _cut(opened, by) if by != "sla_metric" else None,
        "head": wording.dimension(by),
        "by": by,
        "dimensions": [(one, wording.dimension(one), one == by) for one in CUTS if one in metric.dimensions],
        "exports": exports(opened, "attainment", by=by),
    }
    return opened.page("service_levels/attainment.html", "service_levels", context)


def _cut(opened: Opened, by: str) -> list[dict[str, Any]]:
    try:
        shown = ask(opened, "sla.attainment", by=[by])
    except MaitredError:
        return []
    rows = [
        {
            "label": wording.target(one.by[by] or "") if by == "sla_metric" else label_of(one, by),
            "figure": view(opened, shown, one),
            "missed": drill(
                opened, shown.metric, part="missed", **{by: one.by[by] if one.by[by] is not None else "none"}
            ),
        }
        for one in shown.rows
    ]
    return sorted(rows, key=lambda one: str(one["label"]).casefold())


@page("service_levels.breach_causes", keeps=answered)
def breaches(opened: Opened) -> HttpResponse:
    """Why targets were missed: each breach split among what the ticket waited for."""
    shown = opened.ask("service_levels.breach_causes", **opened.words())
    path = reverse("service_levels_breaches")
    rows = [
        {
            "label": wording.cause(one.cause),
            "count": words.number(one.count, 1),
            "interval": words.interval(one.low, one.high, "points") if one.low is not None else "",
            "share": words.share(one.share, 0) if one.share is not None else "–",
            "portion": one.share or 0,
            "mostly": one.mostly,
            "href": opened.filters.link(reverse("service_levels_breach_rows", args=[one.cause]))
            if one.evidence and one.mostly
            else "",
        }
        for one in shown.causes
    ]
    first = max((one for one in shown.causes if one.cause != "unavoidable"), key=lambda one: one.count, default=None)
    missed = ngettext("%(n)s target was missed", "%(n)s targets were missed", shown.total) % {
        "n": words.count(shown.total)
    }
    title = missed
    if first is not None and first.count and shown.verdict == "ok":
        title = _("%(missed)s; most of them for time %(cause)s") % {
            "missed": missed,
            "cause": wording.cause(first.cause),
        }
    context: dict[str, Any] = {
        "title": title,
        "nav_name": _("Speed & SLA"),
        "tabs": tabs.of(opened, "breaches"),
        "shown": shown,
        "causes": charts.figure(opened, "causes"),
        "rows": rows,
        "path": path,
        "total": words.count(shown.total),
        "tickets": words.count(shown.tickets),
        "kept": words.count(shown.kept),
        "all": drill(opened, "sla.breaches#1"),
        "exports": exports(opened, "causes"),
    }
    return opened.page("service_levels/breaches.html", "service_levels", context)


@page("service_levels.breach_tickets", ("page",), keeps=answered)
def breach_rows(opened: Opened, cause: str) -> HttpResponse:
    """The breaches that owe most to one cause."""
    number = page_number(opened)
    shown = opened.ask(
        "service_levels.breach_tickets", cause=cause, offset=(number - 1) * ROWS, limit=ROWS, **opened.words()
    )
    if number > 1 and not shown.rows:
        raise bad(opened, "page", _("the rows end before it"))
    groups = opened.found.ask.labels("group", [one.group for one in shown.rows])
    rows = [
        {
            "ticket": one.ticket,
            "href": opened.filters.link(reverse("ticket", args=[one.source, one.ticket]), clock=f"sla.{one.metric}"),
            "mark": f"ticket:{one.source}:{one.ticket}:{one.metric}:{one.instance}",
            "target": wording.target(one.metric),
            "group": groups.get(one.group or "", one.group or ""),
            "priority": one.priority or "",
            "allowed": words.duration(one.target_s),
            "ran": words.duration(one.ran_s, exact=True),
            "late": words.duration(one.late_s, exact=True),
            "blame": words.share(one.blame, 0),
            "spent": ", ".join(
                f"{wording.state(name)} {words.duration(seconds)}" for name, seconds in one.seconds.items() if seconds
            ),
        }
        for one in shown.rows
    ]
    path = reverse("service_levels_breach_rows", args=[cause])
    first = (number - 1) * ROWS
    told = {
        "first": words.count(first + 1 if rows else 0),
        "last": words.count(first + len(rows)),
        "total": words.count(shown.total),
    }
    context = {
        "title": _("%(n)s breaches owe most to time %(cause)s")
        % {"n": words.count(shown.total), "cause": wording.cause(cause)},
        "nav_name": _("Speed & SLA"),
        "table": rows,
        "total": shown.total,
        "from": first + 1,
        "back": opened.filters.link(reverse("service_levels_breaches")),
        "rows": {
            "told": _("%(first)s–%(last)s of %(total)s rows") % told,
            "previous": opened.filters.link(path, page=number - 1 if number > 2 else None) if number > 1 else "",
            "next": opened.filters.link(path, page=number + 1) if shown.next else "",
        },
    }
    return opened.page("service_levels/breach_rows.html", "service_levels", context)


@page("service_levels.backlog_ages", ("by",), keeps=answered)
def backlog(opened: Opened) -> HttpResponse:
    """What is open now, how old it is, and how the backlog moved."""
    by = chosen(opened, "by", ("group", "priority", "channel", "assignee", "account"), "group")
    shown = opened.ask("service_levels.backlog_ages", **opened.words(by=by))
    total = shown.total
    old = sum(one or 0 for one in total.ages[-2:]) if total.n is not None else None
    title = (
        _("%(n)s tickets are open, %(old)s of them older than a week")
        % {"n": words.count(total.n or 0), "old": words.count(old or 0)}
        if total.n is not None
        else _("Too few people stand behind the backlog to show it")
    )
    rows = [
        {"label": one.name or one.value or _("none"), "n": _count(one.n), "ages": [_count(age) for age in one.ages]}
        for one in sorted(shown.rows, key=lambda one: (one.name or one.value or "").casefold())
    ]
    context: dict[str, Any] = {
        "title": title,
        "nav_name": _("Speed & SLA"),
        "tabs": tabs.of(opened, "backlog"),
        "shown": shown,
        "rows": rows,
        "total": {"n": _count(total.n), "ages": [_count(age) for age in total.ages]},
        "bands": [wording.band(one) for one in shown.bands],
        "head": wording.dimension(by),
        "by": by,
        "tiles": [
            tile(opened, "backlog", None, _("Backlog at the end")),
            tile(opened, "backlog_age.since_creation", "median", _("Age, median")),
            tile(opened, "net_flow", None, _("Arrived minus solved")),
        ],
        "dimensions": [
            (one, wording.dimension(one), one == by) for one in ("group", "priority", "channel", "assignee", "account")
        ],
        "series": charts.figure(opened, "backlog"),
        "exports": exports(opened, "ages", by=by),
    }
    return opened.page("service_levels/backlog.html", "service_levels", context)


def _count(number: int | None) -> str:
    return "–" if number is None else words.count(number)


@page("service_levels.time_by_state", ("by", "of", "clock"), keeps=answered)
def bottlenecks(opened: Opened) -> HttpResponse:
    """Where time goes: by state, between groups, and until when tickets wait."""
    by = chosen(opened, "by", ("group", "priority", "channel"), "group")
    of = chosen(opened, "of", ("group", "status"), "group")
    clock = timed(
        chosen(opened, "clock", ("frt", "full_resolution", "first_resolution"), "full_resolution"), opened.filters
    )
    shown = opened.ask("service_levels.time_by_state", **opened.words())
    largest = max(shown.total.states, key=lambda one: one.share, default=None)
    title = _("No ticket was solved in this period")
    if largest is not None and shown.total.n:
        title = _("%(share)s of the time of solved tickets was spent %(state)s") % {
            "share": words.share(largest.share, 0),
            "state": wording.state(largest.state),
        }
    context: dict[str, Any] = {
        "title": title,
        "nav_name": _("Speed & SLA"),
        "tabs": tabs.of(opened, "bottlenecks"),
        "states": charts.figure(opened, "states", by=by),
        "process": charts.figure(opened, "process", of=of),
        "survival": charts.figure(opened, "survival", metric=resolve(clock).id),
        "changed": charts.figure(opened, "changed", metric=resolve(clock).id, by=by),
        "rows": [
            {
                "label": wording.state(one.state),
                "share": words.share(one.share, 1),
                "portion": one.share,
                "hours": words.number(one.hours, 0),
                "median": words.duration(one.median) if one.median is not None else "–",
            }
            for one in shown.total.states
        ],
        "n": words.count(shown.total.n),
        "approximated": shown.approximated,
        "exports": exports(opened, "states", by=by),
        "kinds": [("group", _("Between groups"), of == "group"), ("status", _("By status"), of == "status")],
    }
    return opened.page("service_levels/bottlenecks.html", "service_levels", context)


@page("service_levels.policy_whatif", ("policy",))
def policy(opened: Opened) -> HttpResponse:
    """What another policy would have made of the same work."""
    text = opened.own.get("policy", "")
    context: dict[str, Any] = {
        "title": _("What would another policy have brought?"),
        "nav_name": _("Speed & SLA"),
        "tabs": tabs.of(opened, "policy"),
        "policy": text or EXAMPLE,
        "problem": None,
        "found": None,
    }
    if text:
        try:
            found = opened.ask("service_levels.policy_whatif", policy=text, **opened.words())
        except MaitredError as error:
            context["problem"] = error
        else:
            context |= _replayed(opened, found)
    answer = opened.page("service_levels/policy.html", "service_levels", context)
    answer.status_code = 422 if context["problem"] else 200
    return answer


def _replayed(opened: Opened, found: Any) -> dict[str, Any]:
    rows = [
        {
            "label": wording.target(one.metric) if one.metric else _("all targets"),
            "priority": one.priority or "",
            "recorded": _share(one.recorded),
            "wanted": _share(one.b),
            "n": words.count(one.n),
            "difference": words.difference(one.difference.value, "share", one.difference.low, one.difference.high),
            "interval": words.interval(one.difference.low, one.difference.high, "share", signed=True),
            "newly_met": words.count(one.newly_met),
            "newly_missed": words.count(one.newly_missed),
        }
        for one in found.rows
    ]
    changed = [
        {
            "ticket": one.ticket,
            "href": opened.filters.link(reverse("ticket", args=[one.source, one.ticket])),
            "target": wording.target(one.metric),
            "priority": one.priority or "",
            "change": _("newly met") if one.change == "newly_met" else _("newly missed"),
            "tone": "met" if one.change == "newly_met" else "missed",
        }
        for one in found.changed[:50]
    ]
    title = _("Nothing to compare in this period")
    if found.rows and found.rows[0].difference.value is not None:
        whole = found.rows[0]
        title = _("Under “%(policy)s” %(wanted)s of targets would have been met instead of %(recorded)s") % {
            "policy": found.policy,
            "wanted": _share(whole.b)["value"],
            "recorded": _share(whole.recorded)["value"],
        }
    return {
        "found": found,
        "rows": rows,
        "changed": changed,
        "title": title,
        "tickets": words.count(found.tickets),
        "tickets_of": words.count(found.tickets_of),
        "more": max(0, found.changed_total - len(changed)),
    }


def _share(one: Any) -> dict[str, str]:
    if one is None or one.value is None:
        return {"value": "–", "interval": ""}
    return {"value": words.share(one.value, 1), "interval": words.interval(one.low, one.high, "share")}


@page("service_levels.reconciliation", ("source", "metric", "reason", "page"), keeps=answered)
def reconciliation(opened: Opened) -> HttpResponse:
    """Our figures beside the helpdesk's own: how many agree, and why the others do not."""
    shown = opened.ask("service_levels.reconciliation", publication=opened.publication)
    own = {name: opened.own[name] for name in ("source", "metric", "reason") if opened.own.get(name)}
    overall = next((one for one in shown.rows if one.metric is None), None)
    title = _("The helpdesk gave no figures of its own to compare with")
    if overall is not None and overall.match_rate is not None:
        title = _("%(share)s of our values equal the helpdesk's") % {"share": words.share(overall.match_rate, 1)}
    context: dict[str, Any] = {
        "title": title,
        "nav_name": _("Speed & SLA"),
        "tabs": tabs.of(opened, "reconciliation"),
        "matches": [_matched(opened, one) for one in shown.rows],
        "own": own,
        **_differences(opened, own),
    }
    return opened.page("service_levels/reconciliation.html", "service_levels", context)


def _matched(opened: Opened, one: Any) -> dict[str, Any]:
    path = reverse("service_levels_reconciliation")
    narrowed = {"source": one.source, "metric": one.metric}
    return {
        "source": one.source,
        "metric": one.metric or _("all"),
        "n": words.count(one.n),
        "rate": words.share(one.match_rate, 1) if one.match_rate is not None else "–",
        "interval": words.interval(one.low, one.high, "share"),
        "alarm": one.alarm,
        "classes": [
            {
                "name": wording.reason_class(each.reason),
                "n": words.count(each.count),
                "href": opened.filters.link(path, **narrowed, reason=each.reason),
            }
            for each in one.classes
        ],
    }


def _differences(opened: Opened, own: dict[str, str]) -> dict[str, Any]:
    """The rows of one class, where the reader may open tickets."""
    number = page_number(opened)
    try:
        found = opened.ask(
            "service_levels.reconciliation_rows",
            publication=opened.publication,
            limit=ROWS,
            offset=(number - 1) * ROWS,
            **own,
        )
    except MaitredError as error:
        return {"table": [], "denied": error}
    if number > 1 and not found.rows:
        raise bad(opened, "page", _("the rows end before it"))
    path = reverse("service_levels_reconciliation")
    first = (number - 1) * ROWS
    told = {
        "first": words.count(first + 1 if found.rows else 0),
        "last": words.count(first + len(found.rows)),
        "total": words.count(found.total),
    }
    return {
        "table": [_difference(opened, one) for one in found.rows],
        "total": found.total,
        "from": first + 1,
        "rows": {
            "told": _("%(first)s–%(last)s of %(total)s rows") % told,
            "previous": opened.filters.link(path, **own, page=number - 1 if number > 2 else None) if number > 1 else "",
            "next": opened.filters.link(path, **own, page=number + 1) if found.next else "",
        },
    }


def _difference(opened: Opened, one: Any) -> dict[str, Any]:
    return {
        "ticket": one.ticket,
        "mark": f"ticket:{one.source}:{one.ticket}:{one.metric}",
        "href": opened.filters.link(reverse("ticket", args=[one.source, one.ticket])),
        "metric": one.metric,
        "ours": words.duration(one.ours, exact=True) if one.ours is not None else "–",
        "vendor": words.duration(one.vendor, exact=True) if one.vendor is not None else "–",
        "difference": words.duration(one.difference, exact=True) if one.difference is not None else "–",
        "reason": wording.reason_class(one.reason),
    }
