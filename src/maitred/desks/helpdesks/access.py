"""Which connected helpdesks an actor may meet: all of them, for those who see the state of operation."""

from __future__ import annotations

from django.db.models import QuerySet

from maitred.base.errors import NotFound
from maitred.desks.helpdesks.models import Connection
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.jobs.models import Job

SEEING = (Right.OPERATION_READ, Right.WRITE_BACK)


def visible_connections(actor: Actor) -> QuerySet[Connection]:
    """Every connection, for those who see the state of operation or plan changes of tickets."""
    sees = any(reach(actor, right) is not Reach.NONE for right in SEEING)
    return Connection._base_manager.all() if sees else Connection._base_manager.none()


def access_connection(actor: Actor, slug: str) -> Connection:
    """One connection by its name.

    Raises
    ------
    NotFound
        There is none, or not for this actor.
    """
    found = visible_connections(actor).filter(pk=slug).first()
    if found is None:
        raise NotFound(f"there is no connection {slug}", "`maitred helpdesks list` shows which there are")
    return found


def connection_named(slug: str) -> Connection | None:
    """One connection for the worker, or for a call that proves itself; tells nobody anything."""
    return Connection._base_manager.filter(pk=slug).first()


def running_connections() -> list[Connection]:
    """Those that are proved and not paused, for the worker."""
    return list(Connection._base_manager.filter(state=Connection.CONNECTED, enabled=True).order_by("pk"))


def refused_connections() -> list[Connection]:
    """Those that were proved once, do not let us in any more, and are not paused, for the worker."""
    rows = Connection._base_manager.filter(state=Connection.REFUSED, enabled=True).order_by("pk")
    return [one for one in rows if one.probe]


def states() -> list[tuple[str, str]]:
    """Name and state of every connection, ``paused`` where it is, for a line that every page may show."""
    rows = Connection._base_manager.order_by("pk").values_list("slug", "state", "enabled")
    return [(slug, state if enabled else "paused") for slug, state, enabled in rows]


def open_jobs(slug: str, kind: str = "helpdesks.") -> list[Job]:
    """Jobs of one connection that wait or run, the oldest first."""
    rows = Job._base_manager.filter(kind__startswith=kind, state__in=(Job.QUEUED, Job.RUNNING), arguments__slug=slug)
    return list(rows.order_by("pk"))
