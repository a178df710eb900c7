"""Roles, grants and token scopes in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import TABLE, Reach, reach
from maitred.surfaces.console.posting import Option

Told = dict[str, tuple[str | Promise, str | Promise]]

ROLES: Told = {
    "agent": (_("Agent"), _("Own tickets, own figures, own reviews.")),
    "lead": (_("Team lead"), _("Everything of the teams they lead and of those below.")),
    "manager": (_("Manager"), _("The teams they lead, figures of the whole organisation, approvals.")),
    "executive": (_("Executive"), _("Figures of the whole organisation, never of one person.")),
    "admin": (_("Administrator"), _("Accounts, teams, jobs and connections; no tickets, no figures of people.")),
    "auditor": (_("Auditor"), _("Reads the audit log and the configuration, exports and signs off.")),
}
GRANTS: Told = {
    "privacy": (_("Privacy"), _("Complaints, requests of data subjects, holds; reviews opened content.")),
    "hiring": (_("Hiring"), _("Candidates and postings.")),
    "partner": (_("Partner"), _("Stands alone: only the themes and accounts that are shared with them.")),
}
SCOPES: Told = {
    "read:annotations": (_("Read notes on charts"), _("Releases, campaigns, outages and what else was noted.")),
    "read:audit": (_("Read the audit log"), _("As far as you may read it yourself.")),
    "read:coaching": (_("Read coaching"), _("One-to-ones and coaching plans, as far as you may see them.")),
    "read:commitments": (_("Read promises"), _("What was promised to whom, and whether it was kept.")),
    "read:compliance": (_("Read complaints"), _("Complaints, deadlines and evidence, as far as you may see them.")),
    "read:conversations": (_("Read conversations"), _("Who waits, what was said and promised, as far as you may see.")),
    "read:decisions": (_("Read decisions"), _("What was decided, on which grounds, and how it turned out.")),
    "read:hiring": (_("Read hiring"), _("Candidates, postings and searches, as far as you may see them.")),
    "read:escalations": (_("Read escalations"), _("Cases, promises and alerts, as far as you may see them.")),
    "read:interventions": (_("Read changes"), _("What was changed when, for whom.")),
    "read:metrics": (_("Read figures"), _("Figures of teams, channels and topics.")),
    "read:people": (_("Read people"), _("Teams and, as far as you may, people and their figures.")),
    "read:quality": (_("Read reviews"), _("Scorecards, reviews and their scores, as far as you may see them.")),
    "read:roster": (_("Read the roster"), _("Load, skills, working time and leave, as far as you may see people.")),
    "read:tickets": (_("Read tickets"), _("Tickets and their messages, as far as you may open them.")),
    "read:training": (_("Read training"), _("Courses, and what people learn, as far as you may see people.")),
    "read:views": (_("Read saved views"), _("Your own and those that are shared with you.")),
    "write:annotations": (_("Annotate charts"), _("Add, change and remove notes on charts.")),
    "write:coaching": (_("Coach"), _("Prepare and hold one-to-ones, make plans, write notes of your own.")),
    "write:commitments": (_("Write promises"), _("Promise, keep, renegotiate, break.")),
    "write:compliance": (_("Write complaints"), _("Raise complaints; with the privacy grant also handle them.")),
    "write:conversations": (_("Watch conversations"), _("What teams show, and sending conversations to review.")),
    "write:decisions": (_("Write decisions"), _("Record decisions and judge them later.")),
    "write:hiring": (_("Hire"), _("Needs, requisitions, candidates, interviews and offers; score interviews.")),
    "write:escalations": (_("Escalate"), _("Raise, own, promise, close; for leads: rota, rules, alerts, reviews.")),
    "write:interventions": (_("Write changes"), _("Register what is changed and when it ends.")),
    "write:marks": (_("Mark tickets"), _("Put labels and notes on tickets.")),
    "write:helpdesks": (_("Change tickets at the helpdesk"), _("Plan and send changes of tickets at the helpdesk.")),
    "write:own": (_("Your own settings"), _("Preferences, notices, and answers to proposals.")),
    "write:people": (_("Change members"), _("Make and change people, teams, accounts and roles.")),
    "write:quality": (_("Review"), _("Review tickets, acknowledge, contest; for leads: draw, calibrate, settle.")),
    "write:roster": (_("Change the roster"), _("Teams, skills, working time and leave of people.")),
    "write:training": (_("Train"), _("Take courses and quizzes; for leads: write, assign, import, plan waves.")),
    "write:views": (_("Write saved views"), _("Save, share and remove views.")),
    "admin:sync": (_("Operate"), _("State of jobs and synchronisation; for watchers such as Prometheus.")),
    "admin:break-glass": (_("Opened content"), _("Open content for a reason, and review what was opened.")),
}


def scopes(actor: Actor) -> list[Option]:
    """The scopes that would let a token of this account do something; a scope gives nothing that its owner lacks."""
    of_use = {rule.scope for right, rule in TABLE.items() if reach(actor, right) is not Reach.NONE}
    return [Option(name, f"{label} ({name})", str(help_)) for name, (label, help_) in SCOPES.items() if name in of_use]


def roles(held: Iterable[str]) -> list[str]:
    """Names of roles, in the order of the table."""
    there = {*held}
    return [str(label) for name, (label, _help) in ROLES.items() if name in there]


def grants(held: Iterable[str]) -> list[str]:
    """Names of grants."""
    there = {*held}
    return [str(label) for name, (label, _help) in GRANTS.items() if name in there]


def options(told: Told, held: Iterable[str] = ()) -> list[Option]:
    """All of a table as choices."""
    there = {*held}
    return [Option(name, str(label), str(help_), name in there) for name, (label, help_) in told.items()]
