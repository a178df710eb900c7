"""Training in words: headings, states, what an analysis of a quiz says."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.desks.training.import_shapes import ImportShown
from maitred.desks.training.quiz_shapes import BoundedShown, QuizAnalysis
from maitred.desks.training.shapes import AssignmentShown, EnrolmentShown, MyTraining, NextStep
from maitred.kit.pages import words

Words = str | Promise
COURSE_STATES: dict[str, Words] = {
    "draft": gettext_lazy("draft"), "open": gettext_lazy("open"), "closed": gettext_lazy("not running"),
    "retired": gettext_lazy("out of use"),
}  # fmt: skip
STATES: dict[str, Words] = {
    "assigned": gettext_lazy("assigned"), "begun": gettext_lazy("begun"), "completed": gettext_lazy("completed"),
    "overdue": gettext_lazy("overdue"), "excused": gettext_lazy("excused"), "taken_back": gettext_lazy("taken back"),
}  # fmt: skip
LOOKS = {"completed": "on", "overdue": "low", "excused": "off", "taken_back": "off"}
STEP_STATES: dict[str, Words] = {
    "reached": gettext_lazy("reached"), "overdue": gettext_lazy("overdue"), "ahead": gettext_lazy("ahead"),
    "excused": gettext_lazy("excused"),
}  # fmt: skip
PATH_STATES: dict[str, Words] = {
    "running": gettext_lazy("running"), "completed": gettext_lazy("through"), "left": gettext_lazy("taken off"),
}  # fmt: skip
QUIZ_STATES: dict[str, Words] = {
    "draft": gettext_lazy("draft"), "open": gettext_lazy("open"), "closed": gettext_lazy("closed"),
}  # fmt: skip
IMPORT_STATES: dict[str, Words] = {
    "staged": gettext_lazy("waits"), "confirmed": gettext_lazy("kept"), "discarded": gettext_lazy("discarded"),
}  # fmt: skip
OUTCOMES: dict[str, Words] = {
    "completed": gettext_lazy("completed"), "passed": gettext_lazy("passed"), "failed": gettext_lazy("failed"),
}  # fmt: skip
DOES: dict[str, Words] = {
    "assign": gettext_lazy("is given it"), "again": gettext_lazy("does it again"),
    "has_it": gettext_lazy("has it open already"),
}  # fmt: skip
REMARKS: dict[str, Words] = {
    "too_few": gettext_lazy("Too few to say"),
    "key_suspect": gettext_lazy("Those who know the rest get it wrong: look whether its key is right"),
    "too_easy": gettext_lazy("Nearly everybody is right: it tells nobody apart"),
    "too_hard": gettext_lazy("Few are right: look whether the course says it, or the question misleads"),
    "weak": gettext_lazy("Whether somebody is right has little to do with the rest of the quiz"),
    "fine": gettext_lazy("Those who know the rest are right more often"),
    "cannot_tell": gettext_lazy("Cannot tell yet"),
}  # fmt: skip
REMARK_LOOKS = {"key_suspect": "low", "too_easy": "low", "too_hard": "low", "weak": "low", "fine": "on"}
_RELIABLE = 0.7


def heading(mine: MyTraining, rows: Sequence[AssignmentShown], running: Sequence[EnrolmentShown]) -> str:
    """The finding of the entrance for whoever leads: what is late first."""
    late = sum(one.state == "overdue" for one in rows)
    behind = sum(bool(one.overdue) for one in running)
    if late:
        return ngettext("%(n)s course is overdue", "%(n)s courses are overdue", late) % {"n": late}
    if behind:
        said = ngettext("%(n)s person is behind on a path", "%(n)s people are behind on a path", behind)
        return said % {"n": behind}
    if rows:
        said = ngettext("%(n)s course is open, none is overdue", "%(n)s courses are open, none is overdue", len(rows))
        return said % {"n": len(rows)}
    return next_step(mine) if mine.next else _("Nobody has a course open")


def next_step(mine: MyTraining) -> str:
    """The finding of the entrance for whoever leads nobody: their next step."""
    if mine.next is None:
        return _("You have nothing to do here")
    return _("Your next step: %(what)s") % {"what": step(mine.next)}


def step(one: NextStep) -> str:
    """A step with its day."""
    if one.due_on is None:
        return one.title
    told = {"title": one.title, "day": words.day(one.due_on)}
    return _("%(title)s, which was due on %(day)s") % told if one.overdue else _("%(title)s, until %(day)s") % told


def minutes(count: int | None) -> str:
    """A time of minutes; empty where none is known."""
    return "" if count is None else ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": words.count(count)}


def import_heading(found: ImportShown) -> str:
    """The finding of a list."""
    if found.listed.state != "staged":
        said = ngettext("%(n)s record was kept", "%(n)s records were kept", found.listed.kept)
        return said % {"n": words.count(found.listed.kept)}
    ready = ngettext("%(n)s row can be kept", "%(n)s rows can be kept", found.ready) % {"n": words.count(found.ready)}
    if not found.listed.wrong:
        return ready
    wrong = ngettext("%(n)s has to be repaired", "%(n)s have to be repaired", found.listed.wrong)
    return _("%(ready)s, %(wrong)s") % {"ready": ready, "wrong": wrong % {"n": words.count(found.listed.wrong)}}


def analysis_heading(found: QuizAnalysis) -> str:
    """The finding of an analysis."""
    if found.n < found.needed:
        told = {"n": words.count(found.n), "needed": found.needed}
        return _("Too few to say: %(n)s of %(needed)s people took it") % told
    doubtful = sum(one.remark in REMARK_LOOKS and one.remark != "fine" for one in found.items)
    if doubtful:
        said = ngettext("%(n)s question needs a look", "%(n)s questions need a look", doubtful)
        return said % {"n": doubtful}
    return _("No question stands out")


def reliability(found: QuizAnalysis) -> str:
    """How far the score can be relied on, in a sentence; empty while too few took it."""
    if found.n < found.needed:
        return ""
    if found.reliability is None:
        return _("How reliable the score is cannot be computed: everybody has the same, or there is one question.")
    told = {"value": bounded(found.reliability), "n": words.count(found.n)}
    if found.reliability.low >= _RELIABLE:
        return _("The score is reliable enough to tell people apart: KR-20 %(value)s, n %(n)s.") % told
    if found.reliability.high < _RELIABLE:
        return (
            _("The score does not tell people apart: KR-20 %(value)s, n %(n)s. Use it to learn, not to judge.") % told
        )
    return _("Whether the score tells people apart cannot be told yet: KR-20 %(value)s, n %(n)s.") % told


def bounded(found: BoundedShown | None, *, share: bool = False) -> str:
    """A value with its interval."""
    if found is None:
        return words.NOTHING
    made = (words.share(one, 0) if share else words.number(one, 2) for one in (found.value, found.low, found.high))
    value, low, high = made
    return _("%(value)s (%(low)s to %(high)s)") % {"value": value, "low": low, "high": high}
