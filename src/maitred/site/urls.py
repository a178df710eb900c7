"""Every address of the product. One that maps to no verb has to stand in a list of ``site.addresses``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from maitred.site.desks import desk_urls
from maitred.surfaces.rest import api as rest
from maitred.surfaces.rest.callers import limited

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("maitred.surfaces.console.urls")),
    *(path("", include(one)) for one in desk_urls()),
    path("api/v1/", include(rest.patterns(limit=limited))),
]

handler400 = "maitred.surfaces.console.pages.bad_request"
handler403 = "maitred.surfaces.console.pages.forbidden"
handler404 = "maitred.surfaces.console.pages.not_found"
handler500 = "maitred.surfaces.console.pages.failed"
