"""The product's addresses with a REST door that counts nothing, for tests that ask more than a program may."""

from __future__ import annotations

from django.urls import include, path

from maitred.surfaces.rest.api import patterns

urlpatterns = [path("api/v1/", include(patterns())), path("", include("maitred.site.urls"))]
