"""Two readings of one text: as it stands, and with markup and escapes read through; both keep the way back.

A card number may be cut by tags, written as entities or carried inside a quoted JSON text. The detector looks at the
plain reading and, where there is any markup, at the decoded one; spans found in either lead back to the stored text.
Only digits, signs and letters beyond ASCII are decoded: an ASCII letter written as an entity stays as it is.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from html.entities import html5

MASK = re.compile(r"\[card •••• [0-9]{4}\]")

_DIGITS_END = 0x20000
"""No digit stands beyond the first two planes, and looking at all of them would slow every start."""

DIGITS: dict[int, str] = {
    code: str(unicodedata.decimal(chr(code)))
    for code in range(128, _DIGITS_END)
    if unicodedata.category(chr(code)) == "Nd"
}
"""Every decimal digit beyond ASCII, as a translation table to ASCII."""

INVISIBLE = frozenset(
    chr(code)
    for first, last in (
        (0xAD, 0xAD),
        (0x34F, 0x34F),
        (0x61C, 0x61C),
        (0x180E, 0x180E),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
    )
    for code in range(first, last + 1)
)

_HAS_MARKUP = re.compile(r"<[A-Za-z/!?]|&(?:amp;)*[#A-Za-z]|\\[unrtbf/]|%[0-9A-Fa-f]{2}")
_CODED = re.compile(
    r"&(?:amp;)*#(?:[xX](?P<hex>[0-9A-Fa-f]{1,7})|(?P<dec>[0-9]{1,7}))(?:;|(?![0-9A-Za-z]))"
    r"|&(?:amp;)*(?P<name>[A-Za-z][A-Za-z0-9]{1,30});"
    r"|&(?:amp;)*(?P<loose>nbsp|shy|ndash|mdash)"
    r"|(?<!\\)\\++(?:u(?P<high>[dD]8[0-9A-Fa-f]{2})\\++u(?P<low>[dD][c-fC-F][0-9A-Fa-f]{2})"
    r"|u(?P<unit>[0-9A-Fa-f]{4})|(?P<short>[nrtbf/]))"
    r"|%(?P<percent>[0-9A-Fa-f]{2})"
)
TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
_TAGS = re.compile(r"(?<!\s)\s*+(?:<[A-Za-z/!?][^<>]*+>\s*+)++")
_BLOCK = re.compile(r"<\s*/?(?:p|div|br|tr|td|th|table|li|ul|ol|h[1-6]|hr|blockquote|pre|section)\b", re.IGNORECASE)
_SHORT = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "/": "/"}


@dataclass(frozen=True, slots=True, repr=False)
class View:
    """A reading: its text with ASCII digits, and for each of its characters the stored span (None: the same place)."""

    text: str
    starts: tuple[int, ...] | None
    ends: tuple[int, ...] | None

    def stored(self, start: int, end: int) -> tuple[int, int]:
        """Return where the characters ``start`` to ``end`` of the reading stand in the stored text."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def views_of(text: str) -> list[View]:
    """Return the plain reading, and the decoded one if the text has markup; masks of an earlier run are blanked."""
    blanked = MASK.sub(lambda found: "x" * len(found[0]), text)
    views = [View(_plain_digits(blanked), None, None)]
    if _HAS_MARKUP.search(blanked):
        views.append(_without_tags(_decoded(blanked)))
    return views


def _plain_digits(text: str) -> str:
    return text if text.isascii() else text.translate(DIGITS)


def _decoded(text: str) -> View:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for found in _CODED.finditer(text):
        sign = _sign(found)
        if sign is None:
            continue
        pieces.append(text[done : found.start()])
        starts.extend(range(done, found.start()))
        ends.extend(range(done + 1, found.start() + 1))
        pieces.append(sign)
        starts.extend([found.start()] * len(sign))
        ends.extend([found.end()] * len(sign))
        done = found.end()
    pieces.append(text[done:])
    starts.extend(range(done, len(text)))
    ends.extend(range(done + 1, len(text) + 1))
    return View(_plain_digits("".join(pieces)), tuple(starts), tuple(ends))


def _sign(found: re.Match[str]) -> str | None:
    """Return what an entity or escape stands for, or None where it is to stay as written."""
    if found["short"]:
        return _SHORT[found["short"]]
    if found["name"] or found["loose"]:
        sign = html5.get((found["name"] or found["loose"]) + ";")
    elif found["high"]:
        sign = chr(0x10000 + ((int(found["high"], 16) - 0xD800) << 10) + int(found["low"], 16) - 0xDC00)
    elif found["percent"]:
        sign = chr(int(found["percent"], 16))
        if not sign.isascii():
            return None
    else:
        code = int(found["hex"] or found["unit"] or found["dec"], 16 if found["dec"] is None else 10)
        sign = chr(code) if code <= sys.maxunicode else None
    if sign is None or any(part.isascii() and part.isalpha() for part in sign):
        return None
    # Only the JSON escape of "<" opens a tag; "&lt;" and "%3C" are text that shows one.
    return sign if found["unit"] else sign.replace("<", "‹")


def _without_tags(view: View) -> View:
    assert view.starts is not None and view.ends is not None
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for found in _TAGS.finditer(view.text):
        pieces.append(view.text[done : found.start()])
        starts.extend(view.starts[done : found.start()])
        ends.extend(view.ends[done : found.start()])
        pieces.append(_gap(found[0]))
        starts.append(view.starts[found.start()])
        ends.append(view.ends[found.end() - 1])
        done = found.end()
    pieces.append(view.text[done:])
    starts.extend(view.starts[done:])
    ends.extend(view.ends[done:])
    return View("".join(pieces), tuple(starts), tuple(ends))


def _gap(tags: str) -> str:
    if _BLOCK.search(tags):
        return "\n"
    return " " if tags[0].isspace() or tags[-1].isspace() or re.search(r">\s+<", tags) else "\u200b"
