"""What texts hold, looked up for whole columns at once: card numbers, warnings of leaving, tone, promises, words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.insight.evidence import phrases
from maitred.insight.evidence.reading import encoded, flat
from maitred.insight.evidence.tables import AGENT, BOT, CUSTOMER, NEVER, Codes, Flags, Ints, Words

_PLAIN = r"[^\p{L}]+"
_ADDRESSES = r"https?://\S+|www\.\S+|\S+@\S+|\[card [^\]]*\]|\[removed\]"


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in messages, row by row (``tables.Messages``)."""

    length: Ints
    card: Flags
    asks_card: Flags
    leaving: Flags
    tone: Codes
    promise_at: Ints


def look(bodies: Any, kind: Codes, public: Flags, sent_at: Ints, zone: str) -> Looked:
    """Look through messages; quoted text is left out.

    Parameters
    ----------
    bodies
        Texts, as stored (card numbers are masked).
    kind, public, sent_at
        Who wrote each, whether the customer can see it, and when.
    zone
        Where "tomorrow" and "Thursday" are days.
    """
    own = own_text(bodies)
    staff = (kind == AGENT) | (kind == BOT)
    customer = kind == CUSTOMER
    return Looked(
        length=pc.utf8_length(own).to_numpy(zero_copy_only=False).astype(np.int64),
        card=_true(pc.match_substring(own, phrases.CARD_MASK)),
        asks_card=_asks_card(own, staff & public),
        leaving=_among(own, customer, phrases.LEAVING, phrases.STAYS),
        tone=_tone(own, customer),
        promise_at=_promises(own, np.flatnonzero(staff & public), sent_at, zone),
    )


def own_text(bodies: Any) -> pa.Array:
    """Texts in lower case without what they quote."""
    text = pc.utf8_lower(pc.fill_null(flat(bodies), ""))
    quoting = _true(pc.match_substring_regex(text, r"(?m)^[ \t]*>|\n[^\n]{0,160}(?::|message|nachricht|schrieb)"))
    return _rewritten(text, quoting, ((phrases.QUOTED, "\n"), (phrases.QUOTED_LINE, "")))


def words_of(subjects: Any, bodies: Any) -> Words:
    """Words of subject and opening message of each ticket, coded in the order in which tickets bring them up."""
    text = pc.fill_null(flat(bodies), "")
    for pattern in (phrases.SIGNATURE, phrases.GREETING):
        text = pc.replace_substring_regex(text, pattern, " ")
    both = pc.binary_join_element_wise(pc.utf8_lower(pc.fill_null(flat(subjects), "")), text, " ")
    both = pc.replace_substring_regex(both, _ADDRESSES, " ")
    split = pc.split_pattern(pc.utf8_trim_whitespace(pc.replace_substring_regex(both, _PLAIN, " ")), " ")
    return coded(pc.list_parent_indices(split), pc.list_flatten(split), len(split), _wanted)


def coded(owners: Any, texts: Any, count: int, wanted: Any = None) -> Words:
    """Ragged codes of texts by owner, each once; names in order of the first owner, then of the alphabet."""
    names, place = encoded(texts)
    owner = flat(owners).to_numpy(zero_copy_only=False).astype(np.int64)
    kept = place >= 0
    if wanted is not None and len(names):
        kept &= wanted(names)[np.maximum(place, 0)]
    owner, place = owner[kept], place[kept]
    first = np.full(len(names), count, dtype=np.int64)
    np.minimum.at(first, place, owner)
    alphabet = pc.rank(names, tiebreaker="first").to_numpy(zero_copy_only=False) if len(names) else first
    order = np.lexsort((alphabet, first))
    order = order[first[order] < count]
    code = np.full(len(names), -1, dtype=np.int64)
    code[order] = np.arange(len(order))
    pairs = np.unique(owner * max(1, len(order)) + code[place])
    owner, codes = np.divmod(pairs, max(1, len(order)))
    starts = np.searchsorted(owner, np.arange(count + 1))
    return Words(starts.astype(np.int64), codes.astype(np.int32), tuple(names.take(pa.array(order)).to_pylist()))


def _wanted(names: pa.Array) -> Flags:
    short = pc.less(pc.utf8_length(names), 3)
    stop = pc.is_in(names, value_set=pa.array(sorted(phrases.STOP_WORDS)))
    return ~_true(pc.or_(short, stop))


