"""A report as a manager would send it, a chart that never changes, and text that would like to be more than text."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from maitred.kit.documents.sections import (
    ChartBlock,
    Definition,
    Document,
    Figure,
    FigureRow,
    Note,
    PageBreak,
    Paragraph,
    Section,
    Sentence,
    TableBlock,
)

HOSTILE = (
    '#import "/etc/passwd" $x^2$ @ref <label> *b* _i_ \\ `r` </script><img src=x onerror=alert(1)> &amp; =1+1 {{ x }}'
)
"""Markup of every kind that a printer here understands; all of it is to be read as it stands."""


@dataclass(frozen=True, slots=True)
class FixedPicture:
    """A chart of twelve weeks as the charts room hands it over, with a picture that never changes."""

    title: str = "First reply, median per week"
    sentence: str = "Median first reply per week: 42 min until week 9, 55 min after (n 1 986)."
    state: str = "drawn"
    values: Sequence[int] = (41, 43, 40, 44, 42, 39, 43, 42, 44, 55, 56, 54)

    def svg(self, theme: str = "light") -> str:
        points = [(60 + 48 * place, 220 - 3 * value) for place, value in enumerate(self.values)]
        line = " ".join(f"{x},{y}" for x, y in points)
        dots = "".join(f'<circle cx="{x}" cy="{y}" r="4" fill="#2f5bd8"/>' for x, y in points)
        rules = "".join(
            f'<line x1="40" x2="620" y1="{220 - 3 * v}" y2="{220 - 3 * v}" stroke="#e6e9f0"/>'
            f'<text x="4" y="{224 - 3 * v}" font-family="Noto Sans" font-size="11" fill="#4a5368">{v} min</text>'
            for v in (0, 20, 40, 60)
        )
        weeks = "".join(
            f'<text x="{x - 8}" y="240" font-family="Noto Sans" font-size="11" fill="#4a5368">w{place + 1}</text>'
            for place, (x, _) in enumerate(points)
        )
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="250" viewBox="0 0 640 250">'
            f'<defs><clipPath id="clip0"><rect width="640" height="250"/></clipPath></defs><g clip-path="url(#clip0)">'
            f'{rules}<polyline points="{line}" fill="none" stroke="#2f5bd8" stroke-width="2"/>{dots}{weeks}</g></svg>'
        )

    def png(self, scale: int = 4) -> bytes:
        width, height = 160 * scale, 62 * scale
        row = b"\x00" + b"\xe9\xee\xfc" * width
        return b"".join(
            (
                b"\x89PNG\r\n\x1a\n",
                _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
                _chunk(b"IDAT", zlib.compress(row * height)),
                _chunk(b"IEND", b""),
            )
        )

    def rows(self) -> tuple[tuple[str, int], ...]:
        return tuple((f"week {place + 1}", value) for place, value in enumerate(self.values))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


FIRST_REPLY = Figure(
    "First reply, median", "55 min", "52–58 min", "n 1 986", "https://desk.example.org/drill/frt.business_all/?pub=41"
)
WITHIN = Figure("Within target", "89.4 %", "87.9–90.8 %", "n 1 986", "https://desk.example.org/drill/sla/?pub=41")
CSAT = Figure("CSAT", "91.2 %", "88.7–93.3 %", "n 604, 31 % answered")
BACKLOG = Figure("Backlog", "318", "", "at 09:00, 41 older than 7 d")


def weekly(charts: int = 2) -> Document:
    """A weekly report of a made-up team."""
    teams = (
        ("Technical", "503 of 640", "78.6 %", "75.2–81.6 %", "+13 min"),
        ("Billing", "402 of 418", "96.2 %", "93.9–97.6 %", "no real change"),
        ("Onboarding", "611 of 640", "95.5 %", "93.6–96.8 %", "no real change"),
        ("Enterprise", "259 of 288", "89.9 %", "85.9–92.9 %", "cannot tell"),
    )
    first = Section(
        "First reply rose from 42 to 55 minutes on 10 November",
        (
            Sentence(
                "First reply takes 13 minutes longer than in the four weeks before; the rise began on the day of "
                "release 8.4, and 61 % of the additional tickets say “export fails”. The cause has not been tested.",
                (FIRST_REPLY, WITHIN, CSAT),
            ),
            ChartBlock(FixedPicture()),
            Paragraph(
                "Two people moved from Billing to Technical would bring about 17 expected misses down to 4 (2–8). "
                "The forecast was inside its range on 51 of the last 56 days."
            ),
        ),
    )
    second = Section(
        "Technical missed 137 of 640 first-reply targets",
        (
            TableBlock(
                ("Team", "Met", "Share", "Interval", "First reply"), teams, "First-reply targets met, last 28 days"
            ),
            Note("22 targets are not yet due and are left out.", "info"),
            Note("Enterprise has too few tickets for a verdict on the change.", "warn"),
        ),
    )
    third = Section(
        "No real change in satisfaction and backlog",
        (FigureRow((CSAT, BACKLOG, WITHIN, FIRST_REPLY)), Sentence("31 % of customers answered the survey.")),
    )
    more = tuple(
        Section(
            f"Team {place + 1} answered as before",
            (
                PageBreak(),
                Sentence("No real change against the four weeks before.", (FIRST_REPLY, WITHIN)),
                ChartBlock(replace(FixedPicture(), title=f"First reply of team {place + 1}, median per week")),
                TableBlock(
                    ("Week", "Tickets", "Median"),
                    tuple((f"week {w}", str(40 + w), f"{w + 38} min") for w in range(1, 13)),
                ),
            ),
        )
        for place in range(charts - 1)
    )
    return Document(
        title="First reply rose to 55 minutes; two moves would bring it back",
        subtitle="Weekly briefing for the head of support, 2 to 29 November 2026",
        as_of=datetime(2026, 11, 28, 13, 2, tzinfo=UTC),
        publication="41",
        zone="Europe/Berlin",
        filters=(("Period", "last 28 days"), ("Team", "all"), ("Hours", "business")),
        language="en",
        sections=(first, second, third, *more),
        definitions=(
            Definition(
                "First reply",
                "Time from the customer's first message to the first public reply of a person, in business hours.",
            ),
            Definition(
                "Within target", "Share of first-reply targets that were met; targets not yet due are left out."
            ),
        ),
    )


def hostile(text: str = HOSTILE) -> Document:
    """Every text of a document is that one text."""
    figure = Figure(text, text, text, text, "javascript:alert(1)")
    return Document(
        title=text,
        subtitle=text,
        as_of=datetime(2026, 11, 28, 13, 2, tzinfo=UTC),
        publication=text,
        zone="UTC",
        filters=((text, text),),
        language="en",
        sections=tuple(
            Section(
                text,
                (
                    Sentence(text, (figure,)),
                    Paragraph(text),
                    FigureRow((figure,)),
                    ChartBlock(FixedPicture(title=text, sentence=text)),
                    ChartBlock(FixedPicture(title=text, sentence=text, state="empty")),
                    TableBlock((text, "n"), ((text, "1"),), text),
                    Note(text, "crit"),
                ),
            )
            for _ in range(3)
        ),
        definitions=(Definition(text, text),),
    )


HOSTILE_TEXTS = 3 * 17
