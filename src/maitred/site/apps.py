"""The composition root as a Django app: it checks what is put together here."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Registers the checks of addresses and settings."""

    name = "maitred.site"
    label = "site"

    def ready(self) -> None:
        from maitred.site import addresses, starting

        addresses.register_check()
        starting.register_check()
