"""Which passwords are refused."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError

from maitred.kit.access.actor import operator
from maitred.kit.audit.deeds import create, deed
from maitred.people import common_passwords
from maitred.people.models import Account, Team
from maitred.people.passwords import LIST, listed


def _refused(password: str, account: Any = None) -> bool:
    try:
        validate_password(password, account)
    except ValidationError:
        return True
    return False


@pytest.mark.django_db
@pytest.mark.parametrize(
    "password",
    [
        *("short-1", "elevensigns", "password1234", "PassWord1234", "passwordpassword", "qwertyuiop12", "123456789012"),
        *("welcome12345", "1q2w3e4r5t6y", "aaaaaaaaaaaa", "iloveyou2024", "administrator1"),
        *("maitred12345", "Maitred!2026", "supp0rt-2026", "zendesk-2026"),
    ],
)
def test_what_everybody_tries_is_refused(password: str) -> None:
    assert _refused(password)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "password",
    [
        "correct-horse-7-staple",
        "ein langer satz ohne ziffer",
        "xK4#vv9Lm2@q",
        "日本語のながいあいことば",
        "maitred and nine green geese",
    ],
)
def test_long_ones_pass_without_rules_of_composition(password: str) -> None:
    assert not _refused(password)


@pytest.mark.django_db
def test_words_of_the_organisation_are_refused() -> None:
    assert not _refused("Wintergarten-1")
    with deed(operator("test"), "test.team"):
        create(Team, name="Wintergarten GmbH", parent=None)
    assert _refused("Wintergarten-1")
    assert _refused("w1ntergarten!!")


@pytest.mark.django_db
def test_ones_own_name_is_refused() -> None:
    assert _refused("guenther.mueller1", Account(username="guenther.mueller"))


def test_the_shipped_list_is_large_small_and_made_by_its_script() -> None:
    assert len(listed()) >= 3000
    assert all(len(one) >= common_passwords.SHORTEST for one in listed())
    assert LIST.stat().st_size <= 100_000
    assert common_passwords.made() == sorted(listed())


def test_every_long_one_of_djangos_list_is_refused() -> None:
    place = CommonPasswordValidator().DEFAULT_PASSWORD_LIST_PATH
    with gzip.open(place, "rt") as lines:
        known = [line.strip() for line in lines]
    long = [one for one in known if one.isascii() and 12 <= len(one) <= 40]
    assert len(long) > 150
    assert set(long) <= listed()
