"""Training: what is missing, who learns what until when, and did it change anything?

Reads skills of the roster, figures and reviews; keeps courses with their editions, quizzes, assignments, imported
records, onboarding paths and practice on masked tickets. Answers: what is my next step and why, who has which course
open or late, which questions of a quiz tell nothing, which rows of a foreign list name nobody. That somebody completed
a course says that they completed it; whether they can do it is shown by work.

The door (``verbs``; every action that changes something takes the ``version`` it read):

- courses: ``courses(state=None)`` · ``show_course(course, number=None)`` · ``add_course(…)`` · ``save_course`` ·
  ``publish_course`` · ``revise_course`` · ``retire_course``.
- quizzes: ``show_quiz(quiz)`` (without its key) · ``quiz_key`` · ``add_quiz`` · ``save_quiz`` · ``open_quiz`` ·
  ``close_quiz`` · ``begin_attempt(quiz)`` · ``submit_attempt(attempt, answers)`` · ``quiz_analysis``.
- assigning: ``my_training()`` · ``assignments(person=None, course=None, state=None)`` (a page) · ``preview_assigning``
  · ``assign(course, people, due)`` · ``take_back(batch)`` · ``begin_course`` · ``complete_course`` · ``excuse`` ·
  ``reopen_assignment``.
- importing: ``stage_records(name, content)`` · ``show_import`` · ``repair_record`` · ``confirm_import`` ·
  ``discard_import`` · ``records(person=None)`` (a page).
- paths: ``paths()`` · ``add_path`` · ``change_path`` · ``enrol(path, person, start)`` · ``show_enrolment`` ·
  ``reach_milestone`` · ``leave_path``.
- practice: ``practices()`` · ``preview_practice`` · ``set_practice`` · ``show_practice`` · ``answer_practice`` ·
  ``score_practice``.
- skills: ``matrix(team=None)`` · ``gaps(team=None)`` · ``skill_needs()`` · ``need_skill(skill, dimension, value,
  level)`` · ``drop_skill_need``.
- starters: ``ramp()``.
- waves: ``wave_plans(course=None, state=None)`` (a page) · ``preview_waves(…)`` · ``plan_waves(…)`` (a draft) ·
  ``schedule_waves(plan, version, knowing=False)`` · ``show_wave_plan`` · ``wave_way`` · ``give_up_waves(…, reason)`` ·
  ``judge_waves``.
"""
