"""What several doors need in order to make accounts and tokens: the verbs, the command line, the demonstration."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from maitred.base import clock
from maitred.base.errors import Invalid
from maitred.kit.access.actor import Role
from maitred.kit.access.rights import SCOPES
from maitred.kit.audit.deeds import create
from maitred.people import acting
from maitred.people.models import Account, ApiToken, Membership, Person, RoleHeld, Team

_USER_NAME = RegexValidator(r"^[\w.@+-]{1,150}\Z", "letters, digits and @ . + - _ only")
LONGEST = timedelta(days=366)


def make_account(
    username: str, roles: Iterable[Role], person: Person | None = None, password: str = "", email: str = ""
) -> Account:
    """An account with its roles; without a password nobody can sign in until one is set by mail.

    Raises
    ------
    Invalid
        The user name has signs that none may have, or the password is too weak.
    """
    _valid_name(username)
    account = Account(username=username, person=person, email=email)
    if password:
        _valid_password(password, account)
    made = create(Account, username=username, person=person, email=email, password=make_password(password or None))
    for role in sorted(set(roles)):
        create(RoleHeld, account=made, role=role)
    return made


def make_person(name: str, team: Team | None, *, leads: bool = False, kind: str = "human", email: str = "") -> Person:
    """A person, in a team from now on."""
    made = create(Person, name=name, kind=kind, email=email)
    if team is not None:
        create(Membership, person=made, team=team, leads=leads, valid_from=clock.now())
    return made


def make_token(account: Account, label: str, scopes: Iterable[str], expires: datetime | None) -> tuple[ApiToken, str]:
    """A token of an account and, this once, its secret.

    Raises
    ------
    Invalid
        A scope does not exist, or the expiry lies in the past or more than a year ahead.
    """
    asked = sorted(set(scopes))
    unknown = [one for one in asked if one not in SCOPES]
    if unknown:
        raise _misfit("scopes", f"there is no scope {unknown[0]}; there are {', '.join(sorted(SCOPES))}")
    now = clock.now()
    until = expires or now + timedelta(days=acting.TOKEN_DAYS)
    if not now < until <= now + LONGEST:
        raise _misfit("expires", "a token expires at most a year from now, and not before now")
    raw, prefix, digest = acting.new_token()
    row = create(ApiToken, account=account, label=label, prefix=prefix, digest=digest, scopes=asked, expires_at=until)
    return row, raw


def _valid_name(username: str) -> None:
    try:
        _USER_NAME(username)
    except ValidationError as error:
        raise _misfit("username", "; ".join(error.messages)) from error


def _valid_password(password: str, account: Account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise _misfit("password", " ".join(error.messages)) from error


def _misfit(field: str, message: str) -> Invalid:
    return Invalid(message, "choose another", ({"field": field, "message": message, "code": "misfit"},))
