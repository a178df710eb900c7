"""How one column of foreign values becomes one canonical column, for every decoder.

A converter takes the raw values of one column and the ``Faults`` of that column; it gives an Arrow array of the same
length.
It never raises: a value that cannot be brought into the canonical form is null in the array and named in the faults.
Each converter first tries the whole column at once, and goes value by value only when that fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

import orjson
import pyarrow as pa
import pyarrow.compute

from maitred.canon.zones import iana_zone
from maitred.connectors.decoded import Code

Array: TypeAlias = Any
"""An Arrow array; the type that the stubs give it does not survive the compute functions."""
pc: Any = pyarrow.compute

LARGEST_TEXT = 10 * 1024 * 1024
"""Bytes of UTF-8 above which a text is set aside as ``too_big``."""

INSTANT = pa.timestamp("us", tz="UTC")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST_US = 0
_LATEST_US = 7_258_118_400_000_000  # year 2200: beyond it a helpdesk's time is a fault, not a fact
_LONGEST_ID = 1024
_SURROGATES = re.compile("[\ud800-\udfff]")
_MISSING: Any = object()
_WHOLE = {int, type(None)}
_REFUSED = (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError)


class Faults:
    """What went wrong in one column: rows to set aside, values read by a default, texts mended."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[Code, str]] = {}
        self.new_values: dict[tuple[str, str], int] = {}
        self.dropped: dict[str, int] = {}
        self.mended = 0

    def bad(self, row: int, code: Code, message: str) -> None:
        self.rows.setdefault(row, (code, message))

    def new_value(self, value: object, read_as: object) -> None:
        key = (shown(value), "nothing" if read_as is None else str(read_as))
        self.new_values[key] = self.new_values.get(key, 0) + 1

    def drop(self, why: str) -> None:
        self.dropped[why] = self.dropped.get(why, 0) + 1


Converter: TypeAlias = Callable[[Sequence[Any], Faults], Array]


def shown(value: object, longest: int = 60) -> str:
    """A value as a message may show it: short, and never able to fail."""
    text = clean(value) if isinstance(value, str) else plain_text(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def clean(text: str) -> str:
    """The text without NUL and lone surrogates, each replaced by U+FFFD."""
    return _SURROGATES.sub("\ufffd", text.replace("\0", "\ufffd"))


def plain_text(value: object) -> str:
    """Any JSON value as text: texts as they are, everything else as JSON with sorted keys."""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except (TypeError, ValueError):
        pass
    try:
        return clean(json.dumps(_cleaned(value), sort_keys=True, ensure_ascii=False, separators=(",", ":")))
    except (TypeError, ValueError, RecursionError):
        return "null"


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _cleaned(item) for key, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, list) else value


def text(values: Sequence[Any], faults: Faults) -> Array:
    """Text as it is; numbers and booleans as JSON writes them; NUL and lone surrogates replaced and noted."""
    try:
        if set(map(type, values)) <= _WHOLE:
            return pc.cast(pa.array(values, pa.int64()), pa.string())
        array: Any = pa.array(values, pa.string())
        if not _needs_mending(array):
            return array
    except _REFUSED:
        pass
    return pa.array([_one_text(value, row, faults) for row, value in enumerate(values)], pa.string())


def _needs_mending(array: Any) -> bool:
    if isinstance(array, pa.ChunkedArray):
        return True
    longest = pc.max(pc.binary_length(array)).as_py()
    if longest is None:
        return False
    return longest > LARGEST_TEXT or bool(pc.any(pc.match_substring(array, "\0")).as_py())


def _one_text(value: Any, row: int, faults: Faults) -> str | None:
    if value is None:
        return None
    if isinstance(value, (dict, list)):
        faults.bad(row, "bad_type", "text was expected, not an object or a list")
        return None
    raw = plain_text(value)
    mended = clean(raw)
    if len(mended) > LARGEST_TEXT or len(mended.encode()) > LARGEST_TEXT:
        faults.bad(row, "too_big", f"the text is longer than {LARGEST_TEXT // 1024 // 1024} MB")
        return None
    if mended is not raw and mended != raw:
        faults.mended += 1
    return mended


