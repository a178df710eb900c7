"""Personal data and secrets kept out of logs, and shortened where a field may be shown in part only.

``scrub_event`` is the structlog processor that stands last before rendering: it keeps a closed list of keys. ``scrub``
masks a text that has to be shown anyway. It errs towards masking: a log can do without a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from datetime import datetime
from typing import Any
from uuid import UUID

KEYS = (
    *("time", "level", "event", "request_id", "account", "verb", "object", "duration_ms", "outcome", "status"),
    *("method", "route", "job", "count", "reason_code", "error"),
)
"""Everything a log line may hold, in the order it is written."""

WITHHELD = "text-withheld"
"""Stands for an event that is a sentence and not a name."""

LONGEST = 200
LONGEST_TEXT = 100_000

_EVENT = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}")
_ERROR = re.compile(r"(?:[A-Za-z_]{1,40}\.){0,8}([A-Z][A-Za-z]{0,59})")
_OURS = {
    "time": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{5,18}(?:Z|[+-][0-9]{2}:?[0-9]{2})?"),
    "request_id": re.compile(r"[0-9a-f]{32,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
}
"""Ids and times are made of digits that may look like numbers of persons; these forms are our own."""
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")

_KEY_NAME = (
    r"pass(?:word|wd|phrase|code)?|pwd|secret|client[_-]?secret|token|access[_-]?token|refresh[_-]?token|id[_-]?token|"
    r"api[_-]?key|apikey|private[_-]?key|credentials?|session(?:id|[_-]?key)?|csrf(?:middleware)?token|signature|otp|totp"
)
_PEM = re.compile(r"-----BEGIN [A-Z ]{1,40}-----.*?(?:-----END [A-Z ]{1,40}-----|\Z)", re.DOTALL)
_HEADER = re.compile(
    r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)([\"']?\s*[:=]\s*+)(?!\[secret\])[^\r\n]+"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic|digest|token)(\s+)(?=[^\s,;]*[0-9=._~+/-])[A-Za-z0-9._~+/=-]{8,}")
_OUR_TOKEN = re.compile(r"mtr_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{6,}|\bmtr_[A-Za-z0-9_-]{16,}")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?")
_USERINFO = re.compile(r"(?<=://)[^\s/@\"'<>\[]{1,300}(?=@)")
_KEY_VALUE = re.compile(
    rf"(?i)(?<![A-Za-z0-9])((?:[A-Za-z0-9]{{1,20}}[_-])?(?:{_KEY_NAME})[\"']?\s*(?>=>|[:=])\s*+)"
    r"(?:\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|(?!\[(?:secret|token|email|iban|card|phone)\b)[^\s,;&}\])\"']+)"
)
_EMAIL = re.compile(
    r"[^\s@<>\"'(),:;\[\]/=&?]{1,64}(?:@|%40|\uff20)(?:[^\W_](?:[\w-]{0,62})?\.){1,8}[^\W\d_][\w-]{1,62}", re.IGNORECASE
)
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[A-Za-z0-9]{11,30}|(?:[ \-.\u00a0][A-Za-z0-9]{4}){2,7}"
    r"(?:[ \-.\u00a0][A-Za-z0-9]{1,3})?)(?![A-Za-z0-9])"
)
_LONG_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ \-.\u00a0\u2009\u202f]{0,2}[0-9]){12,}+")
_PHONE = re.compile(
    r"(?<![\w.+-])(?:"
    r"(?:\+|00)[1-9](?:[ ()./\-\u00a0]{0,3}[0-9]){6,14}"
    r"|\([0-9]{2,5}\)[ \-]?[0-9](?:[ ./-]?[0-9]){4,10}"
    r"|0[1-9](?:[ ./-]{0,2}[0-9]){6,11}"
    r"|[2-9][0-9]{2}([-. ])[0-9]{3}\1[0-9]{4}"
    r")(?![\w-])"
)
_SIGNS = re.compile(r"[^0-9A-Za-z]")


def scrub(text: str) -> str:
    """A text with secrets, mail addresses, IBANs, card and telephone numbers masked; doing it twice changes nothing.

    Text behind ``LONGEST_TEXT`` characters is cut off.

    Examples
    --------
    >>> scrub("anna@example.org paid from DE89 3704 0044 0532 0130 00, call +49 30 1234567, password=hunter2")
    '[email] paid from [iban], call [phone], password=[secret]'
    """
    text = _screened(_with_plain_digits(text[:LONGEST_TEXT]))
    text = _PEM.sub("[secret]", text)
    text = _HEADER.sub(r"\1\2[secret]", text)
    text = _USERINFO.sub("[secret]", text)
    text = _OUR_TOKEN.sub("[token]", text)
    text = _JWT.sub("[token]", text)
    text = _BEARER.sub(r"\1\2[token]", text)
    text = _KEY_VALUE.sub(r"\1[secret]", text)
    text = _EMAIL.sub("[email]", text)
    text = _IBAN.sub(_without_iban, text)
    text = _LONG_NUMBER.sub(_without_cards, text)
    return _PHONE.sub("[phone]", text)


def scrub_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """The structlog processor: what of an event may be written."""
    return kept(event)


def kept(event: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of ``KEYS`` with values that are plain, short, on one line and scrubbed; everything else is left out.

    ``event`` has to be a name, ``error`` becomes the class alone, a ``route`` loses its query.
    """
    found = {**event}
    if "error" not in found and found.get("exc_info"):
        found["error"] = found["exc_info"]
    values = {key: _value(key, found[key]) for key in KEYS if key in found}
    return {key: value for key, value in values.items() if value is not None}


