"""The arithmetic behind official numbers: each rule says whether a number's own check digits hold.

Rules take the bare number: no gaps, letters in capitals. Sources stand in the table of ``nationals.py``.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from maitred.sync.screen.issuers import luhn_holds

Rule = Callable[[str], bool]

_VERHOEFF_TIMES = (
    "0123456789 1234067895 2340178956 3401289567 4012395678 5987604321 6598710432 7659821043 8765932104 9876543210"
).split()
_VERHOEFF_MOVES = "0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258".split()
_CODICE_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def luhn(bare: str) -> bool:
    return luhn_holds(bare)


def always(bare: str) -> bool:
    """The number carries no check digit; its form and the words around it have to do."""
    return bool(bare)


def ssn_us(bare: str) -> bool:
    """Area, group and serial are never all zeros; areas 666 and 900 upward are not given out."""
    return bare[:3] not in ("000", "666") and bare[0] != "9" and bare[3:5] != "00" and bare[5:] != "0000"


def nino_uk(bare: str) -> bool:
    return bare[:2] not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")


def nhs_uk(bare: str) -> bool:
    return _weighted(bare[:9], range(10, 1, -1), 11) in (_digit(bare, 9), 11) and len(set(bare)) > 1


def mod_11_10(bare: str) -> bool:
    """ISO/IEC 7064, MOD 11,10."""
    rest = 10
    for sign in bare[:-1]:
        rest = (rest + int(sign)) % 10 or 10
        rest = rest * 2 % 11
    return (11 - rest) % 10 == int(bare[-1])


def tax_de(bare: str) -> bool:
    """One digit occurs twice or three times among the first ten, so some digit is missing."""
    return bare[0] != "0" and len(set(bare[:10])) in (8, 9) and mod_11_10(bare)


def dni_es(bare: str) -> bool:
    number = bare[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == bare[-1]


def nir_fr(bare: str) -> bool:
    number = bare[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(number) % 97 == int(bare[13:])


def codice_it(bare: str) -> bool:
    total = 0
    for place, sign in enumerate(bare[:15]):
        value = int(sign) if sign.isdigit() else ord(sign) - 65
        total += value if place % 2 else _CODICE_ODD[value]
    return chr(65 + total % 26) == bare[15]


def nif_pt(bare: str) -> bool:
    check = 11 - _sum(bare[:8], range(9, 1, -1)) % 11
    return int(bare[8]) == (0 if check > 9 else check)


def bsn_nl(bare: str) -> bool:
    return _sum(bare, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0 and int(bare) > 0


def pesel_pl(bare: str) -> bool:
    dated = _date(bare[:2], f"{int(bare[2:4]) % 20:02d}", bare[4:6])
    return dated and _sum(bare, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def national_be(bare: str) -> bool:
    check = int(bare[9:])
    return any(97 - int(century + bare[:9]) % 97 == check for century in ("", "2"))


def personnummer_se(bare: str) -> bool:
    short = bare[-10:]
    return _date(short[:2], short[2:4], short[4:6], days_ahead=60) and luhn_holds(short)


def foedselsnummer_no(bare: str) -> bool:
    first = _sum(bare[:10], (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11
    second = _sum(bare, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11
    return first == second == 0 and _date(bare[4:6], bare[2:4], bare[:2], days_ahead=40)


def cpr_dk(bare: str) -> bool:
    return _date(bare[4:6], bare[2:4], bare[:2])


def hetu_fi(bare: str) -> bool:
    signs = "0123456789ABCDEFHJKLMNPRSTUVWXY"
    return _date(bare[4:6], bare[2:4], bare[:2]) and signs[int(bare[:6] + bare[7:10]) % 31] == bare[10]


def social_at(bare: str) -> bool:
    number = bare[:3] + bare[4:]
    dated = int(bare[6:8]) <= 15 and int(bare[4:6]) <= 31
    return bare[0] != "0" and dated and _sum(number, (3, 7, 9, 5, 8, 4, 2, 1, 6)) % 11 == int(bare[3])


def ean_13(bare: str) -> bool:
    return _sum(bare, (1, 3) * 6 + (1,)) % 10 == 0


def tfn_au(bare: str) -> bool:
    return _sum(bare, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def cpf_br(bare: str) -> bool:
    if len(set(bare)) == 1:
        return False
    checks = (_sum(bare[:size], range(size + 1, 1, -1)) * 10 % 11 % 10 for size in (9, 10))
    return all(check == int(bare[9 + place]) for place, check in enumerate(checks))


def verhoeff(bare: str) -> bool:
    rest = 0
    for place, sign in enumerate(reversed(bare)):
        rest = int(_VERHOEFF_TIMES[rest][int(_VERHOEFF_MOVES[place % 8][int(sign)])])
    return rest == 0


def pps_ie(bare: str) -> bool:
    total = _sum(bare[:7], range(8, 1, -1))
    if len(bare) == 9 and bare[8] != "W":
        total += (ord(bare[8]) - 64) * 9
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == bare[7]


def rut_cl(bare: str) -> bool:
    total = sum(int(sign) * (2 + place % 6) for place, sign in enumerate(reversed(bare[:-1])))
    return "0123456789K0"[(11 - total % 11) % 11] == bare[-1]


def identity_za(bare: str) -> bool:
    return _date(bare[:2], bare[2:4], bare[4:6]) and luhn_holds(bare)


def kimlik_tr(bare: str) -> bool:
    digits = [int(sign) for sign in bare]
    tenth = (sum(digits[0:9:2]) * 7 - sum(digits[1:8:2])) % 10
    return digits[0] != 0 and tenth == digits[9] and sum(digits[:10]) % 10 == digits[10]


def cnp_ro(bare: str) -> bool:
    rest = _sum(bare[:12], (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return _date(bare[1:3], bare[3:5], bare[5:7]) and (1 if rest == 10 else rest) == int(bare[12])


def rodne_cz(bare: str) -> bool:
    month = int(bare[2:4]) % 50 % 20
    return int(bare) % 11 == 0 and _date(bare[:2], f"{month:02d}", bare[4:6])


def nric_sg(bare: str) -> bool:
    rest = (_sum(bare[1:8], (2, 7, 6, 5, 4, 3, 2)) + (4 if bare[0] in "TG" else 0)) % 11
    return ("JZIHGFEDCBA" if bare[0] in "ST" else "XWUTRQPNMLK")[rest] == bare[8]


def resident_kr(bare: str) -> bool:
    check = (11 - _sum(bare[:12], (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return _date(bare[:2], bare[2:4], bare[4:6]) and check == int(bare[12])


def resident_cn(bare: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return _date(bare[8:10], bare[10:12], bare[12:14]) and "10X98765432"[_sum(bare[:17], weights) % 11] == bare[17]


def curp_mx(bare: str) -> bool:
    signs = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    total = sum(signs.index(sign) * (18 - place) for place, sign in enumerate(bare[:17]))
    return (10 - total % 10) % 10 == int(bare[17])


def _sum(digits: str, weights: Sequence[int]) -> int:
    return sum(int(sign) * weight for sign, weight in zip(digits, weights, strict=True))


def _weighted(digits: str, weights: Sequence[int], modulus: int) -> int:
    return modulus - _sum(digits, weights) % modulus


def _digit(bare: str, place: int) -> int:
    return int(bare[place])


def _date(year: str, month: str, day: str, days_ahead: int = 0) -> bool:
    """Say whether it can be a day of some century; some countries add to the day for temporary numbers."""
    days = (int(day), int(day) - days_ahead) if days_ahead else (int(day),)
    return any(_is_day(2000 + int(year), int(month), one) for one in days)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return month == 2 and day == 29 and year % 4 == 0
    return True
