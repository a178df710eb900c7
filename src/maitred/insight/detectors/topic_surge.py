"""A subject that is known jumps: many more customers than usual write about it."""

from __future__ import annotations

from typing import Final

from maitred.insight.detectors.finding import Detector, Looked, Moment, Watch
from maitred.insight.detectors.topic_episodes import Followed
from maitred.insight.detectors.topics import Topics, looked, since_when, topics_of
from maitred.insight.evidence.tables import Evidence

FAMILY: Final = "topic_surge"
NAME: Final = "topic_surge.arrivals#1"


def prepare(evidence: Evidence) -> Watch:
    """Follows all subjects through the days."""
    topics_of(evidence)

    def watch(moment: Moment) -> Looked:
        return looked(evidence, moment, False, FAMILY, NAME, title)

    return watch


def title(topics: Topics, one: Followed) -> str:
    """What happened, with numbers."""
    value, _, _ = one.course.ratio()
    since = since_when(topics, one)
    return f"Contacts about {one.name} are {value:.1f} times as many as usual since {since}: {one.customers} customers"


DETECTORS: tuple[Detector, ...] = (Detector(NAME, FAMILY, prepare),)
