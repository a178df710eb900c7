"""The dated table of rules as values: which rows of a check hold on a day and touch a place.

The table is data and not legal advice. Each row says where it was read and on which day, and ``verify`` until a person
confirmed it.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from maitred.desks.hiring.postings.places import Where

Level = Literal["E", "W"]
CHECKED_ON = date(2026, 11, 30)
_FILE = Path(__file__).parent / "rules.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: what holds where, from a day until another (``None``: still), and where that was read."""

    rule: str
    place: str
    since: date
    until: date | None
    source: str
    checked_on: date
    verify: bool
    level: Level
    asks: tuple[str, ...]


@cache
def table() -> tuple[Rule, ...]:
    """Every row, as the file has them."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["rule"]
    return tuple(
        Rule(
            one["rule"], one["place"], one["from"], one.get("until"), one["source"],
            one.get("checked_on", CHECKED_ON), one.get("verify", True), one.get("level", "E"),
            tuple(one.get("asks", ())),
        )
        for one in rows
    )  # fmt: skip


@cache
def digest() -> str:
    """The table by its content, for whoever wants to know later against which one was checked."""
    return hashlib.sha256(_FILE.read_bytes()).hexdigest()


def holding(rule: str, today: date, where: Where | None = None, rows: Sequence[Rule] | None = None) -> list[Rule]:
    """The rows of a check that hold on a day, and touch a place where one is given."""
    return [
        one for one in (table() if rows is None else rows)
        if one.rule == rule and one.since <= today and (one.until is None or today <= one.until)
        and (where is None or not one.place or where.touches(one.place))
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """How long a profile of a basis is kept in a place, in days after the last step."""

    place: str
    basis: str
    days: int
    source: str
    verify: bool


@cache
def periods() -> tuple[Period, ...]:
    """Every period of the table."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["retention"]
    return tuple(
        Period(one["place"], one["basis"], one["days"], one["source"], one.get("verify", True)) for one in rows
    )


def period(basis: str, where: Where | None) -> Period | None:
    """The period of a basis in a place: the row that names the place most closely; ``None`` for an unknown basis."""
    fitting = [
        one for one in periods()
        if one.basis == basis and (not one.place or (where is not None and where.touches(one.place)))
    ]  # fmt: skip
    return max(fitting, key=lambda one: (len(one.place), -one.days), default=None)
