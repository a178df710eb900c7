"""Makes the shipped list of common passwords: ``python -m maitred.people.common_passwords`` writes it anew.

Django brings 20 000 common passwords, of which fewer than 200 have twelve signs. People who must reach twelve lengthen
a common one in few ways: they double it, put a year or a row of digits behind it, or go on along the keyboard. The list
holds Django's long ones, and the most common short ones lengthened like that.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from django.contrib.auth.password_validation import CommonPasswordValidator

from maitred.people.passwords import LIST

SHORTEST = 12
COMMONEST = 400
"""How many of Django's list, which stands in order of frequency, are lengthened."""
ENDINGS = (
    *("1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890"),
    *("!", "!!", "123!", "1234!", "1!", "01", "007", "00", "000", "11", "111", "1111", "321", "4321", "654321"),
    *(str(year) for year in range(1980, 2031)),
    *(f"{year}!" for year in range(2015, 2031)),
)
WORDS = (
    *("password", "passwort", "motdepasse", "contrasena", "welcome", "willkommen", "letmein", "changeme", "default"),
    *("admin", "administrator", "support", "helpdesk", "customer", "service", "manager", "company", "office", "summer"),
    *("winter", "spring", "autumn", "monday", "friday", "january", "december", "secret", "qwerty", "azerty", "qwertz"),
)
ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qazwsxedcrfv")


def made() -> list[str]:
    """The list, sorted, without doubles, in lower case."""
    return sorted({one for one in (*_long(), *_lengthened(), *_walks()) if SHORTEST <= len(one) <= 40})


def _django() -> list[str]:
    place = CommonPasswordValidator().DEFAULT_PASSWORD_LIST_PATH
    content = gzip.decompress(Path(place).read_bytes()).decode()
    return [line.strip() for line in content.splitlines() if line.strip().isascii()]


def _long() -> Iterator[str]:
    yield from (one for one in _django() if len(one) >= SHORTEST)


def _lengthened() -> Iterator[str]:
    for word in (*_django()[:COMMONEST], *WORDS):
        yield from (word * times for times in range(2, 5))
        yield from (word + ending for ending in ENDINGS)
    for first, second in product(WORDS, WORDS):
        yield first + second


def _walks() -> Iterator[str]:
    for row in ROWS:
        for start, length in product(range(len(row)), range(SHORTEST, 21)):
            turned = row[start:] + row[:start]
            yield (turned * 3)[:length]
            yield (turned[::-1] * 3)[:length]
    for first, second in product(ROWS, ROWS):
        yield first + second
    for sign in "0123456789abcdefghijklmnopqrstuvwxyz":
        yield from (sign * length for length in range(SHORTEST, 21))


def write() -> int:
    """Write the file; the same content gives the same bytes. Returns how many it holds."""
    words = made()
    held = io.BytesIO()
    with gzip.GzipFile(fileobj=held, mode="wb", compresslevel=9, mtime=0) as file:
        file.write("\n".join(words).encode())
    LIST.write_bytes(held.getvalue())
    return len(words)


if __name__ == "__main__":
    print(write())
