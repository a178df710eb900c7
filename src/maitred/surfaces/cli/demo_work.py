"""What the simulated team did with its desks lately: reviews, one-to-ones, skills and a course, done as people do it.

Everything goes through the verbs, in the names of the demonstration's accounts; what reviewers answered is drawn, since
nobody read these conversations.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from maitred.base.clock import now
from maitred.kit.access.actor import Actor
from maitred.kit.verbs import run

LEAD, MANAGER, OTHER_LEAD = "lead@demo", "manager@demo", "lead2@demo"
CARD: tuple[dict[str, Any], ...] = (
    {"key": "understood", "title": "Understood the problem", "kind": "scale", "weight": 30, "minimum": 1, "maximum": 4,
     "anchors": [{"value": 1, "label": "answers something else"}, {"value": 4, "label": "names the problem"}]},
    {"key": "answer", "title": "The answer is right and whole", "kind": "scale", "weight": 30, "minimum": 1,
     "maximum": 4},
    {"key": "step", "title": "Says what happens next", "kind": "yes_no", "weight": 20, "allows_na": True},
    {"key": "time", "title": "Says by when", "kind": "yes_no", "weight": 20, "allows_na": True},
    {"key": "safe", "title": "Asks who it is before changing an account", "kind": "yes_no", "weight": 0,
     "critical": True, "allows_na": True},
)  # fmt: skip
EACH, REVIEWED = 6, 8
"""Reviews of each of so many people in the sample, however large the team is."""
DONE = 0.8
"""The share of the sample that is reviewed already."""
COURSE = """# Before you ask for the order number

Most first messages hold it. Read them to the end, then:

* say in one sentence what you understood,
* say what you do now, and by when the customer hears from you,
* ask only for what is missing, and for all of it at once.
"""
SKILLS = ("Refunds", "Delivery", "Hardware")
Tell = Callable[[str, int], None]


def settle(tell: Tell, seed: int) -> None:
    """Do what the team did; nothing where it is done already."""
    lead, manager, other = (_actor(one) for one in (LEAD, MANAGER, OTHER_LEAD))
    if run("quality.scorecards", manager, {}).scorecards:
        return
    chance = random.Random(seed)  # noqa: S311  nothing secret is drawn
    people = [row.person for row in run("training.matrix", lead, {}).rows if not row.own]
    tell("reviews of a drawn sample", _reviews(manager, (lead, manager, other), people[:REVIEWED], chance))
    _skills(lead, people, chance)
    _course(lead, people)
    _talks(lead, people[:3])
    tell("people with skills, a course and a next talk", len(people))


def _actor(user: str) -> Actor:
    from maitred.people.access import visible_accounts
    from maitred.people.acting import actor_of_account
    from maitred.surfaces.cli import operating

    return actor_of_account(visible_accounts(operating.actor()).get(username=user))


def _reviews(manager: Actor, reviewers: tuple[Actor, ...], people: list[int], chance: random.Random) -> int:
    """A scorecard, a sample of four weeks, and most of it reviewed; how many reviews were submitted."""
    card = run("quality.add_scorecard", manager, {"name": "Support", "items": list(CARD)})
    card = run("quality.publish_scorecard", manager, {"scorecard": card.id, "version": card.version})
    today = now().date()
    run("quality.draw_sample", manager, {
        "kind": "random", "scorecard": card.id, "first_day": str(today - timedelta(days=28)),
        "last_day": str(today - timedelta(days=1)), "per_person": EACH, "seed": 1,
        "reviewers": [one.person for one in reviewers], "people": people,
    })  # fmt: skip
    usual: dict[int | None, float] = {}
    done = 0
    for reviewer in reviewers:
        for one in run("quality.my_reviews", reviewer, {}).to_review:
            if chance.random() > DONE:
                continue
            good = usual.setdefault(one.about, chance.betavariate(8, 3))
            given = [{"item": item["key"], "value": _answer(item, good, chance)} for item in CARD]
            kept = run("quality.save_answers", reviewer, {"review": one.id, "version": one.version, "answers": given})
            run("quality.submit_review", reviewer, {"review": one.id, "version": kept.version})
            done += 1
    return done


def _answer(item: dict[str, Any], good: float, chance: random.Random) -> float | str:
    if item["kind"] == "scale":
        return float(1 + sum(chance.random() < good for _ in range(3)))
    if item.get("critical"):
        return "na" if chance.random() < 0.7 else "yes" if chance.random() < 0.97 else "no"
    return "yes" if chance.random() < good else "no"


def _skills(lead: Actor, people: list[int], chance: random.Random) -> None:
    for person in people:
        for skill in chance.sample(SKILLS, 2):
            run("roster.set_skill", lead, {
                "person": person, "name": skill, "level": chance.randint(2, 4), "evidence": "observed",
            })  # fmt: skip


def _course(lead: Actor, people: list[int]) -> None:
    today = now().date()
    course = run("training.add_course", lead, {
        "title": "Read before you ask", "minutes": 30, "text": COURSE, "opens_on": str(today),
        "closes_on": str(today + timedelta(days=90)),
    })  # fmt: skip
    course = run("training.publish_course", lead, {"course": course.course.id, "version": course.edition_version})
    due = str(today + timedelta(days=14))
    run("training.assign", lead, {"course": course.course.id, "people": people, "due_on": due})


def _talks(lead: Actor, people: list[int]) -> None:
    for place, person in enumerate(people):
        at = now() + timedelta(days=1 + place)
        run("coaching.plan_one_to_one", lead, {"person": person, "at": at.isoformat()})
