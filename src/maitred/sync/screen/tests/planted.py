"""Texts with personal data planted in them, and texts with numbers that are none; the maker knows where it is.

Numbers with check digits are made here by arithmetic of its own (searching for the digit that fits, by the definition
in the standard), so that a rule of the product that is wrong does not agree with itself.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from maitred.floor.texts.people import CULTURES
from maitred.sync.screen.identities import Known

CARRIERS = (
    "Hello, my {what} is {it}. Please change it.",
    "could you tell me if {it} is right ({what})",
    "I wrote to you on Monday.\r\nThe {what}: {it}\r\nThanks",
    "{it} — that is the {what} 🙂 and nothing has happened yet",
    "Is the {what} {it} still on my record? I moved last year.",
    "مرحبا {it} {what}",
)
NOBODY = Known()
DECOYS = (
    lambda draw: f"order {draw.randrange(10**9, 10**10)}",
    lambda draw: f"Order #{draw.randrange(100, 999)}-{draw.randrange(10**6, 10**7)}-{draw.randrange(10**6, 10**7)}",
    lambda draw: f"tracking number 1Z{draw.randrange(10**15, 10**16)}",
    lambda draw: f"invoice {draw.randrange(2019, 2027)}-{draw.randrange(10**4, 10**6)}",
    lambda draw: (
        f"on {draw.randrange(2019, 2027)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d} at "
        f"{draw.randrange(24):02d}:{draw.randrange(60):02d}:{draw.randrange(60):02d}"
    ),
    lambda draw: f"version {draw.randrange(9)}.{draw.randrange(20)}.{draw.randrange(20)}.{draw.randrange(99)}",
    lambda draw: (
        f"{draw.randrange(1, 999)},{draw.randrange(100, 999)},{draw.randrange(100, 999)}.{draw.randrange(10, 99)}"
    ),
    lambda draw: f"SKU {draw.choice('ABCD')}{draw.choice('XYZ')}-{draw.randrange(10**4, 10**6)}",
    lambda draw: f"ticket {draw.randrange(10**5, 10**8)}",
    lambda draw: (
        f"ISBN 978-{draw.randrange(10)}-{draw.randrange(10, 99)}-{draw.randrange(10**5, 10**6)}-{draw.randrange(10)}"
    ),
    lambda draw: f"timestamp {draw.randrange(1_600_000_000, 1_800_000_000)}",
    lambda draw: f"{draw.randrange(10, 99)}-{draw.randrange(10, 99)} %",
    lambda draw: f"{draw.randrange(100, 9999)}.{draw.randrange(10, 99)} EUR",
    lambda draw: f"IMEI {draw.randrange(10**14, 10**15)}",
    lambda draw: f"model {draw.choice('KXQ')}{draw.randrange(100, 9999)}",
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A text, the span of what was planted and its type; ``known`` is the record that belongs to it."""

    text: str
    start: int
    end: int
    type: str
    known: Known = NOBODY


def structured(seed: int, count: int) -> list[Planted]:
    """Draw texts with one piece of structured data each."""
    draw = random.Random(seed)
    kinds = sorted(MAKERS)
    return [_planted(draw, *_made(draw, draw.choice(kinds))) for _ in range(count)]


def clean(seed: int, count: int) -> list[str]:
    """Draw texts with a number that is nobody's data."""
    draw = random.Random(seed)
    return [draw.choice(CARRIERS[:5]).format(what="problem", it=draw.choice(DECOYS)(draw)) for _ in range(count)]


def identities(seed: int, count: int) -> list[Planted]:
    """Draw texts in which somebody on the record is named in one of the ways that people use."""
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        given, family = _person(draw)
        known = Known(names=(f"{given} {family}", " ".join(_person(draw))))
        written = draw.choice(WAYS)(draw, given, family)
        found.append(_planted(draw, written, "PERSON", "person", known))
    return found


def _person(draw: random.Random) -> tuple[str, str]:
    given, family = draw.choice(CULTURES)
    return draw.choice(given.split()), draw.choice(family.split())


def _planted(draw: random.Random, it: str, kind: str, what: str, known: Known = NOBODY) -> Planted:
    carrier = draw.choice(CARRIERS)
    start = len(carrier.partition("{it}")[0].format(what=what))
    return Planted(carrier.format(what=what, it=it), start, start + len(it), kind, known)


def _made(draw: random.Random, name: str) -> tuple[str, str, str]:
    make, kind, what = MAKERS[name]
    return make(draw), kind, what


def _bare(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def _slip(draw: random.Random, word: str) -> str:
    """Change one letter of a word of five letters or more, not its first."""
    if len(word) < 5:
        return word
    at = draw.randrange(1, len(word) - 1)
    kind = draw.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :] if kind == 1 else word[:at] + word[at] + word[at:]


