"""Says which cells or lines are worth a look, at the speed of one pass over their bytes.

Crude on purpose: it may send too much to ``screen_text`` and never too little (a property test compares the two). It
works on bytes with RE2, whose time grows with the length of the text alone. ``first_look`` sees every byte;
``second_look`` drops most of what only looked like a card: record ids of 13 digits, single long numbers in a text that
does not speak of cards.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from itertools import groupby
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from maitred.sync.screen import words
from maitred.sync.screen.issuers import LONGEST, SHORTEST, may_be_issued
from maitred.sync.screen.spelled import FEWEST_WORDS
from maitred.sync.screen.views import DIGITS

Column: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any]"

_ESCAPED_ASCII = re.compile(rb"\\u00[2-7][0-9A-Fa-f]")
_ASCII = {rb"\u00" + form % code: bytes([code]) for code in range(0x20, 0x80) for form in (b"%02x", b"%02X")}


def unescaped(data: bytes) -> bytes:
    """Return ``data`` with the JSON escapes of printable ASCII undone."""
    return _ESCAPED_ASCII.sub(lambda found: _ASCII[found[0]], data)


def first_look(values: Column, json: bool = False) -> Any:
    """Return a boolean array: which values (binary) may hold something to mask."""
    return _match(values, _first(json))


def second_look(values: Column, json: bool = False) -> Any:
    """Return a boolean array for values that passed the first look: which are still worth reading."""
    long_groups = pc.and_(_match(values, _digit_chain(SHORTEST + 1, json)), _match(values, _TWO_GROUPS))
    in_context = pc.and_(_match(values, _about_cards(json)), _match(values, _first(json, named=False)))
    worth = pc.or_(pc.or_(_match(values, _marked(json)), long_groups), in_context)
    if json:
        named = pc.and_(_match(values, _names_cards()), _match(values, _digit_chain(SHORTEST, json=False)))
        worth = pc.or_(worth, named)
    return worth


def _match(values: Column, pattern: str) -> Any:
    return pc.match_substring_regex(values, pattern=pattern)


@cache
def _first(json: bool, named: bool = True) -> str:
    names = [_names_cards(), _NO_OBJECT] if json and named else []
    return _either(_digit_chain(SHORTEST, json), _coded_digit(), _spoken(), *_marks(json), *names)


@cache
def _marked(json: bool) -> str:
    """What counts without any word about cards: digits in disguise, stripe data, masks, code fields."""
    return _either(_coded_digit(), *_marks(json), *([_NO_OBJECT] if json else []))


@cache
def _about_cards(json: bool) -> str:
    return f"(?i:{_either(words.context_crude(), _short_label())})" + (f"|{_field_extra()}" if json else "")


@cache
def _short_label() -> str:
    """A short label right before a number, in digits, in disguise or in words."""
    return words.SHORT_LABEL_CRUDE + _either(r"[0-9&%\\\x80-\xff<]", _spoken_word())


@cache
def _names_cards() -> str:
    """A member's name that speaks of cards, or the text of a member that names another one."""
    word = f"(?i:{words.field_crude()})"
    inside = r'(?:[^"\\]|\\.)*'
    labels = "|".join(sorted(words.LABEL_KEYS))
    return _either(rf'{word}{inside}"\s*:', rf'"(?i:{labels})"\s*:\s*"{inside}{word}', _field_extra())


@cache
def _field_extra() -> str:
    return _either(f"(?i:{words.FIELD_EXTRA_CRUDE})", words.FIELD_EXTRA_CAMEL)


_TWO_GROUPS = r"[0-9][^0-9]+[0-9]"
_NO_OBJECT = r"^\s*[^{\s]|[^}\s]\s*$"
"""A line that is not one JSON object is read as text, whatever it looks like."""

_ENTITY = r"&(?:[0-9A-Za-z#;]*;|(?:amp;)*(?:nbsp|shy|[nm]dash|#[0-9A-Za-z]+))"
_ESCAPE = r"\\(?:u[0-9A-Fa-f]{4}|[nrtbf])"
_PERCENT = r"%[0-9A-Fa-f]{2}"
_BETWEEN = rf"(?:[^0-9A-Za-z]|<[^<>]*>|{_ENTITY}|{_ESCAPE}|{_PERCENT})*"
_CODED_BEFORE = r"u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}"
_GROUP_STARTS = rf"(?:^|[^0-9]|{_CODED_BEFORE})"
_NO_NAME_BEFORE = r'(?:^|[^"]|(?:^|[^0-9A-Za-z_])"):'
_GROUP_STARTS_IN_JSON = rf"(?:^|[^0-9: ]|{_NO_NAME_BEFORE}|(?:^|[^:]|{_NO_NAME_BEFORE}) |{_CODED_BEFORE})"


