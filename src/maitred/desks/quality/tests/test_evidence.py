"""Quotes of a review stand in the conversation."""

from __future__ import annotations

from maitred.desks.quality import evidence


def test_a_quote_stands_in_the_message_that_it_names() -> None:
    messages = {"1": "Hello Ana,\n\nI  will call you on <b>Monday</b>.", "2": "Thanks"}
    assert evidence.problem_of("I will call you", "1", messages) == ""
    assert "do not stand" in evidence.problem_of("I will call you", "2", messages)
    assert "no message 9" in evidence.problem_of("I will call you", "9", messages)
    assert evidence.problem_of("   ", "1", messages) == "a quote has words"
