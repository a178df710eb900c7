"""The table of rights: how far each role reaches for each thing. ``docs/rights.md`` is made from it.

A reach is a distance, not a yes or no: ``own`` (oneself), ``subtree`` (the teams one leads and everything below),
``all``. Rights are the union over an account's roles and grants; a token cuts that down to its scopes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from maitred.base.errors import Denied
from maitred.kit.access.actor import Actor, Grant, Role


class Reach(IntEnum):
    """How far a right goes; the larger contains the smaller."""

    NONE = 0
    OWN = 1
    SUBTREE = 2
    ALL = 3


class Right(StrEnum):
    """A thing one may be allowed to do; every verb needs exactly one."""

    OWN_SETTINGS = "own.settings"
    TEAMS_READ = "teams.read"
    PEOPLE_READ = "people.read"
    MEMBERS_READ = "members.read"
    MEMBERS_WRITE = "members.write"
    TICKETS_READ = "tickets.read"
    CATALOGUE_READ = "catalogue.read"
    METRICS_READ = "metrics.read"
    METRICS_OF_PEOPLE = "metrics.people"
    COMMITMENTS_READ = "commitments.read"
    COMMITMENTS_WRITE = "commitments.write"
    DECISIONS_READ = "decisions.read"
    DECISIONS_WRITE = "decisions.write"
    INTERVENTIONS_READ = "interventions.read"
    INTERVENTIONS_WRITE = "interventions.write"
    VIEWS_READ = "views.read"
    VIEWS_WRITE = "views.write"
    ANNOTATIONS_READ = "annotations.read"
    ANNOTATIONS_WRITE = "annotations.write"
    MARKS_WRITE = "marks.write"
    WRITE_BACK = "write-back"
    QUALITY_READ = "quality.read"
    QUALITY_FIGURES = "quality.figures"
    QUALITY_WRITE = "quality.write"
    QUALITY_LEAD = "quality.lead"
    COACHING_READ = "coaching.read"
    COACHING_WRITE = "coaching.write"
    TRAINING_READ = "training.read"
    TRAINING_WRITE = "training.write"
    TRAINING_LEAD = "training.lead"
    HIRING_READ = "hiring.read"
    HIRING_WRITE = "hiring.write"
    HIRING_PANEL = "hiring.panel"
    HIRING_COUNTS = "hiring.counts"
    HIRING_AUDIT = "hiring.audit"
    COMPLIANCE_ENTER = "compliance.enter"
    COMPLIANCE_RAISE = "compliance.raise"
    COMPLIANCE_READ = "compliance.read"
    COMPLIANCE_COUNTS = "compliance.counts"
    COMPLIANCE_EVIDENCE = "compliance.evidence"
    COMPLIANCE_WRITE = "compliance.write"
    ESCALATIONS_READ = "escalations.read"
    ESCALATIONS_WRITE = "escalations.write"
    ESCALATIONS_LEAD = "escalations.lead"
    CONVERSATIONS_READ = "conversations.read"
    CONVERSATIONS_LEAD = "conversations.lead"
    PROPOSALS_ANSWER = "proposals.answer"
    AUDIT_READ = "audit.read"
    AUDIT_EXPORT = "audit.export"
    BREAK_GLASS_OPEN = "break-glass.open"
    BREAK_GLASS_REVIEW = "break-glass.review"
    CONFIGURATION_READ = "configuration.read"
    ROSTER_READ = "roster.read"
    ROSTER_TEAMS = "roster.teams"
    ROSTER_WRITE = "roster.write"
    OPERATION_READ = "operation.read"
    OPERATION_WRITE = "operation.write"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who reaches how far, and which token scope lets a token use it."""

    says: str
    scope: str
    reach: dict[Role | Grant, Reach]
    glass: bool = False


def _rule(says: str, scope: str, **reach: Reach) -> Rule:
    names: dict[str, Role | Grant] = {role.value: role for role in (*Role, *Grant)}
    return Rule(says, scope, {names[name]: how for name, how in reach.items()})


