"""What the verbs of courses, assignments and paths take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from maitred.desks.training.models.courses import LONGEST_TEXT
from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST

_Id = Field(ge=1, le=LARGEST)
CourseId = Annotated[int, Names("course"), _Id]
AssignmentId = Annotated[int, Names("course-assignment"), _Id]
PathId = Annotated[int, Names("training-path"), _Id]
EnrolmentId = Annotated[int, Names("enrolment"), _Id]
QuizId = Annotated[int, Names("quiz"), _Id]
AttemptId = Annotated[int, Names("quiz-attempt"), _Id]
ImportId = Annotated[int, Names("training-import"), _Id]
PracticeId = Annotated[int, Names("practice"), _Id]
OtherId = Annotated[int, _Id]
People = Annotated[list[OtherId], Field(min_length=1, max_length=500)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Prose = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
SkillName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Skills = Annotated[tuple[SkillName, ...], Field(max_length=20)]
Effort = Annotated[int, Field(ge=1, le=6_000)]
Number = Annotated[int, Field(ge=1, le=100_000)]
Batch = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Days = Annotated[int, Field(ge=0, le=730)]
CourseState = Literal["draft", "open", "closed", "retired"]
AssignmentState = Literal["assigned", "begun", "completed", "overdue", "excused", "taken_back", "open"]


@dataclass(frozen=True, slots=True)
class LinkGiven:
    """A page outside, by its title; ``url`` begins with https or http."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]


Links = Annotated[tuple[LinkGiven, ...], Field(max_length=40)]


@dataclass(frozen=True, slots=True)
class CourseListed:
    """A course; ``state`` is ``draft`` until it is published, ``closed`` outside of its days, else ``open``.

    ``assignable`` says whether it can be assigned; if not, ``why_not`` says why. ``open`` and ``overdue`` count
    assignments of the people whom the reader leads, and their own.
    """

    id: int
    title: str
    skills: tuple[str, ...]
    minutes: int
    opens_on: date | None
    closes_on: date | None
    state: str
    number: int | None
    assignable: bool
    why_not: str
    open: int
    overdue: int
    version: int


@dataclass(frozen=True, slots=True)
class Courses:
    """Courses by title."""

    courses: tuple[CourseListed, ...]


@dataclass(frozen=True, slots=True)
class CourseEditionListed:
    """One version of a course."""

    number: int
    state: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuizListed:
    """A quiz of a course."""

    id: int
    title: str
    state: str
    questions: int
    pass_percent: int


@dataclass(frozen=True, slots=True)
class CourseShown:
    """A course with one of its versions. ``edition_version`` is what changing its text takes."""

    course: CourseListed
    number: int
    edition_state: str
    edition_version: int
    text: str
    links: tuple[LinkGiven, ...]
    editions: tuple[CourseEditionListed, ...]
    quizzes: tuple[QuizListed, ...]
    writes: bool


@dataclass(frozen=True, slots=True)
class AssignmentShown:
    """That somebody has a course to do until a day. ``state`` says ``overdue`` for an open one whose day has passed.

    Completed says that it was completed, and nothing of what somebody can do. ``late`` says that it was, or is, after
    its day. ``why`` is the reason of an excuse.
    """

    id: int
    person: int
    name: str
    own: bool
    course: int
    title: str
    number: int
    minutes: int
    due_on: date
    state: str
    late: bool
    batch: str
    path: str
    begun_at: datetime | None
    completed_at: datetime | None
    why: str
    leads: bool
    version: int


@dataclass(frozen=True, slots=True)
class LedPerson:
    """Somebody whom the reader leads."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Led:
    """The people whom the reader leads, by name."""

    people: tuple[LedPerson, ...]


@dataclass(frozen=True, slots=True)
class WouldBe:
    """What assigning would do for one person: ``assign``, ``again`` (they completed it), or why not: ``has_it``."""

    person: int
    name: str
    does: str
    due_on: date | None
    completed_on: date | None


@dataclass(frozen=True, slots=True)
class AssigningPreview:
    """What assigning would do; ``hours`` is the time of all of them together."""

    course: int
    title: str
    due_on: date
    people: tuple[WouldBe, ...]
    assigned: int
    left_out: int
    hours: float


@dataclass(frozen=True, slots=True)
class Assigned:
    """What was assigned in one go. ``batch`` takes it back."""

    batch: str
    course: int
    due_on: date
    assigned: tuple[AssignmentShown, ...]
    left_out: tuple[WouldBe, ...]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was taken back, and how many stayed because somebody had begun them."""

    batch: str
    taken_back: int
    stayed: int


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do next: ``course``, ``milestone`` or ``practice``, until a day, and from where it comes."""

    kind: str
    id: int
    title: str
    due_on: date | None
    overdue: bool
    minutes: int | None
    path: str
    why: str


@dataclass(frozen=True, slots=True)
class MyTraining:
    """One's own training: the next step first, then the rest; what was done is in ``assignments``."""

    person: int | None
    next: NextStep | None
    steps: tuple[NextStep, ...]
    completed: int


@dataclass(frozen=True, slots=True)
class StepGiven:
    """One step of a path, due ``day`` days after the start: a course, or a milestone in words."""

    kind: Literal["course", "milestone"]
    day: Days
    course: OtherId | None = None
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


Steps = Annotated[tuple[StepGiven, ...], Field(min_length=1, max_length=60)]


@dataclass(frozen=True, slots=True)
class PathStepShown:
    """One step of a path."""

    kind: str
    day: int
    course: int | None
    title: str


@dataclass(frozen=True, slots=True)
class PathShown:
    """A path with its steps by day, and how many of the reader's people are on it."""

    id: int
    title: str
    steps: tuple[PathStepShown, ...]
    days: int
    retired: bool
    running: int
    version: int


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths by title, and who of the reader's people is on one."""

    paths: tuple[PathShown, ...]
    enrolments: tuple[EnrolmentShown, ...]


@dataclass(frozen=True, slots=True)
class EnrolmentStep:
    """One step of somebody on a path, named by its ``place``: ``reached``, ``excused``, ``overdue`` or ``ahead``."""

    place: int
    kind: str
    course: int | None
    title: str
    due_on: date
    reached_on: date | None
    state: str
    assignment: int | None
    assignment_state: str


@dataclass(frozen=True, slots=True)
class EnrolmentShown:
    """Somebody on a path: each step with its day, and how many of all are reached."""

    id: int
    path: int
    title: str
    person: int
    name: str
    own: bool
    start: date
    state: str
    steps: tuple[EnrolmentStep, ...]
    reached: int
    overdue: int
    why: str
    leads: bool
    version: int