Way = Callable[[random.Random, str, str], str]
WAYS: tuple[Way, ...] = (
    lambda draw, given, family: f"{given} {family}",
    lambda draw, given, family: f"{given} {family}".lower(),
    lambda draw, given, family: f"{given} {family}".upper(),
    lambda draw, given, family: _bare(f"{given} {family}"),
    lambda draw, given, family: unicodedata.normalize("NFD", f"{given} {family}"),
    lambda draw, given, family: f"{given[0]}. {family}",
    lambda draw, given, family: f"{family}, {given}",
    lambda draw, given, family: f"{family} {given}",
    lambda draw, given, family: f"{given} {family}'s",
    lambda draw, given, family: f"{given} {family}’s",
    lambda draw, given, family: f"{given} {_slip(draw, family)}",
    lambda draw, given, family: _slip(draw, family),
    lambda draw, given, family: family,
)


def _digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(count))


def _iban(draw: random.Random) -> str:
    country, account = draw.choice(
        (
            ("DE", _digits(draw, 18)),
            ("GB", "WEST" + _digits(draw, 14)),
            ("NL", "ABNA" + _digits(draw, 10)),
            ("FR", _digits(draw, 23)),
            ("NO", _digits(draw, 11)),
        )
    )
    number = int("".join(str("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(sign)) for sign in account + country + "00"))
    whole = f"{country}{98 - number % 97:02d}{account}"
    way = draw.randrange(3)
    if way == 0:
        return whole
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4)) if way == 1 else whole.lower()


def _card(draw: random.Random) -> str:
    body = draw.choice(("4", "51", "55", "2221")).ljust(4, "0") + _digits(draw, 11)
    body = body[:15]
    for last in "0123456789":
        digits = [int(sign) for sign in body + last]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[::2]]
        if (sum(doubled) + sum(digits[1::2])) % 10 == 0:
            number = body + last
            gap = draw.choice(("", " ", "-"))
            return gap.join(number[at : at + 4] for at in range(0, 16, 4))
    raise AssertionError(body)


def _email(draw: random.Random) -> str:
    given, family = (_bare(name).lower().replace("đ", "d") for name in _person(draw))
    local = draw.choice(
        (f"{given}.{family}", f"{given}_{draw.randrange(99)}", f"{given}+{family}", f"{given[0]}-{family}")
    )
    return f"{local}@{draw.choice(('mail.example', 'post.example.co.uk', 'sub-domain.example.org', 'firma-ü.de'))}"


def _url(draw: random.Random) -> str:
    return draw.choice(("https://", "http://", "www.")) + draw.choice(
        ("shop.example.com/cart?id=7&x=1", "example.org", "a.example/profile/ana_ruiz", "example.com:8080/a/b#c")
    )


def _phone(draw: random.Random) -> str:
    return draw.choice(
        (
            f"+1 212 555 {_digits(draw, 4)}",
            f"+1-312-{draw.randrange(200, 999)}-{_digits(draw, 4)}",
            f"+49 30 {draw.randrange(10**6, 10**7)}",
            f"+49 (0)171 {draw.randrange(10**6, 10**7)}",
            f"+44 7911 {draw.randrange(100000, 999999)}",
            f"+33 6 {' '.join(_digits(draw, 2) for _ in range(4))}",
            f"0044 20 7946 {_digits(draw, 4)}",
            f"(212) 555-{_digits(draw, 4)}",
            f"+91 98{_digits(draw, 3)} {_digits(draw, 5)}",
            f"020 7946 {_digits(draw, 4)}",
        )
    )


def _ipv4(draw: random.Random) -> str:
    return ".".join(str(draw.randrange(1, 255)) for _ in range(4))


def _ipv6(draw: random.Random) -> str:
    groups = [f"{draw.randrange(1, 65536):x}" for _ in range(8)]
    full = ":".join(groups)
    return draw.choice((full, f"2001:db8::{groups[0]}:{draw.randrange(1, 10)}", f"fe80::{groups[1]}:{groups[2]}:1a2b"))


def _pesel(draw: random.Random) -> str:
    body = f"{draw.randrange(40, 99)}{draw.randrange(1, 13):02d}{draw.randrange(1, 29):02d}{_digits(draw, 4)}"
    weighted = sum(int(sign) * weight for sign, weight in zip(body, (1, 3, 7, 9) * 3, strict=False))
    return body + str(-weighted % 10)


def _dni(draw: random.Random) -> str:
    number = draw.randrange(10**7, 10**8)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def _ssn(draw: random.Random) -> str:
    return f"{draw.randrange(100, 660)}-{draw.randrange(1, 100):02d}-{draw.randrange(1, 10000):04d}"


def _key(draw: random.Random) -> str:
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return "AKIA" + "".join(draw.choice(signs) for _ in range(16))


MAKERS: dict[str, tuple[Callable[[random.Random], str], str, str]] = {
    "card": (_card, "CARD", "card number"),
    "dni": (_dni, "NATIONAL_ID", "DNI"),
    "email": (_email, "EMAIL", "address"),
    "iban": (_iban, "IBAN", "account"),
    "ipv4": (_ipv4, "IP", "address"),
    "ipv6": (_ipv6, "IP", "address"),
    "key": (_key, "SECRET", "key"),
    "pesel": (_pesel, "NATIONAL_ID", "PESEL"),
    "phone": (_phone, "PHONE", "phone"),
    "ssn": (_ssn, "NATIONAL_ID", "number"),
    "url": (_url, "URL", "page"),
}
"""What is planted: its maker, its type and what the carrier calls it."""
