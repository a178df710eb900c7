"""Coaching: what do the two of us talk about, what was agreed, and did it help?

Reads findings, reviews and figures that name a person; writes one-to-ones with their agenda and notes, plans bound to
a metric, steps as promises, and an intervention for each plan that began. Answers: whom do I see when, what belongs on
the agenda and on which evidence, which step is open, could this plan's effect be seen at all, and was there one.

Agenda and steps are for the two of a one-to-one; those who lead them see that it was held, and plans with their
figures. A private note is its author's alone: it is in no list, export, search or audit row.

The door (``verbs``; every action that changes something takes the ``version`` it read):

- people: ``people()`` · ``agenda(person)``.
- one-to-ones: ``one_to_ones(person=None, state=None)`` (a page) · ``show_one_to_one(one_to_one)`` ·
  ``plan_one_to_one(person, at, finding="")`` · ``move_one_to_one`` · ``hold_one_to_one`` · ``cancel_one_to_one(…,
  reason)`` · ``reopen_one_to_one`` · ``add_item(one_to_one, kind, text, …)`` · ``remove_item(item, version)``.
- notes: ``write_note(one_to_one, text, shared=False)`` · ``change_note`` · ``remove_note``.
- steps: ``add_step(what, due, one_to_one=None, plan=None, by="person")``; kept, renegotiated and broken by the verbs of
  ``commitments``.
- plans: ``preview_plan(…)`` · ``plans(person=None, state=None)`` (a page) · ``show_plan(plan)`` · ``add_plan(…)`` ·
  ``change_plan`` (a draft) · ``begin_plan`` · ``give_up_plan(…, reason)`` · ``conclude_plan``.
"""
