"""Checks on rankings, notices and records: plain facts in, findings out; three cases that fail, three that do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from maitred.desks.hiring.postings import places, rules
from maitred.desks.hiring.postings.checks import Finding, notices, ranking, records

TODAY = date(2026, 11, 30)
NYC, AUSTIN, CHICAGO = (places.read(one) for one in ("New York, NY", "Austin, TX", "Chicago, IL"))
CALIFORNIA, BERLIN, REMOTE = (places.read(one) for one in ("San Francisco, CA", "Berlin", "Remote (US)"))
AUDIT = ranking.Audit("abc", date(2026, 6, 1), True)
SUMMARY = ranking.Summary(True, date(2026, 6, 1), "applications of 2025", True, True, True, date(2026, 6, 15))
NOTICE = notices.Notice(date(2026, 11, 2), ("years in support",), "write to jobs@northwind-support.io")
ROWS = [ranking.Category(kind, name, 40, 0.2, 0.5, 1.0) for kind, name in
        (("sex", "F"), ("sex", "M"), ("race_ethnicity", "A"), ("sex_and_race", "F A"))]  # fmt: skip
LOGGED = ranking.Logged("query", "abc", "17", ("p1",), "maria", "2026-11-30T10:00:00Z", "", "h1", "h1")
SOURCED = records.Sourced("p1", "referral", "a colleague", False, date(2026, 11, 1))
KEPT = records.Kept("p1", "applicant", AUSTIN, date(2026, 6, 1))
MOVE = records.Move("c1", "rejected", 7, "no experience in support")
ASKED = records.Asked("p1", "erase", date(2026, 11, 1), date(2026, 11, 5), "r-1")
DECIDED = records.Decided("c1", CALIFORNIA, date(2026, 1, 5), None, True)
TEXT = {"work[0].summary": "Led a team of eight agents on Zendesk."}

Call = Callable[[], list[Finding]]
FAILS: list[tuple[str, Call]] = [
    ("C1", lambda: ranking.audit_is_there(NYC, None, "abc", [], TODAY)),
    ("C1", lambda: ranking.audit_is_there(None, NYC, "abc", [replace(AUDIT, weights_sha256="old")], TODAY)),
    ("C1", lambda: ranking.audit_is_there(NYC, None, "abc", [replace(AUDIT, independent=False)], TODAY)),
    ("C1", lambda: ranking.audit_is_there(REMOTE, None, "abc", [replace(AUDIT, audited_on=date(2025, 11, 29))], TODAY)),
    ("C2", lambda: ranking.audit_is_whole(ROWS[:2], 3, TODAY)),
    ("C2", lambda: ranking.audit_is_whole(ROWS, None, TODAY)),
    ("C2", lambda: ranking.audit_is_whole([*ROWS[1:], replace(ROWS[0], impact_ratio=None)], 3, TODAY)),
    ("C2", lambda: ranking.audit_is_whole([*ROWS[1:], replace(ROWS[0], left_out="few")], 3, TODAY)),
    ("C3", lambda: ranking.summary_is_public(None, NYC, TODAY)),
    ("C3", lambda: ranking.summary_is_public(replace(SUMMARY, reachable=False), NYC, TODAY)),
    ("C3", lambda: ranking.summary_is_public(replace(SUMMARY, ratios=False), NYC, TODAY)),
    ("C4", lambda: notices.notice_was_given(NYC, date(2026, 11, 30), None, TODAY)),
    ("C4", lambda: notices.notice_was_given(NYC, date(2026, 11, 13), NOTICE, TODAY)),
    ("C4", lambda: notices.notice_was_given(NYC, TODAY, replace(NOTICE, qualities=()), TODAY)),
    ("C4", lambda: notices.notice_was_given(REMOTE, TODAY, replace(NOTICE, other_process=" "), TODAY)),
    ("C5", lambda: ranking.no_sign_of_bias([ranking.Stage("shortlist", 0.7, 0.01, 40, 0.9)], TODAY)),
    ("C5", lambda: ranking.no_sign_of_bias([ranking.Stage("offer", 0.5, 0.049, 5, 0.5)], TODAY)),
    ("C5", lambda: ranking.no_sign_of_bias([ranking.Stage("shortlist", 0.79, 0.001, 400, None)], TODAY)),
    ("C6", lambda: ranking.log_is_whole([replace(LOGGED, viewer="")], TODAY)),
    ("C6", lambda: ranking.log_is_whole([replace(LOGGED, recomputed="h9")], TODAY)),
    ("C6", lambda: ranking.log_is_whole([LOGGED, replace(LOGGED, previous="", hash="h2", recomputed="h2")], TODAY)),
    ("C7", lambda: records.refusals_are_a_persons([replace(MOVE, user=None)], TODAY)),
    ("C7", lambda: records.refusals_are_a_persons([replace(MOVE, reason="  ")], TODAY)),
    ("C7", lambda: records.refusals_are_a_persons([MOVE, replace(MOVE, user=None, reason="")], TODAY)),
    ("C8", lambda: ranking.papers_are_of_these_weights("abc", {}, TODAY)),
    ("C8", lambda: ranking.papers_are_of_these_weights("abc", {"data sheet": "abc"}, TODAY)),
    ("C8", lambda: ranking.papers_are_of_these_weights("abc", {"data sheet": "abc", "model card": "old"}, TODAY)),
    ("C10", lambda: records.basis_is_named([replace(SOURCED, basis="")], TODAY)),
    ("C10", lambda: records.basis_is_named([replace(SOURCED, basis="scraped")], TODAY)),
    ("C10", lambda: records.basis_is_named([replace(SOURCED, source=" ")], TODAY)),
    ("C11", lambda: records.people_found_are_told([SOURCED], date(2026, 11, 26))),
    ("C11", lambda: records.people_found_are_told([replace(SOURCED, hidden=True)], date(2026, 12, 1))),
    ("C11", lambda: records.people_found_are_told([replace(SOURCED, basis="licensed")], date(2027, 1, 1))),
    ("C12", lambda: records.periods_are_kept([replace(KEPT, still_in=("table",))], date(2027, 6, 2))),
    ("C12", lambda: records.periods_are_kept([replace(KEPT, backups_listed=False)], date(2027, 6, 2))),
    ("C12", lambda: records.periods_are_kept([replace(KEPT, basis="talent_pool")], TODAY)),
    ("C12", lambda: records.periods_are_kept([replace(KEPT, basis="bought")], TODAY)),
    ("C13", lambda: records.requests_are_answered([replace(ASKED, receipt="")], TODAY)),
    ("C13", lambda: records.requests_are_answered([replace(ASKED, answered_on=None, asked_on=date(2026, 10, 1))], TODAY)),  # noqa: E501
    ("C13", lambda: records.requests_are_answered([replace(ASKED, kind="sell")], TODAY)),
    ("C14", lambda: records.special_data_is_zoned_off("p1", {"summary": "Date of birth: 1 May 1980"}, TODAY)),
    ("C14", lambda: records.special_data_is_zoned_off("p1", {"summary": "Married, two children"}, TODAY)),
    ("C14", lambda: records.special_data_is_zoned_off("p1", TEXT, TODAY, ["role", "birth_year"])),
    ("C15", lambda: records.decisions_are_kept([replace(DECIDED, removed_on=date(2026, 11, 1))], TODAY)),
    ("C15", lambda: records.decisions_are_kept([replace(DECIDED, pseudonymous=False)], TODAY)),
    ("C15", lambda: records.decisions_are_kept([replace(DECIDED, where=REMOTE, pseudonymous=False)], TODAY)),
    ("C16", lambda: notices.opt_out_is_told(False, True)),
    ("C16", lambda: notices.opt_out_is_told(True, False)),
    ("C16", lambda: notices.opt_out_is_told(False, False)),
]  # fmt: skip
PASSES: list[tuple[str, Call]] = [
    ("C1", lambda: ranking.audit_is_there(NYC, None, "abc", [AUDIT], TODAY)),
    ("C1", lambda: ranking.audit_is_there(AUSTIN, None, "abc", [], TODAY)),
    ("C1", lambda: ranking.audit_is_there(NYC, NYC, "abc", [replace(AUDIT, audited_on=date(2025, 11, 30))], TODAY)),
    ("C2", lambda: ranking.audit_is_whole(ROWS, 0, TODAY)),
    ("C2", lambda: ranking.audit_is_whole([replace(one, n=400) for one in ROWS], 12, TODAY)),
    ("C2", lambda: ranking.audit_is_whole(
        [*ROWS, ranking.Category("sex", "X", 1, None, None, None, "under 2 % of 81")], 3, TODAY)),
    ("C3", lambda: ranking.summary_is_public(SUMMARY, NYC, TODAY)),
    ("C3", lambda: ranking.summary_is_public(None, AUSTIN, TODAY)),
    ("C3", lambda: ranking.summary_is_public(None, None, TODAY)),
    ("C4", lambda: notices.notice_was_given(NYC, TODAY, NOTICE, TODAY)),
    ("C4", lambda: notices.notice_was_given(AUSTIN, TODAY, None, TODAY)),
    ("C4", lambda: notices.notice_was_given(NYC, date(2026, 11, 17), NOTICE, TODAY)),
    ("C5", lambda: ranking.no_sign_of_bias([ranking.Stage("shortlist", 0.6, 0.2, 40, 0.9)], TODAY)),
    ("C5", lambda: ranking.no_sign_of_bias([ranking.Stage("shortlist", 0.81, 0.001, 400, 0.9)], TODAY)),
    ("C5", lambda: ranking.no_sign_of_bias([ranking.Stage("offer", 0.2, 0.01, 4, 0.9)], TODAY)),
    ("C5", lambda: ranking.no_sign_of_bias([ranking.Stage("offer", 0.2, 0.01, 9, 0.4)], TODAY)),
    ("C6", lambda: ranking.log_is_whole([], TODAY)),
    ("C6", lambda: ranking.log_is_whole([LOGGED], TODAY)),
    ("C6", lambda: ranking.log_is_whole([LOGGED, replace(LOGGED, previous="h1", hash="h2", recomputed="h2")], TODAY)),
    ("C7", lambda: records.refusals_are_a_persons([MOVE], TODAY)),
    ("C7", lambda: records.refusals_are_a_persons([], TODAY)),
    ("C7", lambda: records.refusals_are_a_persons([replace(MOVE, to="shortlist", user=None, reason="")], TODAY)),
    ("C8", lambda: ranking.papers_are_of_these_weights("abc", dict.fromkeys(ranking.PAPERS, "abc"), TODAY)),
    ("C8", lambda: ranking.papers_are_of_these_weights("x", {"data sheet": "x", "model card": "x", "z": "y"}, TODAY)),
    ("C8", lambda: ranking.papers_are_of_these_weights("", dict.fromkeys(ranking.PAPERS, ""), TODAY)),
    ("C10", lambda: records.basis_is_named([SOURCED], TODAY)),
    ("C10", lambda: records.basis_is_named([replace(SOURCED, basis="applicant", source="careers page")], TODAY)),
    ("C10", lambda: records.basis_is_named([replace(SOURCED, basis="synthetic", source="demo")], TODAY)),
    ("C11", lambda: records.people_found_are_told([SOURCED], date(2026, 11, 25))),
    ("C11", lambda: records.people_found_are_told([replace(SOURCED, hidden=True)], date(2026, 11, 28))),
    ("C11", lambda: records.people_found_are_told([replace(SOURCED, from_person=True)], date(2027, 9, 1))),
    ("C11", lambda: records.people_found_are_told([replace(SOURCED, noticed_on=date(2026, 11, 9))], date(2027, 9, 1))),
    ("C12", lambda: records.periods_are_kept([replace(KEPT, still_in=("table",))], date(2027, 6, 1))),
    ("C12", lambda: records.periods_are_kept([KEPT], date(2028, 1, 1))),
    ("C12", lambda: records.periods_are_kept([replace(KEPT, basis="talent_pool", opted_in=True)], TODAY)),
    ("C13", lambda: records.requests_are_answered([ASKED], TODAY)),
    ("C13", lambda: records.requests_are_answered([replace(ASKED, answered_on=None)], TODAY)),
    ("C13", lambda: records.requests_are_answered([replace(ASKED, kind="export")], TODAY)),
    ("C14", lambda: records.special_data_is_zoned_off("p1", TEXT, TODAY)),
    ("C14", lambda: records.special_data_is_zoned_off("p1", {"summary": "Managed bursts and languages"}, TODAY)),
    ("C14", lambda: records.special_data_is_zoned_off("p1", {}, TODAY, ["role", "months_support", "languages"])),
    ("C15", lambda: records.decisions_are_kept([DECIDED], TODAY)),
    ("C15", lambda: records.decisions_are_kept([replace(DECIDED, where=AUSTIN, removed_on=TODAY)], TODAY)),
    ("C15", lambda: records.decisions_are_kept([replace(DECIDED, removed_on=date(2030, 1, 6))], TODAY)),
    ("C16", lambda: notices.opt_out_is_told(True, True)),
]  # fmt: skip


@pytest.mark.parametrize(("check", "call"), FAILS)
def test_a_fault_in_the_facts_is_found(check: str, call: Call) -> None:
    told = call()
    assert told
    assert {one.id for one in told} == {check}


@pytest.mark.parametrize(("check", "call"), PASSES)
def test_sound_facts_are_left_alone(check: str, call: Call) -> None:
    assert call() == [], check


def test_every_check_of_facts_has_three_cases_of_each_kind() -> None:
    fails, passes = ([check for check, _call in rows] for rows in (FAILS, PASSES))
    names = [f"C{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15)]
    assert [one for one in names if fails.count(one) < 3 or passes.count(one) < 3] == []


def test_too_few_are_too_few_to_say_and_the_ratio_alone_is_no_sign() -> None:
    verdicts = [ranking.stage_verdict(ranking.Stage("s", *one)) for one in
                ((0.5, 0.2, 40, 0.9), (0.5, 0.01, 4, 0.9), (0.5, 0.01, 40, 0.49), (0.5, 0.01, 40, 0.9))]  # fmt: skip
    assert verdicts == ["no sign", "too few to say", "too few to say", "sign"]


def test_the_nearest_period_counts_and_an_unknown_basis_has_none() -> None:
    days = [rules.period("applicant", one) for one in (CALIFORNIA, AUSTIN, BERLIN, None)]
    assert [one.days if one else None for one in days] == [1461, 365, 180, 180]
    assert rules.period("bought", AUSTIN) is None


def test_every_row_of_the_table_is_dated_sourced_and_to_be_verified() -> None:
    rows = rules.table()
    assert {one.rule for one in rows} == {f"C{n}" for n in range(1, 25)}
    assert all(one.source and one.verify and one.checked_on <= TODAY for one in rows)
    assert all(one.until is None or one.until > one.since for one in rows)
    assert len(rules.digest()) == 64


def test_a_rule_holds_from_its_first_day_to_its_last() -> None:
    row: Any = replace(rules.table()[0], since=date(2026, 1, 1), until=date(2026, 12, 31))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [len(rules.holding("C19", day, None, [row])) for day in days] == [0, 1, 1, 0]
