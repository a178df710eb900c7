"""Dated promises: found, dated in the writer's zone, kept or not; the figures of the hand-labelled sentences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.insight.text.promises import After, Promise, kept, promises, says_done

BERLIN = ZoneInfo("Europe/Berlin")
SENT = datetime(2026, 3, 10, 10, 30, tzinfo=BERLIN)
"""A Tuesday."""
LABELLED = Path(__file__).with_name("promises.tsv")


def scored(half: str) -> dict[str, int]:
    """Found, wrongly found, missed, and found with the right deadline, of one half of the labelled sentences."""
    counts = dict.fromkeys(("found", "wrong", "missed", "dated"), 0)
    for line in LABELLED.read_text(encoding="utf-8").splitlines()[1:]:
        of, text, quote, due = line.split("\t")
        if of != half:
            continue
        told = promises(text, SENT, BERLIN)
        if quote and told:
            counts["found"] += 1
            counts["dated"] += told[0].due_at.astimezone(BERLIN).strftime("%Y-%m-%dT%H:%M") == due
        counts["missed"] += bool(quote and not told)
        counts["wrong"] += bool(told and not quote)
    return counts


def test_the_rules_do_on_the_developing_half_what_the_documents_say() -> None:
    assert scored("developing") == {"found": 104, "wrong": 0, "missed": 1, "dated": 104}


def test_the_rules_do_on_the_held_out_half_what_the_documents_say() -> None:
    assert scored("held_out") == {"found": 16, "wrong": 0, "missed": 15, "dated": 15}


@pytest.mark.parametrize(
    ("zone", "due"),
    [("Europe/Berlin", "2026-03-12T22:59:59"), ("America/New_York", "2026-03-13T03:59:59"),
     ("Asia/Tokyo", "2026-03-12T14:59:59")],
)  # fmt: skip
def test_a_day_ends_where_its_writer_lives(zone: str, due: str) -> None:
    [found] = promises("I will call you by Thursday.", SENT, ZoneInfo(zone))
    assert found.due_at == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_span_over_the_change_of_clocks_is_counted_in_days_of_the_writer() -> None:
    [found] = promises("We will write to you within 2 days.", datetime(2026, 3, 28, 12, tzinfo=BERLIN), BERLIN)
    assert found.due_at == datetime(2026, 3, 30, 21, 59, 59, tzinfo=UTC)


def test_a_quoted_promise_is_nobodys_new_word() -> None:
    text = "Thanks, that is fine.\n\nOn Mon, 9 Mar 2026 at 10:00, Ana wrote:\n> I will call you by Thursday.\n"
    assert promises(text, SENT, BERLIN) == []


def test_the_words_quoted_stand_in_the_message() -> None:
    text = "Hi Jo,\r\nthank you. \U0001f600 I'll send the label within 24 hours.\r\nAna"
    [found] = promises(text, SENT, BERLIN)
    assert text[found.time_start : found.time_end] == "within 24 hours"
    assert text[found.start : found.end] == "\U0001f600 I'll send the label within 24 hours."


def _promise(kind: str) -> Promise:
    [found] = promises(
        {"reply": "I will call you by Thursday.", "deed": "We will refund it by Thursday."}[kind], SENT, BERLIN
    )
    assert found.kind == kind
    return found


def test_a_promise_is_kept_not_kept_or_cannot_be_told() -> None:
    reply, deed = _promise("reply"), _promise("deed")
    later, early = deed.due_at + timedelta(days=1), deed.due_at - timedelta(hours=3)
    word, done = After(early), After(early, says_done=True)
    assert kept(reply, [word], False, later) == kept(deed, [done], False, later) == "kept"
    assert kept(reply, [], False, later) == kept(reply, [After(later)], False, later) == "not_kept"
    assert (
        kept(reply, [], True, later)
        == kept(deed, [word], False, later)
        == kept(deed, [], False, later)
        == "cannot_tell"
    )
    assert kept(reply, [], False, early) == kept(reply, [], False, deed.due_at + timedelta(hours=1)) == "running"
    assert says_done("The amount has been refunded.") and not says_done("I will refund it.")


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    for one in promises(f"I will do it by Friday. {text}", SENT, BERLIN):
        assert 0 <= one.start <= one.time_start < one.time_end <= one.end


def test_a_long_hostile_text_takes_no_time() -> None:
    for piece in ("by ", "within 1 ", "I will ", "a." * 3, "12.", "next "):
        assert isinstance(promises(piece * 6_000, SENT, BERLIN), list)
