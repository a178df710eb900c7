"""The audit log as a Django app; its tables are named ``audit_…``."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Rows, heads, sealed texts."""

    name = "maitred.kit.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
