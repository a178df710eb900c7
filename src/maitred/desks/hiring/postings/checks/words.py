"""What is said in a posting or asked in its form: past pay (C21), and words that keep people away (C22)."""

from __future__ import annotations

import re
from datetime import date

from maitred.desks.hiring.postings import wording
from maitred.desks.hiring.postings.checks.finding import Finding
from maitred.desks.hiring.postings.seen import Seen

_FAIR = re.compile(r"(?i)\bequal (?:employment )?opportunit|regardless of|without regard to|discriminat|whatever their")
"""A sentence that says that nobody is kept away names what is protected."""


def past_pay_is_not_asked(one: Seen, today: date) -> list[Finding]:
    """C21: no question about past or present pay, in English or German."""
    return [
        Finding("C21", "E", where, f"“{hit.text}” asks what somebody earns or earned: {hit.say}")
        for where, text in one.words for hit in wording.questions(text)
    ]  # fmt: skip


def nobody_is_kept_away(one: Seen, today: date) -> list[Finding]:
    """C22: no words about age, gender, origin, health or family, and no most of years."""
    told = (("title", one.title), *((where, text) for where, text in one.words if text != one.title))
    return [
        Finding("C22", "W", where, f"“{hit.text}” is about {_about(hit.about)}: {hit.say}")
        for where, text in told if where != "legal" and not _FAIR.search(text) for hit in wording.terms(text)
    ]  # fmt: skip


def _about(name: str) -> str:
    return "a most of years" if name == "years" else name
