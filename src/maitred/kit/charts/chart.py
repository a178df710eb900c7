"""A chart as everything that shows it needs it: specification for the browser, drawing for paper, table and sentence.

Table and sentence come from the same rows as the marks, so that whoever cannot see the drawing loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from maitred.kit.charts.data import Unit
from maitred.kit.charts.theme import Theme, colour, paint
from maitred.kit.pages import words

State = Literal["drawn", "empty", "suppressed"]
Form = Literal["text", "value", "count", "interval", "share"]
STEP = 40
"""Charts are a multiple of this many pixels high, so that the page can keep their place with a class."""
WIDTH = 720


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table behind a chart.

    Parameters
    ----------
    key
        Name in the rows; the column of intervals reads ``low`` and ``high``.
    """

    key: str
    title: str
    form: Form = "text"
    unit: Unit = "count"

    @property
    def numeric(self) -> bool:
        return self.form != "text"

    def told(self, row: Mapping[str, Any]) -> str:
        """The cell of a row as people read it."""
        if self.form == "interval":
            return words.interval(row.get("low"), row.get("high"), self.unit) or words.NOTHING
        found = row.get(self.key)
        if found is None:
            return words.NOTHING
        if self.form == "text":
            return str(found)
        if self.form == "count":
            return words.count(found)
        if self.form == "share":
            return words.share(found)
        return words.value(found, self.unit, row.get("low"), row.get("high"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table as it is shown; the first cell leads to the rows behind it."""

    head: str
    cells: tuple[tuple[str, bool], ...]
    drill: str


@dataclass(frozen=True, slots=True)
class Table:
    """The rows behind a chart, with the columns that people see."""

    columns: tuple[Column, ...] = ()
    data: tuple[Mapping[str, Any], ...] = ()

    @property
    def titles(self) -> tuple[tuple[str, bool], ...]:
        return tuple((one.title, one.numeric) for one in self.columns)

    def lines(self) -> list[Line]:
        """The rows as text."""
        first, *others = self.columns or (Column("label", ""),)
        return [
            Line(first.told(row), tuple((one.told(row), one.numeric) for one in others), str(row.get("drill") or ""))
            for row in self.data
        ]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that can be shown anywhere.

    Parameters
    ----------
    spec
        Vega-Lite with named colours; empty unless the state is ``drawn``.
    sentence
        What the chart says; the alternative text everywhere.
    state
        ``drawn``; ``empty`` where there is nothing to show; ``suppressed`` where it must not be shown.
    note
        Why it is empty or suppressed, or what to know when reading it.
    """

    kind: str
    title: str
    spec: Mapping[str, Any]
    table: Table
    sentence: str
    state: State = "drawn"
    note: str = ""
    height: int = field(default=STEP * 7)

    def web(self, theme: Theme = "light") -> dict[str, Any]:
        """What the browser is sent: a Vega-Lite specification, or, where nothing is drawn, the state alone."""
        marks = {"state": self.state, "kind": self.kind, "sentence": self.sentence, "note": self.note}
        if self.state != "drawn":
            return {"usermeta": marks}
        return {**paint(self.spec, theme), "usermeta": marks}

    def svg(self, theme: Theme = "light") -> str:
        """The drawing as SVG; empty where nothing is drawn. Not for the web process, see ``drawing``."""
        from maitred.kit.charts import drawing

        return drawing.svg(self._paper(theme)) if self.state == "drawn" else ""

    def png(self, scale: float = 4) -> bytes:
        """The drawing as PNG on white; empty where nothing is drawn. Not for the web process, see ``drawing``."""
        from maitred.kit.charts import drawing

        return drawing.png(self._paper("light", background=True), scale) if self.state == "drawn" else b""

    def rows(self) -> list[dict[str, Any]]:
        """The rows behind the marks, in base units; what an export writes."""
        return [dict(row) for row in self.table.data]

    @property
    def box(self) -> str:
        """The class that keeps the chart's place in a page."""
        return f"chart-h{self.height // STEP}"

    def _paper(self, theme: Theme, background: bool = False) -> dict[str, Any]:
        spec = {**self.spec, "width": WIDTH}
        if background:
            spec["background"] = colour("surface")
        painted: dict[str, Any] = paint(spec, theme)
        return painted


def empty(kind: str, title: str, note: str) -> Chart:
    """A chart without anything to show; ``note`` says why."""
    return Chart(kind, title, {}, Table(), f"{title}: {note}", "empty", note)


def suppressed(kind: str, title: str, note: str) -> Chart:
    """A chart that must not be shown to this reader, without any value; ``note`` says why."""
    return Chart(kind, title, {}, Table(), f"{title}: {note}", "suppressed", note)
