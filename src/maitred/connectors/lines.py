"""From the bytes of a landed page back to its records, for every decoder.

A page holds one JSON value per line. A line that cannot be read becomes ``Unreadable`` in its place, so that line
numbers stay true and the decoder can set the record aside with its reason.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import orjson

from maitred.connectors.decoded import Code


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands where a record could not be read from its line."""

    code: Code
    message: str


def parse(body: bytes) -> list[object]:
    """The records of one page, in order, one per line; blank lines are no records.

    Parameters
    ----------
    body
        JSON values separated by line feeds.

    Returns
    -------
    list
        Parsed values; ``Unreadable`` where a line is not JSON or not UTF-8. Never raises.

    Examples
    --------
    >>> parse(b'{"id": 1}\\n{"id": ')[0]
    {'id': 1}
    """
    lines = [line for line in body.split(b"\n") if line and not line.isspace()]
    loads = orjson.loads
    try:
        return [loads(line) for line in lines]
    except orjson.JSONDecodeError:
        return [_read(line) for line in lines]


def _read(line: bytes) -> object:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        reason = str(error)
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        return Unreadable("bad_text", f"the record is not UTF-8 text (byte {error.start + 1})")
    if "\\ud" in text or "\\uD" in text:
        return _read_lone_surrogates(text, reason)
    return Unreadable("not_json", f"the record is not JSON ({reason})")


def _read_lone_surrogates(text: str, reason: str) -> object:
    """Half a surrogate pair is valid JSON grammar, yet the fast reader refuses it; the converters clean it later."""
    try:
        record: object = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return Unreadable("not_json", f"the record is not JSON ({reason})")
    return record


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
