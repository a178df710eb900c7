"""What hiring keeps. Every model of the desk is reachable from here."""

from maitred.desks.hiring.models.interviews import Interview, Scorecard
from maitred.desks.hiring.models.offers import Hire, Offer
from maitred.desks.hiring.models.outreach import OptOut, Outreach, OutreachTemplate
from maitred.desks.hiring.models.pipeline import (
    Candidate,
    Interest,
    Need,
    Requisition,
    StageEvent,
    ToldBefore,
)
from maitred.desks.hiring.models.telling import Objection, SelfTold

__all__ = [
    "Candidate",
    "Hire",
    "Interest",
    "Interview",
    "Need",
    "Objection",
    "Offer",
    "OptOut",
    "Outreach",
    "OutreachTemplate",
    "Requisition",
    "Scorecard",
    "SelfTold",
    "StageEvent",
    "ToldBefore",
]
