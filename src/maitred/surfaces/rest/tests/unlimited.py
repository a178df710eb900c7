"""The product's REST door without limits, for tests that ask more than a program may."""

from __future__ import annotations

from django.urls import include, path

from maitred.surfaces.rest.api import patterns

urlpatterns = [path("", include("maitred.site.urls")), path("api/v1/", include(patterns()))]
urlpatterns.reverse()
