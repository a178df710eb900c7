"""The order of an agenda, on plain values."""

from __future__ import annotations

from maitred.desks.coaching.agenda import MOST, Line, agenda


def texts(*lines: Line, proposed: list[Line] | None = None) -> list[str]:
    return [one.text for one in agenda(list(lines), proposed or []).lines]


def test_the_persons_own_topics_stand_first_whatever_else_there_is() -> None:
    put = [Line("finding", "f", "a finding that the lead put there"), Line("topic", "", "the lead's topic"),
           Line("topic", "", "my holidays", by_person=True),
           Line("praise", "", "thanked a colleague", by_person=True)]  # fmt: skip
    found = texts(*put, proposed=[Line("step", "s", "agreed last time")])
    assert found == ["my holidays", "thanked a colleague", "the lead's topic", "agreed last time",
                     "a finding that the lead put there"]  # fmt: skip


def test_praise_comes_before_what_went_wrong() -> None:
    found = texts(
        proposed=[Line("clock", "c", "missed"), Line("finding", "f", "slower"), Line("praise", "p", "thanks")]
    )
    assert found == ["thanks", "slower", "missed"]


def test_an_agenda_without_praise_says_so() -> None:
    assert agenda([], [Line("clock", "c", "missed")]).praise_missing
    assert not agenda([], [Line("praise", "p", "thanks")]).praise_missing
    assert agenda([], []).praise_missing


def test_what_was_put_there_is_not_proposed_again() -> None:
    put = [Line("finding", "finding:f_1", "slower", item=3)]
    found = agenda(put, [Line("finding", "finding:f_1", "slower"), Line("finding", "finding:f_2", "reopened")])
    assert [(one.key, one.item) for one in found.lines] == [("finding:f_1", 3), ("finding:f_2", None)]


def test_what_is_beyond_the_most_is_counted_and_nothing_put_there_is_left_out() -> None:
    put = [Line("clock", f"put:{n}", f"put {n}", item=n) for n in range(5)]
    found = agenda(put, [Line("clock", f"c:{n}", f"missed {n}") for n in range(7)])
    assert len(found.lines) == 5 + MOST["clock"]
    assert found.left_out == (("clock", 7 - MOST["clock"]),)


def test_one_source_gives_one_line() -> None:
    assert texts(proposed=[Line("clock", "c", "first"), Line("clock", "c", "again")]) == ["first"]