def ident(values: Sequence[Any], faults: Faults) -> Array:
    """Vendor ids as text: whole numbers in decimal, texts trimmed, the empty text as null."""
    kinds = set(map(type, values))
    if float in kinds:  # Arrow would cut 1.5 to 1
        return _idents(values, faults)
    try:
        if str not in kinds:
            return pc.cast(pa.array(values, pa.int64()), pa.string())
        array: Any = pa.array(values, pa.string())
        if _needs_mending(array):
            return _idents(values, faults)
        array = pc.utf8_trim_whitespace(array)
        return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)
    except _REFUSED:
        return _idents(values, faults)


def _idents(values: Sequence[Any], faults: Faults) -> Array:
    return pa.array([_one_ident(value, row, faults) for row, value in enumerate(values)], pa.string())


def _one_ident(value: Any, row: int, faults: Faults) -> str | None:
    found = id_text(value)
    if found is None and value is not None and value != "" and not (isinstance(value, str) and not value.strip()):
        faults.bad(row, "bad_type", "an id was expected (a whole number or a text)")
    return found


def id_text(value: object) -> str | None:
    """One id as text, or None when it is not an id."""
    if isinstance(value, str):
        trimmed = clean(value.strip())
        return trimmed if 0 < len(trimmed) <= _LONGEST_ID else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if value.bit_length() <= 256 else None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return None


def instant(values: Sequence[Any], faults: Faults) -> Array:
    """Instants in UTC, cut to whole seconds; no zone means UTC; a number is seconds since 1970. Faults are
    ``bad_time``."""
    return _instants(values, faults, strict=True)


def instant_if_any(values: Sequence[Any], faults: Faults) -> Array:
    """Like ``instant``, but an unreadable time is dropped with a notice: for times that no clock depends on."""
    return _instants(values, faults, strict=False)


def instant_or_epoch(values: Sequence[Any], faults: Faults) -> Array:
    """Like ``instant``, with 1970 for null: records of full lists may carry no time, and a row needs one to be
    compared by."""
    return pc.fill_null(_instants(values, faults, strict=True), pa.scalar(EPOCH, INSTANT))


def _instants(values: Sequence[Any], faults: Faults, *, strict: bool) -> Array:
    array = _all_instants(values)
    if array is None:
        array = pa.array([_one_instant(value, row, faults, strict) for row, value in enumerate(values)], pa.int64())
    return pc.cast(_whole_seconds(array), INSTANT)


def _all_instants(values: Sequence[Any]) -> Any:
    """Microseconds since 1970, or None when a value has to be looked at on its own."""
    try:
        texts = pa.array(values, pa.string())
    except _REFUSED:
        return _all_epochs(values)
    if len(texts) == texts.null_count:
        return pa.nulls(len(texts), pa.int64())
    for kind in (INSTANT, pa.timestamp("us")):
        try:
            return _in_range(pc.cast(pc.cast(texts, kind), pa.int64()))
        except pa.ArrowInvalid:
            continue
    return None


def _all_epochs(values: Sequence[Any]) -> Any:
    try:
        return _in_range(pc.multiply(pa.array(values, pa.int64()), 1_000_000))
    except _REFUSED:
        return None


def _in_range(micros: Any) -> Any:
    span = pc.min_max(micros).as_py()
    if span["min"] is not None and (span["min"] < _EARLIEST_US or span["max"] > _LATEST_US):
        return None
    return micros


def _whole_seconds(micros: Any) -> Any:
    return pc.multiply(pc.divide(micros, 1_000_000), 1_000_000)


def _one_instant(value: Any, row: int, faults: Faults, strict: bool) -> int | None:
    if value is None or value == "":
        return None
    micros = micros_of(value)
    if micros is None and strict:
        faults.bad(row, "bad_time", f"{shown(value)} is not a time between 1970 and 2200")
    elif micros is None:
        faults.drop("a time that cannot be read")
    return micros


