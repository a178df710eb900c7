"""What is looked up once for one answer is looked up anew for the next, and outside of answers always."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from maitred.kit.access.answering import looked_up, one_answer


@pytest.fixture
def counted() -> Iterator[int]:
    return iter(range(100))


def test_within_an_answer_the_first_look_stands(counted: Iterator[int]) -> None:
    with one_answer():
        assert [looked_up("a", lambda: next(counted)) for _ in range(3)] == [0, 0, 0]
        assert looked_up("b", lambda: next(counted)) == 1
    with one_answer():
        assert looked_up("a", lambda: next(counted)) == 2


def test_outside_of_answers_every_look_is_new(counted: Iterator[int]) -> None:
    assert [looked_up("a", lambda: next(counted)) for _ in range(2)] == [0, 1]


def test_what_fails_is_looked_up_again(counted: Iterator[int]) -> None:
    with one_answer():
        with pytest.raises(ZeroDivisionError):
            looked_up("a", lambda: 1 // 0)
        assert looked_up("a", lambda: next(counted)) == 0
