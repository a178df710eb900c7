"""Screens JSON lines before they are landed: only what must go is touched, every other byte stays as it came.

A line is not parsed and written anew, since that would change numbers, key order and spacing of the vendor's record.
Its tokens are found, the strings among them are screened, and masked ones are put back in their place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made_with
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from maitred.sync.screen import prefilter, words
from maitred.sync.screen.findings import Finding, Screened
from maitred.sync.screen.issuers import SHORTEST, issuer_of, luhn_holds
from maitred.sync.screen.spelled import FEWEST_WORDS, words_in
from maitred.sync.screen.text import REMOVED, code_alone, digits_may_matter, field_is_code, plain_field, screen_text
from maitred.sync.screen.views import MASK

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],:]|-?[0-9][0-9.eE+\-]*', re.DOTALL)
_LONG_NUMBER = re.compile(rb"(?<![0-9])[0-9]{13,19}(?![0-9])(?:\.0+)?")
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")
_CODE_NUMBER = re.compile(rb"[0-9]{3,4}")
_LONGEST_LABEL = 40
_LONGEST_PATH = 200
_SMALL = 16 * 1024


@dataclass(slots=True, repr=False)
class _Frame:
    """An open object or list: where it stands, which key is due and where that is, and what its label members say."""

    path: str
    is_object: bool
    key: str = ""
    here: str = ""
    labels: list[str] = made_with(default_factory=list)

    def due(self, key: str) -> None:
        """The value of a key comes next; an empty key: a key comes next."""
        self.key = key
        self.here = f"{self.path}.{key}" if self.path and key else self.path or key


@dataclass(slots=True, repr=False)  # not frozen: there are a hundred a line, and freezing makes each four times slower
class _Member:
    """A key, text or number of the line with its bytes; ``path`` names its field."""

    start: int
    end: int
    raw: bytes
    text: str | None
    path: str
    frame: _Frame
    key: str

    @property
    def field(self) -> str:
        """The path, with what its neighbours say about it."""
        return ".".join([self.path, *self.frame.labels]) if self.key in words.VALUE_KEYS else self.path


def screen_json_lines(chunk: bytes) -> tuple[bytes, list[tuple[int, Finding]]]:
    """Mask card numbers in newline-separated JSON objects.

    Parameters
    ----------
    chunk
        Whole lines; the last may lack its newline. A line that is no JSON is screened as text; if it is damaged between
        its braces, a bare number right behind a member's name counts only when that name speaks of cards.

    Returns
    -------
    tuple
        The lines, the same object when nothing was found, and ``(line, finding)`` pairs, lines counted from 0.
    """
    suspects = _all_lines(chunk) if len(chunk) <= _SMALL else line_suspects(chunk)
    if not suspects:
        return chunk, []
    bounds = _line_bounds(chunk)
    pieces: list[bytes] = []
    found: list[tuple[int, Finding]] = []
    done = 0
    for number in suspects:
        start, end = int(bounds[number]), int(bounds[number + 1])
        line, findings = screen_line_fully(chunk[start:end])
        if findings:
            pieces += [chunk[done:start], line]
            done = end
            found += [(number, finding) for finding in findings]
    return (b"".join([*pieces, chunk[done:]]), found) if found else (chunk, [])


def screen_json_line(line: bytes) -> tuple[bytes, list[Finding]]:
    """Mask card numbers in one JSON object; ``screen_json_lines`` does many at once at a fraction of the cost.

    Examples
    --------
    >>> screen_json_line(b'{"n": 1.50, "text": "card 4111 1111 1111 1111"}')[0].decode()
    '{"n": 1.50, "text": "card [card •••• 1111]"}'
    """
    return screen_line_fully(line)


def screen_line_fully(line: bytes) -> tuple[bytes, list[Finding]]:
    """Screen one line without any look at it beforehand; the same object comes back when nothing was found."""
    if not _is_json(line):
        screened = screen_text(line.decode(errors="surrogateescape"))
        return (
            (screened.text.encode(errors="surrogateescape"), list(screened.findings))
            if screened.findings
            else (line, [])
        )
    if not _worth_walking(line):
        return line, []
    members = _members(line)
    edits: dict[int, str] = {}
    findings: list[Finding] = []
    for place, member in enumerate(members):
        if _is_harmless(member):
            continue
        screened = _screened(member)
        if screened.findings:
            edits[place] = screened.text
            findings += [replace(finding, field=member.path[-_LONGEST_PATH:]) for finding in screened.findings]
    if _has_card(findings, members):
        for place, member in enumerate(members):
            if place not in edits and _is_code_beside_a_card(member):
                edits[place] = REMOVED
                findings.append(Finding(member.path[-_LONGEST_PATH:], "security_code", 1, "high"))
    return (_applied(line, members, edits), findings) if edits else (line, [])


def _all_lines(chunk: bytes) -> Sequence[int]:
    return range(len(_line_bounds(chunk)) - 1)


def line_suspects(chunk: bytes) -> list[int]:
    """Return the numbers of the lines that are worth reading: those that both looks of the prefilter let through."""
    plain = prefilter.unescaped(chunk)
    lines = _as_lines(plain)
    rows = _rows(prefilter.first_look(lines, json=True))
    if rows:
        rows = [rows[place] for place in _rows(prefilter.second_look(lines.take(pa.array(rows)), json=True))]
    return rows


def _rows(mask: Any) -> list[int]:
    rows: list[int] = pc.indices_nonzero(mask).to_pylist()
    return rows


def _line_bounds(chunk: bytes) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return where the lines start, and after the last one the end; a line keeps its newline."""
    starts = np.flatnonzero(np.frombuffer(chunk, dtype=np.uint8) == ord("\n")) + 1
    last = [] if len(starts) and starts[-1] == len(chunk) else [len(chunk)]
    return np.concatenate([[0], starts, last]).astype(np.int64)


