"""What the verbs of quizzes take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

_Text = StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)
Key = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z][a-z0-9_]{0,39}$")]
PassPercent = Annotated[int, Field(ge=1, le=100)]
Chosen = Annotated[list[Annotated[str, StringConstraints(max_length=400)]], Field(max_length=20)]
Answers = Annotated[dict[Key, Chosen], Field(max_length=100)]
"""By question: the keys of the choices taken, or the one text that was written."""


@dataclass(frozen=True, slots=True)
class ChoiceGiven:
    """One answer to choose, and whether it is right."""

    key: Key
    text: Annotated[str, _Text]
    right: bool = False


@dataclass(frozen=True, slots=True)
class QuestionGiven:
    """One question, worth one point: ``single`` or ``multiple`` with choices, ``text`` with accepted answers.

    ``why`` is shown to whoever handed in.
    """

    key: Key
    kind: Literal["single", "multiple", "text"]
    text: Annotated[str, _Text]
    choices: Annotated[tuple[ChoiceGiven, ...], Field(max_length=12)] = ()
    accepted: Annotated[tuple[Annotated[str, _Text], ...], Field(max_length=20)] = ()
    why: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)] = ""


Questions = Annotated[tuple[QuestionGiven, ...], Field(max_length=100)]


@dataclass(frozen=True, slots=True)
class ChoiceShown:
    """An answer to choose; nothing says whether it is right."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """A question as it is asked."""

    key: str
    kind: str
    text: str
    choices: tuple[ChoiceShown, ...]


@dataclass(frozen=True, slots=True)
class AttemptListed:
    """One attempt; ``points`` of ``questions`` once it is handed in."""

    id: int
    person: int
    name: str
    number: int
    state: str
    points: int | None
    questions: int
    passed: bool | None
    submitted_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class QuizShown:
    """A quiz as it is asked, without its key; ``attempts`` are one's own and those of the people whom one leads."""

    id: int
    course: int
    course_title: str
    title: str
    state: str
    pass_percent: int
    questions: tuple[QuestionShown, ...]
    attempts: tuple[AttemptListed, ...]
    mine: int | None
    writes: bool
    version: int


@dataclass(frozen=True, slots=True)
class ProblemShown:
    """What stands against opening a quiz."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class QuizKey:
    """A quiz with its right answers, for those who write; ``problems`` stand against opening it."""

    id: int
    course: int
    title: str
    state: str
    pass_percent: int
    questions: tuple[QuestionGiven, ...]
    problems: tuple[ProblemShown, ...]
    version: int


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """What was answered to a question, in words, whether it was right, and why that is so."""

    key: str
    text: str
    answer: tuple[str, ...]
    right: bool
    why: str


@dataclass(frozen=True, slots=True)
class AttemptShown:
    """An attempt. ``answers`` are there once it is handed in, for its person and for whoever leads them.

    Right answers of what was missed are not told: the quiz can be taken again. ``skills`` are those of the course;
    ``leads`` says whether the reader leads the person.
    """

    attempt: AttemptListed
    quiz: int
    quiz_title: str
    course: int
    course_title: str
    pass_percent: int
    own: bool
    answers: tuple[AnswerShown, ...]
    completed_course: bool
    skills: tuple[str, ...]
    leads: bool


@dataclass(frozen=True, slots=True)
class BoundedShown:
    """A value with its interval of 95 per cent."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TakenShown:
    """An answer: how many took it, and the mean share of the other questions that they had right."""

    key: str
    text: str
    right: bool
    n: int
    others: float | None


@dataclass(frozen=True, slots=True)
class ItemShown:
    """One question: share who were right, correlation with the rest, what was taken, and what follows from it.

    ``remark`` is ``too_few``, ``key_suspect``, ``too_easy``, ``too_hard``, ``weak``, ``fine`` or ``cannot_tell``.
    """

    key: str
    text: str
    n: int
    right: int
    difficulty: BoundedShown | None
    discrimination: BoundedShown | None
    taken: tuple[TakenShown, ...]
    unused: int
    remark: str


@dataclass(frozen=True, slots=True)
class QuizAnalysis:
    """What first attempts say about a quiz; under ``needed`` people too few to say, and only counts are told."""

    quiz: int
    title: str
    course: int
    course_title: str
    n: int
    needed: int
    passed: int
    items: tuple[ItemShown, ...]
    reliability: BoundedShown | None