def _true(column: Any) -> Flags:
    return np.asarray(flat(column).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _rewritten(text: pa.Array, where: Flags, rules: tuple[tuple[str, str], ...]) -> pa.Array:
    """Texts with patterns replaced in some of them."""
    if not where.any():
        return text
    some = text.filter(pa.array(where))
    for pattern, put in rules:
        some = pc.replace_substring_regex(some, pattern, put)
    return pc.replace_with_mask(text, pa.array(where), some)


def _among(text: pa.Array, where: Flags, pattern: str, unless: str | None = None) -> Flags:
    """Where a pattern occurs among some of the texts, once what matches ``unless`` is taken out."""
    found = np.zeros(len(text), dtype=np.bool_)
    place = np.flatnonzero(where)
    hits = place[_true(pc.match_substring_regex(text.take(pa.array(place)), pattern))]
    if unless is not None and len(hits):
        rest = pc.replace_substring_regex(text.take(pa.array(hits)), unless, " ")
        hits = hits[_true(pc.match_substring_regex(rest, pattern))]
    found[hits] = True
    return found


def _asks_card(text: pa.Array, where: Flags) -> Flags:
    return _among(text, where, phrases.ASKS_CARD, phrases.WARNS_OF_CARD)


def _tone(text: pa.Array, where: Flags) -> Codes:
    place = np.flatnonzero(where)
    some = text.take(pa.array(place))
    very_bad, bad, good, very_good = (
        _true(pc.match_substring_regex(some, pattern))
        for pattern in (phrases.VERY_BAD, phrases.BAD, phrases.GOOD, phrases.VERY_GOOD)
    )
    tone = np.zeros(len(text), dtype=np.int32)
    pleased = np.where(very_good, 2, np.where(good, 1, 0))
    angry = np.where(very_bad, -2, np.where(bad, -1, 0))
    tone[place] = np.where(angry < 0, np.where((angry == -1) & (pleased > 0), 0, angry), pleased)
    return tone


def _promises(text: pa.Array, place: Ints, sent_at: Ints, zone: str) -> Ints:
    """When something is promised for: end of a named day, or so long after the message."""
    promised = np.full(len(text), NEVER, dtype=np.int64)
    some = text.take(pa.array(place))
    said = _true(pc.match_substring_regex(some, phrases.PROMISE))
    place, some = place[said], some.filter(pa.array(said))
    if not len(place):
        return promised
    names, code = encoded(pc.struct_field(pc.extract_regex(some, f"(?s:.*?){phrases.PROMISE}"), "what"))
    sent = sent_at[place]
    local = _local_days(sent, zone)
    until = np.full(len(place), NEVER, dtype=np.int64)
    for number, what in enumerate(names.to_pylist()):
        mine = code == number
        until[mine] = _due(what, sent[mine], local[mine], zone)
    promised[place] = until
    return promised


def _due(what: str, sent: Ints, day: Ints, zone: str) -> Ints:
    words = what.split()
    if what.startswith(phrases.SOON):
        return _ends(day, zone)
    if what in phrases.NEXT_DAY:
        return _ends(day + 1, zone)
    if what in phrases.WEEKDAYS:
        ahead = (phrases.WEEKDAYS.index(what) % 7 - (day + 3) % 7) % 7
        return _ends(day + np.where(ahead == 0, 7, ahead), zone)
    amount = int(words[0]) if words[0].isdecimal() else phrases.NUMBERS.get(words[0], 1)
    unit = next((size for stems, size in phrases.UNITS if any(w.startswith(stems) for w in words[1:])), 86_400)
    return sent + amount * unit


def _local_days(at: Ints, zone: str) -> Ints:
    """Local days since 1970-01-01 of instants (a Thursday: day 0)."""
    return (at + _offsets(at, zone)) // 86_400


def _ends(day: Ints, zone: str) -> Ints:
    """The last second of local days, as an instant."""
    local = ZoneInfo(zone)
    days, place = np.unique(day, return_inverse=True)
    ends = [datetime.combine(_date(int(one) + 1), time(), local).timestamp() - 1 for one in days]
    return np.array(ends, dtype=np.int64)[place]


def _date(day: int) -> Any:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).date()


def _offsets(at: Ints, zone: str) -> Ints:
    """Seconds that a zone is ahead of UTC at instants (looked up by the hour)."""
    local = ZoneInfo(zone)
    hours, place = np.unique(at // 3600, return_inverse=True)
    ahead = [datetime.fromtimestamp(int(hour) * 3600, UTC).astimezone(local).utcoffset() for hour in hours]
    return np.array([0 if one is None else int(one.total_seconds()) for one in ahead], dtype=np.int64)[place]
