"""Append-only from the first row on."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from maitred.kit.audit import triggers


def put(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.install(editor.connection)


def take(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.lift(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(put, take)]
