"""What a query asks for, as numbers: chips become weighted features, filters, and the roles that are looked through.

Chips are those of a reading in their JSON form, so that a log or a link can be asked again. A chip that says *not*
never scores, it filters; one that says *must* does both; several with one ``any_of`` count as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

from maitred.base.errors import UsageError
from maitred.insight.ranking.scoring import tables
from maitred.insight.ranking.scoring.weights import FEATURES, Weights
from maitred.insight.ranking.vocabulary import CERTIFICATES, INDUSTRIES, LANGUAGES, ROLES, SKILLS, TOOLS

Chip = Mapping[str, Any]
BITS = (
    "tools_dated", "tools_listed", *(f"skills_dated_{n}" for n in range(4)), *(f"skills_listed_{n}" for n in range(4)),
    "certs", "languages", "industries",
)  # fmt: skip
"""The columns of bits in the order in which an index keeps them."""
FEATURE_OF = {
    "title": "role", "place": "place", "remote": "place", "years_min": "years", "lead_years_min": "lead_years",
    "tool": "tools", "skill": "skills", "certification": "certifications", "language": "languages",
    "industry": "industries", "education_min": "education", "team_size_min": "team_size",
}  # fmt: skip
SETS = ("tools", "skills", "certifications", "languages", "industries")
"""Features whose value is a mean over what was asked."""
UNRANKED = ("years_max", "employment_type", "keyword")
"""Slots that never move a score."""
MONTHS = 12


class Kind(IntEnum):
    """How a filter looks at a profile."""

    ROLE, PLACE, REMOTE, YEARS, LEAD, BIT, EDUCATION, TEAM = range(8)


MUST, NOT = 1, 2


@dataclass(frozen=True, slots=True)
class Item:
    """One asked member of a set: the chip, its group, the columns of bits (``listed`` −1: there is one alone)."""

    feature: str
    group: int
    dated: int
    listed: int
    bit: int
    chip: int


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to pass a group of filters; numbers as the kernel reads them."""

    group: int
    kind: Kind
    a: int = 0
    b: int = -1
    c: int = 0
    d: int = 0
    chip: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A query in numbers; nothing in it is a reference, so that it can travel to another machine."""

    chips: tuple[Chip, ...]
    weights: Weights
    features: Mapping[str, tuple[int, ...]]
    """Feature → the chips it answers (none for ``recency``); only those that count."""
    role_values: np.ndarray | None = None
    place_values: np.ndarray | None = None
    remote: bool = False
    support_months: int = -1
    total_months: int = -1
    lead_months: int = -1
    education: int = -1
    equivalent_months: int = -1
    team_size: int = -1
    items: tuple[Item, ...] = ()
    modes: tuple[int, ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    """Of each group of filters, its chips."""
    filters: tuple[Filter, ...] = ()
    filter_roles: np.ndarray = field(default_factory=lambda: np.zeros((0, len(ROLES) + 1), np.bool_))
    filter_places: np.ndarray = field(default_factory=lambda: np.zeros((0, 1), np.int16))
    keywords: tuple[tuple[int, ...], ...] = ()
    """Groups of chips with a phrase; every group has to hold."""

    @property
    def max_score(self) -> int:
        """The score of a profile that has everything."""
        return sum(self.weight(name) for name in self.features) * tables.FULL

    def weight(self, feature: str) -> int:
        """The weight of a feature that counts, else 0."""
        return self.weights.of[feature] if feature in self.features else 0

    def asked_roles(self) -> np.ndarray | None:
        """Numbers of the roles that are worth anything, the dearest first; None for any."""
        if self.role_values is None:
            return None
        named = np.nonzero(self.role_values[:-1])[0]
        return np.asarray(named[np.argsort(-self.role_values[named], kind="stable")])


def asked(chips: Iterable[Chip], weights: Weights, *, musts: Sequence[str] = ()) -> Asked:
    """What these chips ask for.

    Parameters
    ----------
    chips
        ``{"slot", "value", "must", "not", "any_of", …}``, as a reading tells them.
    musts
        Slots whose chips are musts here, whatever the query said.

    Raises
    ------
    UsageError
        A chip or a slot that nobody knows.
    """
    listed = tuple(_with_must(chip, musts) for chip in chips)
    _refuse_unknown(listed, musts)
    wanted = [(place, chip) for place, chip in enumerate(listed) if not chip.get("not")]
    groups = _grouped(wanted)
    found: dict[str, list[int]] = defaultdict(list)
    for place, chip in wanted:
        if ranks(chip):
            found[FEATURE_OF[chip["slot"]]].append(place)
    features = {name: tuple(found[name]) for name in FEATURES if found.get(name)} | {"recency": ()}
    support = _largest(groups, "years_min", _of_support)
    total = _largest(groups, "years_min", lambda chip: chip.get("of") == "total")
    equivalent = _equivalent(support) if any(chip.get("or_equivalent") for _, chip in wanted) else -1
    filters, modes, chips_of, roles, towns = _filters(listed, equivalent)
    return Asked(
        chips=listed,
        weights=weights,
        features=features,
        role_values=_best([tables.role_values(role_number(chip)) for _, chip in wanted if chip["slot"] == "title"]),
        place_values=_best([tables.place_values(chip["value"]) for _, chip in wanted if chip["slot"] == "place"]),
        remote=any(chip["slot"] == "remote" and ranks(chip) for _, chip in wanted),
        support_months=_months(support),
        total_months=_months(total),
        lead_months=_months(_largest(groups, "lead_years_min")),
        education=_largest(groups, "education_min"),
        equivalent_months=equivalent,
        team_size=_largest(groups, "team_size_min"),
        items=tuple(_items(groups)),
        modes=modes,
        groups=chips_of,
        filters=filters,
        filter_roles=roles,
        filter_places=towns,
        keywords=tuple(
            tuple(place for place, _ in group)
            for group in _grouped([(place, chip) for place, chip in wanted if chip["slot"] == "keyword"])
        ),
    )


def ranks(chip: Chip) -> bool:
    """Whether a chip is about something that a profile's row tells; work on site or partly at home is not."""
    return chip["slot"] in FEATURE_OF and (chip["slot"] != "remote" or chip["value"] in (True, "remote"))


