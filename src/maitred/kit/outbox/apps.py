"""The outbox as a Django app."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """The outbox as a Django app."""

    name = "maitred.kit.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let a rotation of keys find what is sealed here."""
        from maitred.kit.outbox.contents import sealed_for
        from maitred.kit.secrets.rotation import COLUMNS, Column

        COLUMNS.append(Column("outbox.Content", "sealed", lambda row: sealed_for(row.pk)))
