"""What training keeps. Every model of the desk is reachable from here."""

from maitred.desks.training.models.assigning import Assignment, Enrolment, LearningPath
from maitred.desks.training.models.courses import Course, CourseEdition
from maitred.desks.training.models.practice import Practice
from maitred.desks.training.models.quizzes import Attempt, Quiz
from maitred.desks.training.models.records import RecordImport, TrainingRecord
from maitred.desks.training.models.waves import SkillNeed, Wave, WaveMember, WavePlan

__all__ = [
    "Assignment",
    "Attempt",
    "Course",
    "CourseEdition",
    "Enrolment",
    "LearningPath",
    "Practice",
    "Quiz",
    "RecordImport",
    "SkillNeed",
    "TrainingRecord",
    "Wave",
    "WaveMember",
    "WavePlan",
]
