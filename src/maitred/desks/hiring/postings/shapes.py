"""What a posting is made of: ordered blocks with named values and lists of lines, each with the source it is from.

Plain frozen values that go to JSON and back unchanged; a posting is kept, sent and compared in that form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

KINDS = ("head", "text", "list", "education", "salary", "apply")
TYPED, TEMPLATE, ONET, ESCO, GAP, OEWS, RULES = (
    "typed",
    "template",
    "O*NET",
    "ESCO",
    "skills gap",
    "OEWS",
    "rule table",
)
"""Where a field may be from; shown beside it."""
SOURCES = (TYPED, TEMPLATE, ONET, ESCO, GAP, OEWS, RULES)
MUST, PLUS = "must", "plus"
JOB_TYPES = {"full-time": "FULL_TIME", "part-time": "PART_TIME", "contract": "CONTRACTOR"}
UNITS = ("year", "month", "week", "day", "hour")
ESCO_URI = "http://data.europa.eu/esco/skill/"


@dataclass(frozen=True, slots=True)
class Value:
    """One named field of a block."""

    name: str
    value: str = ""
    source: str = TYPED


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: a duty with its tag, a skill or a degree with how much it is asked for."""

    text: str
    tag: str = ""
    asked: str = ""
    uri: str = ""
    source: str = TEMPLATE
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a posting; one that is switched off stays where it is and is printed nowhere."""

    key: str
    kind: str
    title: str
    on: bool = True
    values: tuple[Value, ...] = ()
    lines: tuple[Line, ...] = ()

    def value(self, name: str) -> str:
        """A field's value; empty where it has none."""
        return next((one.value for one in self.values if one.name == name), "")

    def source(self, name: str) -> str:
        """Where a field is from."""
        return next((one.source for one in self.values if one.name == name), TYPED)

    def holding(self, name: str, value: str, source: str = TYPED) -> Block:
        """The block with another value of a field."""
        there = [one.name for one in self.values]
        made = Value(name, value, source)
        values = tuple(made if one.name == name else one for one in self.values)
        return replace(self, values=values if name in there else (*values, made))


@dataclass(frozen=True, slots=True)
class Posting:
    """A posting: the template it is from, the role and occupation it is for, and its blocks in order."""

    template: str
    role: str
    soc: str
    blocks: tuple[Block, ...]

    def block(self, key: str) -> Block | None:
        """A block by its key, also one that is switched off."""
        return next((one for one in self.blocks if one.key == key), None)

    def value(self, block: str, name: str) -> str:
        """A field of a block that is on; empty where there is none."""
        found = self.block(block)
        return found.value(name) if found is not None and found.on else ""

    def with_block(self, made: Block) -> Posting:
        """The posting with one block replaced, or added at the end."""
        if self.block(made.key) is None:
            return replace(self, blocks=(*self.blocks, made))
        return replace(self, blocks=tuple(made if one.key == made.key else one for one in self.blocks))

    def moved(self, key: str, by: int) -> Posting:
        """The posting with a block moved up (-1) or down (1); at an end it stays."""
        order = [one.key for one in self.blocks]
        here = order.index(key)
        there = min(max(here + by, 0), len(order) - 1)
        blocks = list(self.blocks)
        blocks.insert(there, blocks.pop(here))
        return replace(self, blocks=tuple(blocks))

    @property
    def title(self) -> str:
        return self.value("head", "title")

    @property
    def shown(self) -> tuple[Block, ...]:
        """The blocks that are on, in order."""
        return tuple(one for one in self.blocks if one.on)

    @property
    def sources(self) -> frozenset[str]:
        """Every source that something shown is from."""
        values = {one.source for block in self.shown for one in block.values if one.value}
        return frozenset(values | {one.source for block in self.shown for one in block.lines})


def plain(posting: Posting) -> dict[str, Any]:
    """The posting as JSON holds it."""
    found: dict[str, Any] = asdict(posting)
    found["blocks"] = [
        {**one, "values": list(one["values"]), "lines": list(one["lines"])} for one in found.pop("blocks")
    ]
    return found


def from_plain(kept: Mapping[str, Any]) -> Posting:
    """A posting from JSON.

    Raises
    ------
    ValueError
        It is not what ``plain`` makes: a field is missing, or a kind or source is none of ours.
    """
    try:
        blocks = tuple(_block(one) for one in kept["blocks"])
        made = Posting(str(kept["template"]), str(kept["role"]), str(kept["soc"]), blocks)
    except (KeyError, TypeError) as error:
        raise ValueError(f"this is no posting: {error}") from error
    keys = [one.key for one in made.blocks]
    if len(set(keys)) != len(keys):
        raise ValueError("two blocks have the same key")
    return made


def words_of(posting: Posting) -> Iterable[tuple[str, str]]:
    """Every text that is shown, with the key of its block."""
    for block in posting.shown:
        for one in block.values:
            if one.value:
                yield block.key, one.value
        for line in block.lines:
            yield block.key, line.text


def _block(kept: Mapping[str, Any]) -> Block:
    if kept["kind"] not in KINDS:
        raise ValueError(f"a block has no kind {kept['kind']!r}; there are {', '.join(KINDS)}")
    values = tuple(Value(**one) for one in kept.get("values", ()))
    lines = tuple(Line(**one) for one in kept.get("lines", ()))
    strange = ({one.source for one in values} | {one.source for one in lines}) - set(SOURCES)
    if strange:
        raise ValueError(f"there is no source {sorted(strange)[0]!r}; there are {', '.join(SOURCES)}")
    return Block(str(kept["key"]), str(kept["kind"]), str(kept["title"]), bool(kept.get("on", True)), values, lines)