_OWN, _TREE, _ALL = Reach.OWN, Reach.SUBTREE, Reach.ALL
_EVERYBODY = {role.value: _OWN for role in Role}

TABLE: dict[Right, Rule] = {
    Right.OWN_SETTINGS: _rule("own settings, tokens, sessions, own list", "write:own", **_EVERYBODY, partner=_OWN),
    Right.TEAMS_READ: _rule(
        "names of teams and their place in the tree", "read:people", **dict.fromkeys(_EVERYBODY, _ALL)
    ),
    Right.PEOPLE_READ: _rule("a person's own page", "read:people", agent=_OWN, lead=_TREE, manager=_TREE, admin=_OWN),
    Right.MEMBERS_READ: _rule("accounts, roles, grants, identities", "read:people", admin=_ALL, auditor=_ALL),
    Right.MEMBERS_WRITE: _rule("make and change accounts, teams, roles", "write:people", admin=_ALL),
    Right.TICKETS_READ: replace(
        _rule("tickets and their messages", "read:tickets", agent=_OWN, lead=_TREE, manager=_TREE), glass=True
    ),
    Right.CATALOGUE_READ: _rule(
        "the catalogue of metrics: what each means", "read:metrics", **dict.fromkeys(_EVERYBODY, _ALL)
    ),
    Right.METRICS_READ: _rule(
        "figures of teams, channels, topics", "read:metrics", agent=_OWN, lead=_TREE, manager=_ALL, executive=_ALL
    ),
    Right.METRICS_OF_PEOPLE: _rule("figures of one person", "read:people", agent=_OWN, lead=_TREE, manager=_TREE),
    Right.COMMITMENTS_READ: _rule(
        "promises and whether they were kept", "read:commitments", agent=_OWN, lead=_TREE, manager=_TREE
    ),
    Right.COMMITMENTS_WRITE: _rule(
        "promise, keep, renegotiate, break", "write:commitments", agent=_OWN, lead=_TREE, manager=_TREE
    ),
    Right.DECISIONS_READ: _rule(
        "decisions with what was seen and chosen", "read:decisions", lead=_TREE, manager=_TREE, executive=_ALL
    ),
    Right.DECISIONS_WRITE: _rule("record and judge decisions", "write:decisions", lead=_TREE, manager=_TREE),
    Right.INTERVENTIONS_READ: _rule(
        "what was changed when for whom", "read:interventions", lead=_TREE, manager=_TREE, executive=_ALL
    ),
    Right.INTERVENTIONS_WRITE: _rule("register what is changed", "write:interventions", lead=_TREE, manager=_TREE),
    Right.VIEWS_READ: _rule(
        "saved views: own ones, and those shared with one's teams",
        "read:views",
        **{**_EVERYBODY, "lead": _TREE, "manager": _TREE},
    ),
    Right.VIEWS_WRITE: _rule(
        "save views, and share them as far as one reaches",
        "write:views",
        **{**_EVERYBODY, "lead": _TREE, "manager": _ALL},
    ),
    Right.ANNOTATIONS_READ: _rule(
        "notes on charts: own ones, and those shared with one's teams",
        "read:annotations",
        agent=_OWN,
        lead=_TREE,
        manager=_TREE,
        executive=_OWN,
    ),
    Right.ANNOTATIONS_WRITE: _rule(
        "annotate charts, and share it as far as one reaches",
        "write:annotations",
        agent=_OWN,
        lead=_TREE,
        manager=_ALL,
        executive=_OWN,
    ),
    Right.MARKS_WRITE: _rule("put labels and notes on tickets", "write:marks", agent=_OWN, lead=_TREE, manager=_TREE),
    Right.WRITE_BACK: _rule(
        "plan and send changes of tickets at the helpdesk", "write:helpdesks", lead=_TREE, manager=_TREE
    ),
    Right.QUALITY_READ: _rule(
        "scorecards, reviews and what was said about them", "read:quality", agent=_OWN, lead=_TREE, manager=_TREE
    ),
    Right.QUALITY_FIGURES: _rule(
        "scores of reviews with their interval", "read:quality", agent=_OWN, lead=_TREE, manager=_ALL, executive=_ALL
    ),
    Right.QUALITY_WRITE: _rule(
        "review what one was given, acknowledge, contest", "write:quality", agent=_OWN, lead=_TREE, manager=_TREE
    ),
    Right.QUALITY_LEAD: _rule("scorecards, draws, calibrations, settling", "write:quality", lead=_TREE, manager=_TREE),
    Right.COACHING_READ: _rule(
        "one-to-ones, coaching plans and how they turned out", "read:coaching", agent=_OWN, lead=_TREE, manager=_TREE
    ),
    Right.COACHING_WRITE: _rule(
        "prepare and hold one-to-ones, coaching plans", "write:coaching", agent=_OWN, lead=_TREE, manager=_TREE
    ),
    Right.TRAINING_READ: _rule(
        "courses, and what people were given to learn and did", "read:training", agent=_OWN, lead=_TREE, manager=_TREE
    ),
    Right.TRAINING_WRITE: _rule(
        "take courses and quizzes, practise on masked tickets", "write:training", agent=_OWN, lead=_TREE, manager=_TREE
    ),
    Right.TRAINING_LEAD: _rule(
        "write courses and quizzes, assign them, import records, plan waves",
        "write:training",
        lead=_TREE,
        manager=_TREE,
    ),
    Right.HIRING_READ: _rule("candidates, postings and searches by name", "read:hiring", hiring=_ALL),
    Right.HIRING_WRITE: _rule("needs, requisitions, candidates, interviews, offers", "write:hiring", hiring=_ALL),
    Right.HIRING_PANEL: _rule(
        "hold and score the interviews that one was given", "write:hiring", lead=_OWN, manager=_OWN, hiring=_OWN
    ),
    Right.HIRING_COUNTS: _rule(
        "how many stand where in hiring, without anybody's name",
        "read:hiring",
        manager=_ALL,
        executive=_ALL,
        hiring=_ALL,
    ),
    Right.HIRING_AUDIT: _rule(
        "fairness of hiring and its log of decisions, under pseudonyms", "read:hiring", auditor=_ALL, hiring=_ALL
    ),
    Right.COMPLIANCE_ENTER: _rule(
        "open the desk of complaints and rules",
        "read:compliance",
        lead=_TREE,
        manager=_TREE,
        executive=_ALL,
        auditor=_ALL,
        privacy=_ALL,
    ),
    Right.COMPLIANCE_RAISE: _rule("raise a complaint", "write:compliance", lead=_TREE, manager=_TREE, privacy=_ALL),
    Right.COMPLIANCE_READ: _rule(
        "complaints and what is due under which rule", "read:compliance", manager=_TREE, privacy=_ALL
    ),
    Right.COMPLIANCE_COUNTS: _rule(
        "counts of complaints and deadlines", "read:compliance", manager=_TREE, executive=_ALL, privacy=_ALL
    ),
    Right.COMPLIANCE_EVIDENCE: _rule(
        "rule packs, checks of clauses, what scans found", "read:compliance", manager=_TREE, auditor=_ALL, privacy=_ALL
    ),
    Right.COMPLIANCE_WRITE: _rule(
        "handle complaints, adopt rule packs, scan for card numbers", "write:compliance", privacy=_ALL
    ),
    Right.ESCALATIONS_READ: _rule(
        "escalations, their promises and what was learned",
        "read:escalations",
        agent=_OWN,
        lead=_TREE,
        manager=_TREE,
    ),
    Right.ESCALATIONS_WRITE: _rule(
        "raise, take over, promise, close with a cause", "write:escalations", agent=_OWN, lead=_TREE, manager=_TREE
    ),
    Right.ESCALATIONS_LEAD: _rule(
        "rota, rules and alerts of escalations, reviews after them", "write:escalations", lead=_TREE, manager=_TREE
    ),
    Right.CONVERSATIONS_READ: _rule(
        "who waits, what was said and promised, searching it",
        "read:conversations",
        agent=_OWN,
        lead=_TREE,
        manager=_TREE,
    ),
    Right.CONVERSATIONS_LEAD: _rule(
        "what teams show in conversations, sending some to review", "write:conversations", lead=_TREE, manager=_TREE
    ),
    Right.PROPOSALS_ANSWER: _rule(
        "approve or decline what an assistant proposed in one's name", "write:own", **_EVERYBODY
    ),
    Right.AUDIT_READ: _rule(
        "the audit log", "read:audit", agent=_OWN, lead=_OWN, manager=_TREE, admin=_ALL, auditor=_ALL
    ),
    Right.AUDIT_EXPORT: _rule("export the audit log, sign it off", "read:audit", auditor=_ALL),
    Right.BREAK_GLASS_OPEN: _rule("ask for content with a reason", "admin:break-glass", admin=_OWN, auditor=_OWN),
    Right.BREAK_GLASS_REVIEW: _rule("review what was opened with a reason", "admin:break-glass", privacy=_ALL),
    Right.CONFIGURATION_READ: _rule(
        "configuration without its secrets, what waits to be sent", "admin:sync", admin=_ALL, auditor=_ALL
    ),
    Right.ROSTER_READ: _rule(
        "a person's load, skills, working time and leave", "read:roster", agent=_OWN, lead=_TREE, manager=_TREE
    ),
    Right.ROSTER_TEAMS: _rule(
        "load and figures of teams and bots", "read:roster", agent=_OWN, lead=_TREE, manager=_ALL, executive=_ALL
    ),
    Right.ROSTER_WRITE: _rule(
        "teams, skills, working time and leave of people", "write:roster", agent=_OWN, lead=_TREE, manager=_TREE
    ),
    Right.OPERATION_READ: _rule(
        "state of jobs, synchronisation, backups", "admin:sync", manager=_ALL, admin=_ALL, auditor=_ALL
    ),
    Right.OPERATION_WRITE: _rule("jobs, keys, connections", "admin:sync", admin=_ALL),
}

