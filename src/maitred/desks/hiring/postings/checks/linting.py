"""Runs the checks that look at a posting, those that stop first."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from maitred.desks.hiring.postings.checks import notices, pay, quality, structured, words
from maitred.desks.hiring.postings.checks.finding import Finding
from maitred.desks.hiring.postings.seen import Seen

Check = Callable[[Seen, date], list[Finding]]
CHECKS: dict[str, Check] = {
    "C16": notices.opt_out_is_shown,
    "C17": notices.tool_is_named,
    "C19": pay.pay_is_told,
    "C20": pay.range_says_something,
    "C21": words.past_pay_is_not_asked,
    "C22": words.nobody_is_kept_away,
    "C23": structured.structure_is_there,
    "C24": structured.structure_equals_page,
    "placeholder": quality.nothing_is_left_to_fill_in,
    "dummy-contact": quality.contact_is_real,
    "no-way-to-apply": quality.one_can_apply,
    "no-location": quality.place_is_named,
    "too-many-musts": quality.few_musts,
    "reading-grade": quality.words_are_read,
}
"""Id → the check of a posting. Those about searches, records and the build are called where they happen."""


def lint(one: Seen, today: date, skills_of_best: Collection[str] | None = None) -> list[Finding]:
    """What checks find in a posting on a day; errors first, then by check.

    Parameters
    ----------
    skills_of_best
        Skills that are known of those who do this work best here; ``None`` where that cannot be told.
    """
    found = [finding for check in CHECKS.values() for finding in check(one, today)]
    found += quality.musts_are_seen_here(one.skills, skills_of_best)
    return sorted(found, key=lambda each: each.level != "E")