def _as_lines(chunk: bytes) -> Any:
    """Return the lines as a binary array over the same memory."""
    bounds = _line_bounds(chunk)
    buffers = [None, pa.py_buffer(bounds.tobytes()), pa.py_buffer(chunk)]
    return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(bounds) - 1, buffers)


def _is_json(line: bytes) -> bool:
    try:
        _loads(line)
    except ValueError:
        return False
    return True


def _worth_walking(line: bytes) -> bool:
    """Cheap test that every line with something to mask passes: long enough digits in one value, words, or a code."""
    if b"[card " in line or words.CODE_FIELD_BYTES.search(line):
        return True
    for text in _TEXT.findall(line):
        if len(text) > SHORTEST and digits_may_matter(text.decode(errors="replace")):
            return True
    if any(map(_passes, _LONG_NUMBER.findall(line))) and _speaks_of_cards(line):
        return True
    return words_in(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), line.decode(errors="replace"))) >= FEWEST_WORDS


def _passes(number: bytes) -> bool:
    digits = number.partition(b".")[0].decode()
    return luhn_holds(digits) and issuer_of(digits) is not None


def _speaks_of_cards(line: bytes) -> bool:
    """Say whether any word about cards stands in the line; a bare number needs one in its name or beside it."""
    plain = plain_field(line.decode(errors="replace"))
    return bool(words.field_pattern().search(plain) or words.FIELD_EXTRA.search(plain))


def _loads(data: bytes) -> Any:
    """Read JSON; what only the standard library accepts (lone surrogates, NaN) is left to it."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)


def _dumps(text: str) -> bytes:
    try:
        return orjson.dumps(text)
    except TypeError:
        return json.dumps(text).encode()


def _members(line: bytes) -> list[_Member]:
    """Return the keys, texts and numbers of a valid JSON line in their order."""
    members: list[_Member] = []
    frames = [_Frame("", is_object=False)]
    for token in _TOKEN.finditer(line):
        raw, frame = token[0], frames[-1]
        sign = raw[:1]
        if sign == b'"':
            start, end = token.span()
            text = _text_of(raw)
            is_key = frame.is_object and not frame.key and line[end : end + 8].lstrip()[:1] == b":"
            members.append(_Member(start, end, raw, text, frame.here, frame, frame.key))
            if is_key:
                frame.due(_named(text, frame.here) or "_")
            elif frame.key in words.LABEL_KEYS and len(label := _named(text, frame.here)) <= _LONGEST_LABEL:
                frame.labels.append(label)
        elif sign == b",":
            if frame.is_object:
                frame.due("")
        elif sign in b"{[":
            frames.append(_Frame(frame.here, is_object=sign == b"{", here=frame.here))
        elif sign in b"}]":
            frames.pop()
        elif sign != b":":
            members.append(_Member(*token.span(), raw, None, frame.here, frame, frame.key))
    return members


def _named(text: str, field: str) -> str:
    """Return a key or label as it will stand, without masks: the word in a mask must not become evidence."""
    return _named_before(text, field) if text.isidentifier() and len(text) <= _LONGEST_LABEL else _unmasked(text, field)


def _unmasked(text: str, field: str) -> str:
    return MASK.sub("", screen_text(text, field).text)


_named_before = lru_cache(maxsize=4096)(_unmasked)
"""A helpdesk's records have few keys, and each of them stands in every line."""


def _is_harmless(member: _Member) -> bool:
    """Say, at next to no cost, that a short word or a number of another length than a card or a code cannot matter."""
    if member.text is None:
        return len(member.raw) < 3 or 4 < len(member.raw) < SHORTEST
    return len(member.text) < SHORTEST and (member.text.isalpha() or not member.text)


def _text_of(raw: bytes) -> str:
    text: str = _loads(raw) if b"\\" in raw else raw[1:-1].decode()
    return text


def _screened(member: _Member) -> Screened:
    if member.text is not None:
        return screen_text(member.text, member.field)
    digits = member.raw.decode()
    if _LONG_NUMBER.fullmatch(member.raw):
        screened = screen_text(digits.partition(".")[0], member.field)
    elif _CODE_NUMBER.fullmatch(member.raw):
        screened = screen_text(digits, member.field)
    else:
        return Screened(digits, ())
    return screened


def _has_card(findings: list[Finding], members: list[_Member]) -> bool:
    if any(finding.kind != "security_code" for finding in findings):
        return True
    return any(member.text is not None and "[card •" in member.text and MASK.search(member.text) for member in members)


def _is_code_beside_a_card(member: _Member) -> bool:
    shown = member.raw.decode() if member.text is None else member.text
    if not code_alone(shown):
        return False
    return field_is_code(member.field) or words.CODE_FIELD_LOOSE.search(plain_field(member.field)) is not None


def _applied(line: bytes, members: list[_Member], edits: dict[int, str]) -> bytes:
    pieces: list[bytes] = []
    done = 0
    for place in sorted(edits):
        member = members[place]
        pieces += [line[done : member.start], _dumps(edits[place])]
        done = member.end
    return b"".join([*pieces, line[done:]])
