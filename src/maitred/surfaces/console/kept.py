"""What the frame of every page shows of what one keeps, asked for only where a template names it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest

from maitred.base.errors import MaitredError
from maitred.kit.access.rights import Right
from maitred.kit.verbs import run
from maitred.surfaces.console import doing, notices


def frame(request: HttpRequest) -> dict[str, Callable[[], Any]]:
    """Pinned views, notices that wait, and whom one may share views and notes with."""
    return {
        "pinned_views": partial(_pinned, request),
        "notices_waiting": partial(notices.waiting, request),
        "sharing_views": partial(_audiences, request, Right.VIEWS_WRITE),
        "sharing_annotations": partial(_audiences, request, Right.ANNOTATIONS_WRITE),
    }


def _pinned(request: HttpRequest) -> list[dict[str, str]]:
    """The views of the navigation with the address that says which view it is."""
    try:
        found = run("views.pinned", request.actor, {}).views  # type: ignore[attr-defined]
    except MaitredError:
        return []
    return [{"name": one.name, "address": one.address, "view": str(one.id)} for one in found]


def _audiences(request: HttpRequest, right: Right) -> list[tuple[str, str]]:
    try:
        return doing.audiences(request.actor, right)  # type: ignore[attr-defined]
    except MaitredError:
        return []
