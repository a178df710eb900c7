"""The only way to the rows of training: every function says for whom it looks.

Courses, quizzes and paths are for everybody who may read training. What people were given, did and answered is their
own and that of those who lead them now; nobody else learns that it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django.db.models import Q, QuerySet

from maitred.base import clock
from maitred.desks.training.models import (
    Assignment,
    Attempt,
    Course,
    CourseEdition,
    Enrolment,
    LearningPath,
    Practice,
    Quiz,
    RecordImport,
    TrainingRecord,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.belonging import one
from maitred.kit.access.rights import Reach, Right, reach
from maitred.people import access as directory
from maitred.people import tree
from maitred.people.models import Account, HelpdeskIdentity, Person


def visible_people(actor: Actor, right: Right = Right.TRAINING_READ) -> QuerySet[Person]:
    """People who are here, oneself and those of the teams one leads; bots learn nothing here."""
    return directory.visible_people(actor, right).filter(_here(), kind="human").order_by("name", "pk")


def access_person(actor: Actor, person: int, right: Right = Right.TRAINING_READ) -> Person:
    """One person within reach, also one who left."""
    return one(directory.visible_people(actor, right).filter(kind="human"), person, "person")


def led_people(actor: Actor) -> QuerySet[Person]:
    """People who are here and whom the actor leads now, without oneself: nobody assigns or judges their own."""
    rows = visible_people(actor, Right.TRAINING_LEAD)
    return rows.exclude(pk=actor.person) if actor.person is not None else rows


def teams_of(people: Iterable[int]) -> dict[int, int]:
    """A team of each person now; the one with the lowest number where there are several."""
    found: dict[int, int] = {}
    for person, team in (
        tree.memberships().filter(person__in=set(people)).values_list("person", "team").order_by("-team")
    ):
        found[person] = team
    return found


def visible_courses(actor: Actor) -> QuerySet[Course]:
    """All courses, for everybody who may read training."""
    rows = Course._base_manager.all()
    return rows if reach(actor, Right.TRAINING_READ) is not Reach.NONE else rows.none()


def access_course(actor: Actor, course: int) -> Course:
    """One of them."""
    return one(visible_courses(actor), course, "course")


def writes(actor: Actor) -> bool:
    """Whether an actor writes courses, so that drafts and keys are theirs to see."""
    return reach(actor, Right.TRAINING_LEAD) is not Reach.NONE


def editions(actor: Actor, course: Course) -> list[CourseEdition]:
    """The editions of a course that one has reached, the newest first; drafts for those who write."""
    rows = CourseEdition._base_manager.filter(course=course).order_by("-number")
    return list(rows if writes(actor) else rows.filter(state=CourseEdition.PUBLISHED))


def published_editions(courses: Iterable[int]) -> dict[int, CourseEdition]:
    """The edition in force of each course that has one."""
    rows = CourseEdition._base_manager.filter(course__in=set(courses), state=CourseEdition.PUBLISHED)
    return {row.course_id: row for row in rows.order_by("number")}


def visible_quizzes(actor: Actor) -> QuerySet[Quiz]:
    """Quizzes of courses; drafts for those who write."""
    rows = Quiz._base_manager.select_related("course")
    if reach(actor, Right.TRAINING_READ) is Reach.NONE:
        return rows.none()
    return rows if writes(actor) else rows.exclude(state=Quiz.DRAFT)


def access_quiz(actor: Actor, quiz: int) -> Quiz:
    """One of them."""
    return one(visible_quizzes(actor), quiz, "quiz")


def visible_attempts(actor: Actor, right: Right = Right.TRAINING_READ) -> QuerySet[Attempt]:
    """Attempts: one's own, and those of the people whom one leads now."""
    return Attempt._base_manager.select_related("quiz__course", "person").filter(_of_people(actor, right))


def access_own_attempt(actor: Actor, attempt: int) -> Attempt:
    """An attempt that one made oneself."""
    rows = Attempt._base_manager.select_related("quiz__course", "person").filter(person=actor.person or 0)
    return one(rows, attempt, "quiz attempt")


