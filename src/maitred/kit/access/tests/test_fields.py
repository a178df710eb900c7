"""The table of fields: who sees which field in which form, and that nobody sorts by what they do not see."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.base.errors import Denied
from maitred.kit.access import fields
from maitred.kit.access.actor import Actor, Grant, Kind, Role, operator
from maitred.kit.access.fields import ABSENT, Shown
from maitred.kit.verbs.results import plain

VALUE = "anna.long@example.org"
AS_SHOWN: dict[Shown, Any] = {
    Shown.FULL: VALUE,
    Shown.MASKED: "a•••@example.org",
    Shown.BUCKETED: True,
    Shown.COUNT: ABSENT,
    Shown.ABSENT: ABSENT,
}


def who(*held: Role | Grant) -> Actor:
    roles = frozenset(one for one in held if isinstance(one, Role))
    grants = frozenset(one for one in held if isinstance(one, Grant))
    return Actor(Kind.ACCOUNT, "account:1", account=1, person=1, roles=roles, grants=grants)


@pytest.mark.parametrize("field", fields.TABLE)
@pytest.mark.parametrize("held", [*Role, *Grant])
def test_everybody_sees_a_field_as_the_table_says(field: str, held: Role | Grant) -> None:
    expected = fields.TABLE[field].get(held, Shown.ABSENT)
    assert fields.shown(who(held), field, VALUE) == AS_SHOWN[expected]


@pytest.mark.parametrize("field", fields.TABLE)
def test_nobody_without_a_role_sees_a_hidden_field(field: str) -> None:
    assert fields.shown(who(), field, VALUE) is ABSENT
    assert fields.shown(operator("ana"), field, VALUE) == VALUE


def test_of_two_roles_the_one_that_sees_more_counts_and_ones_own_is_seen() -> None:
    assert fields.shown(who(Role.AGENT, Role.MANAGER), "customer.email", VALUE) == VALUE
    assert fields.shown(who(Role.AGENT), "person.absence_reason", "ill", own=True) == "ill"
    assert fields.shown(who(Role.AGENT), "person.absence_reason", "ill") is ABSENT
    assert fields.shown(who(Role.LEAD), "person.absence_reason", "ill") is True


def test_a_field_that_is_not_shown_has_no_key() -> None:
    told = {"id": 1, "email": fields.shown(who(Role.EXECUTIVE), "customer.email", VALUE)}
    assert plain(told) == {"id": 1}


@pytest.mark.parametrize("field", fields.TABLE)
@pytest.mark.parametrize("held", [*Role, *Grant])
def test_only_who_sees_a_field_whole_sorts_and_filters_by_it(field: str, held: Role | Grant) -> None:
    if fields.TABLE[field].get(held) is Shown.FULL:
        fields.require_full(who(held), field)
        assert fields.form(who(held), field) is Shown.FULL
    else:
        with pytest.raises(Denied, match="cannot be used"):
            fields.require_full(who(held), field)


@pytest.mark.parametrize(
    ("value", "masked"),
    [("+49 30 1234567", "•••4567"), ("anna@example.org", "a•••@example.org"), ("Anna", "A•••"), ("12345", "1•••")],
)
def test_a_mask_keeps_no_more_than_it_says(value: str, masked: str) -> None:
    assert fields.masked(value) == masked
