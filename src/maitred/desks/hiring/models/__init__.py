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
from maitred.desks.hiring.models.postings import Posting, PostingBlock, PostingEdition
from maitred.desks.hiring.models.profiles import ErasedProfile, Profile, ProfileImport
from maitred.desks.hiring.models.searches import SavedSearch, SearchRun
from maitred.desks.hiring.models.telling import Objection, SelfTold

__all__ = [
    "Candidate",
    "ErasedProfile",
    "Hire",
    "Interest",
    "Interview",
    "Need",
    "Objection",
    "Offer",
    "OptOut",
    "Outreach",
    "OutreachTemplate",
    "Posting",
    "PostingBlock",
    "PostingEdition",
    "Profile",
    "ProfileImport",
    "Requisition",
    "SavedSearch",
    "Scorecard",
    "SearchRun",
    "SelfTold",
    "StageEvent",
    "ToldBefore",
]
