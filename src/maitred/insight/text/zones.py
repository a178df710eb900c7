"""What in a message is not its author's own new words: quotes, signatures, disclaimers, tracking lines, auto-replies.

Zones mark, they delete nothing: ``own_words`` blanks them out, so that a span found in it is a span of the message as
stored. The rules are data (``zones.toml``), each with its fixture; ``shares`` shows how much of a source's text falls
into each zone, so that a broken rule is seen.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

KINDS = ("quote", "signature", "disclaimer", "tracking", "auto_reply", "greeting")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_LONGEST = 400
"""Characters of a line that are looked at."""
_HEAD = 12
"""Lines in which an auto-reply says so."""
_TAIL = 12
"""Most lines of a signature."""
_WORDS = 8
"""Most words of a line that is a name or a position."""
_NOT_BLANK = re.compile(r"[^\r\n]")


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of a text, ``[start, end)`` in code points, and what it is."""

    kind: str
    start: int
    end: int


@dataclass(slots=True)
class _Row:
    """A line: where it stands, its words in lower case, and the zone that it fell into."""

    start: int
    end: int
    raw: str
    words: str
    kind: str = ""


def zones(text: str) -> list[Zone]:
    """The zones of a text, in order and apart from each other.

    Parameters
    ----------
    text
        A message as stored.

    Examples
    --------
    >>> zones("Where is it?\\n> Hello\\n")
    [Zone(kind='quote', start=13, end=21)]
    """
    rows = [*_rows(text)]
    if _is_auto_reply(rows):
        return [Zone("auto_reply", 0, len(text))]
    _mark_quotes(rows)
    _mark_lines(rows, "tracking")
    for part in _own_parts(rows):
        _mark_disclaimers(text, part)
        _mark_signature([row for row in part if not row.kind])
    _mark_greeting(rows)
    return _joined(rows)


def own_words(text: str) -> str:
    """The text with its zones blanked out, character for character: spans in it are spans of the text.

    >>> own_words("Where is it?\\n> Hello")
    'Where is it?\\n       '
    """
    found = zones(text)
    if not found:
        return text
    parts, at = [], 0
    for one in found:
        parts += [text[at : one.start], _NOT_BLANK.sub(" ", text[one.start : one.end])]
        at = one.end
    return "".join([*parts, text[at:]])


def shares(texts: Iterable[str]) -> dict[str, float]:
    """Which share of all characters falls into each kind of zone."""
    counted = dict.fromkeys(KINDS, 0)
    total = 0
    for text in texts:
        total += len(text)
        for one in zones(text):
            counted[one.kind] += one.end - one.start
    return {kind: count / total if total else 0.0 for kind, count in counted.items()}


def _rows(text: str) -> Iterator[_Row]:
    for found in _LINE.finditer(text):
        if found.end() > found.start():
            raw = found.group()[:_LONGEST]
            yield _Row(found.start(), found.end(), raw, " ".join(raw.lower().split()))


@cache
def _listed() -> dict[str, dict[str, list[str]]]:
    """Patterns by zone and name."""
    read = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    parts: dict[str, str] = read.pop("parts")
    return {
        zone: {name: [_filled(one, parts) for one in listed] for name, listed in of.items()}
        for zone, of in read.items()
    }


@cache
def _rule(zone: str, name: str) -> re.Pattern[str]:
    """Each list as one pattern of a whole line."""
    return re.compile("|".join(f"(?:{one})" for one in _listed()[zone][name]))


def _filled(pattern: str, parts: dict[str, str]) -> str:
    for name, part in parts.items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern


def _is(row: _Row, zone: str, name: str) -> bool:
    return bool(_rule(zone, name).fullmatch(row.words))


def _is_auto_reply(rows: Sequence[_Row]) -> bool:
    head = [row for row in rows[: 4 * _HEAD] if row.words][:_HEAD]
    if any(_is(row, "auto_reply", "sure") for row in head[:3]):
        return True
    words = " ".join(row.words for row in head)
    return sum(bool(re.match(one, words)) for one in _listed()["auto_reply"]["cue"]) > 1


def _mark_quotes(rows: list[_Row]) -> None:
    """Lines that quote by themselves, headers, and all that stands below a line that says so."""
    at = 0
    while at < len(rows):
        row = rows[at]
        if not row.words:
            at += 1
        elif _is(row, "quote", "line"):
            row.kind, at = "quote", at + 1
        elif taken := _header(rows, at):
            at = _below_header(rows, at, taken)
        elif _is(row, "quote", "below") or _is_block(rows, at):
            at = _all_below(rows, at)
        else:
            at += 1