SCOPES: frozenset[str] = frozenset(rule.scope for rule in TABLE.values())
"""Everything a token may be given."""

STRONG: frozenset[Role | Grant] = frozenset({Role.MANAGER, Role.EXECUTIVE, Role.ADMIN, Role.AUDITOR, *Grant})
"""Who must show a second factor."""


def reach(actor: Actor, right: Right) -> Reach:
    """How far this actor reaches for a right; ``NONE`` where nothing says otherwise."""
    if actor.operator:
        return Reach.ALL
    rule = TABLE[right]
    if actor.scopes is not None and rule.scope not in actor.scopes:
        return Reach.NONE
    holds: tuple[Role | Grant, ...] = (*actor.roles, *actor.grants)
    held = max((rule.reach.get(one, Reach.NONE) for one in holds), default=Reach.NONE)
    if rule.glass and actor.break_glass is not None:
        return Reach.ALL
    return held


def require(actor: Actor, right: Right) -> Reach:
    """The reach, where there is one.

    Raises
    ------
    Denied
        The actor has no part in it.
    """
    found = reach(actor, right)
    if found is Reach.NONE:
        rule = TABLE[right]
        if actor.scopes is not None and rule.scope not in actor.scopes:
            raise Denied(f"this token has no scope {rule.scope}", "make a token with that scope, or sign in")
        raise Denied(f"you may not: {rule.says}", "an administrator can give the role that may")
    return found


def covers(actor: Actor, right: Right, *, person: int | None = None, teams: frozenset[int] = frozenset()) -> bool:
    """Whether the reach covers something of a person or of teams (their present ones).

    Without a person and without teams only ``ALL`` covers it.
    """
    how = reach(actor, right)
    if how is Reach.ALL:
        return True
    if how is Reach.NONE:
        return False
    if person is not None and person == actor.person:
        return True
    return how is Reach.SUBTREE and bool(teams & actor.subtree)
