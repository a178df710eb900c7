"""Which passwords are refused: those that everybody tries, and the house's own words. Nothing is asked online.

The list ``common_passwords.txt.gz`` is made by ``common_passwords.py``: of Django's list of 20 000 common passwords
those with twelve signs or more, the shorter ones doubled or with the usual endings, keyboard walks and repeated blocks.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LIST = Path(__file__).with_name("common_passwords.txt.gz")
PRODUCT_WORDS = ("maitred", "support", "helpdesk", "servicedesk", "zendesk", "freshdesk", "salesforce")
_TURNED = tuple(str.maketrans("013457@$!", turned) for turned in ("oleastasi", "oieastasi"))
"""Digits and signs that stand for letters; a 1 stands for two."""
_LETTERS = re.compile(r"[^a-z]+")
_ENOUGH = 8
"""Signs that must be left of a password after an own word is taken out of it."""


class ListedPasswordValidator:
    """Refuse a password of the shipped list, in any spelling of case."""

    def validate(self, password: str, user: Any = None) -> None:
        if password.casefold().strip() in listed():
            raise ValidationError(_("This password is on the list of those that are tried first."), code="listed")

    def get_help_text(self) -> str:
        return str(_("It must not be one that many people use."))


class OwnWordsValidator:
    """Refuse a password that is little more than the name of the product, a team or the organisation."""

    def validate(self, password: str, user: Any = None) -> None:
        spellings = {"".join(_LETTERS.split(password.casefold().translate(table))) for table in _TURNED}
        for word in (*PRODUCT_WORDS, *own_words()):
            if any(_little_else(password, plain, word) for plain in spellings):
                raise ValidationError(_("This password is little more than a word of this house."), code="own-word")

    def get_help_text(self) -> str:
        return str(_("It must not be built on the name of the product, a team or the organisation."))


def _little_else(password: str, plain: str, word: str) -> bool:
    return word in plain and len(password) - len(word) * plain.count(word) < _ENOUGH


@cache
def listed() -> frozenset[str]:
    """The shipped list, in lower case."""
    return frozenset(gzip.decompress(LIST.read_bytes()).decode().split("\n")) - {""}


def own_words() -> frozenset[str]:
    """Words of four letters or more in the names of the teams; the root team is the organisation."""
    from maitred.people.tree import names

    return frozenset(word for name in names() for word in _LETTERS.split(name.casefold()) if len(word) >= 4)
