"""How a command speaks: one JSON document, or rich tables; progress and notices on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from maitred.base.errors import MaitredError

WIDTH = 150
"""Columns of a table where there is no terminal to ask."""


def document(value: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def row(value: Any) -> None:
    """Print one line of JSON Lines."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], right: Sequence[str] = ()) -> None:
    """Print a table; ``right`` names the columns that are aligned to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title, title_justify="left", header_style="bold")
    for name in columns:
        drawn.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(Text("" if value is None else str(value)) for value in row))
    Console(width=None if sys.stdout.isatty() else WIDTH).print(drawn)


def line(text: str) -> None:
    """Print one line for a person."""
    sys.stdout.write(text + "\n")


def problem(error: MaitredError) -> dict[str, Any]:
    """A failure in the form of RFC 9457."""
    kind = f"urn:maitred:problem:{error.kind}"
    return {"type": kind, "title": error.what, "status": error.status, "detail": error.remedy}


def failure(error: MaitredError) -> None:
    """One line on standard error that names the thing and the remedy."""
    sys.stderr.write(f"maitred: {' '.join(str(error).split())[:600]}\n")


def beside(text: str) -> None:
    """A longer text on standard error."""
    sys.stderr.write(text.rstrip() + "\n")


def notice(text: str) -> None:
    """Say something beside the answer."""
    sys.stderr.write(f"note: {text}\n")


@contextmanager
def progress(shown: bool) -> Iterator[Callable[[str, int], None]]:
    """A progress display on standard error, on a terminal or where asked for; yields ``tell(what, amount)``."""
    if not (shown or sys.stderr.isatty()):
        yield lambda what, amount: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bars: dict[str, Any] = {}
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} rows"),
        TimeElapsedColumn(),
        console=Console(stderr=True, force_terminal=shown or None),
    ) as display:

        def tell(what: str, amount: int) -> None:
            if what not in bars:
                bars[what] = display.add_task(what, total=None)
            display.advance(bars[what], amount)

        yield tell


@contextmanager
def steps(shown: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A progress display for work of which the whole is known; yields ``tell(what, done, total)``."""
    if not (shown or sys.stderr.isatty()):
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bars: dict[str, Any] = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True, force_terminal=shown or None)) as display:

        def tell(what: str, done: int, total: int) -> None:
            if what not in bars:
                bars[what] = display.add_task(what, total=total or None)
            display.update(bars[what], completed=done, total=total or None)

        yield tell


def seconds(value: int | None) -> str:
    """A duration for a person: ``3 d 04:05:06`` or ``00:16:00``."""
    if value is None:
        return "-"
    days, rest = divmod(value, 86_400)
    clock = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return f"{days} d {clock}" if days else clock