def access_attempt(actor: Actor, attempt: int) -> Attempt:
    """An attempt of one's own, or of somebody whom one leads."""
    return one(visible_attempts(actor), attempt, "quiz attempt")


def attempts_of(quiz: Quiz) -> QuerySet[Attempt]:
    """Submitted attempts of a quiz, of everybody: for sums in which nobody can be told."""
    return Attempt._base_manager.filter(quiz=quiz, state=Attempt.SUBMITTED).order_by("pk")


def visible_assignments(actor: Actor, right: Right = Right.TRAINING_READ) -> QuerySet[Assignment]:
    """Assignments: one's own, and those of the people whom one leads now."""
    rows = Assignment._base_manager.select_related("course", "edition", "person", "by", "enrolment__path")
    return rows.filter(_of_people(actor, right))


def access_assignment(actor: Actor, assignment: int, right: Right = Right.TRAINING_READ) -> Assignment:
    """One of them."""
    return one(visible_assignments(actor, right), assignment, "course assignment")


def open_assignments(course: Course, people: Iterable[int]) -> dict[int, Assignment]:
    """Open assignments of a course by person, of people whom one has reached."""
    rows = Assignment._base_manager.filter(course=course, person__in=set(people), state__in=Assignment.OPEN)
    return {row.person_id: row for row in rows}


def last_completed(course: Course, people: Iterable[int]) -> dict[int, Assignment]:
    """The last completed assignment of a course by person, of people whom one has reached."""
    rows = Assignment._base_manager.filter(course=course, person__in=set(people), state=Assignment.COMPLETED)
    return {row.person_id: row for row in rows.order_by("completed_at", "pk")}


def quizzes_of(course: int) -> QuerySet[Quiz]:
    """The quizzes of a course that one has reached already."""
    return Quiz._base_manager.filter(course=course)


def attempts_of_person(person: int) -> QuerySet[Attempt]:
    """Attempts of a person whom one has reached already."""
    return Attempt._base_manager.select_related("quiz__course", "person").filter(person=person)


def quizzes_to_pass(row: Assignment) -> list[Quiz]:
    """Open quizzes of a course that its person has not passed since it was assigned."""
    passed = attempts_of_person(row.person_id).filter(
        quiz__course=row.course_id, passed=True, state=Attempt.SUBMITTED, submitted_at__gte=row.created_at
    )
    left = quizzes_of(row.course_id).filter(state=Quiz.OPEN).exclude(pk__in=passed.values("quiz"))
    return list(left.order_by("pk"))


def assignments_of_person(person: int) -> QuerySet[Assignment]:
    """Assignments of a person whom one has reached already."""
    return Assignment._base_manager.select_related("course", "edition", "person").filter(person=person)


def open_of_people(people: Iterable[int]) -> list[Assignment]:
    """Open assignments of people whom one has reached already."""
    rows = Assignment._base_manager.select_related("course").filter(person__in=set(people), state__in=Assignment.OPEN)
    return list(rows.order_by("pk"))


def courses_by_title(alike: Callable[[str], str]) -> dict[str, int]:
    """Numbers of all courses by their title as it is compared."""
    return {alike(title): key for key, title in Course._base_manager.order_by("-pk").values_list("pk", "title")}


def names_of(people: Iterable[int]) -> dict[int, str]:
    """Names of people whom one has reached already."""
    return dict(Person._base_manager.filter(pk__in=set(people)).values_list("pk", "name"))


def running_enrolments(person: int) -> list[Enrolment]:
    """The paths on which a person is, of whom one has reached something already."""
    rows = Enrolment._base_manager.select_related("path", "person").filter(person=person, state=Enrolment.RUNNING)
    return list(rows.order_by("pk"))


def to_remind(before: date) -> QuerySet[Assignment]:
    """Open assignments due by a day of which nobody was reminded, for the worker."""
    rows = Assignment._base_manager.select_related("course")
    return rows.filter(state__in=Assignment.OPEN, reminded_at__isnull=True, due_on__lte=before).order_by("pk")


