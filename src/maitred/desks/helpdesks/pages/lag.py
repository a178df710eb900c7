"""By how much each connected helpdesk is behind, for the line on every page; read from the ledger.

Every page of every reader asks, so that the answer is kept for some seconds; it names no ticket and no person.
"""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.desks.helpdesks import access
from maitred.desks.helpdesks.models import Connection
from maitred.desks.helpdesks.pages import wording
from maitred.kit.access.rights import Right
from maitred.kit.pages.freshness import Behind

KEPT_S = 15.0
_PAUSED = "paused"
_KEPT: dict[str, tuple[float, list[tuple[str, str, float | None]]]] = {}


def behind() -> list[Behind]:
    """Each connection with its lag, or why nothing comes from it; one that needs somebody says so."""
    return [
        Behind(_said(slug, state, lag), _needs(state, lag), "helpdesk", slug, Right.OPERATION_READ)
        for slug, state, lag in _lags(str(settings.MAITRED_HOME))
    ]


def forget() -> None:
    """Ask anew at the next page."""
    _KEPT.clear()


def _needs(state: str, lag: float | None) -> bool:
    """Whether it stands still until somebody does something; a pause is somebody's own wish."""
    return state == Connection.REFUSED or (state != _PAUSED and (lag or 0.0) > wording.STALE_S)


def _said(slug: str, state: str, lag: float | None) -> str:
    if state == _PAUSED:
        return _("%(name)s: paused") % {"name": slug}
    if state == Connection.REFUSED:
        return _("%(name)s: signed out") % {"name": slug}
    if lag is None:
        return _("%(name)s: being read for the first time") % {"name": slug}
    return _("%(name)s %(lag)s behind") % {"name": slug, "lag": wording.ago(lag)}


def _lags(home: str) -> list[tuple[str, str, float | None]]:
    moment, found = _KEPT.get(home, (0.0, []))
    if time.monotonic() - moment < KEPT_S and moment:
        return found
    rows = access.states()
    found = [(slug, state, _lag(Path(home), slug)) for slug, state in rows]
    _KEPT[home] = (time.monotonic(), found)
    return found


def _lag(home: Path, slug: str) -> float | None:
    """Seconds since the moment up to which every stream was read; None where one never reached its end."""
    from maitred.sync.standing import Standings, moment_of

    file = home / "maitred.db"
    if not file.is_file():
        return None
    try:
        with closing(Standings(file, slug)) as standings:
            reached = [moment_of(each.completed_at) for each in standings.standings()]
    except MaitredError:
        return None
    known = [one for one in reached if one is not None]
    if not known or len(known) < len(reached):
        return None
    return max((clock.now() - min(known)).total_seconds(), 0.0)
