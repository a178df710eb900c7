"""Changes of a posting's content: fields by their keys, lines of lists, blocks on and off, up and down."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from maitred.base.errors import Invalid, NotFound, UsageError
from maitred.desks.hiring.posting.shapes import FieldGiven, LineGiven
from maitred.desks.hiring.postings.filling import KEYS, PLACES, taken
from maitred.desks.hiring.postings.shapes import TYPED, Block, Line, Posting

EDUCATION = ("years_support", "years_leading", "track_record", "metrics_known", "or_equivalent")
_DEGREES = {
    "doctorate": r"doctor|ph\.?d", "master": r"master|mba|m\.?sc", "bachelor": r"bachelor|b\.?sc|b\.?a\b",
    "associate": r"associate", "high_school": r"high school|secondary|gcse",
}  # fmt: skip


def block_of(posting: Posting, key: str) -> Block:
    """A block by its key."""
    found = posting.block(key)
    if found is None:
        raise NotFound(f"the posting has no block {key!r}", f"it has {', '.join(one.key for one in posting.blocks)}")
    return found


def with_fields(posting: Posting, given: Iterable[FieldGiven]) -> Posting:
    """The posting with fields; what stays as it was keeps its source, anything else is typed."""
    made = posting
    for one in given:
        block, name, value = _taken(made, one)
        found = block_of(made, block)
        if found.value(name) != value:
            made = made.with_block(found.holding(name, value, TYPED))
    return made


def with_lines(posting: Posting, key: str, given: Iterable[LineGiven]) -> Posting:
    """The posting with another list; a line whose words stay keeps its source and its address in ESCO."""
    block = block_of(posting, key)
    there = {one.text: one for one in block.lines}
    lines = []
    for one in given:
        old = there.get(one.text)
        if old is not None:
            lines.append(replace(old, tag=one.tag or old.tag, asked=one.asked or old.asked))
        else:
            tag = one.tag or (_tag(one.text) if block.kind == "education" else "")
            lines.append(Line(one.text, tag, one.asked, source=TYPED))
    return posting.with_block(replace(block, lines=tuple(lines)))


def added(posting: Posting, block: Block) -> Posting:
    """The posting with another block before the legal one; a key that is taken gets a number."""
    keys = {one.key for one in posting.blocks}
    key, number = block.key, 2
    while key in keys:
        key, number = f"{block.key}_{number}", number + 1
    made = posting.with_block(replace(block, key=key))
    return made.moved(key, -1) if made.blocks[-2].key == "legal" else made


def key_of(title: str) -> str:
    """A key for a block by its title."""
    return re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")[:30] or "block"


def _taken(posting: Posting, one: FieldGiven) -> tuple[str, str, str]:
    block, _dot, name = one.key.partition(".")
    if block == "education" and name in EDUCATION:
        return "education", name, one.value
    found = posting.block(block)
    if (
        one.key not in PLACES
        and found is not None
        and found.kind == "text"
        and name in {each.name for each in found.values}
    ):
        return block, name, one.value
    try:
        value = taken(one.key, one.value)
    except UsageError as error:
        field = {"field": one.key, "message": error.what, "code": "misfit"}
        raise Invalid(error.what, error.remedy or f"fields are {', '.join(KEYS)}", (field,)) from error
    return (*PLACES[one.key], value)


def _tag(text: str) -> str:
    for name, pattern in _DEGREES.items():
        if re.search(pattern, text, re.IGNORECASE):
            return f"degree:{name}"
    return "certificate"
