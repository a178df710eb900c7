"""The round of a review: given, answered with quotes, submitted, read, contested, settled by somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.quality import closing, telling, tickets
from maitred.desks.quality.models import Review
from maitred.desks.quality.tests.conftest import NOW
from maitred.desks.quality.tests.reviewing import ROOT, Desk
from maitred.kit.audit.deeds import deed
from maitred.kit.audit.models import AuditRow
from maitred.kit.notices.models import Notice
from maitred.kit.reading import published


def _later(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=minutes))


def test_the_round_of_a_review(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    row = desk.given("agent", "lead")
    waiting = desk.run("lead", "my_reviews")
    assert [one.id for one in waiting.to_review] == [row.pk]
    done = desk.reviewed("agent", "lead", 1, solved="no")
    assert done.score == pytest.approx((0 + 0.75 * 30 + 20) / 100 * 100)
    assert done.undo_until == NOW + timedelta(minutes=10)
    with pytest.raises(NotFound):
        desk.run("agent", "show_review", review=done.id)
    _later(monkeypatch, 11)
    assert [one.id for one in desk.run("agent", "my_reviews").to_read] == [done.id]
    read = desk.run("agent", "acknowledge", review=done.id, version=done.version, note="Thank you")
    assert read.acknowledgement == "Thank you"
    assert desk.run("agent", "my_reviews").to_read == ()
    with pytest.raises(Invalid, match="acknowledged already"):
        desk.run("agent", "acknowledge", review=done.id, version=read.version)
    asked = desk.run("agent", "contest", review=done.id, item="solved", reason="The customer said so")
    assert (asked.state, asked.before.value, asked.score_before) == ("open", "no", done.score)
    with pytest.raises(Denied, match="neither made the review"):
        desk.run("lead", "settle", contest=asked.id, version=1, outcome="upheld", reason="No")
    settled = desk.run(
        "manager", "settle", contest=asked.id, version=1, outcome="changed", reason="True",
        answer={"item": "solved", "value": "yes"},
    )  # fmt: skip
    assert (settled.before.value, settled.after.value, settled.score_before) == ("no", "yes", done.score)
    assert settled.score_after == pytest.approx(92.5)
    shown = desk.run("agent", "show_review", review=done.id)
    assert shown.score == settled.score_after
    assert next(one for one in shown.answers if one.item == "solved").value == "yes"
    with pytest.raises(Invalid, match="changed already"):
        desk.run("manager", "settle", contest=asked.id, version=settled.version, outcome="upheld", reason="No")
    verbs = list(AuditRow._base_manager.filter(verb__startswith="quality.").values_list("verb", flat=True))
    assert {"quality.submit_review", "quality.acknowledge", "quality.contest", "quality.settle"} <= {*verbs}


def test_a_stale_autosave_is_refused_and_the_first_one_stays(desk: Desk) -> None:
    row = desk.given("agent", "lead")
    first = desk.run("lead", "save_answers", review=row.pk, version=1, answers=[{"item": "solved", "value": "yes"}])
    with pytest.raises(Conflict) as refused:
        desk.run("lead", "save_answers", review=row.pk, version=1, answers=[{"item": "solved", "value": "no"}])
    assert (refused.value.sent, refused.value.there) == (1, first.version)
    second = desk.run("lead", "save_answers", review=row.pk, version=first.version,
                      answers=[{"item": "safe", "value": "na"}], comment="So far", flagged=True)  # fmt: skip
    assert {one.item: one.value for one in second.answers} == {"solved": "yes", "safe": "na"}
    assert (second.comment, second.flagged, second.missing, second.state) == ("So far", True, ("tone",), "draft")
    back = desk.run("lead", "save_answers", review=row.pk, version=second.version, answers=[{"item": "safe"}])
    assert [one.item for one in back.answers] == ["solved"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"item": "tone", "value": 7}, "from 1 to 5"),
        ({"item": "tone", "value": "yes"}, "from 1 to 5"),
        ({"item": "solved", "value": "na"}, "always applies"),
        ({"item": "solved", "value": 1}, "yes or no"),
        ({"item": "colour", "value": 1}, "no item colour"),
        ({"item": "tone", "value": 4, "quotes": [{"message": "999999", "text": "Hello"}]}, "tone: there is no message"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_by_its_item(desk: Desk, answer: dict[str, Any], says: str) -> None:
    row = desk.given("agent", "lead")
    with pytest.raises(Invalid, match=says) as refused:
        desk.run("lead", "save_answers", review=row.pk, version=1, answers=[answer])
    assert refused.value.errors[0]["field"].startswith(f"answers.{answer['item']}")
    assert desk.run("lead", "show_review", review=row.pk).answers == ()


def test_a_quote_has_to_stand_in_its_message(desk: Desk) -> None:
    row = desk.given("agent", "lead")
    message, text = desk.words(row.ticket_id)
    wrong = [{"item": "tone", "value": 4, "quotes": [{"message": message, "text": f"{text} and never said"}]}]
    with pytest.raises(Invalid, match="tone: these words do not stand"):
        desk.run("lead", "save_answers", review=row.pk, version=1, answers=wrong)
    spaced = [{"item": "tone", "value": 4, "quotes": [{"message": message, "text": text.replace(" ", " \n ")}]}]
    saved = desk.run("lead", "save_answers", review=row.pk, version=1, answers=spaced)
    assert saved.lacking == ()


def test_an_unfinished_review_names_what_is_missing(desk: Desk) -> None:
    row = desk.given("agent", "lead")
    answers = [{"item": "solved", "value": "yes"}, {"item": "tone", "value": 4}]
    saved = desk.run("lead", "save_answers", review=row.pk, version=1, answers=answers)
    assert (saved.missing, saved.lacking) == (("safe",), ("tone",))
    with pytest.raises(Invalid) as refused:
        desk.run("lead", "submit_review", review=row.pk, version=saved.version)
    assert [one["field"] for one in refused.value.errors] == ["answers.safe", "answers.tone.quotes"]
    more = [{"item": "safe", "value": "na"}, {"item": "tone", "value": "na"}]
    saved = desk.run("lead", "save_answers", review=row.pk, version=saved.version, answers=more)
    assert desk.run("lead", "submit_review", review=row.pk, version=saved.version).score == 100.0


def test_a_submitted_review_can_be_taken_back_for_ten_minutes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    done = desk.reviewed("agent", "lead")
    back = desk.run("lead", "undo_submit", review=done.id, version=done.version)
    assert (back.state, back.submitted_at, back.sent_at, len(back.answers)) == ("draft", None, None, 3)
    again = desk.run("lead", "submit_review", review=done.id, version=back.version)
    with pytest.raises(Invalid, match="is submitted"):
        desk.run("lead", "save_answers", review=done.id, version=again.version, answers=[])
    _later(monkeypatch, 11)
    with pytest.raises(Invalid, match="cannot be taken back"):
        desk.run("lead", "undo_submit", review=done.id, version=again.version)


def test_a_critical_failure_makes_the_review_nothing(desk: Desk) -> None:
    done = desk.reviewed("agent", "lead", safe="no")
    assert (done.score, done.failed) == (0.0, ("safe",))


def test_a_skipped_review_keeps_its_reason(desk: Desk) -> None:
    row = desk.given("agent", "lead")
    done = desk.run("lead", "skip_review", review=row.pk, version=1, reason="Only a receipt")
    assert (done.state, done.why, done.editable) == ("skipped", "Only a receipt", False)
    with pytest.raises(Invalid, match="is skipped"):
        desk.run("lead", "submit_review", review=row.pk, version=done.version)


def test_a_blind_review_hides_whom_it_is_about_until_it_is_submitted(desk: Desk) -> None:
    row = desk.given("agent", "lead")
    Review._base_manager.filter(pk=row.pk).update(blind=True)
    hidden = desk.run("lead", "show_review", review=row.pk)
    assert (hidden.about, hidden.about_name) == (None, "")
    assert desk.run("lead", "my_reviews").to_review[0].about_name == ""
    assert desk.run("lead", "reviews", person=desk.person("agent")).items == ()
    said = desk.run("lead", "review_conversation", review=row.pk)
    agents = {one.author for one in said.messages if one.author_type == "agent"}
    assert agents and all(one.startswith("agent ") for one in agents)
    saved = desk.run("lead", "save_answers", review=row.pk, version=1, answers=desk.answers(row.ticket_id))
    assert desk.run("lead", "submit_review", review=row.pk, version=saved.version).about == desk.person("agent")


def test_the_conversation_has_its_clocks_and_reading_it_is_audited(desk: Desk) -> None:
    row = desk.given("agent", "lead")
    before = AuditRow._base_manager.filter(verb="quality.review_conversation").count()
    said = desk.run("lead", "review_conversation", review=row.pk)
    assert said.messages and said.gone == ""
    assert "frt" in {one["clock"] for one in said.clocks["clocks"]}
    assert AuditRow._base_manager.filter(verb="quality.review_conversation").count() == before + 1


def test_self_and_peer_reviews(desk: Desk) -> None:
    mine = desk.tickets("agent")[0]
    given = {"scorecard": desk.card, "source": "demo", "ticket": mine}
    own = desk.run("agent", "add_review", kind="self", **given)
    assert (own.about, own.reviewer, own.editable) == (desk.person("agent"), desk.person("agent"), True)
    with pytest.raises(Invalid, match="nobody reviews their own ticket"):
        desk.run("agent", "add_review", kind="peer", reviewer=desk.person("agent"), **given)
    with pytest.raises(Invalid, match="needs a reviewer"):
        desk.run("agent", "add_review", kind="peer", **given)
    with pytest.raises(NotFound):
        desk.run("agent", "add_review", kind="peer", reviewer=desk.person("other"), **given)
    peer = desk.run("agent", "add_review", kind="peer", reviewer=desk.person("mate"), **given)
    assert [one.id for one in desk.run("mate", "my_reviews").to_review] == [peer.id]
    said = desk.run("mate", "review_conversation", review=peer.id)
    assert said.messages
    with pytest.raises((NotFound, Denied)):
        desk.run("agent", "add_review", kind="self", **{**given, "ticket": desk.tickets("mate")[0]})


def test_a_ticket_that_is_gone_closes_its_review_and_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    open_, done = desk.given("agent", "lead"), desk.reviewed("agent", "lead", 1, kind="random")
    saved = desk.run("lead", "save_answers", review=open_.pk, version=1, answers=[{"item": "solved", "value": "no"}])
    vanished = "no such ticket any more"
    Review._base_manager.filter(pk=open_.pk).update(ticket_id=vanished)
    assert "does not know this ticket" in desk.run("lead", "show_review", review=open_.pk).gone
    closed = desk.run(
        "lead", "save_answers", review=open_.pk, version=saved.version, answers=[{"item": "safe", "value": "yes"}]
    )
    assert (closed.state, {one.item for one in closed.answers}) == ("void", {"solved", "safe"})
    assert "does not know this ticket" in closed.why
    Review._base_manager.filter(pk=done.id).update(ticket_id=vanished)
    with published(None) as ask:
        found = closing.gone(ask)
    assert [row.pk for row, _ in found] == [done.id]
    with deed(ROOT, "tests.close"):
        closing.void(found)
    kept = Review._base_manager.get(pk=done.id)
    assert (kept.state, kept.score, len(kept.answers)) == ("void", done.score, 3)
    assert all(one.n == 0 for one in desk.run("manager", "iqs").rows)


def test_deleted_and_merged_tickets_say_so() -> None:
    assert {*tickets.GONE} == {"deleted", "merged", "spam"}


def test_an_upheld_contest_changes_nothing_and_takes_no_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    done = desk.reviewed("agent", "lead", solved="no")
    _later(monkeypatch, 11)
    asked = desk.run("agent", "contest", review=done.id, item="solved", reason="No")
    given = {"contest": asked.id, "version": 1, "reason": "It was not"}
    with pytest.raises(Invalid, match="stays as it is"):
        desk.run("manager", "settle", outcome="upheld", answer={"item": "solved", "value": "yes"}, **given)
    with pytest.raises(Invalid, match="says what solved is answered with"):
        desk.run("manager", "settle", outcome="changed", **given)
    with pytest.raises(Invalid, match="yes or no"):
        desk.run("manager", "settle", outcome="changed", answer={"item": "solved", "value": 3}, **given)
    settled = desk.run("manager", "settle", outcome="upheld", **given)
    assert (settled.state, settled.after, settled.score_after) == ("upheld", None, done.score)
    with pytest.raises(Invalid, match="contested already"):
        desk.run("agent", "contest", review=done.id, item="solved", reason="Again")
    with pytest.raises(Invalid, match="has no answer"):
        desk.run("agent", "contest", review=done.id, item="missing", reason="Again")


def test_nobody_contests_or_acknowledges_for_somebody_else(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    done = desk.reviewed("agent", "lead")
    _later(monkeypatch, 11)
    for who in ("mate", "lead", "manager", "other"):
        with pytest.raises(NotFound):
            desk.run(who, "contest", review=done.id, item="solved", reason="For them")
        with pytest.raises(NotFound):
            desk.run(who, "acknowledge", review=done.id, version=done.version)


def test_people_are_told_what_waits_for_them_and_each_thing_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def texts(who: str) -> list[str]:
        return list(Notice._base_manager.filter(account=desk.floor.accounts[who]).values_list("text", flat=True))

    done = desk.reviewed("agent", "lead", solved="no")
    with deed(ROOT, "tests.tell"):
        assert telling.sent() == 0
    _later(monkeypatch, 11)
    for expected in (1, 0):
        with deed(ROOT, "tests.tell"):
            assert telling.sent() == expected
    assert texts("agent") == ["There is a review of your work to read"]
    assert desk.run("agent", "show_review", review=done.id).version == done.version
    asked = desk.run("agent", "contest", review=done.id, item="solved", reason="It was")
    assert (texts("manager"), texts("lead")) == (["An item of a review is contested"], [])
    desk.run("manager", "settle", contest=asked.id, version=1, outcome="upheld", reason="No")
    assert texts("agent")[-1] == "Your contest of a review is settled"
    given = {"kind": "peer", "scorecard": desk.card, "source": "demo", "ticket": desk.tickets("agent")[2]}
    desk.run("agent", "add_review", reviewer=desk.person("mate"), **given)
    assert texts("mate") == ["A review was given to you"]
