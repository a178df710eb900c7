"""Letters by hand, stopped by one click; what people say of themselves, sealed; fairness that says when it cannot."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks import hiring
from maitred.desks.hiring.models import Candidate, Objection, OptOut, SelfTold
from maitred.desks.hiring.outreaching import links, receiving
from maitred.desks.hiring.tests.conftest import Ask, Later, approved, picked
from maitred.kit.audit.models import AuditRow
from maitred.kit.outbox import contents
from maitred.kit.outbox.models import Effect
from maitred.people.tests.floor import Floor

DESK = Path(hiring.__file__).parent
BODY = "Dear {first_name},\n\nwe look for a {title} in {site}, {pay}.\n\n{sender}"


@pytest.fixture
def template(ask: Ask) -> Any:
    return ask("manager", "hiring.add_template", title="First", subject_line="A {title} in {site}", body=BODY)


@pytest.fixture
def letter(ask: Ask, people: None, template: Any) -> Any:
    one = picked(ask, approved(ask).id).candidate
    return ask("manager", "hiring.draft_letter", candidate=one.id, template=template.id)


def sent(ask: Ask, letter: Any, name: str = "manager") -> Any:
    return ask(name, "hiring.send_letter", letter=letter.id, version=letter.version)


def again(ask: Ask, letter: Any, template: Any) -> Any:
    return ask("manager", "hiring.draft_letter", candidate=letter.candidate, template=template.id)


def test_a_draft_is_merged_and_sends_nothing(letter: Any) -> None:
    assert letter.subject_line == "A Support manager in Austin, TX"
    assert "Dear Ada," in letter.body and "60,000 to 82,000 USD a year" in letter.body and "Manager" in letter.body
    assert "job board export" in letter.footer and "/hiring/opt-out/" in letter.footer
    assert not Effect._base_manager.exists() and letter.why_not == ""


def test_a_letter_goes_out_by_a_persons_hand_with_its_way_to_stop(ask: Ask, letter: Any) -> None:
    done = sent(ask, letter)
    assert (done.state, done.attempt, done.by) == ("sent", 1, "Manager")
    content = contents.opened(Effect._base_manager.get())
    assert content is not None and content["to"] == "ada@people.example"
    assert content["unsubscribe"] in content["text"] and "We have your profile from" in content["text"]
    with pytest.raises(Conflict):
        sent(ask, done)


def test_a_place_that_nobody_can_fill_is_refused(ask: Ask) -> None:
    with pytest.raises(Invalid, match="salary_now"):
        ask("manager", "hiring.add_template", title="Bad", subject_line="x", body="You earn {salary_now}")


def test_silence_of_two_letters_is_an_answer(ask: Ask, letter: Any, template: Any, later: Later) -> None:
    sent(ask, letter)
    with pytest.raises(Denied, match="wait a week"):
        sent(ask, again(ask, letter, template))
    second = ask("manager", "hiring.outreach", state="draft").items[0]
    later(timedelta(days=8))
    assert sent(ask, second).attempt == 2
    later(timedelta(days=60))
    third = again(ask, letter, template)
    assert "no third" in third.why_not
    with pytest.raises(Denied, match="no third"):
        sent(ask, third)


def test_one_press_stops_letters_for_ever_and_keeps_no_address(
    ask: Ask, letter: Any, template: Any, later: Later, client: Client
) -> None:
    sent(ask, letter)
    content = contents.opened(Effect._base_manager.get())
    assert content is not None
    address = content["unsubscribe"].removeprefix("http://127.0.0.1:8000")
    assert client.get(address).status_code == 200 and not OptOut._base_manager.exists(), "reading records nothing"
    for _ in range(2):
        assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    kept = OptOut._base_manager.get()
    assert "ada" not in kept.digest and kept.digest == links.digest(" ADA@people.example ")
    later(timedelta(days=4_000))
    with pytest.raises(Denied, match="wants no letter"):
        sent(ask, again(ask, letter, template))
    assert "ada@" not in str(AuditRow.objects.filter(verb="hiring.opt_out").get().diff)


@pytest.mark.parametrize("path", ["/hiring/opt-out/forged/", "/hiring/yours/forged/"])
def test_a_link_that_nobody_here_signed_leads_nowhere(db: None, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404 and client.post(path).status_code == 404
    crossed = links.own("ABC234").replace("/yours/", "/opt-out/").removeprefix("http://127.0.0.1:8000")
    assert client.get(crossed).status_code == 404


def test_letters_have_a_cap_a_day(ask: Ask, letter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maitred.desks.hiring.verbs.outreach.A_DAY_EACH", 0)
    with pytest.raises(Denied, match="within a day"):
        sent(ask, letter)


def own(ask: Ask, candidate: int) -> str:
    return str(ask("manager", "hiring.own_link", candidate=candidate).url.removeprefix("http://127.0.0.1:8000"))


def test_what_somebody_says_of_themselves_is_sealed_and_can_be_taken_away(
    ask: Ask, people: None, client: Client
) -> None:
    one = picked(ask, approved(ask).id).candidate
    address = own(ask, one.id)
    page = client.get(address).content.decode()
    assert "Ada" not in page and one.code not in page and "Support manager" in page
    assert client.post(address, {"do": "say", "sex": "woman", "race": "asian"}).status_code == 200
    row = SelfTold._base_manager.get()
    assert "woman" not in row.sealed and row.sealed.startswith("v1|")
    assert "woman" not in str(ask("manager", "hiring.show_candidate", candidate=one.id))
    assert "woman" not in str([entry.diff for entry in AuditRow.objects.all()])
    client.post(address, {"do": "say", "sex": "", "race": "invented"})
    assert not SelfTold._base_manager.exists()


def test_a_candidate_asks_and_somebody_who_did_not_decide_answers(ask: Ask, people: None, client: Client) -> None:
    one = picked(ask, approved(ask).id).candidate
    gone = ask("manager", "hiring.reject_candidate", candidate=one.id, version=one.version, reason="other", words="x")
    address = own(ask, one.id)
    for _ in range(2):
        client.post(address, {"do": "decision", "words": "<b>I led ten people</b>"})
    row = Objection._base_manager.get()
    with pytest.raises(Denied, match="somebody else looks again"):
        ask("manager", "hiring.settle_objection", objection=row.pk, version=1, outcome="upheld", answer="no")
    done = ask("lead2", "hiring.settle_objection", objection=row.pk, version=1, outcome="changed", answer="come again")
    assert (done.state, done.about) == ("changed", "decision")
    assert gone.candidate.stage == "rejected" and row.due_on.isoformat() == "2026-01-19"


def test_only_the_audit_reads_what_people_say_of_themselves() -> None:
    naming, opening = set(), set()
    for path in DESK.rglob("*.py"):
        if {"tests", "migrations"} & set(path.parts):
            continue
        words = {one.id for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Name)}
        attributes = {one.attr for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Attribute)}
        place = path.relative_to(DESK).as_posix()
        naming |= {place} if "SelfTold" in words else set()
        opening |= {place} if "told_by" in attributes | words else set()
    assert naming <= {"auditing/access.py", "outreaching/receiving.py", "profiles/access.py", "models/telling.py"}
    assert opening <= {"verbs/auditing.py"}


def hired(ask: Ask, count: int, name: str = "manager") -> int:
    """A requisition with so many candidates: every third is picked, the others are passed over."""
    asked = approved(ask).id
    for place in range(count):
        one = ask(name, "hiring.add_candidate", requisition=asked, profile=9_000 + place, basis="applicant").candidate
        given = {"candidate": one.id, "version": one.version, "words": "read whole"}
        if place % 3 == 0:
            ask(name, "hiring.shortlist", **given, reason="evidence")
        else:
            ask(name, "hiring.pass_over", **given, reason="chose_others")
    return int(asked)


def test_where_nobody_said_anything_fairness_is_not_measurable(ask: Ask) -> None:
    asked = hired(ask, 6)
    found = ask("auditor", "hiring.audit", role="support.manager")
    assert (found.verdict, found.candidates, found.told, found.requisitions) == ("not_measurable", 6, 0, (asked,))
    assert {one.verdict for one in found.stages} == {"not_measurable"} and "nothing is guessed" in found.says


def test_the_audit_counts_stages_by_what_people_said(ask: Ask, house: Floor) -> None:
    asked = hired(ask, 24)
    for row in Candidate._base_manager.filter(requisition=asked).order_by("pk"):
        receiving.say_of_oneself(row, {"sex": "woman" if row.profile and row.profile % 2 else "man"})
    found = ask("auditor", "hiring.audit", requisition=asked)
    stage = next(one for one in found.stages if one.dimension == "sex")
    assert (stage.stage, stage.n, stage.unknown, found.told) == ("considered", 24, 0, 24)
    assert {one.group: (one.n, one.passed) for one in stage.groups} == {"man": (12, 4), "woman": (12, 4)}
    assert found.verdict == "too_few" and all(one.p == pytest.approx(1.0) for one in stage.groups)
    assert next(one for one in found.stages if one.dimension == "race").verdict == "not_measurable"
    for name in ("lead", "executive", "admin", "agent"):
        with pytest.raises(Denied):
            ask(name, "hiring.audit")


def test_the_log_of_decisions_names_nobody(ask: Ask, house: Floor) -> None:
    hired(ask, 3)
    found = ask("auditor", "hiring.decision_log").items
    assert [(one.before, one.after) for one in found[:2]] == [("", "applied"), ("applied", "shortlisted")]
    assert all(re.fullmatch(r"[0-9a-f]{8}", one.by) for one in found) and "Manager" not in str(found)
    assert len({one.by for one in found}) == 1
    with pytest.raises(NotFound):
        ask("auditor", "hiring.decision_log", requisition=999)
