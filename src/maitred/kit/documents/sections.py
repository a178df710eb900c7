"""What a report is made of, whatever it is printed on: findings, figures, charts, tables and notes in sections."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol, TypeAlias

Tone: TypeAlias = Literal["info", "ok", "warn", "crit"]

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the steps that are done and the steps in all; may raise to give up."""


class Picture(Protocol):
    """A chart as documents use it (``maitred.kit.charts.Chart``)."""

    @property
    def title(self) -> str: ...

    @property
    def sentence(self) -> str:
        """What the picture shows, in words."""

    @property
    def state(self) -> str:
        """``drawn``; else there is nothing to draw, and the sentence says why."""

    def svg(self, theme: Literal["light"] = "light") -> str: ...

    def png(self, scale: int = 4) -> bytes: ...

    def rows(self) -> Iterable[Any]: ...


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is read: value with unit, interval, n; ``url`` lists the rows, as an address or a console path."""

    label: str
    value_text: str
    interval_text: str = ""
    n_text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finding, with the figures that it rests on."""

    text: str
    figures: tuple[Figure, ...] = ()
    kind: ClassVar[str] = "sentence"


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True, slots=True)
class FigureRow:
    figures: tuple[Figure, ...]
    kind: ClassVar[str] = "figures"


@dataclass(frozen=True, slots=True)
class ChartBlock:
    chart: Picture
    kind: ClassVar[str] = "chart"


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table as it is read: every cell is text already; columns of numbers are set to the right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    kind: ClassVar[str] = "table"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark set apart: what is missing, what to be careful with."""

    text: str
    tone: Tone = "info"
    kind: ClassVar[str] = "note"


@dataclass(frozen=True, slots=True)
class PageBreak:
    kind: ClassVar[str] = "break"


Block: TypeAlias = Sentence | Paragraph | FigureRow | ChartBlock | TableBlock | Note | PageBreak


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a report; its heading is the finding, not the topic."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a term or a metric means; printed at the end and in speaker notes."""

    term: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What every export says about itself.

    ``as_of`` is an aware instant, ``zone`` the IANA name in which people read it, ``filters`` pairs of name and value.
    """

    title: str
    as_of: datetime
    publication: str
    zone: str = "UTC"
    filters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Parameters
    ----------
    title, subtitle
        The title is the main finding or the name of the report; the subtitle says for whom or which period.
    as_of, publication, zone, filters
        As in ``Facts``.
    language
        ``en``, ``de``, ``ar`` …; words of the frame that are not translated are English.
    definitions
        Appendix of the PDF and the page, speaker notes of the slides.
    address
        Where the console is reached, as ``https://desk.example.org``; a figure's path leads there.
    compact
        For one page: no list of contents, figures in the line below their sentence.
    """

    title: str
    subtitle: str
    as_of: datetime
    publication: str
    zone: str
    filters: tuple[tuple[str, str], ...]
    language: str
    sections: tuple[Section, ...]
    definitions: tuple[Definition, ...] = ()
    address: str = ""
    compact: bool = False

    @property
    def facts(self) -> Facts:
        return Facts(self.title, self.as_of, self.publication, self.zone, self.filters)

    @property
    def charts(self) -> tuple[Picture, ...]:
        """The charts in reading order."""
        return tuple(
            block.chart for section in self.sections for block in section.blocks if isinstance(block, ChartBlock)
        )
