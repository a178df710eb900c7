"""A subject appears that nobody wrote about before: several independent customers within days."""

from __future__ import annotations

from typing import Final

from maitred.insight.detectors.finding import Detector, Looked, Moment, Watch
from maitred.insight.detectors.topic_episodes import Followed
from maitred.insight.detectors.topics import Topics, looked, since_when, topics_of
from maitred.insight.evidence.tables import Evidence

FAMILY: Final = "topic_new"
NAME: Final = "topic_new.words#1"


def prepare(evidence: Evidence) -> Watch:
    """Follows all subjects through the days."""
    topics_of(evidence)

    def watch(moment: Moment) -> Looked:
        return looked(evidence, moment, True, FAMILY, NAME, title)

    return watch


def title(topics: Topics, one: Followed) -> str:
    """What happened, with numbers."""
    return f"A new subject, {one.name}: {one.customers} customers since {since_when(topics, one)}"


DETECTORS: tuple[Detector, ...] = (Detector(NAME, FAMILY, prepare),)
