"""Fields of people through the verbs: each actor gets the keys that are theirs, and nothing beside the shape."""

from __future__ import annotations

from dataclasses import fields as parts
from typing import Any

import pytest

from maitred.base.errors import NotFound
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.results import plain
from maitred.people.tests.floor import Floor, build
from maitred.people.verbs.shapes import PersonShown

pytestmark = pytest.mark.django_db


@pytest.fixture
def floor() -> Floor:
    return build()


@pytest.mark.parametrize(
    ("name", "address"),
    [("agent", "agent@example.org"), ("lead", "agent@example.org"), ("manager", "agent@example.org")],
)
def test_the_address_of_a_person_is_for_themselves_and_those_who_lead_them(
    floor: Floor, name: str, address: str
) -> None:
    shown = plain(run("people.show_person", floor.actor(name), {"person": floor.people["agent"].pk}))
    assert shown["email"] == address
    assert set(shown) == {one.name for one in parts(PersonShown)}


def test_an_auditor_gets_addresses_masked_and_an_agent_no_colleague(floor: Floor) -> None:
    listed = plain(run("people.list_members", floor.actor("auditor"), {}))["items"]
    others = {one["email"] for one in listed if one["id"] != floor.people["auditor"].pk}
    assert others <= {f"{name[0]}•••@example.org" for name in floor.people}
    assert len(listed) == len(floor.people)
    with pytest.raises(NotFound):
        run("people.show_person", floor.actor("agent"), {"person": floor.people["mate"].pk})


def test_no_answer_about_accounts_or_tokens_has_a_secret_in_it(floor: Floor) -> None:
    admin = floor.actor("admin")
    told: list[Any] = [plain(run(f"people.{one}", admin, {})) for one in ("list_accounts", "list_tokens", "own_tokens")]
    text = str(told)
    assert floor.accounts["lead"].username in text
    assert not any(word in text for word in ("password", "digest", "pbkdf2", "md5$", floor.accounts["lead"].password))


def test_every_verb_answers_in_a_shape_of_its_own_and_never_with_a_row() -> None:
    for verb in register().values():
        schema = verb.answer.json_schema(mode="serialization")
        assert "password" not in str(schema.get("properties", {})), verb.id
        assert schema.get("additionalProperties", False) is not True, verb.id
