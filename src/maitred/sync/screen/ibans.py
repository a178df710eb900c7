"""Which strings are bank account numbers by ISO 13616: a country with its length, and the remainder by 97.

Lengths by country are those of the IBAN registry that SWIFT keeps for ISO 13616.
"""

from __future__ import annotations

import re

_IBANS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 "
    "FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 "
    "LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 "
    "SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 "
)
LENGTHS = {entry[:2]: int(entry[2:]) for entry in _IBANS.split()}
"""How many characters an IBAN of each country has."""

WRITTEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ \-.\u00a0\u200b]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
"""What looks like an IBAN, perhaps with the next words; ``opens_with_iban`` decides."""

_SIGN = re.compile(r"[0-9A-Za-z]")
_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?=[ \-.\u00a0\u202f\u200b\u2060]?[A-Za-z0-9])")
_MOST_GAP = 3


def opens_with_iban(text: str) -> bool:
    """Say whether ``text`` opens with an IBAN (the rearranged number leaves 1 when divided by 97).

    Examples
    --------
    >>> opens_with_iban("DE89 3704 0044 0532 0130 00 is mine")
    True
    """
    bare = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    length = LENGTHS.get(bare[:2], 0)
    return 0 < length <= len(bare) and holds(bare[:length])


def holds(bare: str) -> bool:
    """Say whether an IBAN in capitals and without gaps has the right check digits."""
    return int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1


def ibans_in(text: str) -> list[tuple[int, int]]:
    """Return where IBANs stand, groups and all; a number that goes on behind its length is none."""
    found = []
    for start in _START.finditer(text):
        length = LENGTHS.get(start[0][:2].upper())
        end = _end(text, start.start(), length) if length else None
        if end is not None:
            found.append((start.start(), end))
    return found


def _end(text: str, start: int, length: int) -> int | None:
    signs: list[str] = []
    last = start
    for at in range(start, len(text)):
        sign = text[at]
        if _SIGN.match(sign):
            signs.append(sign.upper())
            last = at + 1
            if len(signs) == length:
                break
        elif sign.isalnum() or at - last >= _MOST_GAP:
            return None
    if len(signs) < length or (last < len(text) and text[last].isalnum()):
        return None
    return last if holds("".join(signs)) else None
