"""Telephone and account numbers of known people, found by their digits alone, however they are grouped.

A number with its country code is found without it too, and the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from maitred.sync.screen.spans import PersonalType, Span
from maitred.sync.screen.views import DIGITS, INVISIBLE

_FEWEST = 5
_SIGN = re.compile(r"[0-9A-Za-z]")
_MOST_BETWEEN = 4
_LEAD = re.compile(r"(?:[+＋]|\(\+?|\b00)?[ ]?(?:\d{1,3}[ .\-/()\u00a0]{0,3})?(?:\(?0\)?[ .\-/]{0,2})?[ .\-/(]{0,2}$")


class KnownNumbers:
    """The numbers of one record."""

    def __init__(self, phones: Sequence[str], accounts: Sequence[str]) -> None:
        self._wanted: list[tuple[str, PersonalType, str]] = []
        for number, phone in enumerate(phones):
            self._wanted += [(form, "PHONE", f"phone {number}") for form in _forms(phone)]
        for number, account in enumerate(accounts):
            self._wanted += [(form, "ACCOUNT", f"account {number}") for form in _account_forms(account)]
        self._wanted.sort(key=lambda one: -len(one[0]))
        self._fewest = min((sum(sign.isdigit() for sign in form) for form, _, _ in self._wanted), default=0)

    def spans(self, text: str) -> Iterator[Span]:
        """Yield where the numbers stand."""
        if not self._wanted:
            return
        plain = text if text.isascii() else text.translate(DIGITS)
        if sum(map(plain.count, "0123456789")) < self._fewest:
            return
        places = [found.start() for found in _SIGN.finditer(plain)]
        row = "".join(plain[place] for place in places).lower()
        for form, kind, about in self._wanted:
            at = row.find(form)
            while at >= 0:
                start, end = places[at], places[at + len(form) - 1] + 1
                if _one_piece(plain, places[at : at + len(form)]) and _bounded(plain, start, end, kind):
                    yield Span(_led(plain, start) if kind == "PHONE" else start, end, kind, "identity", 1.0, about)
                at = row.find(form, at + 1)


def _forms(phone: str) -> set[str]:
    """Return the digits by which a telephone number is known: as it is, and without its country code."""
    digits = "".join(re.findall(r"\d", phone.translate(DIGITS)))
    forms = {digits, digits.lstrip("0")}
    if phone.strip().startswith(("+", "00")):
        forms.add(_national("+" + digits.lstrip("0")))
    return {form for form in forms if len(form) >= _FEWEST}


def _national(number: str) -> str:
    import phonenumbers

    try:
        return str(phonenumbers.parse(number.replace("(0)", ""), None).national_number)
    except phonenumbers.NumberParseException:
        return ""


def _account_forms(account: str) -> set[str]:
    whole = "".join(_SIGN.findall(account.translate(DIGITS))).lower()
    digits = "".join(re.findall(r"[0-9]", whole))
    forms = {form for form in (digits, digits.lstrip("0")) if len(form) >= _FEWEST}
    return forms | ({whole} if len(whole) >= 3 else set())


def _one_piece(text: str, places: Sequence[int]) -> bool:
    """Say whether nothing but a few signs stands between the digits."""
    last = places[0]
    for place in places[1:]:
        gap = text[last + 1 : place]
        if gap and (sum(sign not in INVISIBLE for sign in gap) > _MOST_BETWEEN or any(sign.isalnum() for sign in gap)):
            return False
        last = place
    return True


def _bounded(text: str, start: int, end: int, kind: PersonalType) -> bool:
    if text[end : end + 1].isdigit() or (text[end : end + 1].isalnum() and not text[end - 1].isalpha()):
        return False
    if kind == "PHONE":
        return not text[start - 1 : start].isalpha() and (not text[start - 1 : start].isdigit() or _opens(text, start))
    return not text[start - 1 : start].isalnum() or not start


def _opens(text: str, start: int) -> bool:
    """Say whether the digits right before are a trunk zero or a country code and nothing else."""
    head = re.search(r"(?:[+＋]|00)?\d{1,5}$", text[max(0, start - 7) : start])
    if head is None or text[max(0, start - len(head[0]) - 1) : start - len(head[0])].isalnum():
        return False
    return head[0] == "0" or head[0][0] in "+＋" or head[0].startswith("00")


def _led(text: str, start: int) -> int:
    """Return where the number begins with its plus sign, country code, trunk zero and bracket."""
    if start == 0:
        return 0
    before = text[max(0, start - 14) : start]
    lead = _LEAD.search(before)
    if lead is None or not lead[0].strip(" .-/"):
        return start
    led = lead[0].lstrip(" .-/")
    digits = re.sub(r"\D", "", led)
    if not digits or led[0] in "+＋(" or digits.startswith("0"):
        at = start - len(led)
        return start if text[at - 1 : at].isalnum() and at else at
    return start
