"""Queries with the chips that a person expects, and how far a reading agrees with them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maitred.insight.ranking.chips import Chip, Reading, read

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Wanted:
    """One expected chip; an optional one is neither missed nor invented."""

    slot: str
    value: str
    must: bool = False
    negated: bool = False
    group: int | None = None
    optional: bool = False


@dataclass
class Grade:
    """How many expected chips were right, and how many chips nobody asked for."""

    right: int = 0
    wanted: int = 0
    invented: int = 0
    queries: int = 0
    whole: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def slots(self) -> float:
        """Share of right slots among the expected and the invented ones."""
        return self.right / (self.wanted + self.invented)


def graded(name: str) -> Iterator[tuple[str, list[Wanted]]]:
    """The queries of one half."""
    for line in (HERE / f"queries_{name}.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            query, chips = line.split("\t")
            yield query, [_wanted(one) for one in chips.split(";")]


def _wanted(written: str) -> Wanted:
    optional = written.startswith("~")
    slot, _, rest = written.lstrip("~").partition("=")
    rest, _, group = rest.partition("|")
    negated, rest = rest.endswith("-"), rest.rstrip("-")
    must, rest = rest.endswith("!"), rest.rstrip("!")
    return Wanted(slot, rest, must, negated, int(group) if group else None, optional)


def value_of(chip: Chip) -> str:
    """A chip's value as it is written in the files."""
    value: Any = chip.value
    if not isinstance(value, dict):
        return str(value)
    if chip.slot == "title":
        return str(value["role"])
    if chip.slot != "place":
        return str(value["id"])
    if value["kind"] == "city":
        radius = f"@{value['radius_km']}" if "radius_km" not in chip.assumed else ""
        return f"city:{value['geonameid']}{radius}"
    if value["kind"] == "admin1":
        return f"admin1:{value['country']}-{value['admin1']}"
    return f"country:{value['country']}" if value["kind"] == "country" else f"area:{value['name']}"


def grade(name: str) -> Grade:
    """Every query of one half read and compared."""
    total = Grade()
    for query, wanted in graded(name):
        _add(total, query, wanted, read(query))
    return total


def _add(total: Grade, query: str, wanted: list[Wanted], reading: Reading) -> None:
    left = list(reading.chips)
    sizes: Counter[int | None] = Counter(chip.any_of for chip in reading.chips if chip.any_of is not None)
    missed: list[str] = []
    asked = [one for one in wanted if not one.optional]
    for one in asked:
        hit = next((chip for chip in left if _same(one, chip, sizes)), None)
        if hit is None:
            missed.append(
                f"{one.slot}={one.value}{'!' * one.must}{'-' * one.negated}{f'|{one.group}' if one.group else ''}"
            )
        else:
            left.remove(hit)
    may = {(one.slot, one.value) for one in wanted if one.optional}
    invented = [chip for chip in left if (chip.slot, value_of(chip)) not in may]
    total.queries += 1
    total.wanted += len(asked)
    total.right += len(asked) - len(missed)
    # a chip with the right words but a wrong value is one mistake, not two
    extra = [chip for chip in invented if not any(miss.startswith(f"{chip.slot}=") for miss in missed)]
    total.invented += len(extra)
    if missed or extra:
        told = [
            f"{c.slot}={value_of(c)}{'!' * c.must}{'-' * c.negated}{f'|{c.any_of}' if c.any_of else ''}"
            for c in invented
        ]
        total.wrong.append(f"{query}\n    missed {missed}, instead {told}")
    else:
        total.whole += 1


def _same(one: Wanted, chip: Chip, sizes: Counter[int | None]) -> bool:
    grouped = chip.any_of is not None and sizes[chip.any_of] > 1
    return (chip.slot, value_of(chip), chip.must, chip.negated) == (
        one.slot,
        one.value,
        one.must,
        one.negated,
    ) and grouped == (one.group is not None)
