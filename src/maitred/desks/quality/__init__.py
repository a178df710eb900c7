"""Quality: is the work good, is the judgement of it fair, and how sure is either?

Reads tickets of the publication; writes scorecards, draws, reviews, contests, calibrations, checks. Answers: what is
looked for, which tickets are reviewed by whom and why these, what a review says with which quotes, whether the reviewed
person accepts it, whether reviewers agree, how good the work of somebody is and whether that can be told at all.

Only submitted reviews of tickets drawn at random make a score. Targeted, self, peer and calibration reviews and
automatic checks never do. Whom a review is about: who wrote the first public reply, else the last assignee.

The door (``verbs``; shapes in ``verbs/shapes.py``; every action that changes something takes the ``version`` it read):

- scorecards: ``scorecards()`` · ``show_scorecard(scorecard, number=None)`` · ``add_scorecard(name, description="",
  items=())`` · ``save_scorecard(scorecard, version, items, name=None, description=None)`` (the draft) ·
  ``publish_scorecard(scorecard, version)`` · ``revise_scorecard(scorecard)`` (a new draft, copied from the last
  published) · ``retire_scorecard(scorecard, version, retired=True)``. ``version`` is that of ``ScorecardShown``.
- draws: ``preview_sample(kind, scorecard, first_day, last_day, size=None, per_person=None, by=(), tickets=(),
  reason="", reviewers=(), people=(), team=None, channel=(), seed=None, blind=False)`` → ``SamplePreview`` ·
  ``draw_sample(… the same …, due_at=None, fingerprint=None)`` → ``DrawShown`` · ``draws()`` · ``show_draw(draw)`` ·
  ``workload()``. ``kind`` random takes ``size`` or ``per_person`` and ``by`` (channel, group, person); targeted takes
  ``tickets`` and ``reason``.
- reviews: ``my_reviews()`` · ``reviews(person=None, kind=None, state=None, draw=None, cursor, limit)`` (a page) ·
  ``show_review(review)`` · ``review_conversation(review)`` · ``save_answers(review, version, answers=(), comment=None,
  flagged=None)`` (only the items that are named change) · ``submit_review(review, version)`` · ``undo_submit(review,
  version)`` (ten minutes) · ``skip_review(review, version, reason)`` · ``add_review(kind, scorecard, source, ticket,
  reviewer=None)`` (self and peer). The subject sees a review ten minutes after it was submitted.
- feedback: ``acknowledge(review, version, note="")`` · ``contest(review, item, reason)`` · ``contests(state=None)`` ·
  ``settle(contest, version, outcome, reason, answer=None)`` (``upheld`` or ``changed``).
- calibration: ``calibrate(name, scorecard, tickets, reviewers, closes_at=None)`` · ``calibrations()`` ·
  ``show_calibration(calibration)`` · ``close_calibration(calibration, version)``.
- figures: ``iqs(by="person", first_day=None, last_day=None, scorecard=None)`` (``person``, ``team``, ``bot``, ``all``).
- checks: ``checks()`` · ``add_check(key, title, kind, rule)`` · ``change_check(check, version, title=None, rule=None,
  enabled=None)`` · ``run_checks()`` (a job).
"""
