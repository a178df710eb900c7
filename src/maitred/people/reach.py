"""From an actor to the part of the warehouse they may see: groups of their teams, people of their subtree.

Who may see whom is decided by today's tree; which rows belong to a group is decided at event time by the facts.
"""

from __future__ import annotations

from maitred.kit.access.actor import Actor, Role
from maitred.kit.access.answering import looked_up
from maitred.kit.access.rights import Reach, Right, reach
from maitred.metrics.scope import Scope
from maitred.people import tree
from maitred.people.access import groups_of, identities_in, identities_of

External = tuple[str, str]


def figures_scope(actor: Actor) -> Scope:
    """What figures may be made of, for this actor.

    An executive sees the whole organisation in counts of five and more; a manager the same without rounding, with the
    people of the subtree by name; a lead the subtree; an agent the own team, with nobody but oneself by name.
    """
    return looked_up(("figures", actor), lambda: _figures(actor))


def tickets_scope(actor: Actor) -> Scope:
    """Which tickets may be opened: those of the subtree, those one worked on, all while the glass is broken."""
    return looked_up(("tickets", actor), lambda: _tickets(actor))


def _figures(actor: Actor) -> Scope:
    how = reach(actor, Right.METRICS_READ)
    named = _people(actor, Right.METRICS_OF_PEOPLE)
    if actor.operator:
        return Scope.everything()
    if how is Reach.ALL and Role.MANAGER in actor.roles:
        return Scope(None, None, people_dimensions=named)
    if how is Reach.ALL:
        return Scope.organisation()
    if how is Reach.SUBTREE:
        return Scope.of(_groups(actor.subtree | actor.teams), named, named)
    if how is Reach.OWN:
        return Scope.of(_groups(actor.teams), named, named)
    return Scope.of()


def _tickets(actor: Actor) -> Scope:
    how = reach(actor, Right.TICKETS_READ)
    if how is Reach.ALL:
        return Scope.everything()
    groups = _groups(actor.subtree) if how is Reach.SUBTREE else frozenset()
    people = _people(actor, Right.TICKETS_READ)
    return Scope.of(groups, people, people)


def _groups(teams: frozenset[int]) -> frozenset[External]:
    return looked_up(("groups", teams), lambda: frozenset(groups_of(teams).values_list("source_id", "external_id")))


def _people(actor: Actor, right: Right) -> frozenset[External]:
    """Helpdesk users within reach: one's own, and those of the subtree's people."""
    how = reach(actor, right)
    if how is Reach.NONE:
        return frozenset()
    led = actor.subtree if how is Reach.SUBTREE else frozenset()
    return looked_up(("people", actor.person, led), lambda: _identities(actor.person, led))


def _identities(person: int | None, led: frozenset[int]) -> frozenset[External]:
    """The helpdesk users of a person and of the people in some teams."""
    rows = identities_of(() if person is None else (person,))
    if led:
        rows = rows | identities_in(tree.people_in(led))
    return frozenset(rows.values_list("source_id", "external_id"))
