"""Unknown subjects are told once several customers bring them; names, languages and the season are none."""

from __future__ import annotations

import numpy as np
import pytest

from maitred.insight.detectors import topic_new, topic_surge
from maitred.insight.detectors.tests.topic_streams import Extra, Say, invented, said, stream

START = 91
NEW = 9
DETECTORS = (*topic_surge.DETECTORS, *topic_new.DETECTORS)


@pytest.mark.parametrize("labelled", [0.0, 1.0])
def test_a_subject_that_nobody_knew_is_told_within_a_week_by_its_tickets(labelled: float) -> None:
    told = stream([Extra(NEW, START, 25, 3.5)], labelled=labelled)
    found = said(told.evidence, DETECTORS, 61, 115)
    assert {one.family for _, one in found} == {"topic_new"}
    assert len({one.subject.id for _, one in found}) == 1
    assert found[0][0] <= START + 6
    assert found[-1][0] == 114
    later = next(one for day, one in found if day == START + 12)
    true = told.since(NEW, START, START + 11)
    both = len(np.intersect1d(true, later.tickets))
    assert both >= 0.9 * len(later.tickets)
    assert both >= 0.9 * len(true)
    assert abs(later.since - START) <= 2
    assert later.effect.unit == "tickets_per_day"
    assert later.effect.shows()


def _with(words: list[str], kind: str) -> Say:
    def say(one: int, generator: np.random.Generator) -> list[str]:
        own = invented(one if one < 8 else int(generator.integers(0, 8)), generator)
        if one < 8:
            return own
        return words if kind == "alone" else [*own, *words]

    return say


def test_the_season_and_greetings_are_no_subject() -> None:
    told = stream([Extra(NEW, START, 20, 5.0)], say=_with(["christmas", "december", "merry", "hello"], "beside"))
    assert said(told.evidence, DETECTORS, 61, 115) == []


def test_one_customer_who_writes_often_is_no_subject() -> None:
    told = stream([Extra(NEW, START, 20, 6.0)], one_customer=True)
    assert said(told.evidence, DETECTORS, 61, 115) == []


def test_a_language_is_no_subject() -> None:
    def say(one: int, generator: np.random.Generator) -> list[str]:
        if one < 8:
            return invented(one, generator)
        return [f"fremd{'abcdefghijklmnopqrstuvwxyz'[word]}" for word in generator.choice(26, 9, replace=False)]

    told = stream([Extra(NEW, START, 20, 4.0)], say=say)
    assert said(told.evidence, DETECTORS, 61, 115) == []


def test_seven_customers_are_too_few() -> None:
    told = stream([Extra(NEW, START, 2, 2.0)], seed=2)
    assert len(told.since(NEW, START, START + 2)) < 8
    assert said(told.evidence, DETECTORS, 61, 115) == []