def masked_email(address: str) -> str:
    """A mail address as ``a•••@example.org``; what is none becomes ``•••``.

    Examples
    --------
    >>> masked_email("anna@example.org"), masked_email("a@example.org"), masked_email("anna")
    ('a•••@example.org', '•••@example.org', '•••')
    """
    local, at, host = address.strip().rpartition("@")
    if not at or not local or not host:
        return "•••"
    return f"{local[0] if len(local) > 1 else ''}•••@{host}"


def masked_phone(number: str) -> str:
    """A telephone number as its last four digits; of a short one, which they would give away, nothing.

    Examples
    --------
    >>> masked_phone("+49 30 123-4567"), masked_phone("11833")
    ('•••4567', '•••')
    """
    digits = "".join(sign for sign in number if sign.isdigit())
    return f"•••{digits[-4:]}" if len(digits) >= 7 else "•••"


def _value(key: str, value: Any) -> str | int | float | bool | None:
    if key == "error":
        return _class_name(value)
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str):
        return None
    if key == "event" and not _EVENT.fullmatch(value):
        return WITHHELD
    if key == "route":
        value = value.partition("?")[0]
    return value if key in _OURS and _OURS[key].fullmatch(value) else _one_line(scrub(value))


def _class_name(value: Any) -> str | None:
    if isinstance(value, tuple) and value:
        value = value[0]
    if value is True:
        import sys

        value = sys.exc_info()[0]
    if isinstance(value, BaseException):
        value = type(value)
    if isinstance(value, type):
        return value.__name__
    named = _ERROR.fullmatch(value) if isinstance(value, str) else None
    return named[1] if named else None


def _one_line(text: str) -> str:
    return _BREAKS.sub(" ", text)[:LONGEST]


def _with_plain_digits(text: str) -> str:
    """The text with the digits of every script as 0 to 9, so that one set of patterns reads them."""
    return text if text.isascii() else re.sub(r"\d", lambda digit: str(int(digit[0])), text)


def _screened(text: str) -> str:
    from maitred.sync.screen import screen_text

    return screen_text(text).text


def _without_iban(found: re.Match[str]) -> str:
    """The longest run of whole groups whose check digits hold (ISO 13616: 1 when divided by 97) gives way."""
    text = found[0]
    ends = [len(text), *reversed([place.start() for place in _SIGNS.finditer(text)])]
    for end in ends:
        bare = _SIGNS.sub("", text[:end]).upper()
        if len(bare) >= 15 and int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1:
            return "[iban]" + text[end:]
    return text


def _without_cards(found: re.Match[str]) -> str:
    """Every run of whole groups that an issuer may have given out gives way, the longest first."""
    from maitred.sync.screen.issuers import SHORTEST

    text = found[0]
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    pieces, done, first = [], 0, 0
    while first <= len(places) - SHORTEST:
        if end := _card_end(text, places, first):
            pieces += [text[done : places[first]], "[card]"]
            done = places[end - 1] + 1
        first = end or first + 1
    return "".join([*pieces, text[done:]])


def _card_end(text: str, places: list[int], first: int) -> int:
    """Where a card number ends that begins with this digit, or 0; inside an unbroken run of digits none begins."""
    from maitred.sync.screen.issuers import LONGEST as MOST
    from maitred.sync.screen.issuers import SHORTEST, issuer_of, luhn_holds

    if first and places[first - 1] == places[first] - 1:
        return 0
    for end in range(min(first + MOST, len(places)), first + SHORTEST - 1, -1):
        if end < len(places) and places[end] == places[end - 1] + 1:
            continue
        digits = "".join(text[place] for place in places[first:end])
        if luhn_holds(digits) and issuer_of(digits) is not None:
            return end
    return 0
