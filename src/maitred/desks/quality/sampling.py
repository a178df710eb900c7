"""Which tickets are reviewed, and by whom: draws and assignments on plain values, the same again for the same seed.

A random draw goes by strata; within one, tickets are ordered by a digest of seed and ticket and the first are taken, so
that each has the same chance and nobody can steer it. Reviewers are crossed with the people reviewed: everybody's
tickets go round all reviewers, so that a strict reviewer is strict with all alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from maitred.base.errors import Invalid

BY = ("channel", "group", "person")
EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that could be reviewed, and the one it would be about."""

    source: str
    ticket: str
    about: int
    channel: str = ""
    group: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.ticket


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn ticket with its stratum, how many tickets that holds, and the chance with which it was drawn."""

    candidate: Candidate
    stratum: str
    size: int
    probability: float


@dataclass(frozen=True, slots=True)
class Part:
    """One stratum of a draw."""

    name: str
    tickets: int
    drawn: int

    @property
    def probability(self) -> float:
        return self.drawn / self.tickets


@dataclass(frozen=True, slots=True)
class Assigned:
    """A drawn ticket and who reviews it."""

    drawn: Drawn
    reviewer: int


def strata(candidates: Iterable[Candidate], by: Sequence[str]) -> dict[str, list[Candidate]]:
    """Candidates by stratum, strata by name: ``email · 11`` for ``by`` channel and group."""
    found: dict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        words = {"channel": one.channel or "none", "group": one.group or "none", "person": str(one.about)}
        found[" · ".join(words[name] for name in by) or EVERYTHING].append(one)
    return dict(sorted(found.items()))


def shares(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    """How many of each stratum are drawn: in proportion to its size, at least one of each, never more than it holds.

    Raises
    ------
    Invalid
        Fewer are wanted than there are strata: some tickets would have no chance at all.

    Examples
    --------
    >>> shares({"chat": 10, "mail": 90}, 5)
    {'chat': 1, 'mail': 4}
    """
    if wanted < len(sizes):
        raise Invalid(
            f"{wanted} tickets cannot be drawn from {len(sizes)} strata, each of which needs one",
            f"draw at least {len(sizes)}, or stratify by less",
            ({"field": "size", "message": f"at least {len(sizes)} are needed", "code": "strata"},),
        )
    total = sum(sizes.values())
    wanted = min(wanted, total)
    given = dict.fromkeys(sizes, 1)
    for _ in range(wanted - len(sizes)):
        short = {name: sizes[name] * wanted / total - given[name] for name in sizes if given[name] < sizes[name]}
        given[max(short, key=lambda name: (short[name], sizes[name], name))] += 1
    return given


def draw(
    candidates: Sequence[Candidate], by: Sequence[str], seed: int, *, size: int | None = None,
    per_person: int | None = None,
) -> tuple[list[Drawn], list[Part]]:  # fmt: skip
    """Draw at random: so many in all, or so many of each person.

    Each ticket of a stratum has the same chance; it is kept with the ticket, so that scores can be weighted by it.
    """
    parts = strata(candidates, (*by, "person") if per_person is not None and "person" not in by else by)
    sizes = {name: len(rows) for name, rows in parts.items()}
    given = _each(parts, per_person) if per_person is not None else shares(sizes, size or 0)
    taken, told = [], []
    for name, rows in parts.items():
        told.append(Part(name, sizes[name], given[name]))
        ordered = sorted(rows, key=lambda one: lot(seed, *one.key))
        taken += [Drawn(one, name, sizes[name], given[name] / sizes[name]) for one in ordered[: given[name]]]
    return taken, told


def _each(parts: Mapping[str, Sequence[Candidate]], per_person: int) -> dict[str, int]:
    """So many of each person, in proportion over the strata that hold that person's tickets."""
    of: dict[int, dict[str, int]] = defaultdict(dict)
    for name, rows in parts.items():
        of[rows[0].about][name] = len(rows)
    given: dict[str, int] = {}
    for sizes in of.values():
        given |= shares(sizes, max(per_person, len(sizes)))
    return given


def assign(
    drawn: Sequence[Drawn], reviewers: Sequence[int], seed: int, open_: Mapping[int, int] | None = None
) -> list[Assigned]:
    """Give each ticket a reviewer: never the one it is about, everybody's tickets round all, the least loaded first.

    Parameters
    ----------
    open_
        Reviews that each reviewer has open already.

    Raises
    ------
    Invalid
        There is no reviewer, or for some ticket none but the one it is about.
    """
    load: Counter[int] = Counter({one: (open_ or {}).get(one, 0) for one in reviewers})
    met: Counter[tuple[int, int]] = Counter()
    found: list[Assigned] = []
    counts = Counter(one.candidate.about for one in drawn)
    fewest = {about: len([one for one in reviewers if one != about]) for about in counts}
    _refuse_alone(reviewers, fewest)
    ordered = sorted(
        drawn, key=lambda one: (fewest[one.candidate.about], -counts[one.candidate.about], one.candidate.about,
                                lot(seed, *one.candidate.key))
    )  # fmt: skip
    for one in ordered:
        about = one.candidate.about
        free = [each for each in set(reviewers) if each != about]
        chosen = min(free, key=lambda each: (met[each, about], load[each], lot(seed, str(each), str(about))))
        met[chosen, about] += 1
        load[chosen] += 1
        found.append(Assigned(one, chosen))
    return found


def _refuse_alone(reviewers: Sequence[int], fewest: Mapping[int, int]) -> None:
    alone = [about for about, others in fewest.items() if not others]
    if not alone:
        return
    what = "nobody reviews their own tickets, and there is no other reviewer" if reviewers else "there is no reviewer"
    errors = ({"field": "reviewers", "message": what, "code": "alone"},)
    raise Invalid(f"{what} for person {alone[0]}" if reviewers else what, "name another reviewer", errors)


def lot(seed: int, *words: str) -> bytes:
    """The place of something in the order of a draw."""
    return blake2b("\x1f".join((str(seed), *words)).encode(), digest_size=16).digest()
