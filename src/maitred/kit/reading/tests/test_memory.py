"""The memory of a publication: each answer is made once, also under many threads; failures are not kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from threading import Barrier, Event, Lock

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maitred.kit.reading.memory import Memory


def test_what_is_asked_twice_is_made_once() -> None:
    memory, numbers = Memory(), count(1)
    assert [memory.remembered("key", lambda: next(numbers)) for _ in range(3)] == [1, 1, 1]
    assert next(numbers) == 2


def test_nothing_is_an_answer_too() -> None:
    memory, made = Memory(), []
    for _ in range(2):
        assert memory.remembered("none", lambda: made.append(1)) is None
    assert made == [1]


def test_all_who_ask_at_the_same_time_wait_for_one_maker() -> None:
    memory, begun, go_on, made = Memory(), Event(), Event(), []

    def make() -> int:
        begun.set()
        go_on.wait(5)
        made.append(1)
        return 42

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(memory.remembered, "key", make)
        assert begun.wait(5)
        others = [pool.submit(memory.remembered, "key", make) for _ in range(7)]
        go_on.set()
        assert [one.result(5) for one in (first, *others)] == [42] * 8
    assert made == [1]


def test_different_keys_do_not_wait_for_each_other() -> None:
    memory, together = Memory(), Barrier(2)

    def make(word: str) -> str:
        together.wait(5)
        return word

    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(memory.remembered, word, partial(make, word)) for word in ("a", "b")]
        assert [one.result(5) for one in found] == ["a", "b"]


def test_a_maker_may_ask_for_other_answers() -> None:
    memory = Memory()
    assert memory.remembered("outer", lambda: memory.remembered("inner", lambda: 1) + 1) == 2


def test_a_failure_is_not_remembered_and_whoever_waits_tries_themselves() -> None:
    memory, tries, lock, begun, go_on = Memory(), [], Lock(), Event(), Event()

    def make() -> str:
        with lock:
            tries.append(1)
            number = len(tries)
        if number == 1:
            begun.set()
            go_on.wait(5)
            raise OSError("the disk is away")
        return "found"

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(memory.remembered, "key", make)
        assert begun.wait(5)
        second = pool.submit(memory.remembered, "key", make)
        go_on.set()
        with pytest.raises(OSError, match="disk"):
            first.result(5)
        assert second.result(5) == "found"
    assert memory.remembered("key", make) == "found"
    assert len(tries) == 2


def test_the_longest_unused_answer_goes_first() -> None:
    memory, made = Memory(2), []

    def ask(key: str) -> None:
        memory.remembered(key, lambda: made.append(key))

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert made == ["a", "b", "c", "b"]


@given(some.lists(some.integers(0, 9), max_size=60), some.integers(1, 5))
def test_a_bounded_memory_still_gives_the_right_answers(keys: list[int], most: int) -> None:
    memory = Memory(most)
    for key in keys:
        assert memory.remembered(key, partial(pow, key, 2)) == key * key
        assert len(memory._found) <= most
