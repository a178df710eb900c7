"""Behaviours: what counts and what does not, quoted word for word, whoever writes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.insight.text.behaviours import BEHAVIOURS, Seen, Turn, behaviours

CASES = tomllib.loads(Path(__file__).with_suffix(".toml").with_stem("behaviours").read_text(encoding="utf-8"))["case"]
NAMES = ("Ana Ruiz", "Will May", "Hope Sunday", "Nguyễn Văn An", "Oluwaseun Adeyemi-Brown", "Mark Sorry")
PIECES = [
    "I will check it by Friday. ",
    "I'm so sorry for the delay 👩‍👩‍👧\r\n",
    "> quoted\n",
    "What is it? ",
    "é̂",
    "שלום. ",
    "Thanks,\nBo\n",
]


def _seen(text: str, customer: str = "", **known: Any) -> dict[str, Seen]:
    before = [Turn("customer", customer)] if customer else []
    return {one.behaviour: one for one in behaviours(text, before, **known)}


@pytest.mark.parametrize("case", CASES, ids=[one["agent"][:40] for one in CASES])
def test_a_message_shows_what_a_reviewer_would_quote(case: dict[str, Any]) -> None:
    found = _seen(case["agent"], case["customer"])
    for behaviour in BEHAVIOURS:
        wanted = case.get(behaviour)
        if wanted in ("absent", "not_called_for"):
            assert found[behaviour].verdict == wanted, (behaviour, found[behaviour])
        elif wanted:
            assert any(wanted in one.text for one in found[behaviour].spans), (behaviour, found[behaviour])


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=10).map("".join))
def test_every_quote_is_a_part_of_the_text_and_of_the_authors_own_words(text: str) -> None:
    found = behaviours(text, [Turn("customer", "It failed again, order 55")], names=("Friday Delay",))
    assert [one.behaviour for one in found] == [*BEHAVIOURS]
    for one in found:
        assert (one.verdict == "present") <= bool(one.spans)
        assert all(text[each.start : each.end] == each.text for each in one.spans)


def test_a_quoted_promise_is_not_the_agents() -> None:
    assert _seen("Done.\n> I will call you by Friday.", "When?")["owns_next_step"].verdict != "present"


@pytest.mark.parametrize("case", CASES, ids=[one["agent"][:40] for one in CASES])
def test_what_people_are_called_changes_no_verdict(case: dict[str, Any]) -> None:
    verdicts = set()
    for customer, agent in zip(NAMES, NAMES[1:] + NAMES[:1], strict=True):
        text = f"Hi {customer},\n\n{case['agent']}\n\nBest regards,\n{agent}"
        asked = f"Hello, my name is {customer}. {case['customer']}\n\nThanks,\n{customer}"
        found = _seen(text, asked, names=(customer, agent))
        verdicts.add(tuple((name, one.verdict, tuple(each.text for each in one.spans)) for name, one in found.items()))
    assert len(verdicts) == 1


def test_a_sentence_in_most_of_somebodys_messages_names_nobodys_feeling() -> None:
    pasted = "We understand your frustration, {}. "
    history = [pasted.format(name) + f"Case {at}." for at, name in enumerate("Ana Bo Cy Di".split())] + ["Done."] * 6
    told = _seen(pasted.format("Ed"), "It failed again", history=history)["names_feeling"]
    assert (told.verdict, told.why) == ("absent", "boilerplate") and told.spans
    assert _seen(pasted.format("Ed"), "It failed again", history=history[:1])["names_feeling"].verdict == "present"
    assert (
        _seen(pasted.format("Ed"), "It failed again", history=[*history, *["Done."] * 9])["names_feeling"].verdict
        == "present"
    )


def test_a_third_apology_counts_against() -> None:
    before = [Turn("customer", "It failed"), Turn("agent", "Sorry for that."), Turn("agent", "I apologise again.")]
    told = {one.behaviour: one for one in behaviours("I am sorry about the delay.", before)}["apologises_once"]
    assert (told.verdict, told.why) == ("absent", "third_apology") and told.spans
    once = {one.behaviour: one for one in behaviours("I am sorry about the delay.", before[:2])}["apologises_once"]
    assert once.verdict == "present"


def test_a_copied_subject_restates_nothing() -> None:
    text, asked = "I understand this is about the broken lamp.", "The lamp is broken."
    assert _seen(text, asked)["restates_problem"].verdict == "present"
    assert _seen(text, asked, subject="Broken lamp")["restates_problem"].verdict == "absent"


def test_a_text_of_a_megabyte_is_read() -> None:
    assert len(behaviours("I will call you. " * 60_000, [Turn("customer", "ok " * 300_000)])) == 6