def micros_of(value: object) -> int | None:
    """Microseconds since 1970 of one vendor time (text or epoch seconds), or None when it is not a time."""
    moment: int | None = None
    if isinstance(value, str):
        moment = _micros_of_text(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e12:
        moment = int(value * 1_000_000)
    return moment if moment is not None and _EARLIEST_US <= moment <= _LATEST_US else None


def _micros_of_text(value: str) -> int | None:
    plain = value.strip()
    if plain[-3:].upper() == "UTC":
        plain = plain[:-3].rstrip() + "+00:00"
    try:
        moment = datetime.fromisoformat(plain)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        elapsed = moment - EPOCH
    except (ValueError, OverflowError):
        return None
    return (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds


def day(values: Sequence[Any], faults: Faults) -> Array:
    """Calendar days; of an instant its own calendar day as written; otherwise ``bad_time``."""
    return pa.array([_one_day(value, row, faults, True) for row, value in enumerate(values)], pa.date32())


def day_if_any(values: Sequence[Any], faults: Faults) -> Array:
    """Like ``day``, but an unreadable day is dropped with a notice."""
    return pa.array([_one_day(value, row, faults, False) for row, value in enumerate(values)], pa.date32())


def _one_day(value: Any, row: int, faults: Faults, strict: bool) -> date | None:
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(value[:10])
    except (TypeError, ValueError, KeyError):
        if strict:
            faults.bad(row, "bad_time", f"{shown(value)} is not a day (YYYY-MM-DD)")
        else:
            faults.drop("a day that cannot be read")
        return None


_FLAGS: dict[Any, bool] = {
    True: True,
    False: False,
    **dict.fromkeys(("true", "t", "1", "yes"), True),
    **dict.fromkeys(("false", "f", "0", "no"), False),
}


def flag(default: bool | None = None) -> Converter:
    """Booleans: true/false in any case, t/f, 1/0, yes/no; null becomes ``default``; anything else is ``bad_type``."""

    def convert(values: Sequence[Any], faults: Faults) -> Array:
        try:
            array: Any = pa.array(values, pa.bool_())
        except _REFUSED:
            array = pa.array([_one_flag(value, row, faults) for row, value in enumerate(values)], pa.bool_())
        return array if default is None else pc.fill_null(array, default)

    return convert


def _one_flag(value: Any, row: int, faults: Faults) -> bool | None:
    if value is None or value == "":
        return None
    found = _FLAGS.get(value.strip().lower() if isinstance(value, str) else value) if is_plain(value) else None
    if found is None:
        faults.bad(row, "bad_type", f"{shown(value)} is neither true nor false")
    return found


def is_plain(value: object) -> bool:
    """Text, number, boolean or null: neither an object nor a list."""
    return not isinstance(value, (dict, list))


REFUSE = "refuse"
"""As a ``choice``'s default: an unknown value sets the row aside as ``bad_enum``."""


def choice(table: Mapping[Any, str | None], default: str | None, empty: str | None = None) -> Converter:
    """One of a closed list of words.

    Parameters
    ----------
    table
        Vendor value (numbers, or texts in lower case) to canonical word.
    default
        What an unknown value is read as; each unknown value is noted once (``new_enum``). ``REFUSE`` where none will
        do.
    empty
        What null and the empty text are read as.
    """
    known = {**table, None: empty, "": empty}

    def convert(values: Sequence[Any], faults: Faults) -> Array:
        try:
            words = [known.get(value, _MISSING) for value in values]
        except TypeError:
            words = [_MISSING] * len(values)
        if _MISSING in words:
            seen: dict[Any, Any] = {}
            for row, value in enumerate(values):
                if words[row] is _MISSING:
                    words[row] = _one_word(known, default, value, row, faults, seen)
        return pa.array(words, pa.string())

    return convert


def _one_word(
    known: Mapping[Any, str | None], default: str | None, value: Any, row: int, faults: Faults, seen: dict[Any, Any]
) -> str | None:
    """``seen`` remembers what was found for a value that had to be looked at more closely."""
    if not is_plain(value):
        faults.bad(row, "bad_type", "a word was expected, not an object or a list")
        return None
    word = seen[value] if value in seen else seen.setdefault(value, word_of(known, value))
    if word is not _MISSING:
        return None if word is None else str(word)
    if default == REFUSE:
        faults.bad(row, "bad_enum", f"{shown(value)} is not a known value")
        return None
    faults.new_value(value, default)
    return default


def word_of(known: Mapping[Any, Any], value: Any) -> Any:
    """The canonical word of a value, whatever its case and whether a number is written as text; or a marker object."""
    if isinstance(value, str):
        plain = value.strip().lower()
        if plain in known:
            return known[plain]
        return known.get(int(plain), _MISSING) if plain.isascii() and plain.isdigit() and len(plain) < 10 else _MISSING
    return known.get(value, _MISSING) if is_plain(value) else _MISSING


def is_unknown(word: object) -> bool:
    """Whether ``word_of`` found nothing."""
    return word is _MISSING


def texts(values: Sequence[Any], faults: Faults) -> Array:
    """Lists of texts (tags, domains); null becomes the empty list, a single text is split at commas and white space."""
    kind = pa.list_(pa.string())
    if all(type(value) is list for value in values):
        try:
            array: Any = pa.array(values, kind)
            if not _needs_mending(array.values) and not array.values.null_count:
                return array
        except _REFUSED:
            pass
    return pa.array([_one_list(value, row, faults) for row, value in enumerate(values)], kind)


def _one_list(value: Any, row: int, faults: Faults) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [clean(part) for part in re.split(r"[,\s]+", value) if part]
    if not isinstance(value, list):
        faults.bad(row, "bad_type", "a list was expected")
        return []
    return [word for part in value if (word := _one_text(part, row, faults)) is not None]


def json_text(values: Sequence[Any], faults: Faults) -> Array:
    """Any value as JSON with sorted keys; null and empty objects stay null."""
    return pa.array([None if value is None or value == {} else plain_json(value) for value in values], pa.string())


def json_object(values: Sequence[Any], faults: Faults) -> Array:
    """Objects as JSON with sorted keys and without null members; null becomes ``{}``; anything else is ``bad_type``."""
    return pa.array([_one_object(value, row, faults) for row, value in enumerate(values)], pa.string())


def _one_object(value: Any, row: int, faults: Faults) -> str:
    if not value:
        return "{}"
    if not isinstance(value, dict):
        faults.bad(row, "bad_type", "an object was expected")
        return "{}"
    return plain_json({key: item for key, item in value.items() if item is not None})


def plain_json(value: object) -> str:
    """One value as JSON text with sorted keys, cleaned of NUL and lone surrogates."""
    written = plain_text(value) if not isinstance(value, str) else json.dumps(clean(value), ensure_ascii=False)
    if "\\u0000" in written:
        written = plain_text(_cleaned(value)) if not isinstance(value, str) else written
    return written


def whole(values: Sequence[Any], faults: Faults) -> Array:
    """Whole numbers; digits written as text are accepted; anything else is ``bad_type``."""
    if set(map(type, values)) == {int}:
        try:
            return pa.array(values, pa.int64())
        except OverflowError:
            pass
    return pa.array([_one_whole(value, row, faults) for row, value in enumerate(values)], pa.int64())


def _one_whole(value: Any, row: int, faults: Faults) -> int | None:
    number = number_of(value)
    if number is None:
        if value is not None and value != "":
            faults.bad(row, "bad_type", f"{shown(value)} is not a whole number")
        return None
    return int(number)


def number_of(value: object) -> float | int | None:
    """A finite number below 2^53, also when written as text; else None."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if -(2**53) < value < 2**53 else None  # also refuses NaN


def decimal_if_any(values: Sequence[Any], faults: Faults) -> Array:
    """Numbers; what is not one is dropped with a notice."""
    return pa.array([_one_decimal(value, faults) for value in values], pa.float64())


def _one_decimal(value: Any, faults: Faults) -> float | None:
    number = number_of(value)
    if number is None and value is not None and value != "":
        faults.drop("a number that cannot be read")
    return None if number is None else float(number)


def zone(values: Sequence[Any], faults: Faults) -> Array:
    """Zone names in IANA form; an unknown name is ``unknown_zone``: business hours must never run in the wrong
    place."""
    names = [iana_zone(value) if isinstance(value, str) else None for value in values]
    for row, name in enumerate(names):
        if name is None and values[row] is not None:
            faults.bad(row, "unknown_zone", f"no time zone is known as {shown(values[row])}")
    return pa.array(names, pa.string())


def zone_if_any(values: Sequence[Any], faults: Faults) -> Array:
    """Like ``zone``, but an unknown name is dropped with a notice: for people, whose zone no clock depends on."""
    names = [iana_zone(value) if isinstance(value, str) else None for value in values]
    for row, name in enumerate(names):
        if name is None and values[row] is not None:
            faults.drop(f"the unknown zone {shown(values[row])}")
    return pa.array(names, pa.string())


def always(value: object) -> Converter:
    """The same value in every row."""

    def convert(values: Sequence[Any], faults: Faults) -> Array:
        return pa.array([value] * len(values))

    return convert


def of(function: Callable[[Any], Any], converter: Converter) -> Converter:
    """First ``function`` on each raw value, then ``converter`` on the column."""

    def convert(values: Sequence[Any], faults: Faults) -> Array:
        return converter([function(value) for value in values], faults)

    return convert