def _header(rows: Sequence[_Row], at: int) -> int:
    """Of how many lines the header is that begins here; a mail program may have wrapped it."""
    words = ""
    for count, row in enumerate(rows[at : at + 3], start=1):
        if not row.words:
            return 0
        words = f"{words} {row.words}".strip()
        if row.words.endswith(":") and _rule("quote", "header").fullmatch(words):
            return count
    return 0


def _below_header(rows: list[_Row], at: int, taken: int) -> int:
    """Mark a header with what it introduces: lines that quote by themselves, else all that follows."""
    following = next((row for row in rows[at + taken :] if row.words), None)
    if following is None or not _is(following, "quote", "line"):
        return _all_below(rows, at)
    for row in rows[at : at + taken]:
        row.kind = "quote"
    return at + taken


def _is_block(rows: Sequence[_Row], at: int) -> bool:
    near = [row for row in rows[at + 1 : at + 6] if row.words][:3]
    return _is(rows[at], "quote", "block_first") and any(_is(row, "quote", "block_next") for row in near)


def _all_below(rows: list[_Row], at: int) -> int:
    for row in rows[at:]:
        row.kind = "quote"
    above = rows[at - 1] if at else None
    if above is not None and _is(above, "signature", "delimiter"):
        above.kind = "quote"
    return len(rows)


def _mark_lines(rows: Iterable[_Row], kind: str) -> None:
    for row in rows:
        if row.words and not row.kind and _is(row, kind, "line"):
            row.kind = kind


def _own_parts(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Runs of lines that nothing was said of yet."""
    parts: list[list[_Row]] = [[]]
    for row in rows:
        if row.kind == "quote":
            parts.append([])
        elif not row.kind:
            parts[-1].append(row)
    return [part for part in parts if any(row.words for row in part)]


def _mark_disclaimers(text: str, part: Sequence[_Row]) -> None:
    """Paragraphs in the words of lawyers; never the first of a message that has others."""
    paragraphs = [*_paragraphs(part)]
    for paragraph in paragraphs:
        words = " ".join(row.words for row in paragraph)[: 4 * _LONGEST]
        if _rule("disclaimer", "paragraph").fullmatch(words):
            for row in paragraph:
                row.kind = "disclaimer"


def _paragraphs(part: Sequence[_Row]) -> Iterator[list[_Row]]:
    found: list[_Row] = []
    for row in part:
        if row.words:
            found.append(row)
        elif found:
            yield found
            found = []
    if found:
        yield found


def _mark_signature(part: Sequence[_Row]) -> None:
    """From the first farewell below which nothing else stands than names, positions and ways to reach somebody."""
    spoken = [row for row in part if row.words]
    for at in range(max(1, len(spoken) - 1 - _TAIL), len(spoken)):
        if _opens_signature(spoken, at):
            for row in spoken[at:]:
                row.kind = "signature"
            return
    if len(spoken) > 1 and _is(spoken[-1], "signature", "sent_from"):
        spoken[-1].kind = "signature"


def _opens_signature(spoken: Sequence[_Row], at: int) -> bool:
    below = spoken[at + 1 :]
    if not all(_in_signature(row) for row in below):
        return False
    row = spoken[at]
    if _is(row, "signature", "closing") or (below and _is(row, "signature", "delimiter")):
        return True
    if _is(row, "signature", "sent_from"):
        return True
    lone = bool(below) and bool(re.fullmatch(r"[^.!?,:;\d]{2,40}", row.words)) and len(row.words.split()) < 5
    return lone and sum(_is(one, "signature", "contact") for one in below) * 2 >= len(below)


def _in_signature(row: _Row) -> bool:
    named = ("contact", "closing", "sent_from", "delimiter")
    return _is_named(row) or any(_is(row, "signature", name) for name in named)


def _is_named(row: _Row) -> bool:
    """A name or a position: two words, or a few of which the longer ones begin with a capital."""
    words = row.raw.split()
    if len(words) > _WORDS or row.raw.strip()[-1:] in (".", "!", "?", ":"):
        return False
    return len(words) < 3 or all(word[0].isupper() or not word[0].isalpha() for word in words if len(word) > 3)


def _mark_greeting(rows: Sequence[_Row]) -> None:
    """The first line where it only greets and something follows."""
    own = [row for row in rows if row.words and not row.kind]
    if len(own) > 1 and _is(own[0], "greeting", "line"):
        own[0].kind = "greeting"


def _joined(rows: Sequence[_Row]) -> list[Zone]:
    """Neighbouring lines of a kind as one zone; blank lines between them belong to it."""
    found: list[Zone] = []
    since = False
    for row in rows:
        if row.kind:
            if found and since and found[-1].kind == row.kind:
                found[-1] = Zone(row.kind, found[-1].start, row.end)
            else:
                found.append(Zone(row.kind, row.start, row.end))
            since = True
        elif row.words:
            since = False
    return found
