"""One generated organisation for all tests of pages: its tickets carry whatever customers may write."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from maitred.base import clock
from maitred.desks.service_levels.tests import looking
from maitred.kit.reading import opened
from maitred.people.tests.floor import Floor, build

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""A few hours after the generated log ends."""
HOSTILE = (
    "<script>alert('subject')</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://example.org/","click")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd",
    "-2+3",
    "\u202eمرحبا بالعالم\u202c gpj.exe",
    "ا" * 5_000,
    "'; DROP TABLE tickets; --",
    "{{ 7*7 }} {% load i18n %} ${7*7}",
    "</title></textarea><svg/onload=alert(1)>",
    "javascript:alert(1)",
)
Sign = Callable[[str], Client]


def _rewritten(file: Path, column: str) -> None:
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    for place, row in enumerate(rows):
        row[column] = HOSTILE[place % len(HOSTILE)]
    with file.open("w", encoding="utf-8", newline="") as text:
        written = csv.DictWriter(text, list(rows[0]), quoting=csv.QUOTE_ALL)
        written.writeheader()
        written.writerows(rows)


def _hostile(log: Path) -> None:
    """Subjects, messages, tags and names become whatever would do harm if it were not escaped."""
    for name, column in (
        ("ticket", "subject"), ("ticket_comment", "body"), ("ticket_tag", "tag"), ("user", "name"),
        ("organization", "name"), ("group", "name"),
    ):  # fmt: skip
        _rewritten(log / f"{name}.csv", column)


@pytest.fixture(scope="session")
def page_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield looking.workspace(tmp_path_factory.mktemp("pages"), 300, change=_hostile)
    opened.forget()


@pytest.fixture
def page_floor(db: None, page_home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """The organisation on the day on which the log ends; nobody is asked for a second factor."""
    settings.MAITRED_HOME = page_home
    settings.MAITRED_DEMO = True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return build()


@pytest.fixture
def sign(page_floor: Floor) -> Sign:
    """Gives the browser of somebody, signed in."""
    return lambda name: looking.signed_in(page_floor, name)
