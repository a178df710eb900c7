"""The helpdesk under a path of its own, as it is usually mounted."""

from django.urls import include, path

urlpatterns = [path("helpdesk/", include("helpdesk.urls", namespace="helpdesk"))]
