"""What escalations keeps. Every model of the desk is reachable from here."""

from maitred.desks.escalations.models.cases import Case, CaseNote, CasePromise, CaseTicket, Invite, Step
from maitred.desks.escalations.models.learning import Action, PostMortem
from maitred.desks.escalations.models.telling import Message, Template
from maitred.desks.escalations.models.watching import Alert, Policy, Shift

__all__ = [
    "Action",
    "Alert",
    "Case",
    "CaseNote",
    "CasePromise",
    "CaseTicket",
    "Invite",
    "Message",
    "Policy",
    "PostMortem",
    "Shift",
    "Step",
    "Template",
]
