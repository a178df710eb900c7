"""Which digit strings a card issuer may have given out: ranges with their lengths, and the check digit.

Sources: ISO/IEC 7812-1 (Luhn check digit; at most 19 digits) and the ranges that the card schemes publish. A ``firm``
range is short and well documented; the others are wide (most of Maestro) or national, and need more evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

SHORTEST = 13
LONGEST = 19


@dataclass(frozen=True, slots=True)
class Issuer:
    """A range of leading digits, both ends included and equally long, with the lengths that occur in it."""

    scheme: str
    low: str
    high: str
    lengths: frozenset[int]
    firm: bool


_LONG = frozenset(range(16, 20))
_WIDE = frozenset(range(13, 20))
_16 = frozenset({16})


def _issuer(scheme: str, span: str, lengths: frozenset[int], firm: bool = True) -> Issuer:
    low, _, high = span.partition("-")
    return Issuer(scheme, low, high or low, lengths, firm)


ISSUERS: tuple[Issuer, ...] = (
    _issuer("visa", "4", frozenset({16})),
    _issuer("visa", "4", frozenset({13, 19}), firm=False),
    _issuer("mastercard", "51-55", _16),
    _issuer("mastercard", "2221-2720", _16),
    _issuer("amex", "34", frozenset({15})),
    _issuer("amex", "37", frozenset({15})),
    _issuer("diners", "300-305", frozenset({14})),
    _issuer("diners", "3095", frozenset({14})),
    _issuer("diners", "36", frozenset({14})),
    _issuer("diners", "38-39", frozenset({14})),
    _issuer("diners", "300-305", _LONG, firm=False),
    _issuer("diners", "36", frozenset(range(15, 20)), firm=False),
    _issuer("diners", "38-39", _LONG, firm=False),
    _issuer("discover", "6011", _LONG),
    _issuer("discover", "644-649", _LONG),
    _issuer("discover", "65", _LONG),
    _issuer("jcb", "3528-3589", _LONG),
    _issuer("unionpay", "62", _LONG),
    _issuer("unionpay", "81", _LONG, firm=False),
    _issuer("mir", "2200-2204", _LONG),
    _issuer("maestro", "5018", _WIDE),
    _issuer("maestro", "5020", _WIDE),
    _issuer("maestro", "5038", _WIDE),
    _issuer("maestro", "5893", _WIDE),
    _issuer("maestro", "6304", _WIDE),
    _issuer("maestro", "6703", _WIDE),
    _issuer("maestro", "6759", _WIDE),
    _issuer("maestro", "6761-6763", _WIDE),
    _issuer("dankort", "5019", _16),
    _issuer("rupay", "508", _16),
    _issuer("verve", "506099-506198", frozenset({16, 18, 19})),
    _issuer("verve", "507865-507964", frozenset({16, 18, 19})),
    _issuer("elo", "506699-506778", _16),
    _issuer("elo", "509000-509999", _16),
    _issuer("hipercard", "606282", _16),
    _issuer("rupay", "60", _16, firm=False),
    _issuer("rupay", "82", _16, firm=False),
    _issuer("rupay", "353", _16, firm=False),
    _issuer("rupay", "356", _16, firm=False),
    _issuer("interpayment", "636", _LONG, firm=False),
    _issuer("instapayment", "637-639", _16, firm=False),
    _issuer("borica", "2205", _16, firm=False),
    _issuer("carnet", "286900", _16, firm=False),
    _issuer("uzcard", "8600", _16, firm=False),
    _issuer("napas", "9704", frozenset({16, 19}), firm=False),
    _issuer("troy", "9792", _16, firm=False),
    _issuer("humo", "9860", _16, firm=False),
    _issuer("maestro", "50", _WIDE, firm=False),
    _issuer("maestro", "56-58", _WIDE, firm=False),
    _issuer("maestro", "6", _WIDE, firm=False),
)

_BY_START: dict[tuple[str, int], tuple[Issuer, ...]] = {}


def _index() -> None:
    for two in (f"{number:02d}" for number in range(100)):
        for length in range(SHORTEST, LONGEST + 1):
            found = tuple(
                issuer
                for issuer in ISSUERS
                if length in issuer.lengths and issuer.low[:2] <= two[: len(issuer.low)] <= issuer.high[:2]
            )
            if found:
                _BY_START[two, length] = tuple(sorted(found, key=lambda issuer: not issuer.firm))


_index()
STARTS = frozenset(two for two, _ in _BY_START)
"""The first two digits that any issuer's numbers start with."""


def may_be_issued(two: str, length: int) -> bool:
    """Say whether any issuer gives out numbers of ``length`` digits that start with these two digits."""
    return (two, length) in _BY_START


def issuer_of(digits: str) -> Issuer | None:
    """Return the issuer range that holds ``digits``, a firm one if there is one, or None.

    Examples
    --------
    >>> issuer_of("4111111111111111").scheme
    'visa'
    >>> issuer_of("1234567890123452") is None
    True
    """
    for issuer in _BY_START.get((digits[:2], len(digits)), ()):
        if issuer.low <= digits[: len(issuer.low)] <= issuer.high:
            return issuer
    return None


_DOUBLED = str.maketrans("0123456789", "0246813579")


def luhn_holds(digits: str) -> bool:
    """Say whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1, annex B).

    Examples
    --------
    >>> luhn_holds("79927398713")
    True
    """
    turned = digits[::-1]
    return (sum(map(int, turned[::2])) + sum(map(int, turned[1::2].translate(_DOUBLED)))) % 10 == 0
