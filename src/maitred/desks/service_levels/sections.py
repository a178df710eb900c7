"""The desk's sections of a report: what changed, targets, why they were missed, backlog, where time goes, definitions.

Sentences and figures are those of the pages, from the same verbs at one publication; so a report and the console agree.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from maitred.base.errors import MaitredError
from maitred.desks.service_levels.pages import drawings, files, wording
from maitred.desks.service_levels.pages.figures import label_of, sentence, timed, title, view
from maitred.desks.service_levels.pages.opening import Opened
from maitred.desks.service_levels.pages.speed import ask, tile
from maitred.kit.documents.sections import (
    Block,
    ChartBlock,
    Definition,
    Document,
    Figure,
    FigureRow,
    Note,
    Paragraph,
    Section,
    Sentence,
    TableBlock,
)
from maitred.kit.pages import words
from maitred.kit.pages.figures import FigureView
from maitred.kit.pages.frame import compare_words, period_words
from maitred.metrics.catalogue import METRICS, resolve

CLOCKS = ("frt", "nrt", "full_resolution")


def document(opened: Opened, address: str = "") -> Document:
    """The report of the desk for the page's period and filters."""
    facts = files.facts(opened, _("Speed & SLA"))
    parts: tuple[Callable[[Opened], Section], ...] = (_speed, _trends, _targets, _late, _backlog, _time)
    sections = tuple(one for one in (_made(part, opened) for part in parts) if one is not None)
    used = [resolve(timed(one, opened.filters)) for one in CLOCKS] + [METRICS["sla.attainment#1"], METRICS["backlog#1"]]
    return Document(
        title=_("Speed & SLA"),
        subtitle=", ".join(one for one in (period_words(opened.filters), compare_words(opened.filters)) if one),
        as_of=facts.as_of,
        publication=facts.publication,
        zone=facts.zone,
        filters=facts.filters,
        language=words.locale().language,
        sections=sections,
        definitions=tuple(Definition(f"{one.title} ({one.id})", one.meaning) for one in used),
        address=address,
    )


def _made(part: Callable[[Opened], Section], opened: Opened) -> Section | None:
    """A section, or nothing where this reader may not have it."""
    try:
        return part(opened)
    except MaitredError:
        return None


def _speed(opened: Opened) -> Section:
    """What changed in the clocks."""
    said, figures = [], []
    for name in CLOCKS:
        metric = resolve(timed(name, opened.filters))
        shown = ask(opened, metric.id)
        figure = _figure(view(opened, shown, shown.rows[0], title(metric)))
        figures.append(figure)
        said.append(Sentence(f"{sentence(shown.rows[0], metric)}.", (figure,)))
    heading = said[0].text.rstrip(".")
    first = resolve(timed("frt", opened.filters))
    by = ask(opened, first.id, by=["group"])
    table = TableBlock(
        (wording.dimension("group"), _("Median"), _("95% interval"), "n", _("Change")),
        tuple(sorted(_row(opened, by, one) for one in by.rows)),
        _("%(what)s by group") % {"what": title(first)},
    )
    return Section(heading, (*said, FigureRow(tuple(figures)), ChartBlock(drawings.trend(opened, first.id)), table))


def _row(opened: Opened, shown: object, one: object) -> tuple[str, ...]:
    found = view(opened, shown, one)  # type: ignore[arg-type]
    return (label_of(one, "group"), found.value, found.interval, found.n, found.change or "–")  # type: ignore[arg-type]


def _trends(opened: Opened) -> Section:
    """The other clocks over time."""
    ids = [resolve(timed(one, opened.filters)).id for one in ("nrt", "full_resolution")]
    return Section(_("The other clocks over time"), tuple(ChartBlock(drawings.trend(opened, one)) for one in ids))


def _targets(opened: Opened) -> Section:
    shown = ask(opened, "sla.attainment")
    tiles = (tile(opened, "sla.attainment", None, _("Targets met")), tile(opened, "sla.breaches", None, _("Breaches")))
    return Section(
        sentence(shown.rows[0], METRICS[shown.metric]),
        (
            FigureRow(tuple(_figure(one) for one in tiles)),
            ChartBlock(drawings.attainment(opened)),
            ChartBlock(drawings.attainment(opened, "priority")),
        ),
    )


def _late(opened: Opened) -> Section:
    found = opened.ask("service_levels.breach_causes", **opened.words())
    rows = tuple(
        (
            wording.cause(one.cause),
            words.number(one.count, 1),
            "–" if one.share is None else words.share(one.share, 0),
            words.count(one.mostly),
        )
        for one in found.causes
    )
    blocks: list[Block] = [
        ChartBlock(drawings.causes(opened)),
        TableBlock((_("Time spent"), _("Breaches"), _("Share"), _("Mostly this")), rows),
    ]
    heading = _("%(n)s targets were missed") % {"n": words.count(found.total)}
    if found.reason:
        blocks.append(Note(f"{found.reason}.", "warn"))
    return Section(heading, tuple(blocks))


def _backlog(opened: Opened) -> Section:
    found = opened.ask("service_levels.backlog_ages", **opened.words())
    columns = (wording.dimension("group"), _("Open"), *(wording.band(one) for one in found.bands))
    rows = tuple(
        (
            _("All") if one is found.total else one.name or one.value or _("none"),
            *(["–" if n is None else words.count(n) for n in (one.n, *one.ages)]),
        )
        for one in [*found.rows, found.total]
    )
    heading = _("%(n)s tickets are open") % {"n": words.count(found.total.n or 0)}
    return Section(
        heading, (ChartBlock(drawings.backlog(opened)), TableBlock(columns, rows, _("By age in calendar days")))
    )


def _time(opened: Opened) -> Section:
    charts = (
        drawings.states(opened, "group"),
        drawings.process(opened),
        drawings.survival(opened, resolve(timed("full_resolution", opened.filters)).id),
    )
    text = _("Time of tickets solved in the period, over their whole life, by what they waited for.")
    return Section(_("Where the time goes"), (Paragraph(text), *(ChartBlock(one) for one in charts)))


def _figure(one: FigureView) -> Figure:
    return Figure(one.label, one.value, one.interval, one.n, one.drill)
