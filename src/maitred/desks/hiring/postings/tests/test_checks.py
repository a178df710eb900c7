"""Every check of a posting finds what it is for, in three cases at least, and stays silent in three others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from maitred.desks.hiring.postings import filling, writing
from maitred.desks.hiring.postings.checks import lint, quality
from maitred.desks.hiring.postings.checks.linting import CHECKS
from maitred.desks.hiring.postings.seen import Seen, seen

TODAY = date(2026, 11, 30)
PAID = {"salary.min": "70000", "salary.max": "95000", "salary.currency": "USD", "salary.unit": "year"}
SOUND = {
    "location": "Austin, TX", "apply.email": "jobs@northwind-support.io", "closing_date": "2027-01-31",
    "benefits": "Health insurance, 20 days of paid leave", **PAID,
}  # fmt: skip
NO_PAY = dict.fromkeys(PAID, "")


def ids(changed: dict[str, str], **more: Any) -> dict[str, set[str]]:
    """Check → levels of what is found in a sound posting with changes."""
    made = filling.filled("support-manager", {**SOUND, **changed}.items(), "Northwind")
    found: dict[str, set[str]] = {}
    for one in writing.written(made, TODAY, **more).findings:
        found.setdefault(one.id, set()).add(one.level)
    return found


def test_a_sound_posting_has_nothing_to_mend() -> None:
    assert ids({}) == {}


FAILING: list[tuple[str, str, dict[str, str]]] = [
    ("C17", "E", {"location": "Chicago, IL", "_off": "legal"}),
    ("C17", "E", {"location": "Remote (US)", "_off": "legal"}),
    ("C17", "E", {"location": "Springfield, IL (hybrid)", "_off": "legal"}),
    ("C19", "E", {"location": "Denver, CO", **NO_PAY}),
    ("C19", "E", {"location": "Denver, CO", "benefits": ""}),
    ("C19", "E", {"location": "Seattle, WA", "benefits": ""}),
    ("C19", "E", {"location": "Remote (US)", "salary.max": ""}),
    ("C19", "E", {"location": "Remote", **NO_PAY}),
    ("C19", "E", {"location": "New York, NY", "salary.unit": ""}),
    ("C19", "E", {"location": "San Francisco, CA", "salary.currency": ""}),
    ("C19", "E", {"location": "Remote (Texas or Colorado)", **NO_PAY}),
    ("C19", "W", {"location": "Berlin, Germany", **NO_PAY}),
    ("C20", "W", {"salary.min": "50000", "salary.max": "90000"}),
    ("C20", "W", {"salary.min": "30000", "salary.max": "40000"}),
    ("C20", "E", {"salary.min": "95000", "salary.max": "70000"}),
    ("C20", "W", {"salary.min": "14", "salary.max": "17", "salary.unit": "hour"}),
    ("C21", "E", {"about": "Tell us your current salary."}),
    ("C21", "E", {"apply.documents": "resume and salary history"}),
    ("C21", "E", {"about": "Bitte nennen Sie Ihr aktuelles Gehalt."}),
    ("C21", "E", {"about": "How much did you earn in your last job?"}),
    ("C22", "W", {"about": "We look for a young and energetic person."}),
    ("C22", "W", {"about": "A digital native who is a recent graduate."}),
    ("C22", "W", {"about": "You are a native speaker."}),
    ("C22", "W", {"title": "Salesman in support"}),
    ("C22", "W", {"about": "No more than 5 years of experience."}),
    ("C22", "W", {"about": "3-5 years of experience are asked for."}),
    ("C23", "E", {"location": ""}),
    ("C23", "E", {"location": "Remote"}),
    ("C23", "E", {"organization": ""}),
    ("C23", "W", NO_PAY),
    ("C23", "W", {"closing_date": ""}),
    ("C24", "E", {"closing_date": "2026-11-29"}),
    ("C24", "E", {"closing_date": "2025-01-01"}),
    ("C24", "E", {"closing_date": "2026-01-31"}),
    ("placeholder", "E", {"location": "[Insert Location]"}),
    ("placeholder", "E", {"about": "We at [Company Name] look for you."}),
    ("placeholder", "E", {"about": "Salary: TBD"}),
    ("placeholder", "E", {"organization": "{{company}}"}),
    ("dummy-contact", "E", {"apply.email": "[email protected]"}),
    ("dummy-contact", "E", {"apply.email": "jobs@example.com"}),
    ("dummy-contact", "E", {"apply.phone": "555-555-5555"}),
    ("dummy-contact", "E", {"apply.phone": "0000000000"}),
    ("dummy-contact", "E", {"apply.email": "jobs (at) northwind.io"}),
    ("dummy-contact", "E", {"apply.link": "javascript:alert(1)"}),
    ("no-way-to-apply", "E", {"apply.email": ""}),
    ("no-way-to-apply", "E", {"apply.email": "", "apply.documents": "resume"}),
    ("no-way-to-apply", "E", {"apply.email": "  "}),
    ("no-location", "E", {"location": ""}),
    ("no-location", "E", {"location": "   "}),
    ("no-location", "E", {"location": "", "title": "Support Manager in Austin"}),
    ("reading-grade", "W", {"about": "Notwithstanding organizational heterogeneity, the prospective incumbent "
                            "systematically operationalizes multidimensional communication methodologies while "
                            "simultaneously institutionalizing interdepartmental accountability, transparency, "
                            "sustainability, profitability and professionalization throughout international "
                            "administrative organizations, thereby continuously revolutionizing accessibility, "
                            "affordability, responsibility, and dependability of telecommunication infrastructure."}),
    ("about-too-long", "W", {"about": "We help. " * 70}),
]  # fmt: skip
PASSING: list[tuple[str, dict[str, str]]] = [
    ("C17", {"location": "Chicago, IL"}),
    ("C17", {"location": "Austin, TX", "_off": "legal"}),
    ("C17", {"location": "Remote (Texas)", "_off": "legal"}),
    ("C16", {"location": "San Francisco, CA"}),
    ("C16", {"location": "San Francisco, CA", "_off": "legal"}),
    ("C16", {"location": "Austin, TX", "_off": "legal"}),
    ("C19", {"location": "Denver, CO"}),
    ("C19", {"location": "Austin, TX", **NO_PAY}),
    ("C19", {"location": "Remote (Texas, Florida)", **NO_PAY}),
    ("C19", {"location": "San Francisco, CA", "benefits": ""}),
    ("C19", {"location": "London, UK", **NO_PAY}),
    ("C19", {"location": "Columbus, OH", **NO_PAY}),
    ("C20", {"salary.min": "60000", "salary.max": "96000"}),
    ("C20", {"salary.min": "70000", "salary.max": "70000"}),
    ("C20", {"location": "Berlin, Germany", "salary.min": "30000", "salary.max": "40000", "salary.currency": "EUR"}),
    ("C20", NO_PAY),
    ("C21", {"about": "Tell us what you expect to earn."}),
    ("C21", {"about": "We do not ask about your salary history."}),
    ("C21", {"about": "The salary range is stated below."}),
    ("C22", {"about": "Our youth program helps young people into work."}),
    ("C22", {"about": "At least 5 years of experience."}),
    ("C22", {"about": "Fluent English, level C1, in writing."}),
    ("C22", {"about": "Everybody is welcome regardless of age, pregnancy or marital status."}),
    ("C23", {}),
    ("C23", {"location": "Remote (United States)"}),
    ("C23", {"location": "Hybrid - Boston, MA"}),
    ("C24", {"closing_date": "2026-11-30"}),
    ("C24", {"closing_date": "2027-12-31"}),
    ("C24", {"location": "Remote (Texas)"}),
    ("placeholder", {"about": "We follow [our handbook](https://northwind-support.io/handbook)."}),
    ("placeholder", {"about": "You own the queue (tier 2) and its goals."}),
    ("placeholder", {"title": "Support Manager (EMEA)"}),
    ("dummy-contact", {"apply.phone": "+1 512 867 0199"}),
    ("dummy-contact", {"apply.link": "https://northwind-support.io/jobs/12"}),
    ("dummy-contact", {"about": "In 2025 we answered 111111 questions."}),
    ("no-way-to-apply", {"apply.email": "", "apply.link": "https://northwind-support.io/jobs"}),
    ("no-way-to-apply", {"apply.email": "", "apply.phone": "+1 512 867 0199"}),
    ("no-way-to-apply", {"apply.link": "https://northwind-support.io/jobs"}),
    ("no-location", {"location": "Remote (Texas)"}),
    ("no-location", {"location": "Berlin"}),
    ("no-location", {"location": "hybrid, Leeds, UK"}),
    ("reading-grade", {"about": "You lead a team. You help people. You read figures."}),
    ("reading-grade", {"about": ""}),
    ("reading-grade", {"about": "We answer customers well, and fast."}),
    ("about-too-long", {"about": "We help. " * 40}),
]  # fmt: skip


def found(changed: dict[str, str]) -> dict[str, set[str]]:
    """As ``ids``, with a block switched off where ``_off`` names one."""
    off = changed.get("_off")
    given = {name: value for name, value in changed.items() if name != "_off"}
    made = filling.filled("support-manager", {**SOUND, **given}.items(), "Northwind")
    block = made.block(off) if off else None
    if block is not None:
        made = made.with_block(replace(block, on=False))
    told: dict[str, set[str]] = {}
    for one in writing.written(made, TODAY).findings:
        told.setdefault(one.id, set()).add(one.level)
    return told


@pytest.mark.parametrize(("check", "level", "changed"), FAILING)
def test_a_posting_with_the_fault_is_told_of_it(check: str, level: str, changed: dict[str, str]) -> None:
    assert level in found(changed).get(check, set())


@pytest.mark.parametrize(("check", "changed"), PASSING)
def test_a_posting_without_the_fault_is_left_alone(check: str, changed: dict[str, str]) -> None:
    assert check not in found(changed)


def test_every_check_of_a_posting_has_three_cases_of_each_kind() -> None:
    failing = [one[0] for one in FAILING]
    passing = [one[0] for one in PASSING]
    few = [name for name in CHECKS if name not in ("C16", "too-many-musts", "reading-grade")
           and (failing.count(name) < 3 or passing.count(name) < 3)]  # fmt: skip
    assert few == []


@pytest.mark.parametrize("count", [13, 20, 40])
def test_more_than_twelve_musts_are_too_many(count: int) -> None:
    one = Seen(title="Lead", musts=tuple(f"skill {n}" for n in range(count)))
    assert [each.id for each in quality.few_musts(one, TODAY)] == ["too-many-musts"]


@pytest.mark.parametrize("count", [0, 1, 12])
def test_twelve_musts_are_enough(count: int) -> None:
    assert quality.few_musts(Seen(musts=tuple(f"skill {n}" for n in range(count))), TODAY) == []


@pytest.mark.parametrize(("musts", "best"), [
    (("Kubernetes",), ("Refunds", "Chat")), (("Fluent Klingon", "Chat"), ("Chat",)), (("Leadership",), ()),
])  # fmt: skip
def test_a_must_that_nobody_here_holds_is_questioned(musts: tuple[str, ...], best: tuple[str, ...]) -> None:
    assert [one.id for one in quality.musts_are_seen_here(musts, best)] == ["must-without-evidence"]


@pytest.mark.parametrize(("musts", "best"), [
    (("Refunds",), ("refunds",)), (("Leadership of a team",), ("leadership",)), (("Anything",), None),
])  # fmt: skip
def test_a_must_that_is_held_or_cannot_be_told_is_left_alone(musts: tuple[str, ...], best: Any) -> None:
    assert quality.musts_are_seen_here(musts, best) == []


DENSE = ("Organizational accountability necessitates interdisciplinary administrative communication " * 12).strip()


@pytest.mark.parametrize("text", [DENSE, DENSE + ".", f"{DENSE}, and therefore {DENSE}"])
def test_a_text_that_nobody_reads_to_its_end_is_told(text: str) -> None:
    one = Seen(words=(("about", text),))
    assert "reading-grade" in [each.id for each in quality.words_are_read(one, TODAY)]


@pytest.mark.parametrize(("changes", "where"), [
    ({"title": "Another"}, "title"), ({"hiringOrganization": {"name": "Other"}}, "hiringOrganization"),
    ({"employmentType": "PART_TIME"}, "employmentType"), ({"validThrough": "2027-03-01"}, "validThrough"),
    ({"baseSalary": {"currency": "USD", "value": {"minValue": 1, "maxValue": 95000, "unitText": "YEAR"}}},
     "baseSalary.minValue"),
    ({"jobLocation": [{"address": {"addressLocality": "Houston"}}]}, "jobLocation"),
])  # fmt: skip
def test_json_ld_that_says_something_else_than_the_page_is_an_error(changes: dict[str, Any], where: str) -> None:
    made = writing.written(filling.filled("support-manager", SOUND.items(), "Northwind"), TODAY)
    other = seen(made.posting, {**made.data, **changes})
    assert (where, "C24", "E") in [(each.where, each.id, each.level) for each in lint(other, TODAY)]


@pytest.mark.parametrize("name", ["title", "description", "datePosted", "hiringOrganization", "jobLocation"])
def test_json_ld_without_a_required_property_is_an_error(name: str) -> None:
    made = writing.written(filling.filled("support-manager", SOUND.items(), "Northwind"), TODAY)
    data = {key: value for key, value in made.data.items() if key != name}
    assert ("C23", "E", name) in [(each.id, each.level, each.where) for each in lint(seen(made.posting, data), TODAY)]


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2027, 6, 1), date(2028, 1, 1)])
def test_california_asks_for_a_notice_with_a_way_around_from_its_first_day(day: date) -> None:
    made = filling.filled("support-manager", {**SOUND, "location": "San Francisco, CA", "closing_date": ""}.items())
    legal = made.block("legal")
    assert legal is not None
    bare = writing.written(made.with_block(replace(legal, on=False)), day)
    assert [one.level for one in bare.findings if one.id == "C16"] == ["E", "E"]
    assert not [one for one in writing.written(made, day).findings if one.id == "C16"]
