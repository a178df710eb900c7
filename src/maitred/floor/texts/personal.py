"""Personal data that belongs to nobody: numbers from ranges that are reserved or published for tests."""

from __future__ import annotations

TEST_CARDS = (
    "4242424242424242",
    "4000056655665556",
    "4111111111111111",
    "4012888888881881",
    "5555555555554444",
    "2223003122003222",
    "5200828282828210",
    "5105105105105100",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "6011000990139424",
    "3056930009020004",
    "36227206271667",
    "30569309025904",
    "38520000023237",
    "3566002020360505",
    "3530111333300000",
    "6200000000000005",
)
"""Numbers that payment providers publish for tests; each passes Luhn."""

DOMAINS = ("example.org", "example.com", "example.net")
"""Reserved by RFC 2606."""

AREA_CODES = ("212", "303", "312", "415", "512", "617", "646", "702", "718", "808")
"""In front of 555-01xx, the range kept for fiction."""

PASSWORD_WORDS = tuple(
    "Sunflower harbour Tiger77 moonlight Kiwi Lavender dragonfly Marzipan bicycle Winter Thunder biscuit Pepper "
    "Fahrrad Sonne Mariposa Chocolat lighthouse Snowman Popcorn".split()
)

_ACCOUNTS = 160
"""Accounts per country."""


def card_forms(number: str) -> tuple[str, ...]:
    """The ways in which people write a card number."""
    if len(number) == 16:
        parts = [number[at : at + 4] for at in range(0, 16, 4)]
    else:
        parts = [number[:4], number[4:10], number[10:]]
    return number, " ".join(parts), "-".join(parts)


def ibans() -> tuple[str, ...]:
    """Accounts of a bank that does not exist, with the length of the country and valid check digits (ISO 13616)."""
    return tuple(_iban(country, serial) for serial in range(_ACCOUNTS) for country in _ACCOUNT)


def _iban(country: str, serial: int) -> str:
    account = _ACCOUNT[country](serial * 7_919 + 10_007)
    check = 98 - _remainder(account + country + "00")
    return f"{country}{check:02d}{account}"


def _remainder(text: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in text)) % 97


def _german(serial: int) -> str:
    return f"90000000{serial:010d}"  # German bank codes begin with 1 to 8


def _british(serial: int) -> str:
    return f"ZZZZ990099{serial:08d}"


def _dutch(serial: int) -> str:
    return f"ZZZZ{serial:010d}"


def _spanish(serial: int) -> str:
    bank, account = "99990000", f"{serial:010d}"
    return f"{bank}{_spanish_check('00' + bank)}{_spanish_check(account)}{account}"


def _spanish_check(digits: str) -> int:
    weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
    check = 11 - sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11
    return {10: 1, 11: 0}.get(check, check)


def _french(serial: int) -> str:
    bank, branch, account = 99999, 0, serial
    key = 97 - (89 * bank + 15 * branch + 3 * account) % 97
    return f"{bank:05d}{branch:05d}{account:011d}{key:02d}"


_ACCOUNT = {"DE": _german, "GB": _british, "NL": _dutch, "ES": _spanish, "FR": _french}


def grouped(iban: str) -> str:
    """In groups of four, as it is printed."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
