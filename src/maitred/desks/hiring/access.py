"""The only way to the rows of hiring: every function says for whom it looks.

Candidates, postings, searches and offers are for those who hold the grant for hiring. An interviewer meets the
interviews that were given to them and nothing else; managers without the grant see counts; an auditor sees decisions
under pseudonyms. Nobody else learns that anything is there.
"""

from __future__ import annotations

from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach


def reads(actor: Actor) -> bool:
    """Whether candidates, postings and searches are shown to an actor by name."""
    return reach(actor, Right.HIRING_READ) is Reach.ALL


def writes(actor: Actor) -> bool:
    """Whether an actor moves candidates and writes requisitions, postings and offers."""
    return reach(actor, Right.HIRING_WRITE) is Reach.ALL


def audits(actor: Actor) -> bool:
    """Whether the log of decisions and the fairness figures are open to an actor."""
    return reach(actor, Right.HIRING_AUDIT) is Reach.ALL
