"""The scores on the desk's first page: per person, team or bot, each with its interval, n and what it can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from maitred.base import clock
from maitred.desks.quality.pages import shared, wording
from maitred.desks.quality.published import PublishedScore
from maitred.desks.quality.verbs.shapes import CalibrationShown, IqsRow, IqsShown, ItemAgreement, Spreads
from maitred.kit import charts
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.charts import Chart, Theme
from maitred.kit.pages import words
from maitred.kit.pages.figures import FigureView, marks, too_few
from maitred.kit.pages.frame import Choice, Select, days_words
from maitred.kit.verbs import run

BY: Mapping[str, str | Promise] = {
    "person": gettext_lazy("People"),
    "team": gettext_lazy("Teams"),
    "bot": gettext_lazy("Bots"),
    "all": gettext_lazy("Everybody"),
}
PERIODS: Mapping[str, tuple[int, str | Promise]] = {
    "last-28d": (28, gettext_lazy("Last 28 days")),
    "last-13w": (91, gettext_lazy("Last 13 weeks")),
    "last-52w": (364, gettext_lazy("Last 52 weeks")),
}
USUAL = "last-13w"
GOOD = 0.8
"""Krippendorff's own line (*Content Analysis*, 2004, ch. 11) from which on data may be relied upon."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A chart in a page and where its drawing comes from."""

    chart: Chart
    url: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which scores the address asks for."""

    by: str
    period: str

    @property
    def days(self) -> tuple[date, date]:
        today = clock.now().astimezone(shared.zone()).date()
        return today - timedelta(days=PERIODS[self.period][0] - 1), today

    @property
    def kept(self) -> dict[str, str]:
        """The words that differ from the usual."""
        return {name: word for name, word, usual in (("by", self.by, ""), ("period", self.period, USUAL))
                if word != usual}  # fmt: skip


def asked(request: HttpRequest) -> Asked | HttpResponse:
    """What the address asks for, or the page that names the word that means nothing here."""
    actor = shared.actor_of(request)
    given = request.GET.get("by") or usual_cut(actor), request.GET.get("period") or USUAL
    for name, word, known in (("by", given[0], cuts(actor)), ("period", given[1], tuple(PERIODS))):
        if word not in known:
            return shared.wrong_word(request, name, _("use %(known)s") % {"known": ", ".join(known)})
    return Asked(*given)


def cuts(actor: Actor) -> tuple[str, ...]:
    """By what an actor may see scores: who leads nobody sees those of their own work."""
    return tuple(BY) if reach(actor, Right.QUALITY_FIGURES) >= Reach.SUBTREE else ("person",)


def usual_cut(actor: Actor) -> str:
    """By person for whoever sees people, else by team."""
    return cuts(actor)[0]


def sees(actor: Actor) -> bool:
    """Whether an actor sees scores."""
    return reach(actor, Right.QUALITY_FIGURES) is not Reach.NONE


def select(ask: Asked) -> Select:
    """The period, as the filter bar shows it."""
    return Select("period", _("Period"), [Choice(name, str(label), name == ask.period)
                                          for name, (_days, label) in PERIODS.items()])  # fmt: skip


def panel(actor: Actor, ask: Asked) -> dict[str, Any]:
    """What the template shows of the scores."""
    found = shown(actor, ask)
    path = reverse("quality")
    links = [
        {"label": BY[name], "href": f"{path}{query(ask, by=name)}#scores", "here": name == ask.by}
        for name in cuts(actor)
    ]
    judged = [row for row in found.rows if row.value is not None]
    return {
        "cuts": links, "rows": [line(actor, row, (found.first_day, found.last_day)) for row in found.rows],
        "published": any(row.published for row in found.rows), "title": _title(found, judged),
        "chart": Slot(drawn(actor, ask, found), f"{reverse('quality_chart')}{query(ask)}") if judged else None,
        "needed": wording.needed(found.needed) if ask.by == "person" else "", "spreads": _spreads(found.spreads),
        "alike": _alike(found), "severity": [(one.name, wording.shift(one), wording.severity(one), words.n(one.reviews))
                                             for one in found.severity],
        "left_out": _left_out(found.left_out), "hidden": _hidden(found.hidden), "notes": found.notes,
        "days": days_words(found.first_day, found.last_day), "people": ask.by in ("person", "bot"),
    }  # fmt: skip


def shown(actor: Actor, ask: Asked) -> IqsShown:
    """The scores themselves."""
    first, last = ask.days
    days = {"first_day": first.isoformat(), "last_day": last.isoformat()}
    found: IqsShown = run("quality.iqs", actor, {"by": ask.by, **days})
    return found


@require_safe
def drawing(request: HttpRequest) -> HttpResponse:
    """The drawing of the scores for the browser, in light or dark."""
    ask = asked(request)
    if isinstance(ask, HttpResponse):
        return ask
    actor = shared.actor_of(request)
    theme: Theme = "dark" if request.GET.get("theme") == "dark" else "light"
    return JsonResponse(drawn(actor, ask, shown(actor, ask)).web(theme))


def drawn(actor: Actor, ask: Asked, found: IqsShown) -> Chart:
    """Dots with their intervals, in the order of names."""
    rows = [
        charts.Row(row.name or _("Everybody"), row.value, row.low, row.high, row.n, drill(actor, row))
        for row in found.rows if row.value is not None
    ]  # fmt: skip
    return charts.dots_with_intervals(rows, title=_("Mean of reviews drawn at random"), unit="points",
                                      head=str(BY[ask.by]), measure=_("points of 100"))  # fmt: skip


def line(actor: Actor, row: IqsRow, days: tuple[date, date]) -> dict[str, Any]:
    """One row of the table."""
    return {
        "name": row.name or _("Everybody"), "person": row.person, "bot": row.bot, "drill": drill(actor, row),
        "n": words.count(row.n), "value": wording.score(row.value, row.low, row.high),
        "between": wording.between(row.low, row.high),
        "weighted": _with_range(row.weighted, row.weighted_low, row.weighted_high),
        "adjusted": _with_range(row.adjusted, row.adjusted_low, row.adjusted_high),
        "reviewers": words.count(row.reviewers), "reliability": wording.agreement(row.reliability),
        "reliability_between": wording.spread(row.reliability_low, row.reliability_high),
        "verdict": wording.verdict(row), "told": wording.result(row), "few": row.value is None,
        "figure": figure(row.published, days) if row.published else None,
    }  # fmt: skip


def drill(actor: Actor, row: IqsRow) -> str:
    """Where the reviews behind a score are listed; empty where the reader may not open them."""
    if row.person is None or (row.person != actor.person and reach(actor, Right.QUALITY_READ) < Reach.SUBTREE):
        return ""
    given = {"person": row.person, "kind": "random", "state": "submitted"}
    return f"{reverse('quality_reviews')}?{urlencode(given)}"


def figure(one: PublishedScore, days: tuple[date, date]) -> FigureView:
    """A score of the catalogue with its marks and the way to its rows."""
    link = _rows_of(one, days) if one.openable else ""
    told = marks(
        one.metric, one.unit, one.value, one.low, one.high, one.n, link, why="no-data" if not one.n else "min-n"
    )
    label = _("Quality score")
    if one.value is None:
        return FigureView(label, one.reason or too_few(one.n, one.needed), "", "", marks=told, suppressed=True)
    value, between = words.value(one.value, one.unit, one.low, one.high), words.interval(one.low, one.high, one.unit)
    return FigureView(label, value, between, words.n(one.n), marks=told, drill=link)


def _rows_of(one: PublishedScore, days: tuple[date, date]) -> str:
    """The page that lists the reviews behind a figure; empty where no desk shows it."""
    name = one.metric.partition("#")[0]
    try:
        path = reverse("drill", args=[name])
    except NoReverseMatch:
        return ""
    asked = [(key, ",".join(values)) for key, values in one.where.items()]
    asked += [("period", f"{days[0]}..{days[1]}"), ("pub", str(one.publication))]
    return f"{path}?{urlencode(asked, quote_via=quote, safe=',.:@')}"


def query(ask: Asked, **changes: str) -> str:
    """The words of the address, some changed."""
    found = {**ask.kept, **changes}
    return f"?{urlencode(found)}" if found else ""


def alphas(items: Sequence[ItemAgreement], title: str) -> Chart:
    """Agreement per item as dots with intervals, and the line from which on it can be relied upon."""
    rows = [charts.Row(one.title, one.alpha, one.low, one.high, one.units) for one in items]
    return charts.dots_with_intervals(
        rows, title=title, unit="ratio", target=GOOD, better="higher", head=_("Item"),
        measure=_("Krippendorff's alpha"), note=_("n is the number of tickets that several reviewers judged."),
    )  # fmt: skip


def agreement(actor: Actor) -> dict[str, Any] | None:
    """How far reviewers agree, by the latest session that is over; ``None`` before there was one."""
    listed = run("quality.calibrations", actor, {}).calibrations
    last = next((one for one in listed if one.state == "closed"), None)
    if last is None:
        return None
    one: CalibrationShown = run("quality.show_calibration", actor, {"calibration": last.id})
    if not one.agreement:
        return None
    known = [each for each in one.agreement if each.alpha is not None]
    low = [each for each in known if each.high is not None and each.high < GOOD]
    said = ngettext("Reviewers agree too little on %(n)s item", "Reviewers agree too little on %(n)s items", len(low))
    href = reverse("quality_calibration", args=[one.id])
    return {
        "title": said % {"n": len(low)} if low else _("Reviewers agree as far as can be told") if known
        else _("Whether reviewers agree cannot be told yet"),
        "name": one.name, "href": href,
        "chart": Slot(alphas(one.agreement, one.name), reverse("quality_calibration_chart", args=[one.id]))
        if known else None,
    }  # fmt: skip


def _title(found: IqsShown, judged: Sequence[IqsRow]) -> str:
    if not found.rows:
        return _("No review drawn at random was submitted in these days")
    if not judged:
        return _("Too few reviews yet to give a mean")
    sure = [row for row in judged if row.verdict == "ok"]
    if found.by == "person" and not sure:
        return _("Too few reviews to judge anybody by")
    said = ngettext("%(n)s mean of reviews drawn at random", "%(n)s means of reviews drawn at random", len(judged))
    return said % {"n": words.count(len(judged))}


def _with_range(value: float | None, low: float | None, high: float | None) -> str:
    ends = wording.between(low, high)
    return f"{wording.score(value, low, high)} ({ends})" if ends else wording.score(value, low, high)


def _spreads(one: Spreads) -> str:
    """How much people, reviewers and tickets differ, in points; why not where that cannot be told."""
    if one.agent is None or one.rater is None or one.ticket is None:
        return _("How much people, reviewers and tickets differ cannot be told: %(why)s.") % {"why": one.why} if (
            one.why) else ""  # fmt: skip
    told = {
        "agent": wording.score(one.agent), "agent_range": wording.between(one.agent_low, one.agent_high),
        "rater": wording.score(one.rater), "rater_range": wording.between(one.rater_low, one.rater_high),
        "ticket": wording.score(one.ticket),
    }  # fmt: skip
    return _("Scores differ by people by about %(agent)s points (%(agent_range)s), by who reviews %(rater)s "
             "(%(rater_range)s), by ticket %(ticket)s.") % told  # fmt: skip


def _alike(found: IqsShown) -> list[str]:
    names = {row.key: row.name for row in found.rows}
    return [wording.alike(sorted(names.get(key, key) for key in each)) for each in found.groups if len(each) > 1]


def _left_out(left: Mapping[str, int]) -> str:
    told = [f"{words.count(n)} {wording.KINDS.get(name, wording.STATES.get(name, (name, ''))[0])}"
            for name, n in left.items() if n]  # fmt: skip
    return _("Not part of any score: %(list)s.") % {"list": ", ".join(told)} if told else ""


def _hidden(n: int) -> str:
    said = ngettext("%(n)s row is not shown: too few people stand behind it.",
                    "%(n)s rows are not shown: too few people stand behind them.", n)  # fmt: skip
    return said % {"n": words.count(n)} if n else ""


drawing.verb = "quality.iqs"  # type: ignore[attr-defined]