def _with_must(chip: Chip, musts: Sequence[str]) -> Chip:
    return {**chip, "must": True} if chip["slot"] in musts and not chip.get("not") else dict(chip)


def _refuse_unknown(chips: Sequence[Chip], musts: Sequence[str]) -> None:
    known = {*FEATURE_OF, *UNRANKED}
    for slot in (*(chip["slot"] for chip in chips), *musts):
        if slot not in known:
            raise UsageError(f"there is no slot {slot!r}", f"use {', '.join(sorted(known))}")


def _grouped(chips: Iterable[tuple[int, Chip]]) -> list[list[tuple[int, Chip]]]:
    """Chips by ``any_of``; one without stands alone."""
    made: dict[Any, list[tuple[int, Chip]]] = defaultdict(list)
    for place, chip in chips:
        number = chip.get("any_of")
        made[("alone", place) if number is None else ("any", number)].append((place, chip))
    return list(made.values())


def _largest(groups: list[list[tuple[int, Chip]]], slot: str, of: Any = lambda chip: True) -> int:
    """The number that all groups ask for: of one group the smallest suffices. −1 where none asks."""
    asked_for = []
    for group in groups:
        numbers = [number(chip) for _, chip in group if chip["slot"] == slot and of(chip)]
        if numbers:
            asked_for.append(min(numbers))
    return max(asked_for, default=-1)


def number(chip: Chip) -> int:
    """The number of a chip: years, a rank, a size."""
    value = chip["value"]
    return int(value["rank"] if isinstance(value, Mapping) else value)


def _months(years: int) -> int:
    return years * MONTHS if years >= 0 else -1


def _of_support(chip: Chip) -> bool:
    return chip.get("of") != "total"


def _equivalent(years: int) -> int:
    """Months of support that stand for a degree, where the query says "or equivalent"."""
    return (max(0, years) + tables.EQUIVALENT_YEARS) * MONTHS


def _best(values: list[np.ndarray]) -> np.ndarray | None:
    return np.asarray(np.max(np.stack(values), axis=0)) if values else None


