"""Telephone numbers in a text: digits in groups that a numbering plan allows, or that the text itself calls a number.

A number with its country code is judged by that country's plan. One without it must fit the plan of a likely country
and be written as people write telephone numbers, or stand behind a word such as "call" or "mobile": a bare run of
digits fits some plan too often. Plans come from the ``phonenumbers`` package, which carries its data and asks nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

REGIONS = "US GB DE FR ES IT NL BE CH AT PL PT IE SE NO DK FI CZ AU NZ IN JP BR MX ZA TR GR HU RO SG HK IL AE".split()
"""Countries whose plans are tried for a number without a country code, unless the caller knows better."""

_SEP = r"[ .\-/\u00a0\u2009\u202f\u2010-\u2015\u2212]"
_CHAIN = re.compile(
    rf"(?<![\w])(?<![0-9][.,])(?:[+＋]|\(\+?)?\d(?:(?:{_SEP}{{0,2}}[()]{{0,2}}{_SEP}{{0,2}})\d|\d)*"
    r"(?:\s{0,2}(?:x|ext\.?|extension|ext:|#|Durchwahl)\s{0,2}\d{1,6})?(?![\w])",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\s{0,2}(?:x|ext\.?|extension|ext:|#|Durchwahl)\s{0,2}\d{1,6}$", re.IGNORECASE)
_CUE = re.compile(
    r"(?:phone|mobile|cell|\bcell\b|tele?(?:fon|phone)\w*|\btel\b|\bfax\b|\bcall(?:ed|ing|s)?\b|whatsapp|\bsms\b|\btext(?:ed)?\b|"
    r"contact(?: number)?|hotline|handy|\bnumber\b|\bring\b|reach|dial|\bmob\b|\bph\b|rufnummer|nummer|m.vil|t.l.phone|"
    r"cellulare|gsm|telem.vel|numer)[^0-9+(]{0,32}$",
    re.IGNORECASE,
)
_FIRM_CUE = re.compile(
    r"(?:phone|mobile|\bcell\b|cellphone|tele?fon\w*|\btel\b|\bfax\b|\bcall(?:ed|ing)?\b|whatsapp|\bmob\b|rufnummer|handy\w*|dial)"
    r"[^0-9+(.;]{0,24}$",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:order|tracking|shipment|parcel|invoice|ticket|\bcase\b|\bcard\b|booking|reservation|serial|sku|imei|isbn|iban|"
    r"account|policy|reference|\bref\b|claim|version|model|part|article|item|barcode|gtin|ean|voucher|coupon|"
    r"transaction|payment|customer|user|contract|vat|tax|ssn|passport|licen[cs]e|\bid\b|bestell\w*|rechnung\w*|"
    r"commande|pedido|ordine|zam.wieni\w*)[^0-9A-Za-z]{0,3}(?:(?:id|no|nr|num|number|code|nummer|de|is|was)\b[^0-9A-Za-z]{0,3}){0,3}"
    r"[^0-9A-Za-z+(]{0,3}$",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|[12]\d|3[01])[-./](?:19|20)\d\d"
    r"|(?:19|20)\d\d ?- ?(?:19|20)\d\d"
)
_AMOUNT = re.compile(r"[€$£¥₹]\s?$|(?:eur|usd|gbp|chf|inr)\s?$", re.IGNORECASE)
_GROUPED = re.compile(r"\d[ .\-/()\u00a0\u2009\u202f\u2010-\u2015\u2212]+\d")


def phones_in(text: str, regions: Sequence[str] = REGIONS) -> Iterator[tuple[int, int]]:
    """Yield where telephone numbers stand, with their plus sign, brackets and extension.

    Parameters
    ----------
    text
        Text with ASCII digits.
    regions
        ISO codes of the countries whose plans are tried for numbers without a country code, likeliest first.

    Examples
    --------
    >>> [text[a:b] for text in ["Call +49 (0)30 901820 or order 4711"] for a, b in phones_in(text)]
    ['+49 (0)30 901820']
    """
    for found in _CHAIN.finditer(text):
        for start, end in _pieces(text, found.start(), found.end()):
            if _is_phone(text, start, end, regions):
                yield start, end


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the chain as a whole; one that is too long for a number is cut where two spaces or a bracket start anew."""
    digits = sum(sign.isdigit() for sign in text[start:end])
    if digits < 7:
        return
    if digits <= 17:
        yield _balanced(text, start, end)
        return
    at = start
    for gap in re.finditer(r" {2,}| (?=[(+])| [/\-] ", text[start:end]):
        yield _balanced(text, at, start + gap.start())
        at = start + gap.end()
    if at > start:
        yield _balanced(text, at, end)


def _balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """Drop an opening bracket that no closing one answers."""
    if text[start] == "(" and ")" not in text[start:end]:
        start += 1
    return start, end


def _is_phone(text: str, start: int, end: int, regions: Sequence[str]) -> bool:
    written = text[start:end]
    before = text[max(0, start - 48) : start]
    if _DATED.fullmatch(written) or _AMOUNT.search(before) or text.startswith(("€", "%", "°"), end):
        return False
    number = _EXTENSION.sub("", written)
    digits = sum(sign.isdigit() for sign in number)
    if not 7 <= digits <= 17 or (
        written[0] not in "+＋(" and text[start - 1 : start] in ("#", "=", "_", ":") and not _CUE.search(before)
    ):
        return False
    if number.lstrip("(")[0] in "+＋" or number.startswith("00"):
        return digits >= 8 and _fits(number, ("ZZ",), possible=True, international=True)
    if _OTHER.search(before):
        return False
    if _FIRM_CUE.search(before):
        return digits <= 15
    cued = _CUE.search(before) is not None
    if cued and digits <= 13 and _fits(number, regions, possible=True):
        return True
    return _grouped_like_a_phone(number) and _fits(number, regions)


def _grouped_like_a_phone(number: str) -> bool:
    """Say whether it has two to five groups, opens with a trunk zero or brackets, or is three groups of the US kind."""
    if not _GROUPED.search(number):
        return False
    sizes = [len(group) for group in re.findall(r"\d+", number)]
    if len(set(re.findall(r"[.\-/]", number))) > 1 and "/" not in number:
        return False
    opened = number[0] in "0(" and 2 <= len(sizes) <= 6 and sizes[0] <= 6
    american = sizes in ([3, 3, 4], [1, 3, 3, 4]) or ("(" in number and sizes[0] == 3)
    return opened or american or (3 <= len(sizes) <= 5 and set(sizes) <= {2, 3} and 9 <= sum(sizes) <= 10)


def _fits(number: str, regions: Sequence[str], possible: bool = False, international: bool = False) -> bool:
    plain = re.sub(r"[^\d]", "", number.replace("(0)", ""))
    if international:
        return _known_abroad("+" + plain.lstrip("0") if number.startswith("00") else "+" + plain)
    return _known_at_home(plain, tuple(regions), possible)


@lru_cache(maxsize=4096)
def _known_abroad(number: str) -> bool:
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(parsed)


@lru_cache(maxsize=4096)
def _known_at_home(number: str, regions: tuple[str, ...], possible: bool) -> bool:
    import phonenumbers

    for region in regions:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed) if possible else phonenumbers.is_valid_number(parsed):
            return True
    return False
