"""What compliance keeps. Every model of the desk is reachable from here."""

from maitred.desks.compliance.models.cases import (
    Case,
    CaseClock,
    CaseEvent,
    ClockChange,
    ClockWarning,
)
from maitred.desks.compliance.models.complaints import Complaint, ComplaintProposal, ComplaintTicket
from maitred.desks.compliance.models.requests import DataRequest
from maitred.desks.compliance.models.rules import KeptPack, OwnDay, PackReview
from maitred.desks.compliance.models.scans import Scan, ScanFinding

__all__ = [
    "Case",
    "CaseClock",
    "CaseEvent",
    "ClockChange",
    "ClockWarning",
    "Complaint",
    "ComplaintProposal",
    "ComplaintTicket",
    "DataRequest",
    "KeptPack",
    "OwnDay",
    "PackReview",
    "Scan",
    "ScanFinding",
]
