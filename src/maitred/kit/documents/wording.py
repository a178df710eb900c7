"""The words of a document's frame in its language, and instants as they are read there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True, slots=True)
class Words:
    """What the frame says; ``{…}`` are slots."""

    as_of: str
    publication: str
    page: str
    contents: str
    definitions: str
    filters: str
    warn: str
    crit: str
    rows_shown: str
    rest_in_text: str
    no_glyph: str
    made_by: str
    table: str


_WORDS = {
    "en": Words(
        as_of="As of {time}, {zone}",
        publication="Publication {name}",
        page="Page {number} of {all}",
        contents="In this report",
        definitions="Definitions",
        filters="Filters",
        warn="Please note",
        crit="Important",
        rows_shown="{shown} of {all} rows shown",
        rest_in_text="This letter is long: the rest is in its text part.",
        no_glyph="Some names hold characters that no font of this machine has; they are shown as \ufffd.",
        made_by="Made by maitred",
        table="Table",
    ),
    "de": Words(
        as_of="Stand {time}, {zone}",
        publication="Veröffentlichung {name}",
        page="Seite {number} von {all}",
        contents="In diesem Bericht",
        definitions="Begriffe",
        filters="Filter",
        warn="Bitte beachten",
        crit="Wichtig",
        rows_shown="{shown} von {all} Zeilen gezeigt",
        rest_in_text="Dieser Brief ist lang: der Rest steht in seinem Textteil.",
        no_glyph="Einige Namen enthalten Zeichen, die keine Schrift dieses Rechners hat; sie stehen als \ufffd.",
        made_by="Erstellt mit maitred",
        table="Tabelle",
    ),
}


def words(language: str) -> Words:
    """The words of a language; English where there is no translation."""
    return _WORDS.get(language_code(language), _WORDS["en"])


def language_code(language: str) -> str:
    """The first part of a language tag: ``de-AT`` is ``de``."""
    return language.replace("_", "-").partition("-")[0].lower() or "en"


def direction(language: str) -> str:
    """``ltr`` or ``rtl``."""
    return "rtl" if language_code(language) in RIGHT_TO_LEFT else "ltr"


def read_time(instant: datetime, zone: str, language: str) -> str:
    """An instant as people of a zone read it, in the language of the frame: ``28 Nov 2026, 14:02``."""
    from babel.dates import format_datetime

    locale = language_code(language) if language_code(language) in _WORDS else "en"
    return format_datetime(instant.astimezone(ZoneInfo(zone)), "d MMM y, HH:mm", locale=locale)


def stamp(as_of: datetime, publication: str, zone: str, language: str) -> tuple[str, str]:
    """The two things that every sheet says: as of when, and from which publication."""
    said = words(language)
    time = read_time(as_of, zone, language)
    return said.as_of.format(time=time, zone=zone), said.publication.format(name=publication)
