"""What tests of the desk share: verbs run as somebody, a published scorecard, tickets that people answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from maitred.desks.quality import access, tickets
from maitred.desks.quality.models import Review
from maitred.kit.access.actor import operator
from maitred.kit.audit.deeds import create as made
from maitred.kit.audit.deeds import deed
from maitred.kit.reading import published
from maitred.kit.verbs import run
from maitred.people.tests.floor import Floor

ROOT = operator("tests")
ITEMS: list[dict[str, Any]] = [
    {"key": "solved", "title": "Solved the problem", "kind": "yes_no", "weight": 50},
    {"key": "tone", "title": "Tone", "kind": "scale", "weight": 30, "minimum": 1, "maximum": 5, "allows_na": True,
     "needs_evidence": True, "anchors": [{"value": 1, "label": "cold"}, {"value": 5, "label": "warm"}]},
    {"key": "safe", "title": "Asked who it is", "kind": "yes_no", "weight": 20, "critical": True, "allows_na": True},
]  # fmt: skip
PERIOD = {"first_day": "2025-01-01", "last_day": "2026-01-05"}


@dataclass
class Desk:
    """The desk on the small organisation."""

    floor: Floor
    card: int = 0
    _tickets: dict[int, list[str]] = field(default_factory=dict)

    def run(self, who: str, verb: str, **given: Any) -> Any:
        """Run a verb as somebody of the floor, or as the one who holds the files (``root``)."""
        actor = ROOT if who == "root" else self.floor.actor(who)
        return run(f"quality.{verb}", actor, given)

    def person(self, who: str) -> int:
        return int(self.floor.people[who].pk)

    def publish(self, items: list[dict[str, Any]] | None = None, name: str = "Support") -> int:
        card = self.run("manager", "add_scorecard", name=name, items=items or ITEMS)
        self.run("manager", "publish_scorecard", scorecard=card.id, version=card.version)
        self.card = card.id
        return int(card.id)

    def tickets(self, who: str) -> list[str]:
        """Tickets that somebody answered, by id."""
        if not self._tickets:
            with published(None) as ask:
                rows = tickets._facts(ask)
            known = access.identities()
            for row in rows:
                one = tickets.candidate(row, known) if row["exclusion"] is None else None
                if one is not None:
                    self._tickets.setdefault(one.about, []).append(one.ticket)
        return sorted(self._tickets.get(self.person(who), []))

    def words(self, ticket: str) -> tuple[str, str]:
        """A message of a ticket, and words that stand in it."""
        with published(None) as ask:
            for key, text in tickets.messages(ask, "demo", ticket).items():
                if len(text.split()) > 1:
                    return key, " ".join(text.split()[:3])
        raise AssertionError(f"nothing was said on {ticket}")

    def given(self, about: str, reviewer: str, place: int = 0, kind: str = "targeted") -> Review:
        """A review of a ticket that somebody answered, given to somebody."""
        with deed(ROOT, "tests.given"):
            return made(
                Review, kind=kind, edition=access.published_edition(access.known_scorecard(self.card)),
                source_id="demo", ticket_id=self.tickets(about)[place], about=self.floor.people[about],
                team_id=access.teams_of([self.person(about)]).get(self.person(about)),
                reviewer=self.floor.people[reviewer], probability=0.5 if kind == "random" else None,
                size=2 if kind == "random" else None,
            )  # fmt: skip

    def answers(self, ticket: str, **values: Any) -> list[dict[str, Any]]:
        """Answers to all items, with a quote where one is asked for."""
        message, text = self.words(ticket)
        said: Mapping[str, Any] = {"solved": "yes", "tone": 4, "safe": "yes", **values}
        return [
            {"item": "solved", "value": said["solved"]},
            {"item": "tone", "value": said["tone"], "quotes": [{"message": message, "text": text}]},
            {"item": "safe", "value": said["safe"]},
        ]

    def reviewed(self, about: str, reviewer: str, place: int = 0, kind: str = "targeted", **values: Any) -> Any:
        """A submitted review."""
        row = self.given(about, reviewer, place, kind)
        answers = self.answers(row.ticket_id, **values)
        saved = self.run(reviewer, "save_answers", review=row.pk, version=1, answers=answers)
        return self.run(reviewer, "submit_review", review=row.pk, version=saved.version)
