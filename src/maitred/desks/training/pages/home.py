"""The entrance of training: what needs somebody, one's own next step."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from maitred.desks.training.pages import shared
from maitred.kit.verbs import run


@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """Placeholder until the templates are there."""
    run("training.my_training", shared.actor_of(request), {})
    return HttpResponse("")


shown.verb = "training.my_training"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("training/", shown, name="training"),
    path("training/courses/<int:course>/", shown, name="training_course"),
]
