"""Foreign lists: what is read of them, what stands in the repair list, and that nothing is guessed by itself."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.base.errors import BadInput
from maitred.desks.training.reading_records import Listed, Row, key_of, read, row_of
from maitred.desks.training.recognising import Directory, Known, recognised

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def listed(text: str) -> Listed:
    return read(text, BERLIN, NOW)


def statement(**changed: Any) -> dict[str, Any]:
    return {
        "actor": {"mbox": "mailto:Anna@example.org"}, "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
        "object": {"id": "https://lms.example/c/1", "definition": {"name": {"en-US": "Refunds"}}},
        "result": {"score": {"scaled": 0.85}}, "timestamp": "2026-05-04T10:00:00Z", **changed,
    }  # fmt: skip


def test_a_csv_is_read_by_the_names_of_its_columns_whatever_their_order() -> None:
    found = listed("Score;Completion date;Course;E-Mail\n85 %;2026-05-04;Refunds;anna@example.org\n")
    assert found.per_cent
    (row,) = found.rows
    assert (row.number, row.who, row.title, row.outcome, row.score) == (
        2, "anna@example.org", "Refunds", "completed", 0.85,
    )  # fmt: skip
    assert row.at == "2026-05-04T21:59:00+00:00", "the end of that day in the organisation's zone"


def test_statements_are_read_from_a_document_or_from_lines_with_voided_ones_gone() -> None:
    void = {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, "object": {"id": "s-2"}, "actor": {}}
    seen = statement(verb={"id": "http://adlnet.gov/expapi/verbs/experienced"})
    many = [statement(id="s-1"), statement(id="s-2"), seen, void]
    for text in (json.dumps(many), json.dumps({"statements": many}), "\n".join(json.dumps(one) for one in many)):
        found = listed(text)
        assert (found.form, len(found.rows), found.passed_over) == ("xapi", 1, 3)
        (row,) = found.rows
        assert (row.title, row.outcome, row.score, row.wrong) == ("Refunds", "passed", 0.85, ())
    broken = listed(json.dumps(statement()) + "\n{not json\n")
    assert [(row.number, bool(row.wrong)) for row in broken.rows] == [(1, False), (2, True)]


def test_what_is_wrong_with_a_row_is_told_by_field() -> None:
    text = (
        "person,course,date,score,status\nAnna,Refunds,04.05.2026,1,done\nAnna,,2026-05-04,x,done\n,R,2026-05-04,1,?\n"
        "Anna,R,2030-01-01,2,pass\nAnna,R,2026-05-04,-1,pass\n"
    )
    fields = [[one.field for one in row.wrong] for row in listed(text).rows]
    assert fields == [["completed_at"], ["course", "score"], ["person", "outcome"], ["completed_at"], ["score"]]


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "empty"), ("person,course\nA,B\n", "no column for at"), ("person,course,date\n", "no rows"),
     ('person,course,date\n"A,B,2026-01-01\n', "as CSV"), ("[" * 100_000, "xAPI|nested|rows|statement")],
)  # fmt: skip
def test_a_list_that_is_none_is_refused_in_words(text: str, told: str) -> None:
    try:
        found = listed(text)
    except BadInput as error:
        assert any(one in str(error) for one in told.split("|"))
    else:
        assert all(row.wrong for row in found.rows)


def test_names_are_looked_up_exactly_and_guesses_wait() -> None:
    anna, twin, other = (
        Known(1, "Anna Müller", ("anna@example.org", "amueller")),
        Known(2, "Kim Lee"),
        Known(3, "Kim Lee"),
    )
    book = Directory([anna, twin, other])
    sha = hashlib.sha1(b"mailto:anna@example.org", usedforsecurity=False).hexdigest()
    row = Row(2, "", (), "Refunds", "passed", "2026-05-04T10:00:00+00:00")

    def of(who: str) -> Row:
        return recognised([row_of({**row.plain(), "who": who, "names": [who.casefold()]})], book)[0]

    assert [of(one).person for one in ("ANNA@example.org", "AMueller", "anna müller", sha)] == [1, 1, 1, 1]
    typo = of("Ana Muller")
    assert typo.person is None and [(one.field, one.person) for one in typo.wrong] == [("person", 1)]
    twins = of("Kim Lee")
    assert twins.person is None and "2 people" in twins.wrong[0].message and twins.wrong[0].person is None
    assert of("Zebediah Quux").wrong[0].person is None
    repaired = recognised([typo], book, {"ana muller": 1})[0]
    assert (repaired.person, repaired.wrong) == (1, ())


def test_five_thousand_wrong_names_each_have_a_line_and_the_nearest_person() -> None:
    people = [Known(one, f"Person Number{one:03d}", (f"person{one}@example.org",)) for one in range(1, 201)]
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["person", "course", "completed_at", "score"])
    for one in range(5_000):
        sheet.writerow([f"Persn Nmber{one % 200 + 1:03d} {'x' * (one % 3)}", "Refunds", "2026-05-04", "0.5"])
    rows = recognised(listed(out.getvalue()).rows, Directory(people))
    assert len(rows) == 5_000 and all(row.wrong and row.person is None for row in rows)
    assert [row.number for row in rows] == list(range(2, 5_002))
    hits = sum(row.wrong[0].person == (row.number - 2) % 200 + 1 for row in rows)
    assert hits > 4_900, hits


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20), st.text(max_size=12)), min_size=1, max_size=8))
def test_any_text_is_a_row_or_a_line_of_the_repair_list(cells: list[tuple[str, str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([("person", "course", "date"), *cells])
    try:
        found = listed(out.getvalue())
    except BadInput:
        return
    for row in recognised(found.rows, Directory([Known(1, "Anna")])):
        assert bool(row.wrong) is not (row.person == 1 and bool(row.at) and bool(row.title))
        assert row_of(json.loads(json.dumps(row.plain()))) == row


def test_the_same_row_again_has_the_same_key_and_another_person_another() -> None:
    first, again = (listed(f"person,course,date\n{who},{title},2026-05-04\n").rows[0]
                    for who, title in (("Anna", "Refunds"), ("ANNA", " refunds ")))  # fmt: skip
    assert key_of(1, first) == key_of(1, again) != key_of(2, first)
