"""The words that queries and profiles have in common: roles, tools, skills, certificates, languages, industries.

Every table is a short file of tab-separated lines. A term's place in its table is its bit in the feature columns, so
lines are only ever added at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

TABLES: Final = Path(__file__).parents[1] / "tables"


@dataclass(frozen=True, slots=True)
class Role:
    """A job: `number` is its place in `ROLES`, `level` 1 (agent) to 9 (vice president) or 0 for other occupations."""

    id: str
    number: int
    label: str
    family: str
    level: int
    soc: str


@dataclass(frozen=True, slots=True)
class Term:
    """A tool, skill, certificate, language or industry; `bit` is its index, `kind` the name of its slot."""

    id: str
    label: str
    aliases: tuple[str, ...]
    uri: str
    kind: str = ""
    bit: int = -1


def lines(name: str) -> Iterator[list[str]]:
    """The cells of every line of a table, comments left out."""
    for line in (TABLES / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def terms(name: str, kind: str, most: int) -> tuple[Term, ...]:
    """One table of terms; more than `most` would not fit into the feature columns."""
    found = tuple(
        Term(cells[0], cells[1], _aliases(cells), cells[3] if len(cells) > 3 else "", kind, bit)
        for bit, cells in enumerate(lines(name))
    )
    if len(found) > most:
        raise ValueError(f"{name} has {len(found)} terms, {most} fit")
    return found


def _aliases(cells: list[str]) -> tuple[str, ...]:
    return tuple(alias for alias in cells[2].split("|") if alias) if len(cells) > 2 else ()


def roles() -> tuple[Role, ...]:
    """The jobs of customer support first, then every other occupation of O*NET."""
    fixed = [(cells[0], cells[1], cells[2], int(cells[3]), cells[4]) for cells in lines("roles")]
    others = [
        (f"other:{code}", titles.split("|")[0] or title.lower(), f"other:{code[:2]}", 0, code)
        for code, title, titles in occupations()
    ]
    return tuple(
        Role(id_, number, label, family, level, soc)
        for number, (id_, label, family, level, soc) in enumerate(fixed + others)
    )


@cache
def words(kind: str) -> frozenset[str]:
    """The words of one kind from the table of small words."""
    return frozenset(word for cells in lines("words") if cells[0] == kind for word in cells[1].split(" "))


@cache
def occupations() -> tuple[tuple[str, str, str], ...]:
    """(code, occupation, its job titles separated by |) of every O*NET occupation."""
    return tuple(
        (cells[0], cells[1], cells[2] if len(cells) > 2 else "")
        for name in ("occupations_1", "occupations_2")
        for cells in lines(name)
    )
