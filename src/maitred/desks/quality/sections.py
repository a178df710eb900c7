"""Quality in reports: how good reviewed work is and whether that moved, for all and for groups of five people or more.

The figures are those of the catalogue at the report's publication, four weeks against the four before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _

from maitred.kit.documents.contributions import FEWEST_PEOPLE, Asked
from maitred.kit.documents.sections import Block, Figure, Section, Sentence, TableBlock
from maitred.kit.pages import words
from maitred.kit.reading import published
from maitred.metrics.asking import Asker
from maitred.metrics.catalogue import METRICS, resolve
from maitred.metrics.results import Row
from maitred.metrics.scope import Scope
from maitred.people.reach import figures_scope

WEEKS = 4
_METRICS = ("iqs.mean", "critical_failures.rate")


def section(asked: Asked) -> Section | None:
    """What reviews say; None for whom sees a part only, and where nothing was reviewed."""
    if figures_scope(asked.actor).restricted:
        return None
    with published(asked.publication) as ask:
        rows = {name: _rows(ask, asked, name)[0] for name in _METRICS}
        if all(row.value is None for row in rows.values()):
            return None
        said = [_sentence(asked, name, row) for name, row in rows.items() if row.value is not None]
        groups = [row for row in _rows(ask, asked, "iqs.mean", "group") if row.value is not None and row.by["group"]]
        blocks: list[Block] = [*said]
        if groups:
            blocks.append(_table(groups, ask.labels("group", [row.by["group"] for row in groups])))
        return Section(_("What reviews of the work say"), tuple(blocks))


def _rows(ask: Asker, asked: Asked, metric: str, *by: str) -> tuple[Row, ...]:
    """As whoever sees counts only: no cell of fewer than five people, nor one that would give it away."""
    first = asked.last - timedelta(days=7 * WEEKS - 1)
    scope = Scope.organisation(FEWEST_PEOPLE)
    return ask.show(metric, None, first.isoformat(), asked.last.isoformat(), by, {}, "previous", asked.zone,
                    scope=scope).rows  # fmt: skip


def _sentence(asked: Asked, name: str, row: Row) -> Sentence:
    metric = METRICS[resolve(name).id]
    told = {"what": metric.title, "now": words.value(row.value, metric.unit, row.low, row.high)}
    there = row.comparison
    if there is None or there.value is None or there.verdict in ("cannot_tell", "not_enough_data"):
        text = _("%(what)s is at %(now)s; whether it changed in four weeks cannot be told.") % told
    elif there.verdict == "no_change":
        text = _("%(what)s is at %(now)s, no real change in four weeks.") % told
    else:
        told |= {"by": words.difference(there.value, metric.unit),
                 "range": words.interval(there.low, there.high, metric.unit, signed=True)}  # fmt: skip
        text = _("%(what)s is at %(now)s: %(by)s against the four weeks before (%(range)s).") % told
    first = asked.last - timedelta(days=7 * WEEKS - 1)
    query = urlencode({"period": f"{first}..{asked.last}", "pub": asked.publication})
    between = words.interval(row.low, row.high, metric.unit)
    link = f"/metrics/{quote(metric.id.partition('#')[0], safe='@.')}/?{query}"
    return Sentence(text, (Figure(metric.title, told["now"], between, words.n(row.n), link),))


def _table(rows: list[Row], names: Mapping[str, str]) -> TableBlock:
    cells = sorted(
        (
            names.get(row.by["group"] or "", row.by["group"] or ""),
            words.value(row.value, "points", row.low, row.high),
            words.interval(row.low, row.high, "points"),
            words.n(row.n),
        )
        for row in rows
    )
    return TableBlock((_("Group"), _("Quality score"), _("95% interval"), "n"), tuple(cells),
                      _("Groups in which at least five people were reviewed"))  # fmt: skip
