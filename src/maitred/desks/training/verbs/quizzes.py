"""Quizzes: written, opened, taken, handed in; and which of their questions tell something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid
from maitred.desks.training import access, giving, item_analysis, marking, showing, stepping
from maitred.desks.training.item_analysis import Bounded, Sheet
from maitred.desks.training.marking import Question
from maitred.desks.training.models import Assignment, Attempt, Quiz
from maitred.desks.training.quiz_shapes import (
    Answers,
    AnswerShown,
    AttemptListed,
    AttemptShown,
    BoundedShown,
    ChoiceGiven,
    ChoiceShown,
    ItemShown,
    PassPercent,
    ProblemShown,
    QuestionGiven,
    Questions,
    QuestionShown,
    QuizAnalysis,
    QuizKey,
    QuizShown,
    TakenShown,
)
from maitred.desks.training.shapes import AttemptId, OtherId, QuizId, Title
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Version, action, question

_QUESTION: dict[str, Any] = {
    "key": "q1", "kind": "single", "text": "Who signs a refund above 100?",
    "choices": [{"key": "a", "text": "The team lead", "right": True}, {"key": "b", "text": "Nobody"}],
}  # fmt: skip
_CERTAIN = 20
"""Attempts of one person at one quiz; whoever needs more needs another course."""


@question(needs=Right.TRAINING_READ, example={"quiz": 1})
def show_quiz(actor: Actor, quiz: QuizId) -> QuizShown:
    """Show a quiz as it is asked, without its right answers, and the attempts that one may see."""
    return _shown(actor, access.access_quiz(actor, quiz))


@question(needs=Right.TRAINING_LEAD, example={"quiz": 1})
def quiz_key(actor: Actor, quiz: QuizId) -> QuizKey:
    """Show a quiz with its right answers, and what stands against opening it."""
    return _key(access.access_quiz(actor, quiz))


@action(needs=Right.TRAINING_LEAD, example={"course": 1, "title": "Refunds", "questions": [_QUESTION]})
def add_quiz(
    actor: Actor, course: OtherId, title: Title, questions: Questions = (), pass_percent: PassPercent = 80
) -> QuizKey:
    """Begin a quiz of a course as a draft.

    Parameters
    ----------
    pass_percent
        What share of the questions is needed to pass.
    """
    row = access.access_course(actor, course)
    made = deeds.create(Quiz, course=row, title=title, questions=_kept(questions), pass_percent=pass_percent)
    return _key(made)


@action(needs=Right.TRAINING_LEAD, example={"quiz": 1, "version": 1, "questions": [_QUESTION]})
def save_quiz(
    actor: Actor, quiz: QuizId, version: Version, questions: Questions, title: Title | None = None,
    pass_percent: PassPercent | None = None,
) -> QuizKey:  # fmt: skip
    """Save the draft of a quiz; what still stands against opening it is told, not refused."""
    row = access.access_quiz(actor, quiz)
    if row.state != Quiz.DRAFT:
        raise Conflict(f"{row.title} was opened and stays as it is", "copy it, and open the copy")
    given: dict[str, Any] = {"title": title, "pass_percent": pass_percent}
    values = {name: one for name, one in given.items() if one is not None}
    return _key(deeds.change(row, version, questions=_kept(questions), **values))


@action(needs=Right.TRAINING_LEAD, example={"quiz": 1, "version": 1})
def open_quiz(actor: Actor, quiz: QuizId, version: Version) -> QuizKey:
    """Open a quiz: people can take it, and its questions stay as they are. A closed one is opened again."""
    row = access.access_quiz(actor, quiz)
    if row.state == Quiz.OPEN:
        raise Conflict(f"{row.title} is open", "nothing is left to do")
    found = marking.problems(marking.questions_of(row.questions))
    if found:
        raise Invalid(f"{row.title} cannot be opened: {found[0]['message']}", "mend the draft", found)
    return _key(deeds.change(row, version, state=Quiz.OPEN, opened_at=row.opened_at or clock.now()))


@action(needs=Right.TRAINING_LEAD, example={"quiz": 1, "version": 2})
def close_quiz(actor: Actor, quiz: QuizId, version: Version) -> QuizKey:
    """Close a quiz: nobody begins it any more, and its course is completed without it."""
    row = access.access_quiz(actor, quiz)
    if row.state != Quiz.OPEN:
        raise Conflict(f"{row.title} is not open", "nothing is left to do")
    return _key(deeds.change(row, version, state=Quiz.CLOSED))


@action(needs=Right.TRAINING_LEAD, example={"quiz": 1, "title": "Refunds, second edition"})
def copy_quiz(actor: Actor, quiz: QuizId, title: Title) -> QuizKey:
    """Begin another quiz of the same course with the same questions, as a draft."""
    row = access.access_quiz(actor, quiz)
    return _key(deeds.create(Quiz, course=row.course, title=title, questions=row.questions,
                             pass_percent=row.pass_percent))  # fmt: skip


@action(needs=Right.TRAINING_WRITE, example={"quiz": 1})
def begin_attempt(actor: Actor, quiz: QuizId) -> AttemptShown:
    """Begin to answer a quiz; one that was begun and not handed in is gone on with."""
    row = access.access_quiz(actor, quiz)
    person = _person(actor)
    mine = list(access.attempts_of_person(person).filter(quiz=row).order_by("number"))
    if mine and mine[-1].state == Attempt.BEGUN:
        return _attempt(actor, mine[-1])
    if row.state != Quiz.OPEN:
        raise Conflict(f"{row.title} is not open", "ask whoever wrote it")
    if len(mine) >= _CERTAIN:
        raise Conflict(f"you took {row.title} {_CERTAIN} times", "talk with your lead about what would help")
    team = access.teams_of((person,)).get(person)
    made = deeds.create(Attempt, quiz=row, person_id=person, team_id=team, number=len(mine) + 1)
    _begun(row.course_id, person)
    return _attempt(actor, made)


@action(needs=Right.TRAINING_WRITE, example={"attempt": 1, "version": 1, "answers": {"q1": ["a"]}})
def submit_attempt(actor: Actor, attempt: AttemptId, version: Version, answers: Answers) -> AttemptShown:
    """Hand in a quiz: it is marked at once, and passing it completes the course that it belongs to.

    Parameters
    ----------
    answers
        By question, the keys of the choices taken or the text written; what is left out is wrong.
    """
    row = access.access_own_attempt(actor, attempt)
    if row.state != Attempt.BEGUN:
        raise Conflict(f"attempt {row.number} at {row.quiz.title} was handed in", "begin another one")
    asked = marking.questions_of(row.quiz.questions)
    _refuse_misfits(asked, answers)
    right = marking.marked(asked, answers)
    points = sum(right.values())
    passed = points * 100 >= row.quiz.pass_percent * len(asked)
    changed = deeds.change(
        row, version, state=Attempt.SUBMITTED, answers=dict(answers), right=right, points=points, passed=passed,
        submitted_at=clock.now(),
    )  # fmt: skip
    return _attempt(actor, changed, completed=passed and _completed(actor, changed))


@question(needs=Right.TRAINING_READ, example={"attempt": 1})
def show_attempt(actor: Actor, attempt: AttemptId) -> AttemptShown:
    """Show an attempt: for its person, and for those who lead them."""
    return _attempt(actor, access.access_attempt(actor, attempt))


@question(needs=Right.TRAINING_LEAD, example={"quiz": 1})
def quiz_analysis(actor: Actor, quiz: QuizId) -> QuizAnalysis:
    """Tell which questions of a quiz tell something: difficulty, discrimination, answers taken, reliability.

    Of each person the first attempt counts, of the whole organisation, so that no person can be told from it. Under 20
    people it is too few to say: then only counts are told, and those of the people whom one leads.
    """
    row = access.access_quiz(actor, quiz)
    asked = marking.questions_of(row.questions)
    first = list(access.attempts_of(row).filter(number=1))
    if len(first) < item_analysis.FEWEST:
        mine = set(access.visible_attempts(actor).filter(quiz=row).values_list("pk", flat=True))
        first = [one for one in first if one.pk in mine]
    found = item_analysis.analysed(asked, [Sheet(one.answers, one.right) for one in first])
    items = tuple(_item(one, told) for one, told in zip(asked, found.items, strict=True))
    return QuizAnalysis(
        row.pk, row.title, row.course_id, row.course.title, found.n, found.needed,
        sum(bool(one.passed) for one in first), items, _bounded(found.reliability),
    )  # fmt: skip


def _person(actor: Actor) -> int:
    if actor.person is None:
        raise Denied("a quiz is taken by a person, and you act as none", "sign in and take it there")
    return actor.person


def _begun(course: int, person: int) -> None:
    """Whoever takes the quiz of a course has begun it."""
    row = access.assignments_of_person(person).filter(course=course, state=Assignment.ASSIGNED).first()
    if row is not None:
        deeds.change(row, None, state=Assignment.BEGUN, begun_at=clock.now())


def _completed(actor: Actor, attempt: Attempt) -> bool:
    """Whether the course is completed with it: when every open quiz of it was passed since it was assigned."""
    rows = access.assignments_of_person(attempt.person_id).filter(
        course=attempt.quiz.course_id, state__in=Assignment.OPEN
    )
    row = rows.first()
    if row is None or access.quizzes_to_pass(row):
        return False
    giving.complete(row, None)
    stepping.settle(actor, row.person_id)
    return True


def _refuse_misfits(asked: Sequence[Question], answers: Mapping[str, Sequence[str]]) -> None:
    known = {one.key: one for one in asked}
    wrong = [(key, "there is no such question") for key in answers if key not in known]
    wrong += [(key, told) for key, given in answers.items()
              if key in known and (told := marking.problem_of(known[key], given))]  # fmt: skip
    if wrong:
        errors = tuple({"field": f"answers.{key}", "message": told, "code": "misfit"} for key, told in wrong)
        raise Invalid(f"answers do not fit: {wrong[0][1]}", "mend them", errors)


def _kept(questions: Questions) -> list[dict[str, Any]]:
    return [marking.question_of(asdict(one)).plain() for one in questions]


def _key(row: Quiz) -> QuizKey:
    asked = marking.questions_of(row.questions)
    questions = tuple(_given(one) for one in asked)
    told = tuple(ProblemShown(one["field"], one["message"]) for one in marking.problems(asked))
    return QuizKey(row.pk, row.course_id, row.title, row.state, row.pass_percent, questions, told, row.version)


def _given(one: Question) -> QuestionGiven:
    choices = tuple(ChoiceGiven(each.key, each.text, each.right) for each in one.choices)
    return QuestionGiven(one.key, one.kind, one.text, choices, one.accepted, one.why)


def _shown(actor: Actor, row: Quiz) -> QuizShown:
    questions = tuple(
        QuestionShown(one.key, one.kind, one.text, tuple(ChoiceShown(each.key, each.text) for each in one.choices))
        for one in marking.questions_of(row.questions)
    )
    attempts = tuple(_listed(one) for one in access.visible_attempts(actor).filter(quiz=row).order_by("-pk")[:200])
    mine = next((one.id for one in attempts if one.person == actor.person and one.state == Attempt.BEGUN), None)
    return QuizShown(
        row.pk, row.course_id, row.course.title, row.title, row.state, row.pass_percent, questions, attempts, mine,
        access.writes(actor), row.version,
    )  # fmt: skip


def _listed(row: Attempt) -> AttemptListed:
    return AttemptListed(
        row.pk, row.person_id, row.person.name, row.number, row.state, row.points, len(row.quiz.questions), row.passed,
        row.submitted_at, row.version,
    )  # fmt: skip


def _attempt(actor: Actor, row: Attempt, *, completed: bool = False) -> AttemptShown:
    answers: tuple[AnswerShown, ...] = ()
    if row.state == Attempt.SUBMITTED:
        asked = marking.questions_of(row.quiz.questions)
        answers = tuple(_answer(one, row) for one in asked)
    quiz = row.quiz
    return AttemptShown(
        _listed(row), quiz.pk, quiz.title, quiz.course_id, quiz.course.title, quiz.pass_percent,
        row.person_id == actor.person, answers, completed, tuple(quiz.course.skills),
        row.person_id in showing.led_among(actor, (row.person_id,)),
    )  # fmt: skip


def _answer(one: Question, row: Attempt) -> AnswerShown:
    texts = {each.key: each.text for each in one.choices}
    given = tuple(texts.get(each, each) for each in row.answers.get(one.key, ()))
    right = bool(row.right.get(one.key))
    return AnswerShown(one.key, one.text, given, right, one.why)


def _item(asked: Question, found: item_analysis.ItemFound) -> ItemShown:
    texts = {one.key: one.text for one in asked.choices}
    taken = tuple(TakenShown(one.key, texts[one.key], one.right, one.n, one.others) for one in found.taken)
    return ItemShown(
        asked.key, asked.text, found.n, found.right, _bounded(found.difficulty), _bounded(found.discrimination), taken,
        len(found.unused), found.remark,
    )  # fmt: skip


def _bounded(found: Bounded | None) -> BoundedShown | None:
    return None if found is None else BoundedShown(found.value, found.low, found.high)