def visible_paths(actor: Actor) -> QuerySet[LearningPath]:
    """All paths, for everybody who may read training."""
    rows = LearningPath._base_manager.all()
    return rows if reach(actor, Right.TRAINING_READ) is not Reach.NONE else rows.none()


def access_path(actor: Actor, path: int) -> LearningPath:
    """One of them."""
    return one(visible_paths(actor), path, "training path")


def visible_enrolments(actor: Actor, right: Right = Right.TRAINING_READ) -> QuerySet[Enrolment]:
    """Who is on a path: oneself, and the people whom one leads now."""
    return Enrolment._base_manager.select_related("path", "person").filter(_of_people(actor, right))


def access_enrolment(actor: Actor, enrolment: int, right: Right = Right.TRAINING_READ) -> Enrolment:
    """One of them."""
    return one(visible_enrolments(actor, right), enrolment, "enrolment")


def assignments_on(enrolment: Enrolment) -> QuerySet[Assignment]:
    """The assignments of an enrolment that one has reached already."""
    return Assignment._base_manager.filter(enrolment=enrolment).select_related("course", "person").order_by("pk")


def visible_imports(actor: Actor) -> QuerySet[RecordImport]:
    """Lists that one read in oneself: they may hold names of anybody. The operator's are those without a person."""
    rows = RecordImport._base_manager.all()
    if reach(actor, Right.TRAINING_LEAD) is Reach.NONE:
        return rows.none()
    return rows.filter(by=actor.person) if actor.person is not None else rows.filter(by__isnull=True)


def access_import(actor: Actor, listed: int) -> RecordImport:
    """One of them."""
    return one(visible_imports(actor), listed, "training import")


def visible_records(actor: Actor, right: Right = Right.TRAINING_READ) -> QuerySet[TrainingRecord]:
    """Records: one's own, and those of the people whom one leads now."""
    return TrainingRecord._base_manager.select_related("course", "person").filter(_of_people(actor, right))


def known_keys(keys: Iterable[str]) -> set[str]:
    """Which of these records are kept already."""
    found, wanted = set[str](), sorted(set(keys))
    for start in range(0, len(wanted), 500):
        rows = TrainingRecord._base_manager.filter(key__in=wanted[start : start + 500])
        found |= set(rows.values_list("key", flat=True))
    return found


def visible_practices(actor: Actor, right: Right = Right.TRAINING_READ) -> QuerySet[Practice]:
    """Practice: one's own, and that of the people whom one leads now."""
    return Practice._base_manager.select_related("person", "by", "scored_by").filter(_of_people(actor, right))


def access_practice(actor: Actor, practice: int, right: Right = Right.TRAINING_READ) -> Practice:
    """One of them."""
    return one(visible_practices(actor, right), practice, "practice")


def account_of(person: int) -> int | None:
    """The open account of a person."""
    return Account._base_manager.filter(person=person, is_active=True).values_list("pk", flat=True).first()


def accounts_of(people: Iterable[int]) -> dict[int, Account]:
    """The open accounts of people whom one has reached, by person."""
    rows = Account._base_manager.filter(person__in=set(people), is_active=True)
    return {row.person_id: row for row in rows if row.person_id is not None}


def helpdesk_users(people: Iterable[int]) -> dict[tuple[str, str], int]:
    """The helpdesk users of people whom one has reached, with whose they are."""
    rows = HelpdeskIdentity._base_manager.filter(person__in=set(people))
    return {(source, own): person for source, own, person in rows.values_list("source_id", "external_id", "person")}


def _of_people(actor: Actor, right: Right) -> Q:
    how = reach(actor, right)
    if how is Reach.ALL:
        return Q()
    if how is Reach.NONE:
        return Q(pk__in=())
    found = Q(person=actor.person or 0)
    if how is Reach.SUBTREE:
        found |= Q(person__in=tree.people_in(actor.subtree).values("person"))
    return found


def _here() -> Q:
    return Q(left_on__isnull=True) | Q(left_on__gt=clock.now().date())
