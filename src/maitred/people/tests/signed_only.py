"""The addresses of the product, with those of identity providers answered by ``people.assertions``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from maitred.people import assertions
from maitred.site.urls import handler400, handler403, handler404, handler500
from maitred.site.urls import urlpatterns as product

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/oidc/<str:provider_id>/login/", assertions.login, name="openid_connect_login"),
    path("accounts/oidc/<str:provider_id>/login/callback/", assertions.callback, name="openid_connect_callback"),
    *product,
]