_ROLE_NUMBER = {role.id: role.number for role in ROLES}
_PLACE_OF = {
    "tool": {term.id: place for place, term in enumerate(TOOLS)},
    "skill": {term.id: place for place, term in enumerate(SKILLS)},
    "certification": {term.id: place for place, term in enumerate(CERTIFICATES)},
    "language": {term.id: place for place, term in enumerate(LANGUAGES)},
    "industry": {term.id: place for place, term in enumerate(INDUSTRIES)},
}


def role_number(chip: Chip) -> int:
    """The number of the role that a chip names.

    Raises
    ------
    UsageError
        The vocabulary has no such role.
    """
    role = chip["value"]["role"]
    if role not in _ROLE_NUMBER:
        raise UsageError(f"there is no role {role!r}", "read the query again")
    return _ROLE_NUMBER[role]


def bits_of(chip: Chip) -> tuple[int, int, int]:
    """Columns and bit of a member of a set: dated, listed (−1: there is one column alone), bit."""
    slot, name = chip["slot"], chip["value"]["id"]
    if name not in _PLACE_OF[slot]:
        raise UsageError(f"there is no {slot} {name!r}", "read the query again")
    place = _PLACE_OF[slot][name]
    if slot == "tool":
        return 0, 1, place
    if slot == "skill":
        return 2 + place // 63, 6 + place // 63, place % 63
    return {"certification": 10, "language": 11, "industry": 12}[slot], -1, place


def _items(groups: list[list[tuple[int, Chip]]]) -> Iterable[Item]:
    for feature in SETS:
        count = 0
        for group in groups:
            members = [(place, chip) for place, chip in group if FEATURE_OF.get(chip["slot"]) == feature]
            for place, chip in members:
                yield Item(feature, count, *bits_of(chip), place)
            count += bool(members)


def _filters(
    chips: Sequence[Chip], equivalent: int
) -> tuple[tuple[Filter, ...], tuple[int, ...], tuple[tuple[int, ...], ...], np.ndarray, np.ndarray]:
    """Every group that has to hold (or must not), with the tables of roles and places that it looks into."""
    made: list[Filter] = []
    modes: list[int] = []
    chips_of: list[tuple[int, ...]] = []
    roles: list[np.ndarray] = []
    towns: list[np.ndarray] = []
    everything = list(enumerate(chips))
    refusals = [[(place, chip)] for place, chip in everything if chip.get("not")]
    wanted = _grouped([(place, chip) for place, chip in everything if not chip.get("not")])
    for mode, group in [*((NOT, one) for one in refusals), *((MUST, one) for one in wanted)]:
        ranked = [(place, chip) for place, chip in group if ranks(chip)]
        if not ranked or (mode == MUST and not any(chip.get("must") for _, chip in ranked)):
            continue
        for place, chip in ranked:
            made.append(_filter(len(modes), place, chip, equivalent, roles, towns))
        modes.append(mode)
        chips_of.append(tuple(place for place, _ in ranked))
    return (
        tuple(made),
        tuple(modes),
        tuple(chips_of),
        np.stack(roles) if roles else np.zeros((0, len(ROLES) + 1), np.bool_),
        np.stack(towns) if towns else np.zeros((0, 1), np.int16),
    )


def _filter(
    group: int, place: int, chip: Chip, equivalent: int, roles: list[np.ndarray], towns: list[np.ndarray]
) -> Filter:
    slot = chip["slot"]
    if slot == "title":
        roles.append(tables.role_values(role_number(chip)) == tables.FULL)
        return Filter(group, Kind.ROLE, len(roles) - 1, chip=place)
    if slot == "place":
        towns.append(tables.place_values(chip["value"]))
        return Filter(group, Kind.PLACE, len(towns) - 1, chip=place)
    if slot == "remote":
        return Filter(group, Kind.REMOTE, chip=place)
    if slot == "years_min":
        return Filter(group, Kind.YEARS, int(chip.get("of") == "total"), _months(number(chip)), chip=place)
    if slot == "lead_years_min":
        return Filter(group, Kind.LEAD, 0, _months(number(chip)), chip=place)
    if slot == "education_min":
        return Filter(group, Kind.EDUCATION, number(chip), equivalent, chip=place)
    if slot == "team_size_min":
        return Filter(group, Kind.TEAM, number(chip), chip=place)
    dated, listed, bit = bits_of(chip)
    return Filter(group, Kind.BIT, dated, listed, bit, int(slot == "language"), chip=place)