@cache
def _digit_chain(shortest: int, json: bool) -> str:
    """At least ``shortest`` ASCII digits from the start of a group on, and as many as the first two ask for.

    In JSON lines a group right behind a member's name does not count: bare numbers are mostly record ids, and those of
    members that speak of cards are found by the name.
    """
    starts: dict[int, list[str]] = defaultdict(list)
    for two in (f"{number:02d}" for number in range(100)):
        lengths = [length for length in range(shortest, LONGEST + 1) if may_be_issued(two, length)]
        if lengths:
            starts[min(lengths)].append(two)
    chain = ""
    for length in sorted(starts, reverse=True):
        heads = [
            f"{lead}{_BETWEEN}[{''.join(two[1] for two in group)}]"
            for lead, group in groupby(starts[length], key=lambda two: two[0])
        ]
        following = length - max((other for other in starts if other < length), default=2)
        chain = _either(*filter(None, (chain, *heads))) + f"(?:{_BETWEEN}[0-9]){{{following}}}"
    return (_GROUP_STARTS_IN_JSON if json else _GROUP_STARTS) + chain


@cache
def _coded_digit() -> str:
    """A digit that is not plain ASCII: rare enough to read every text that has one."""
    raw = "|".join(_byte_ranges())
    entity = rf"&(?:amp;)*#(?:0*(?:{_numbers()})|[xX]0*(?:{_hexadecimals()}));?"
    return rf"(?:{raw}|{entity}|\\u(?:{_escapes()}|[dD]8[0-9A-Fa-f]{{2}}\\+u[dD][c-fC-F])|%3[0-9])"


@cache
def _spoken_word() -> str:
    return _either(*(words.crude(word) for word in sorted(words.all_spoken())))


@cache
def _spoken() -> str:
    word = _spoken_word()
    return f"(?i:{word}(?:{_BETWEEN}{word}){{{FEWEST_WORDS - 1}}})"


@cache
def _marks(json: bool) -> tuple[str, ...]:
    track_1 = rf"%[Bb](?:{_ESCAPE}|[^A-Za-z^])*\^"
    track_2 = rf";[0-9]{{{SHORTEST},}}="
    masked = r"\[card (?:•|\\u2022)"
    code_field = rf'(?i:{words.CODE_FIELD_CRUDE}"\s*[,:}}\]])'
    if json:
        return track_1, track_2, masked, code_field
    # JSON lines come with their escapes undone; elsewhere an escaped tag may hide what it stands between.
    return track_1, track_2, masked, r"\\u003[cC]"


def _either(*patterns: str) -> str:
    return "(?:" + "|".join(patterns) + ")"


def _digit_runs() -> list[tuple[int, int]]:
    """Return the runs of code points that are decimal digits beyond ASCII."""
    codes = sorted(DIGITS)
    runs = []
    for _, group in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        members = [code for _, code in group]
        runs.append((members[0], members[-1]))
    return runs


def _byte_ranges() -> list[str]:
    """Return those digits as UTF-8 byte patterns, one for all that differ in the last byte only."""
    lasts: dict[bytes, list[int]] = defaultdict(list)
    for first, last in _digit_runs():
        for code in range(first, last + 1):
            coded = chr(code).encode()
            lasts[coded[:-1]].append(coded[-1])
    return ["".join(f"\\x{byte:02x}" for byte in head) + _one_of(tails) for head, tails in sorted(lasts.items())]


def _one_of(codes: list[int]) -> str:
    runs = []
    for _, group in groupby(enumerate(sorted(codes)), key=lambda pair: pair[1] - pair[0]):
        members = [code for _, code in group]
        runs.append(f"\\x{members[0]:02x}-\\x{members[-1]:02x}")
    return "[" + "".join(runs) + "]"


def _escapes() -> str:
    """Return all decimal digits of the first plane as the four hexadecimal figures of a JSON escape."""
    return _any_of([f"{code:04x}" for code in _all_digits() if code <= 0xFFFF])


def _hexadecimals() -> str:
    return _any_of([f"{code:x}" for code in _all_digits()])


def _numbers() -> str:
    return _any_of([str(code) for code in _all_digits()])


def _all_digits() -> list[int]:
    return [*range(ord("0"), ord("9") + 1), *sorted(DIGITS)]


def _any_of(figures: list[str]) -> str:
    """Return an alternation of figures, of either case, joined where only the last one differs."""
    heads: dict[str, str] = defaultdict(str)
    for figure in figures:
        heads[figure[:-1]] += figure[-1]
    return "|".join(
        _any_case(head) + "[" + "".join(sorted({*tail, *tail.upper()})) + "]" for head, tail in heads.items()
    )


def _any_case(figures: str) -> str:
    return "".join(f"[{figure}{figure.upper()}]" if figure.isalpha() else figure for figure in figures)
