"""The brief: one page that a manager would forward: what needs somebody, how the week went, what was looked at.

Each sentence rests on a figure with its interval and n, a test of the difference, and a link to the rows behind it.
Findings about a person are counted, never told: a page that is forwarded reaches people who may not see them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.base.errors import MaitredError
from maitred.kit.access.actor import Actor
from maitred.kit.documents import contributions
from maitred.kit.documents.sections import (
    Block,
    Document,
    Figure,
    Note,
    Paragraph,
    Section,
    Sentence,
)
from maitred.kit.pages import words
from maitred.kit.verbs import run
from maitred.metrics.catalogue import METRICS

FIGURES = ("frt.business_all", "sla.attainment", "csat.rate", "reopen_rate.transitions")
_DAYS = 7
_MATURES = {"reopen_rate.transitions": 7}
"""Days after which a figure is ripe; its week ends so much earlier."""
_PERSONAL = "agent"


def document(
    actor: Actor,
    day: Mapping[str, Any],
    *,
    publication: int,
    zone: str = "UTC",
    simulated: bool = False,
    address: str = "",
) -> Document:
    """The brief of one look.

    Parameters
    ----------
    day
        ``as_of``, ``findings`` (documents in rank order) and ``checked`` of Today's list.
    publication
        Number of the publication that the list and the figures are from.
    simulated
        Whether the organisation is a demonstration; the page then says so.
    """
    as_of = datetime.fromisoformat(day["as_of"])
    shown = [one for one in day["findings"] if one["shown"]]
    ends = (as_of.astimezone(ZoneInfo(zone)) - timedelta(days=1)).date()
    period = (ends - timedelta(days=_DAYS - 1), ends)
    of_desks = contributions.sections(contributions.Asked(actor, publication, ends, zone))
    sections = [_needs(shown, day), *_week(actor, period, publication, zone), *of_desks, _looked_at(day)]
    return Document(
        title=_headline([one for one in shown if not one["news"]], day),
        subtitle=_("%(first)s to %(last)s, against the week before")
        % {"first": words.day(period[0]), "last": words.day(period[1])},
        as_of=as_of,
        publication=str(publication),
        zone=zone,
        filters=((_("Organisation"), _("simulated for demonstration")),) if simulated else (),
        language=words.locale().language,
        sections=tuple(sections),
        compact=True,
        address=address,
    )


def _headline(harmful: Sequence[Mapping[str, Any]], day: Mapping[str, Any]) -> str:
    if day.get("learning"):
        return _("Still learning what is usual here")
    if not harmful:
        return _("Nothing needs you today")
    return ngettext("%(n)s thing needs you today", "%(n)s things need you today", len(harmful)) % {
        "n": words.count(len(harmful))
    }


def _needs(shown: Sequence[Mapping[str, Any]], day: Mapping[str, Any]) -> Section:
    """The findings, most harmful first; those about one person are only counted."""
    told = [one for one in shown if one["subject"]["type"] != _PERSONAL]
    blocks: list[Block] = [Sentence(f"{one['title']}.{_why(one)}", (_effect(one),)) for one in told]
    personal = len(shown) - len(told)
    if personal:
        said = ngettext(
            "%(n)s more is about one person: open it in maitred.", "%(n)s more are about one person each.", personal
        )
        blocks.append(Paragraph(said % {"n": words.count(personal)}))
    if day.get("learning"):
        blocks.append(Note(_("The first findings come 60 days after the first ticket.")))
    elif not blocks:
        blocks.append(Paragraph(_("Every series is within its usual range.")))
    return Section(_("What needs somebody"), tuple(blocks))


def _why(one: Mapping[str, Any]) -> str:
    cause = one["cause"]
    return f" {cause['text'][:1].upper()}{cause['text'][1:]}." if cause["text"] and cause["kind"] != "unknown" else ""


def _effect(one: Mapping[str, Any]) -> Figure:
    """The size with its 90 % interval and n, and the way to the finding with its tickets."""
    effect = one["effect"]
    value, low, high = (_sized(effect[part], effect["unit"]) for part in ("value", "low", "high"))
    weekly = _("%(hours)s customer-hours a week") % {"hours": words.count(one["harm"]["value"] or 0)}
    return Figure(
        _("since %(day)s") % {"day": words.day(datetime.fromisoformat(one["since"]).date())},
        f"{value}, {weekly}" if one["harm"]["value"] else value,
        "" if low == high else _("90 %%: %(low)s to %(high)s") % {"low": low, "high": high},
        words.n(one["n"]),
        f"/today/{one['id']}/",
    )


def _sized(amount: float | None, unit: str) -> str:
    if amount is None:
        return "–"
    if unit == "ratio":
        return _("%(n)s times") % {"n": words.number(amount, 1)}
    if unit == "points":
        return _("%(n)s points") % {"n": words.number(amount, 1)}
    if unit == "seconds":
        return words.duration(amount)
    if unit == "tickets_per_day":
        return _("%(n)s a day") % {"n": words.number(amount, 1)}
    return _("%(n)s tickets") % {"n": words.count(amount)}


def _week(actor: Actor, period: tuple[Any, Any], publication: int, zone: str) -> list[Section]:
    """How the last whole week went against the one before, a sentence for each figure."""
    said: list[Block] = []
    row: list[Figure] = []
    for name in FIGURES:
        back = timedelta(days=_MATURES.get(name, 0))
        days = (period[0] - back, period[1] - back)
        try:
            shown = run("metrics.show", actor, {
                "metric": name, "start": days[0].isoformat(), "end": days[1].isoformat(), "compare": "previous",
                "zone": zone, "publication": publication,
            })  # fmt: skip
        except MaitredError:
            continue
        one, metric = shown.rows[0], METRICS[shown.metric]
        figure = _figure(one, metric, days, publication)
        said.append(Sentence(f"{_changed(one, metric)}.", (figure,)))
        row.append(figure)
    return [Section(_("How the week went"), tuple(said))] if said else []


def _figure(one: Any, metric: Any, period: tuple[Any, Any], publication: int) -> Figure:
    query = urlencode({"period": f"{period[0]}..{period[1]}", "pub": publication})
    unit = metric.unit
    return Figure(
        metric.title,
        words.value(one.value, unit, one.low, one.high) if one.value is not None else "–",
        words.interval(one.low, one.high, unit),
        words.n(one.n),
        f"/drill/{quote(metric.id.partition('#')[0], safe='@.')}/?{query}",
    )


def _changed(one: Any, metric: Any) -> str:
    """The verdict in words: what moved by how much, "no real change", or "cannot tell"."""
    unit = metric.unit
    told = {"what": metric.title, "n": words.count(one.n)}
    if one.value is None:
        return _("%(what)s: too little data to tell (n %(n)s)") % told
    told["now"] = words.value(one.value, unit, one.low, one.high)
    if one.difference is None or one.difference_verdict in (None, "", "cannot_tell", "not_enough_data"):
        return _("%(what)s is at %(now)s; whether it changed cannot be told (n %(n)s)") % told
    if one.difference_verdict == "no_change":
        return _("%(what)s is at %(now)s, no real change (n %(n)s)") % told
    told["by"] = words.difference(one.difference, unit)
    told["range"] = words.interval(one.difference_low, one.difference_high, unit, signed=True)
    return _("%(what)s is at %(now)s: %(by)s against the week before (%(range)s, n %(n)s)") % told


def _looked_at(day: Mapping[str, Any]) -> Section:
    """What was checked, and what is folded."""
    series = len({(one["family"], one["series"]) for one in day["checked"]})
    families = len({one["family"] for one in day["checked"]})
    folded = sum(1 for one in day["findings"] if not one["shown"])
    said = ngettext(
        "%(series)s series was checked.", "%(series)s series in %(families)s families were checked.", series
    )
    told = said % {"series": words.count(series), "families": words.count(families)}
    if folded:
        told += " " + ngettext("%(n)s finding is folded.", "%(n)s findings are folded.", folded) % {
            "n": words.count(folded)
        }
    return Section(_("What was looked at"), (Paragraph(told),))
