"""Is the server alive, ready, and how does it do: for load balancers, watchers and Prometheus.

``/healthz`` touches nothing. ``/readyz`` and ``/-/metrics`` take a token with the scope ``admin:sync`` only.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from functools import cache, wraps
from pathlib import Path

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from maitred.base import clock
from maitred.base.checks import Check
from maitred.base.errors import MaitredError, Unauthenticated
from maitred.kit.access import limits
from maitred.kit.access.rights import Right, require
from maitred.people.acting import actor_of_token
from maitred.surfaces.console import answers, figures

LEASE_LATE = 60
DISK_LEAST = 0.10
_LOG = structlog.get_logger("maitred.requests")
View = Callable[[HttpRequest], HttpResponse]


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


def by_token(view: View) -> View:
    """Let in who shows a token with the scope ``admin:sync`` of an owner who may read the state of operation."""

    @login_not_required
    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        try:
            _require_token(request)
        except MaitredError as error:
            response = answers.told(request, error)
            if error.status == 401:
                _LOG.warning("security.token_refused", reason_code=error.kind)
                response["WWW-Authenticate"] = "Bearer"
            return response
        return view(request)

    return guarded


@by_token
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether work can be done here: 200, or 503 with what is amiss."""
    checks = list(examined())
    ok = all(one.ok for one in checks)
    told = [{"check": one.check, "ok": one.ok, "detail": one.detail} for one in checks]
    return JsonResponse({"ok": ok, "checks": told}, status=200 if ok else 503)


@by_token
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures of this server in Prometheus' text form."""
    return HttpResponse(figures.exposed(_states(clock.now())), content_type=figures.CONTENT_TYPE)


def examined() -> Iterator[Check]:
    """Database, migrations, lease, publication, disk."""
    now = clock.now()
    for name, look in (("database", _database), ("migrations", _migrations)):
        try:
            yield look()
        except DatabaseError as error:
            yield Check(name, False, f"does not answer ({type(error).__name__}): see `maitred doctor`")
            return
    late = _lease_age(now)
    yield Check("lease", late <= LEASE_LATE, "alive" if late <= LEASE_LATE else f"overdue by {late:.0f} s")
    age = _publication_age(now)
    yield Check("publication", True, "nothing has been published yet" if age is None else f"{age:.0f} s old")
    free = _free()
    yield Check("disk", free >= DISK_LEAST, f"{free:.0%} free")


def _require_token(request: HttpRequest) -> None:
    kind, _, raw = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not raw.strip():
        raise Unauthenticated("this address wants a token", "send it as Authorization: Bearer …")
    address = request.META.get("REMOTE_ADDR", "")
    actor = actor_of_token(raw.strip(), address=address, request_id=getattr(request, "request_id", None))
    limits.spend(limits.TOKEN, actor.name)
    require(actor, Right.OPERATION_READ)


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Check("database", True, connection.vendor)


def _migrations() -> Check:
    waiting = _waiting_migrations()
    return Check("migrations", not waiting, "all applied" if not waiting else f"{waiting} wait: run `maitred init`")


def _waiting_migrations() -> int:
    from django.db.migrations.executor import MigrationExecutor

    if _all_applied.cache_info().currsize:
        return 0
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not waiting:
        _all_applied()
    return waiting


@cache
def _all_applied() -> bool:
    """Remembered by this process, because looking takes long and migrations do not come undone under it."""
    return True


def _lease_age(now: datetime) -> float:
    from maitred.kit.jobs.health import lease_age_s

    return lease_age_s(now)


def _publication_age(now: datetime) -> float | None:
    """Seconds since the newest publication; None before the first."""
    from maitred.sync.ledger import Ledger

    file = Path(settings.MAITRED_HOME) / "maitred.db"
    if not file.is_file():
        return None
    with closing(Ledger(file)) as ledger:
        row = ledger.publication()
    return None if row is None else (now - datetime.fromisoformat(row[1])).total_seconds()


def _free() -> float:
    home = Path(settings.MAITRED_HOME)
    usage = shutil.disk_usage(home if home.is_dir() else home.parent)
    return usage.free / usage.total


def _states(now: datetime) -> dict[str, tuple[str, dict[str, float]]]:
    from django.db.models import Count

    from maitred.kit.jobs.models import Job

    jobs = Job._base_manager.values_list("state").annotate(Count("pk")).order_by("state")
    age = _publication_age(now)
    return {
        "maitred_jobs": ("Jobs by state.", {state: float(count) for state, count in jobs} or {"none": 0.0}),
        "maitred_lease_overdue_seconds": ("Overdue of the worker's lease.", {"": _lease_age(now)}),
        "maitred_publication_age_seconds": ("Age of the newest publication.", {"": -1.0 if age is None else age}),
        "maitred_disk_free_share": ("Free share of the workspace's disk.", {"": _free()}),
    }
