"""Questions of a quiz and whether an answer is right: plain values in, plain values out, nothing else.

``single`` has one right choice; ``multiple`` is right when exactly the right choices were taken; ``text`` is right when
it is one of the accepted answers, without regard to case, accents' spelling and spaces.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["single", "multiple", "text"]
Answer = Sequence[str]
"""What was chosen: keys of choices, or the one text that was written."""
Problem = dict[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose."""

    key: str
    text: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One question, worth one point. ``accepted`` are the right answers of a ``text``."""

    key: str
    kind: Kind
    text: str
    choices: tuple[Choice, ...] = ()
    accepted: tuple[str, ...] = ()
    why: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)


def question_of(kept: Mapping[str, Any]) -> Question:
    """A question from its JSON form."""
    choices = tuple(Choice(**one) for one in kept.get("choices", ()))
    return Question(**{**kept, "choices": choices, "accepted": tuple(kept.get("accepted", ()))})


def questions_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Questions from their JSON form."""
    return tuple(question_of(one) for one in kept)


def is_right(question: Question, answer: Answer) -> bool:
    """Whether an answer is right; none given is wrong.

    >>> refund = Question("q1", "text", "Who signs a refund?", accepted=("The team lead", "lead"))
    >>> is_right(refund, [" the  TEAM lead "]), is_right(refund, ["nobody"])
    (True, False)
    """
    if question.kind == "text":
        return len(answer) == 1 and _alike(answer[0]) in {_alike(one) for one in question.accepted}
    return set(answer) == {one.key for one in question.choices if one.right}


def marked(questions: Sequence[Question], answers: Mapping[str, Answer]) -> dict[str, bool]:
    """Of each question whether it was answered right."""
    return {one.key: is_right(one, answers.get(one.key, ())) for one in questions}


def problem_of(question: Question, answer: Answer) -> str:
    """What is wrong with the form of an answer; empty where it can be marked."""
    if question.kind == "text":
        return "" if len(answer) <= 1 else "a text is one answer"
    unknown = set(answer) - {one.key for one in question.choices}
    if unknown:
        return f"there is no choice {min(unknown)}"
    return "one choice is taken" if question.kind == "single" and len(answer) > 1 else ""


def problems(questions: Sequence[Question]) -> tuple[Problem, ...]:
    """What stands against opening a quiz: each with its field, what is wrong and a code."""
    if not questions:
        return (_problem("questions", "a quiz needs at least one question", "empty"),)
    found: list[Problem] = []
    met: set[str] = set()
    for place, one in enumerate(questions):
        where = f"questions.{place}"
        if one.key in met:
            found.append(_problem(f"{where}.key", f"two questions have the key {one.key}", "double"))
        met.add(one.key)
        found.extend(_of_text(where, one) if one.kind == "text" else _of_choices(where, one))
    return tuple(found)


def _of_text(where: str, one: Question) -> Iterator[Problem]:
    if one.choices:
        yield _problem(f"{where}.choices", "a text has no choices: take them out", "kind")
    if not any(_alike(each) for each in one.accepted):
        yield _problem(f"{where}.accepted", "name at least one right answer", "empty")


def _of_choices(where: str, one: Question) -> Iterator[Problem]:
    if len(one.choices) < 2:
        yield _problem(f"{where}.choices", "a choice needs at least two answers", "few")
    if len({each.key for each in one.choices}) < len(one.choices):
        yield _problem(f"{where}.choices", "two answers have the same key", "double")
    if len({_alike(each.text) for each in one.choices}) < len(one.choices):
        yield _problem(f"{where}.choices", "two answers say the same", "double")
    right = sum(each.right for each in one.choices)
    if one.kind == "single" and right != 1:
        yield _problem(f"{where}.choices", f"one answer is right, not {right}", "key")
    if one.kind == "multiple" and not right:
        yield _problem(f"{where}.choices", "at least one answer is right", "key")
    if one.accepted:
        yield _problem(f"{where}.accepted", "accepted answers belong to a text: take them out", "kind")


def _alike(text: str) -> str:
    """A text as it is compared: compatible forms made one, case and outer or double spaces gone."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _problem(field: str, message: str, code: str) -> Problem:
    return {"field": field, "message": message, "code": code}
