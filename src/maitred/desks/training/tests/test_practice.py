"""Practice on masked tickets of a generated organisation, and the section on the page of a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from sqlglot import exp

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.service_levels.tests import looking
from maitred.desks.service_levels.tests.looking import look
from maitred.desks.training.models import Practice
from maitred.desks.training.practising import Said, masked, score, until_reply
from maitred.desks.training.tests.conftest import Ask, Sign, published
from maitred.kit.audit.models import AuditRow
from maitred.kit.reading import opened
from maitred.kit.reading import published as reading
from maitred.metrics import ticket_records, views
from maitred.metrics.explaining import may_see
from maitred.people.reach import tickets_scope
from maitred.people.tests.floor import Floor

ITEMS = [
    {"key": "solved", "title": "Solved", "kind": "yes_no", "weight": 60, "critical": True},
    {"key": "tone", "title": "Tone", "kind": "scale", "weight": 40, "minimum": 1, "maximum": 5, "allows_na": True},
]


@pytest.fixture(scope="session")
def training_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield looking.workspace(tmp_path_factory.mktemp("training"), 400)
    opened.forget()


@pytest.fixture
def ticket(training_home: Path, settings: Any, house: Floor) -> str:
    """A ticket of the lead's teams on which a customer wrote first."""
    settings.MAITRED_HOME = training_home
    scope = tickets_scope(house.actor("lead"))
    with reading(None) as ask:
        views.prepare(ask.engine, "current_ticket_facts")
        query = exp.select("*").from_("current_ticket_facts").order_by("ticket_id")
        for row in ask.engine.query(query).to_pylist():
            if may_see(scope, row) and _asked_first(ticket_records.messages(ask, "demo", row["ticket_id"])):
                return str(row["ticket_id"])
    raise AssertionError("the generated log has no such ticket")


def _asked_first(rows: list[dict[str, Any]]) -> bool:
    said = [one for one in rows if one["is_public"]]
    return (
        len(said) > 1 and str(said[0]["author_id"]).startswith("1000") and said[0]["author_id"] != said[1]["author_id"]
    )


@pytest.fixture
def card(ask: Ask) -> int:
    made = ask("lead", "quality.add_scorecard", name="Support", items=ITEMS)
    ask("lead", "quality.publish_scorecard", scorecard=made.id, version=made.version)
    return int(made.id)


def test_a_learner_replies_to_a_masked_ticket_and_reads_the_score(
    house: Floor, ask: Ask, sign: Sign, ticket: str, card: int
) -> None:
    preview = ask("lead", "training.preview_practice", source="demo", ticket=ticket)
    assert preview.turns and preview.turns[0].side == "customer"
    assert AuditRow._base_manager.filter(verb="training.preview_practice").count() == 1
    given = {"person": house.people["agent"].pk, "source": "demo", "ticket": ticket, "scorecard": card, "title": "Late"}
    for name in ("lead2", "agent"):
        with pytest.raises((NotFound, Denied)):
            ask(name, "training.set_practice", **given)
    made = ask("lead", "training.set_practice", **given)
    key = made.practice.id
    assert (made.ticket, ask("agent", "training.show_practice", practice=key).ticket) == (ticket, "")
    assert ask("agent", "training.my_training").next.kind == "practice"
    with pytest.raises(Conflict):
        ask("lead", "training.score_practice", practice=key, version=1, answers={"solved": "yes", "tone": 4})
    with pytest.raises(Denied):
        ask("lead", "training.answer_practice", practice=key, version=1, reply="x")
    ask("agent", "training.answer_practice", practice=key, version=1, reply="I am sorry. It is on its way.")
    for answers in ({"solved": "yes"}, {"solved": "na", "tone": 4}, {"solved": "yes", "tone": 9}, {"x": 1}):
        with pytest.raises(Invalid):
            ask("lead", "training.score_practice", practice=key, version=2, answers=answers)
    with pytest.raises((Denied, NotFound)):
        ask("agent", "training.score_practice", practice=key, version=2, answers={"solved": "yes", "tone": 4})
    right = {"solved": "yes", "tone": 4}
    done = ask("lead", "training.score_practice", practice=key, version=2, answers=right, comment="Warm")
    assert (done.practice.score, ask("agent", "training.show_practice", practice=key).comment) == (90.0, "Warm")
    assert ask("lead", "training.reopen_practice", practice=key, version=3).practice.score is None
    assert not ask("lead2", "training.practices").items
    row = AuditRow._base_manager.filter(verb="training.set_practice").get()
    assert str(made.turns[0].text[:30]) not in str(row.diff), "words of customers are in no audit row"
    client = sign("lead")
    client.post(f"/training/practice/{key}/", {"do": "score", "version": "4", "i-solved": "no", "i-tone": "5"})
    assert Practice._base_manager.get().score == 0.0, "a critical item failed"
    assert look(sign("agent"), f"/training/practice/{key}/").heading == "Late: 0 of 100"
    assert look(sign("mate"), f"/training/practice/{key}/").status == 404
    form = {"source": "demo", "ticket": ticket, "title": "T", "person": house.people["mate"].pk, "scorecard": card}
    seen = client.post("/training/practice/give/", {"do": "preview", **form})
    assert "What they would see" in seen.content.decode()
    client.post("/training/practice/give/", {"do": "give", **form})
    assert look(sign("mate"), "/training/practice/").heading == "1 ticket waits for your reply"


def test_the_page_of_a_person_has_its_section(house: Floor, ask: Ask, sign: Sign, ticket: str) -> None:
    course = published(ask, "Refunds").course.id
    ask("lead", "training.assign", course=course, people=[house.people["agent"].pk], due_on="2026-01-30")
    address = reverse("person", args=[house.people["agent"].pk])
    seen = look(sign("lead"), address)
    assert seen.status == 200 and seen.all("//a[contains(@href, '/training/assign/?person=')]")
    own = look(sign("agent"), address)
    assert own.all("//*[@data-assignment]") and "/training/assign/" not in own.text


def test_masking_takes_names_numbers_and_addresses_and_keeps_the_question() -> None:
    text = (
        "Hello Ms Berg, this is Anna-Maria Kowalski (anna.k@example.org, +49 30 1234567). Order "
        "4711-9982-AB of 12.05.2026, "
        "see https://shop.example/o/4711?mail=anna. Kowalski's card is 4111 1111 1111 1111. Where is my parcel?"
    )
    (found,) = masked([Said("customer", text)], {"Anna-Maria Kowalski": "[customer]", "Lena Berg": "[colleague]"})
    for secret in ("Anna", "Kowalski", "Berg", "4711", "shop.example", "1234567", "4111", "@"):
        assert secret not in found.text, (secret, found.text)
    assert "[customer]" in found.text and "[colleague]" in found.text and found.text.endswith("Where is my parcel?")
    assert masked([found], {})[0] == found


def test_a_conversation_ends_before_the_first_reply() -> None:
    rows = [
        Said("team", "auto"),
        Said("customer", "a"),
        Said("customer", "b"),
        Said("team", "c"),
        Said("customer", "d"),
    ]
    assert [one.text for one in until_reply(rows)] == ["auto", "a", "b"]
    assert until_reply(rows[:1]) == rows[:1]
    assert score(ITEMS, {"solved": "yes", "tone": "na"}) == 100.0 and score(ITEMS, {"solved": "no", "tone": 5}) == 0.0
